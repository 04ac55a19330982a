// Crossbars for the tests of this layer, and the outside judges: dense elimination and ngspice.
#pragma once
#include <map>
#include <string>

#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar::circuit_test {

/// Cells uniform in [g_lo, g_hi], word sources uniform in [0, v_max], bit terminals at 0 V.
CrossbarProblem random_crossbar(std::size_t rows, std::size_t cols, std::uint64_t seed, const Wires& wires = {}, double v_max_V = 0.2,
                                double g_lo_S = 150e-6, double g_hi_S = 300e-6);
/// Linear cells, resistances > 0: every node by one dense LU of the nodal equations.
OperatingPoint dense_solution(const CrossbarProblem& problem);
/// How far a point is from Kirchhoff's laws, line by line from the problem alone: a segment carries what the cells beyond it pass.
struct Mismatch {
    double voltage =
        0;  ///< largest drop that is not resistance times current, over the largest source voltage (over rounding where all are 0)
    double current = 0;  ///< largest difference between a terminal's current and its line's cells, over what these pass
};
Mismatch kirchhoff_mismatch(const CrossbarProblem& problem, const OperatingPoint& point);
/// Runs `ngspice -b` on the deck of write_spice; the printed values by name. Empty when ngspice is not installed.
std::map<std::string, double> ngspice_values(const CrossbarProblem& problem);
/// The same of any deck.
std::map<std::string, double> ngspice_values(const std::string& deck);

}  // namespace ganbar::circuit_test
