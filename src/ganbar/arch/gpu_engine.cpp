#include "ganbar/arch/gpu_engine.h"

#include <algorithm>
#include <cmath>

namespace ganbar::arch {

void run_gpu(const GpuDesign& d, const Workload& w, Estimate& out) {
    out.reset(w);
    const double batch_factor = w.batch >= 64 ? 1 : std::pow(double(w.batch) / 64, d.batch_exponent);
    const double rate = d.bandwidth_share * d.bandwidth_B_per_s;
    double total_s = 0;
    for (std::size_t i = 0; i < w.ops.size(); ++i) {
        const Op& op = w.ops[i];
        const LayerWork& l = w.layer(op);
        OpCost& cost = out.ops[i];
        double time_s = 0;
        if (op.pass == Pass::update) {  // Adam: weight, gradient, two moments in; weight and moments out
            const double bytes = 7 * 4 * l.n_weights * op.samples;
            time_s = bytes / rate + op.samples * d.launch.si;
            out.bytes_dram += bytes;
        } else {
            const PassWork& p = l.work(op.pass);
            const double calls = op.samples / double(w.batch);
            const double flop = 2 * op.samples * p.macs_deformed;
            const double bytes = 4 * (op.samples * (p.words_in + (op.pass == Pass::gradient ? 0 : p.words_out)) + calls * l.n_weights);
            const double eta = (l.kind == LayerKind::fc ? d.efficiency_fc : d.efficiency) * batch_factor;
            time_s = std::max(flop / (eta * d.peak_flop_per_s), bytes / rate);
            // batch norm and activation read and write their map; batch norm twice
            const double maps = op.pass == Pass::gradient ? 0 : (l.batch_norm ? 3.0 : 0) + (l.activation == Activation::identity ? 0 : 2);
            const double pass_bytes = 4 * op.samples * (maps * l.words_out + 2 * l.extra_words);
            time_s += pass_bytes / rate + calls * d.launch.si * (op.pass == Pass::gradient ? 1 : d.kernels_per_pass);
            cost.macs_useful = op.samples * p.macs_useful, cost.macs_executed = op.samples * p.macs_deformed;
            out.macs_useful += cost.macs_useful, out.macs_executed += cost.macs_executed,
                out.macs_zero_inserted += op.samples * p.macs_zero_inserted;
            out.bytes_dram += bytes + pass_bytes;
        }
        cost.cycles = time_s * d.clock.si;
        at(cost.energy_J, Component::board) = time_s * d.power.si;
        total_s += time_s;
    }
    const double steps = w.task == Task::generation ? 1 : double(w.steps_d) * 2 + 1;
    const double host_s = steps * d.host.si;
    out.cycle_s = 1 / d.clock.si;  // of the boost clock, behind the peak rate
    out.iteration_latency_s = total_s + host_s;
    out.iteration_cycles = out.iteration_latency_s / out.cycle_s;
    out.peak_macs_per_s = d.peak_flop_per_s / 2, out.peak_power_W = d.power.si;
    out.n_arrays = 1;
    at(out.idle_J, Component::board) = host_s * d.power.si;
    at(out.area_m2, Component::board) = d.die.si;
}

}  // namespace ganbar::arch
