// The JSON form of a crossbar and of its operating point (`ganbar solve`, `ganbar netlist`).
#pragma once
#include "ganbar/circuit/nodal.h"
#include "ganbar/study/json_text.h"

namespace ganbar::study {

/// What `solve` reads: one crossbar and one bias, or many.
struct CrossbarInput {
    CrossbarProblem problem;  ///< with the voltages of the first bias
    std::vector<Bias> biases;
    bool many = false;  ///< Vw or Vb is a list of lists
};

/// The keys and their units, ranges and meaning: docs/circuit.md. Quantities are numbers in SI or texts with a unit ("2.5 ohm"). Throws
/// ConfigError with the position of what is wrong, and as ganbar::validate does.
CrossbarInput read_crossbar(const JsonText& json);
/// What is told only where asked for: I_cell; X, the nodes between memristors and selectors (of cells that have them).
struct Wanted {
    bool cell_currents = false, internal_nodes = false;
};
nlohmann::json to_json(const OperatingPoint& point, std::size_t rows, std::size_t cols, const Wanted& wanted);

}  // namespace ganbar::study
