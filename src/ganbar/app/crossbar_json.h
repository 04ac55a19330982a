// The JSON form of a crossbar and of its operating point (`ganbar solve`, `ganbar netlist`).
#pragma once
#include "ganbar/app/json_text.h"
#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar::app {

/// Keys: rows cols G rw rb rdrv rsense Vw Vb (null = floating), device {type linear | cubic c3 | sinh b} (absent = linear), ends
/// (absent = "single"). Throws ConfigError with the position of what is wrong, and as ganbar::validate does.
CrossbarProblem read_crossbar(const JsonText& json);
nlohmann::json to_json(const OperatingPoint& point, std::size_t rows, std::size_t cols);
/// Writes to a file, or to stdout when the path is empty. DataError when the file cannot be written.
void write_text(const std::string& path, const std::string& text);

}  // namespace ganbar::app
