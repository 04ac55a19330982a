// What a training run really did, layer by layer, in place of what an iteration is assumed to do: products forward and backward, pulses,
// conversions. The counts come from a run's ledger; estimates then rest on the run that also gave the accuracy.
#pragma once
#include <string>
#include <vector>

#include "ganbar/arch/workload.h"

namespace ganbar::arch {

/// Totals of one layer over the run. Negative: the run did not count it, and the workload keeps its own number.
struct LayerCounts {
    std::string name;
    double forward_products = -1, backward_products = -1;        ///< passes of one sample through the layer
    double pulses = -1;                                          ///< programming pulses, on all cells of the layer
    double cells = 0;                                            ///< cells of the layer
    double forward_conversions = -1, backward_conversions = -1;  ///< of analog sums
};
struct RunCounts {
    Int rounds = 0;      ///< iterations of the run (steps_d updates of D and one of G each)
    Int array_rows = 0;  ///< word lines of the arrays whose sums were converted; 0: no arrays
    std::vector<LayerCounts> generator, discriminator;
};

/// Replaces the assumed counts of a training iteration by the run's means per round. Where the run made fewer passes than the schedule
/// has, the earlier phases keep theirs (a G step that takes over the D step's fake samples has none of its own).
/// Throws ConfigError when the layers do not match or the run has no round.
void feed(Workload& w, const RunCounts& counts);

}  // namespace ganbar::arch
