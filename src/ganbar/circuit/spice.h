// A crossbar as a SPICE deck for ngspice in batch mode (`ngspice -b FILE`): the outside check on the solvers.
#pragma once
#include <iosfwd>
#include <string>

#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar {

struct SpiceOptions {
    bool node_voltages = false;  ///< print every node (v_w_i_j, v_b_i_j, v_x_i_j inside cells that are not passive), too: ngspice's time
                                 ///< for that grows with the fourth power of the side
};
/// Cells from which the deck says what printing all nodes costs.
constexpr std::size_t many_cells = 1024;

/// Writes the deck: resistors, behavioural current sources and level-1 transistors, `.op` at tight tolerances, and 16-digit prints "name =
/// value" of every driven terminal's current (iw_i out of the source, ib_j into the terminal). Zero resistances join nodes. Throws
/// ConfigError as validate() does.
void write_spice(const CrossbarProblem& problem, std::ostream& out, const SpiceOptions& options = {});

/// That ngspice will take minutes for it, and what else there is; "" for a deck that it runs in seconds.
std::string deck_warning(std::size_t cells, bool node_voltages);

}  // namespace ganbar
