// Operating point of one crossbar by Newton's method on its node voltages, each step a sparse elimination: the general and exact path
// (any bias, floating lines, zero resistances, any conductance ratio), and the check on the fast ones.
#pragma once
#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar {

struct NewtonOptions {
    double tolerance_V = 1e-12;  ///< largest change of a cell voltage in the last step, relative to the largest terminal voltage
    int max_steps = 400;
};

/// The minimum of the network's co-content (sum over elements of the integral of i du), which for cells that increase with voltage is the
/// one operating point (Millar, Phil. Mag. 42, 1150, 1951); steps are shortened until it falls. Linear cells take one step.
/// Throws ConfigError as validate() does, NumericError when Newton does not converge.
OperatingPoint solve_operating_point(const CrossbarProblem& problem, const NewtonOptions& options = {});

}  // namespace ganbar
