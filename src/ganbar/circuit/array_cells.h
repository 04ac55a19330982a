// The cells of a chip on the bench, and the crossbar they make.
#pragma once
#include "ganbar/circuit/array_bench.h"
#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar {

/// All random draws of chip k.
Rng chip_stream(const ArrayQuestion& question, std::size_t k);

/// Chip k: cells at the question's conductances, or spread evenly over the device's window, with the variation of the device.
std::unique_ptr<DeviceArray> array_cells(const ArrayQuestion& question, std::size_t k);

/// Of the first chip, as `solve` and decks take it: all word lines at v_read, gates open, bit lines at 0 V, memristors linear with the
/// chord conductance that they show at v_read. ConfigError as measure_array().
CrossbarProblem array_problem(const ArrayQuestion& question);

}  // namespace ganbar
