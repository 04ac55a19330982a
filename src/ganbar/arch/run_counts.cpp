#include "ganbar/arch/run_counts.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganbar::arch {
namespace {

/// Shares `total` passes out over the ops of one layer and pass, in the order of the phases.
void set_samples(Workload& w, bool generator, std::size_t layer, Pass pass, double total) {
    if (total < 0) return;
    std::vector<Op*> ops;
    double expected = 0;
    for (Op& op : w.ops)
        if (op.generator == generator && op.layer == layer && op.pass == pass) ops.push_back(&op), expected += op.samples;
    if (expected <= 0) return;
    const double more = std::max(1.0, total / expected);
    for (Op* op : ops) {
        op->samples = std::min(op->samples * more, total);
        total -= op->samples;
    }
}

void feed_layer(Workload& w, bool generator, std::size_t i, const LayerCounts& c, double rounds) {
    LayerWork& l = (generator ? w.generator : w.discriminator).layers[i];
    set_samples(w, generator, i, Pass::forward, c.forward_products < 0 ? -1 : c.forward_products / rounds);
    set_samples(w, generator, i, Pass::error, c.backward_products < 0 ? -1 : c.backward_products / rounds);
    const double updates = rounds * (generator ? 1.0 : double(w.steps_d));
    if (c.pulses >= 0 && c.cells > 0) l.measured.pulses_per_cell = c.pulses / c.cells / updates;
    if (c.forward_conversions >= 0 && c.forward_products > 0) l.measured.forward_conversions = c.forward_conversions / c.forward_products;
    if (c.backward_conversions >= 0 && c.backward_products > 0)
        l.measured.backward_conversions = c.backward_conversions / c.backward_products;
}

}  // namespace

void feed(Workload& w, const RunCounts& counts) {
    if (counts.rounds < 1) throw ConfigError("the run has no round; expected at least one before its counts can feed an estimate");
    for (const bool generator : {false, true}) {
        const auto& layers = generator ? counts.generator : counts.discriminator;
        const NetworkWork& net = generator ? w.generator : w.discriminator;
        if (layers.size() != net.layers.size())
            throw ConfigError(fmt::format("the run counted {} layers of the {}, the workload has {}; expected the same network",
                                          layers.size(), generator ? "generator" : "discriminator", net.layers.size()));
        for (std::size_t i = 0; i < layers.size(); ++i) feed_layer(w, generator, i, layers[i], double(counts.rounds));
    }
    w.measured_array_rows = counts.array_rows;
}

}  // namespace ganbar::arch
