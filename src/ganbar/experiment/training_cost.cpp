#include "ganbar/experiment/training_cost.h"

namespace ganbar {

TrainingCost training_cost(const Ledger& l) {
    TrainingCost c;
    c.n_set = l.total("training/", "/set").n, c.n_reset = l.total("training/", "/reset").n;
    for (const char* part : {"/update/set", "/update/reset", "/update/idle", "/update/verify", "/update/half_selected", "/update/wires"}) c.update_J += l.energy("training/", part).si;
    c.read_J = l.energy("training/", "/forward/cells").si + l.energy("training/", "/backward/cells").si;
    c.converter_J = l.energy("training/", "/adc").si + l.energy("training/", "/dac").si;
    c.noise_J = l.energy("training/noise/").si;
    return c;
}
double noise_energy_per_vector_J(const Ledger& l) {
    const auto n = static_cast<double>(l.total("training/noise/", "/vector").n);
    return n > 0 ? l.energy("training/noise/").si / n : 0;
}

}  // namespace ganbar
