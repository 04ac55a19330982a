#include "ganbar/arch/digital_engine.h"

#include <algorithm>
#include <cmath>

namespace ganbar::arch {
namespace {

double executed_macs(const DigitalDesign& d, const PassWork& p) {
    if (!p.has_inserted_zeros) return d.execution == Execution::useful ? p.macs_useful : p.macs_phases;
    switch (d.execution) {
        case Execution::zero_inserted: return p.macs_zero_inserted;
        case Execution::phases: return p.macs_phases;
        case Execution::scatter: return p.macs_deformed;
        case Execution::useful: return p.macs_useful;
    }
    return p.macs_zero_inserted;
}

/// Words that cross the chip's edge for all samples of an op: weights once per pass over the batch (gradients in and out), activations in
/// and out unless a generation keeps them in the buffer; training needs them again.
double dram_words(const DigitalDesign& d, const LayerWork& l, const Op& op, double samples, double steps) {
    const double capacity = double(d.buffer_bytes) * 8 / double(d.word_bits);
    const double activations = l.words_in + l.words_out;
    const double weights_fetched = l.n_weights * steps;  // the batch streams past weights that are fetched once
    const bool kept = op.phase == Phase::generation && activations <= capacity;
    return weights_fetched * (op.pass == Pass::gradient ? 2 : 1) + (kept ? 0 : samples * activations);
}

void charge_pass(const DigitalDesign& d, const Workload& w, const Op& op, OpCost& cost, Estimate& out) {
    const LayerWork& l = w.layer(op);
    const PassWork& p = l.work(op.pass);
    const double executed = op.samples * executed_macs(d, p), useful = op.samples * p.macs_useful;
    const double real = std::min(useful, executed), paid = real + (executed - real) * d.zero_energy;
    const double use = l.kind == LayerKind::fc                                           ? d.use_fc
                       : p.has_inserted_zeros && d.execution != Execution::zero_inserted ? d.use_skipping
                                                                                         : d.use_conv;
    const double steps = op.samples / double(w.batch);
    const double words = dram_words(d, l, op, op.samples, steps), bytes = words * double(d.word_bits) / 8;
    const double from_buffer = executed / d.buffer_reuse + op.samples * (p.words_in + (op.pass == Pass::gradient ? 0 : p.words_out));
    // overlap-add reads and writes every partial output again
    const double merge =
        d.execution == Execution::scatter && p.has_inserted_zeros
            ? 2 * op.samples * p.macs_deformed / double(l.forward.deformed.empty() ? 1 : std::max<Int>(1, p.zero_inserted.rows / l.taps))
            : 0;
    const double least = executed > 0 ? 1 : 0;  // no pass of a layer is over before its first cycle is
    cost.cycles = std::max({least, executed / (double(d.units) * use), bytes / (d.bandwidth_B_per_s * d.bandwidth_share) * d.clock.si});
    cost.macs_useful = useful, cost.macs_executed = executed;
    auto& e = cost.energy_J;
    at(e, Component::mac_unit) = paid * d.mac.si;
    at(e, Component::register_file) = paid * d.register_accesses * d.register_file.si;
    at(e, Component::inter_pe) = paid * d.inter_pe_accesses * d.inter_pe.si;
    at(e, Component::buffer) = (from_buffer + merge) * d.buffer_access.si;
    at(e, Component::dram) = words * d.dram_word.si;
    at(e, Component::alu) = op.samples * (p.words_out * (l.batch_norm ? 3 : 1) + l.extra_words) * d.alu.si;
    out.bytes_dram += bytes, out.words_buffer += from_buffer + merge;
    out.macs_useful += useful, out.macs_executed += executed, out.macs_zero_inserted += op.samples * p.macs_zero_inserted;
}

}  // namespace

void run_digital(const DigitalDesign& d, const Workload& w, Estimate& out) {
    out.reset(w);
    double cycles = 0;
    for (std::size_t i = 0; i < w.ops.size(); ++i) {
        const Op& op = w.ops[i];
        OpCost& cost = out.ops[i];
        if (op.pass == Pass::update) {  // weight, gradient and two optimiser moments in, weight and moments out
            const LayerWork& l = w.layer(op);
            const double words = 7 * l.n_weights * op.samples, bytes = words * double(d.word_bits) / 8;
            cost.cycles = bytes / (d.bandwidth_B_per_s * d.bandwidth_share) * d.clock.si;
            at(cost.energy_J, Component::dram) = words * d.dram_word.si;
            at(cost.energy_J, Component::alu) = 4 * l.n_weights * op.samples * d.alu.si;
            out.bytes_dram += bytes;
        } else charge_pass(d, w, op, cost, out);
        cycles += cost.cycles;
    }
    out.cycle_s = 1 / d.clock.si;
    out.iteration_cycles = std::ceil(cycles);
    out.iteration_latency_s = out.iteration_cycles * out.cycle_s;
    out.n_arrays = double(d.units);
    out.peak_macs_per_s = double(d.units) * d.clock.si;
    const double unit_J = d.mac.si + d.register_accesses * d.register_file.si + d.inter_pe_accesses * d.inter_pe.si;
    out.peak_power_W = out.peak_macs_per_s * (unit_J + d.buffer_access.si / d.buffer_reuse) + d.static_power.si;
    at(out.area_m2, Component::mac_unit) = d.area.si;
    at(out.idle_J, Component::idle) = d.static_power.si * out.iteration_latency_s;
}

}  // namespace ganbar::arch
