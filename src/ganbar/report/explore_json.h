// An exploration as JSON (`explore --json`), as a CSV of all designs and as text.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/arch/explore.h"

namespace ganbar::report {

/// What a design takes, by the keys of `estimate --json`: the same in JSON, CSV and Python's table.
std::vector<std::pair<std::string, double>> design_figures(const arch::Exploration& e, const arch::DesignPoint& p);
/// One design: its settings and what it takes, in SI; keys as in `estimate --json`.
nlohmann::ordered_json design_json(const arch::Exploration& e, std::size_t point);
/// Axes, limits, counts, the machine as set, and the front, fastest first.
nlohmann::ordered_json explore_json(const arch::Exploration& e);
/// A row a design, in order; columns of the axes, then the keys of design_json, fits and on_front (0 or 1).
std::string explore_csv(const arch::Exploration& e);
std::string explore_text(const arch::Exploration& e);

/// Designs of the front that a reader looks for first: what they are best at, and which they are.
std::vector<std::pair<std::string, std::size_t>> chosen_designs(const arch::Exploration& e);
/// "50 mm2, 10 W, 1 ms"
/// How the designs were chosen: "3488 designs, drawn as a Latin hypercube of 4000 from 12,960 combinations, equal ones once".
std::string designs_text(const arch::Exploration& e);
/// What the machine as set, which need not be among the designs, does better than all of them; empty where nothing.
std::string as_set_text(const arch::Exploration& e);
std::string limits_text(const arch::Limits& limits);
/// "rows = 256, cols = 256, cell_bits = 2"
std::string design_text(const arch::Exploration& e, std::size_t point);
/// "how many bits the converters lack", "Frechet distance"
std::string loss_text(const arch::Exploration& e);

}  // namespace ganbar::report
