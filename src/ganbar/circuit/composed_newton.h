// Newton's method on node voltages for cells with a selector (see nodal.h, which calls it).
#pragma once
#include "ganbar/circuit/nodal.h"

namespace ganbar {

/// The problem is valid and its cells are not passive. NumericError when it does not settle or the result fails require_operating_point.
OperatingPoint composed_operating_point(const CrossbarProblem& problem, const NewtonOptions& options);

}  // namespace ganbar
