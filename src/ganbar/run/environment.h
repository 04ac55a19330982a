// What a result rests on beside its configuration: version, compiler, machine, data.
#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>

#include "ganbar/data/dataset.h"

namespace ganbar {

nlohmann::ordered_json environment_json(const Dataset& data);
/// A whole file as text; DataError when it cannot be read.
std::string read_text(const std::filesystem::path& path);

}  // namespace ganbar
