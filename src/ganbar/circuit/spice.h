// A crossbar as a SPICE deck for ngspice in batch mode (`ngspice -b FILE`): the outside check on the solvers.
#pragma once
#include <iosfwd>

#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar {

/// Writes the deck: resistors and behavioural current sources, `.op` at tight tolerances, and 16-digit prints "name = value" of every
/// node (w_i_j, b_i_j) and every driven terminal's current (iw_i out of the source, ib_j into the terminal). Zero resistances join
/// nodes. Throws ConfigError as validate() does.
void write_spice(const CrossbarProblem& problem, std::ostream& out);

}  // namespace ganbar
