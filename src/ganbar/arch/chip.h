// A crossbar machine on a chip of fixed size. Arrays that do not fit are loaded in turn: a batch runs through what the chip holds, the
// pipeline drains, arrays take the weights of the next layers. What waits for its gradient and exceeds the buffers goes to memory outside;
// a mesh of routers carries results from layer to layer at a bounded rate. A chip that is large enough changes nothing.
#pragma once
#include "ganbar/arch/crossbar_engine.h"

namespace ganbar::arch {

/// One pass of one layer as the schedule walks through it.
struct ChipStep {
    std::uint32_t op = 0;   ///< index into Workload::ops
    std::uint32_t set = 0;  ///< of arrays; passes that share arrays have the same
    bool begins = false;    ///< a new stream of samples: whatever ran before has drained
};
/// The passes between two updates, in the order in which samples meet them.
struct ChipWalk {
    std::vector<ChipStep> steps;
    double repeats = 1;
};
std::vector<ChipWalk> chip_walks(const CrossbarDesign& d, const Workload& w);

/// Arrays that belong together, with all copies; what a gradient writes anew for every sample is never loaded.
struct ArraySet {
    double arrays = 0, cells = 0, rows = 0, bytes = 0;  ///< bytes: of one copy, the others are programmed with it
};

/// A walk cut into parts that fit. `begins[i]` is the first step of part i; a single step may need several `turns`.
struct ChipParts {
    double cost_s = 0;
    std::vector<std::uint32_t> begins;
};
/// Prices of a cut.
struct CutPrice {
    double arrays = 0;     ///< of the chip
    double drain_s = 0;    ///< of a cut inside a stream
    double program_s = 0;  ///< all arrays, row by row
    double load_B_per_s = 0;
    double another_turn_s = 0;  ///< the whole batch through one step once more
};
/// The cheapest parts (dynamic programming over all cuts), so a larger chip is never slower. `cut_s`: what the words that cross a cut
/// before this step cost, one a step.
ChipParts cut_walk(const ChipWalk& walk, const std::vector<ArraySet>& sets, const std::vector<double>& cut_s, const CutPrice& price);

/// Fills out.chip and books what the chip adds to operations and time of `out`. `needed`: arrays of the whole network; `cycle_s`: the
/// slowest pass. The chip's buffers are in the share that an array has of its area.
void fit_to_chip(const CrossbarDesign& d, const Workload& w, const Plans& plans, const NetCopies (&copies)[2], double needed,
                 double buffered_words, double cycle_s, Estimate& out);
/// The iteration's time with what the chip adds.
double chip_latency_s(const ChipUse& chip, double latency_s);

}  // namespace ganbar::arch
