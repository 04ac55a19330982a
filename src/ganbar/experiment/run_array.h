// One array of a model as a circuit.
#pragma once
#include "ganbar/circuit/crossbar_problem.h"
#include "ganbar/experiment/build.h"

namespace ganbar {

/// Array k of a model: block k of its placement (differential mapping: the blocks of the second plane follow), as reads see it: cells
/// linear at tile.v_read, the wires of the experiment, every word line at tile.v_read, bit lines at 0 V. ConfigError when there is no such
/// array.
CrossbarProblem run_array(const Experiment& e, const Model& model, std::int64_t k);

/// Conductances of the same array's cells at rest, row by row.
struct RunCells {
    std::size_t rows = 0, cols = 0;
    std::vector<float> g_S;
};
RunCells run_cells(const Experiment& e, const Model& model, std::int64_t k);

}  // namespace ganbar
