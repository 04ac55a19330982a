#include "ganbar/arch/chip.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace ganbar::arch {
namespace {

/// Index of an operation by phase, network, layer and pass.
class OpIndex {
public:
    explicit OpIndex(const Workload& w) {
        for (std::uint32_t i = 0; i < w.ops.size(); ++i) slot(w, w.ops[i].phase, w.ops[i].generator, w.ops[i].layer, w.ops[i].pass) = i + 1;
    }
    /// None where the iteration has no such pass.
    std::optional<std::uint32_t> find(const Workload& w, Phase phase, bool generator, std::uint32_t layer, Pass pass) {
        const std::uint32_t i = slot(w, phase, generator, layer, pass);
        return i > 0 ? std::optional(i - 1) : std::nullopt;
    }

private:
    std::uint32_t& slot(const Workload& w, Phase phase, bool generator, std::uint32_t layer, Pass pass) {
        auto& v = by_phase_[std::size_t(phase)][generator ? 1 : 0];
        const std::size_t at = std::size_t(layer) * 4 + std::size_t(pass);
        if (v.size() <= at) v.resize((generator ? w.generator : w.discriminator).layers.size() * 4, 0);
        return v[at];
    }
    std::array<std::array<std::vector<std::uint32_t>, 2>, 4> by_phase_;
};

std::uint32_t set_of(const CrossbarDesign& d, const Workload& w, bool generator, std::uint32_t layer, Pass pass) {
    if (pass == Pass::error && d.bidirectional) pass = Pass::forward;
    return std::uint32_t(((generator ? w.discriminator.layers.size() : 0) + layer) * 3 + std::size_t(pass));
}

/// Forward through G and D, back through D and G; passes that the phase does not have are left out.
void add_phase(const CrossbarDesign& d, const Workload& w, OpIndex& ops, Phase phase, bool begins, ChipWalk& walk) {
    const auto add = [&](bool generator, std::uint32_t layer, Pass pass) {
        const auto op = ops.find(w, phase, generator, layer, pass);
        if (!op || (d.computation_sharing && w.ops[*op].shareable)) return;
        walk.steps.push_back({*op, set_of(d, w, generator, layer, pass), begins});
        begins = false;
    };
    for (const bool generator : {true, false})
        for (std::uint32_t l = 0; l < (generator ? w.generator : w.discriminator).layers.size(); ++l) add(generator, l, Pass::forward);
    for (const bool generator : {false, true})
        for (std::uint32_t l = std::uint32_t((generator ? w.generator : w.discriminator).layers.size()); l-- > 0;)
            for (const Pass pass : {Pass::error, Pass::gradient}) add(generator, l, pass);
}

std::vector<ArraySet> array_sets(const CrossbarDesign& d, const Workload& w, const Plans& plans, const NetCopies (&copies)[2]) {
    std::vector<ArraySet> sets((w.discriminator.layers.size() + w.generator.layers.size()) * 3);
    for (const Op& op : w.ops) {
        if (op.pass == Pass::update || (op.pass == Pass::error && d.bidirectional)) continue;
        const PassPlan& p = plans.of(op);
        const double n = copies[op.generator ? 1 : 0].of(op.pass);
        ArraySet s{.arrays = arrays_of(d, p) * n};
        if (!p.rewritten)
            s.cells = p.stored_cells * p.copies * n, s.rows = p.stored_rows * p.copies * n,
            s.bytes = p.stored_cells * double(d.cell_bits) / 8;
        sets[set_of(d, w, op.generator, op.layer, op.pass)] = s;
    }
    return sets;
}

double word_B(const CrossbarDesign& d) { return double(d.input_bits) / 8; }
double memory_B_per_s(const CrossbarDesign& d) { return d.dram_B_per_s * d.bandwidth_share; }

/// Words of one sample that cross a cut before this step.
double crossing_words(const Workload& w, const Op& op) { return op.pass == Pass::forward ? w.layer(op).words_in : w.layer(op).words_out; }

/// What waits for its gradient when a part waits for the whole batch before it.
double batch_words(const Workload& w) {
    double words = 0;
    for (const NetworkWork* net : {&w.generator, &w.discriminator})
        if (w.task == Task::training || net == &w.generator)
            for (const LayerWork& l : net->layers) words += l.words_out;
    return words * double(w.batch);
}

void book_memory(const CrossbarDesign& d, double bytes, OpCost& cost, Estimate& out) {
    at(cost.energy_J, Component::dram) += bytes * 8 * d.dram_bit.si;
    out.bytes_dram += bytes, out.chip.bytes_dram += bytes;
}

/// Activations that the buffers do not hold: written after the forward pass, read for the gradient (a generation: by the next layer).
void book_overflow(const CrossbarDesign& d, const Workload& w, double outside, bool resident, Estimate& out) {
    double bytes = 0;
    for (std::size_t i = 0; i < w.ops.size(); ++i) {
        const Op& op = w.ops[i];
        const LayerWork& l = w.layer(op);
        double own = 0;
        if (op.pass == Pass::update)
            own = resident ? 0 : 2 * op.samples * l.n_weights * double(d.weight_bits) / 8;  // weights that no array holds
        else if (op.pass == Pass::forward && !(d.computation_sharing && op.shareable))
            own = outside * op.samples * l.words_out * word_B(d) * (w.task == Task::generation ? 2 : 1);
        else if (op.pass == Pass::gradient) own = outside * op.samples * l.words_in * word_B(d);
        if (own > 0) book_memory(d, own, out.ops[i], out);
        bytes += own;
    }
    out.chip.dram_s = bytes / memory_B_per_s(d);
}

/// Half of what goes from layer to layer crosses the middle of a square mesh: layers that follow each other need not be neighbours.
void bound_mesh(const CrossbarDesign& d, const Workload& w, Estimate& out) {
    double words = 0;
    for (const Op& op : w.ops)
        if ((op.pass == Pass::forward && !(d.computation_sharing && op.shareable)) || op.pass == Pass::error)
            words += op.samples * w.layer(op).work(op.pass).words_out;
    const double side = std::max(1.0, std::sqrt(double(d.chip_arrays) / double(d.arrays_per_router)));
    out.chip.bytes_mesh = words * word_B(d);
    out.chip.mesh_s =
        out.chip.bytes_mesh / 2 / (2 * side * d.link_B_per_s * d.bandwidth_share);  // a link each way for every row of routers
}

/// Loads of one part, booked to the passes that need them.
void book_part(const CrossbarDesign& d, const Workload& w, const ChipWalk& walk, std::size_t from, std::size_t to, double repeats,
               double outside, double turns, const std::vector<ArraySet>& sets, Estimate& out) {
    std::vector<std::uint32_t> loaded;
    for (std::size_t i = from; i < to; ++i) {
        const ArraySet& s = sets[walk.steps[i].set];
        OpCost& cost = out.ops[walk.steps[i].op];
        const Op& op = w.ops[walk.steps[i].op];
        if (i == from && outside > 0) {  // errors are written as well as read; activations are written anyhow
            const double cuts = turns - (walk.steps[i].begins ? 1 : 0);
            book_memory(d,
                        repeats * cuts * outside * double(w.batch) * crossing_words(w, op) * word_B(d) * (op.pass == Pass::forward ? 1 : 2),
                        cost, out);
        }
        if (s.cells == 0 || std::find(loaded.begin(), loaded.end(), walk.steps[i].set) != loaded.end()) continue;
        loaded.push_back(walk.steps[i].set);
        at(cost.energy_J, Component::reprogram) += repeats * write_energy_J(d, s.cells, s.rows);
        out.chip.cells += repeats * s.cells, out.writes += repeats * s.cells;
        book_memory(d, repeats * s.bytes, cost, out);
    }
    out.chip.swaps += repeats * turns;
}

double turns_of(const ArraySet& s, double arrays) { return std::max(1.0, std::ceil(s.arrays / arrays)); }

void swap_arrays(const CrossbarDesign& d, const Workload& w, const std::vector<ArraySet>& sets, double outside, double cycle_s,
                 Estimate& out) {
    const double batch = double(w.batch);
    const CutPrice price{.arrays = double(d.chip_arrays),
                         .drain_s = (batch - 1) * cycle_s,
                         .program_s = double(d.rows) * d.write_row.si,
                         .load_B_per_s = memory_B_per_s(d),
                         .another_turn_s = batch * cycle_s};
    for (const ChipWalk& walk : chip_walks(d, w)) {
        std::vector<double> cut_s;
        for (const ChipStep& s : walk.steps) {
            const Op& op = w.ops[s.op];
            cut_s.push_back(outside * batch * crossing_words(w, op) * word_B(d) * (op.pass == Pass::forward ? 1 : 2) / memory_B_per_s(d));
        }
        const ChipParts parts = cut_walk(walk, sets, cut_s, price);
        const std::size_t n = parts.begins.size();
        const double repeats = n == 1 && turns_of(sets[walk.steps[0].set], price.arrays) == 1 ? std::min(1.0, walk.repeats)
                                                                                              : walk.repeats;  // what stays is loaded once
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t from = parts.begins[k], to = k + 1 < n ? parts.begins[k + 1] : walk.steps.size();
            const double turns = to - from == 1 ? turns_of(sets[walk.steps[from].set], price.arrays) : 1;
            book_part(d, w, walk, from, to, repeats, outside, turns, sets, out);
            out.chip.drain_s += repeats * ((walk.steps[from].begins ? 0 : price.drain_s) + (turns - 1) * price.another_turn_s);
        }
        out.chip.reprogram_s += repeats * parts.cost_s;  // with the drains, which are taken out below
    }
    out.chip.reprogram_s -= out.chip.drain_s;
}

}  // namespace

std::vector<ChipWalk> chip_walks(const CrossbarDesign& d, const Workload& w) {
    OpIndex ops(w);
    std::vector<ChipWalk> out;
    const auto walk = [&](std::initializer_list<Phase> phases, double repeats, bool fused = false) {
        ChipWalk one;
        one.repeats = repeats;
        for (const Phase p : phases) add_phase(d, w, ops, p, !(fused && p == Phase::g_step), one);
        if (!one.steps.empty() && repeats > 0) out.push_back(std::move(one));
    };
    const double steps_d = double(w.steps_d);
    if (w.task == Task::generation) walk({Phase::generation}, 1);
    else if (d.computation_sharing && !w.generator.layers.empty()) {  // the last D update and G's share one pass of the fake samples
        walk({Phase::d_real, Phase::d_fake}, steps_d - 1);
        walk({Phase::d_real, Phase::d_fake, Phase::g_step}, 1, true);
    } else {
        walk({Phase::d_real, Phase::d_fake}, steps_d);
        walk({Phase::g_step}, 1);
    }
    return out;
}

ChipParts cut_walk(const ChipWalk& walk, const std::vector<ArraySet>& sets, const std::vector<double>& cut_s, const CutPrice& price) {
    const std::size_t n = walk.steps.size();
    std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
    std::vector<std::uint32_t> from(n + 1, 0);
    std::vector<std::size_t> seen(sets.size(), n);  // the start of the part that met this set last
    best[0] = 0;
    for (std::size_t i = 0; i < n; ++i) {
        double arrays = 0, bytes = 0;
        const bool inside = !walk.steps[i].begins;
        for (std::size_t j = i; j < n; ++j) {
            const std::uint32_t id = walk.steps[j].set;
            if (seen[id] != i) seen[id] = i, arrays += sets[id].arrays, bytes += sets[id].bytes;
            if (arrays > price.arrays && j > i) break;
            const double turns = std::max(1.0, std::ceil(arrays / price.arrays));
            const double load = bytes > 0 ? std::max(turns * price.program_s, bytes / price.load_B_per_s) : 0;
            const double cuts = turns - (inside ? 0 : 1);
            const double cost = best[i] + load + (inside ? price.drain_s : 0) + (turns - 1) * price.another_turn_s + cuts * cut_s[i];
            if (cost < best[j + 1]) best[j + 1] = cost, from[j + 1] = std::uint32_t(i);
            if (turns > 1) break;
        }
    }
    ChipParts out;
    out.cost_s = best[n];
    for (std::size_t j = n; j > 0; j = from[j]) out.begins.push_back(from[j]);
    std::reverse(out.begins.begin(), out.begins.end());
    return out;
}

void fit_to_chip(const CrossbarDesign& d, const Workload& w, const Plans& plans, const NetCopies (&copies)[2], double needed,
                 double buffered_words, double cycle_s, Estimate& out) {
    out.chip.arrays_needed = needed;
    const bool resident = needed <= double(d.chip_arrays);
    const double waiting_B = (resident ? buffered_words : batch_words(w)) * word_B(d),
                 held_B = double(d.chip_arrays) * double(d.buffer_B_per_array);
    out.chip.buffer_share = d.buffer_B_per_array == 0 ? 1 : std::min(1.0, held_B / waiting_B);
    const double outside = 1 - out.chip.buffer_share;
    book_overflow(d, w, outside, resident, out);
    bound_mesh(d, w, out);
    if (!resident) {
        swap_arrays(d, w, array_sets(d, w, plans, copies), outside, cycle_s, out);
        out.writes_per_cell += out.chip.swaps;  // an array may be loaded every time
    }
    out.n_arrays = std::min(needed, double(d.chip_arrays));
    const double before_s = out.iteration_latency_s;
    out.iteration_latency_s = chip_latency_s(out.chip, before_s);
    if (out.iteration_latency_s != before_s) out.iteration_cycles = out.iteration_latency_s / out.cycle_s;
}

double chip_latency_s(const ChipUse& chip, double latency_s) {
    return std::max({latency_s, chip.dram_s, chip.mesh_s}) + chip.reprogram_s + chip.drain_s;
}

}  // namespace ganbar::arch
