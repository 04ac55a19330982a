#include "ganbar/arch/crossbar_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/arch/chip.h"

namespace ganbar::arch {
namespace {

/// Crossbars side by side that the columns of one matrix take.
Int column_tiles(const CrossbarDesign& d, Int cols) {
    const Int cells = Int(cells_per_weight(d));
    return d.groups_in_own_arrays ? ceil_div(cols, d.cols) * cells : ceil_div(cols * cells, d.cols);
}

/// Adds `count` matrices that are applied to `windows` vectors each.
void add_job(const CrossbarDesign& d, const MatrixJob& j, PassPlan& p) {
    const Int across = column_tiles(d, j.cols), down = ceil_div(j.rows, d.rows);
    const double n = double(j.count), arrays = n * double(across * down), windows = double(j.windows);
    p.arrays += arrays;
    p.array_steps += windows * arrays;
    p.row_steps += windows * n * double(j.rows) * double(across);
    p.column_steps += windows * n * double(j.cols) * cells_per_weight(d) * double(down);
    p.stored_cells += n * double(j.rows) * double(j.cols) * cells_per_weight(d);
    p.stored_rows += n * double(j.rows) * double(across);
    p.steps = std::max(p.steps, windows);
    p.macs_executed += j.macs();
}

/// RED: one sub-array per tap, several taps in turn where there are more taps than sub-arrays.
void add_pixels(const CrossbarDesign& d, const LayerWork& l, const PassWork& work, PassPlan& p) {
    const Int taps = l.taps, fold = d.max_sub_arrays > 0 ? ceil_div(taps, d.max_sub_arrays) : 1;
    const MatrixJob& whole = work.zero_inserted;
    const Int rows = whole.rows / taps, subs = ceil_div(taps, fold);
    const Int across = column_tiles(d, whole.cols), down = ceil_div(rows * fold, d.rows);
    double longest = 0, vectors = 0;  // vectors: (tap, window) pairs
    for (const MatrixJob& j : work.deformed) {
        longest = std::max(longest, double(j.windows));
        vectors += double(j.windows) * double(j.rows / rows) * double(j.count);
        p.macs_executed += j.macs();
    }
    const double tiles_per_tap = double(across * ceil_div(rows, d.rows));
    p.arrays = double(subs * l.groups) * double(across * down);
    p.steps = longest * double(fold);
    p.array_steps = vectors * tiles_per_tap;
    p.row_steps = vectors * double(rows) * double(across);
    p.column_steps = vectors * double(whole.cols) * cells_per_weight(d) * double(ceil_div(rows, d.rows));
    p.stored_cells = double(whole.rows * whole.cols * l.groups) * cells_per_weight(d);
    p.stored_rows = double(whole.rows * l.groups) * double(across);
}

/// One operand of the gradient written into crossbars. Samples whose rows fit into one array share it, so one product serves all of them.
void add_gradient(const CrossbarDesign& d, const MatrixJob& j, Int batch, PassPlan& p) {
    const Int share = std::clamp<Int>(d.rows / std::max<Int>(1, j.rows), 1, batch);
    MatrixJob shared = j;
    shared.rows = j.rows * share;
    add_job(d, shared, p);
    const double n = double(share);
    p.arrays *= 2, p.rewritten = true;  // one set is written while the other computes
    p.array_steps /= n, p.row_steps /= n, p.column_steps /= n, p.stored_cells /= n, p.stored_rows /= n, p.macs_executed /= n;
    p.steps = std::ceil(double(j.windows) / n);
    p.shared_samples = n;
}

/// Energies of a plan for one sample.
struct PlanEnergy {
    double crossbar = 0, drive = 0, conversion = 0, accumulate = 0, cell_write = 0, mac_unit = 0;
};

bool adds_in_place(const CrossbarDesign& d, Pass pass) { return pass == Pass::gradient && d.gradient == GradientMode::outer_product; }

PlanEnergy energy_of(const CrossbarDesign& d, const PassPlan& p, Pass pass) {
    PlanEnergy e;
    if (adds_in_place(d, pass)) {
        e.cell_write = p.array_steps * d.outer_product_array.si;
        return e;
    }
    const double n = slices(d), active = n * d.input_density;
    e.crossbar = p.array_steps * n * d.array_step.si;
    switch (d.read_scope) {
        case ReadScope::row: e.drive = p.row_steps * active * d.row_step.si; break;
        case ReadScope::cell: e.drive = p.row_steps * active * d.row_step.si * double(d.cols); break;
        case ReadScope::array: e.drive = p.array_steps * active * d.row_step.si; break;
    }
    e.conversion = p.column_steps * n * d.column_step.si;
    e.accumulate = p.column_steps * n * d.accumulate_step.si;
    e.mac_unit = p.digital_macs * d.digital_mac.si;
    if (p.rewritten) e.cell_write = write_energy_J(d, p.stored_cells, p.stored_rows) * p.copies;
    return e;
}

/// The run's own conversions, where its sums ran over as many word lines as this machine's.
void use_measured_conversions(const CrossbarDesign& d, const Workload& w, const LayerWork& l, std::array<PassPlan, 3>& p) {
    if (w.measured_array_rows != d.rows) return;
    if (l.measured.forward_conversions >= 0) p[0].column_steps = l.measured.forward_conversions * cells_per_weight(d);
    if (l.measured.backward_conversions >= 0) p[1].column_steps = l.measured.backward_conversions * cells_per_weight(d);
}

/// A pass that never runs keeps an empty plan: no arrays, no cells.
void make_plans(const CrossbarDesign& d, const Workload& w, bool generator, std::vector<std::array<PassPlan, 3>>& out) {
    const NetworkWork& net = generator ? w.generator : w.discriminator;
    out.resize(net.layers.size());
    for (std::size_t i = 0; i < net.layers.size(); ++i) {
        for (const Pass pass : {Pass::forward, Pass::error, Pass::gradient})
            out[i][std::size_t(pass)] = runs(w, generator, net.layers[i], pass) ? plan(d, net.layers[i], pass, w.batch) : PassPlan{};
        use_measured_conversions(d, w, net.layers[i], out[i]);
    }
}

NetCopies copies_of(const CrossbarDesign& d, const Workload& w, bool generator) {
    NetCopies c;
    if (generator || w.generator.layers.empty()) return c;
    const double sp = d.spatial_parallelism ? 1 : 0;
    c.forward += sp, c.gradient += sp, c.error += sp;
    if (d.computation_sharing && d.transposed_copies >= 2) c.error += 1;
    return c;
}

/// Activations that wait for their gradient (chen2019's schedule): 2 (L - l) + 1 samples in D, 2 (L_G - l) + 2 L_D + 1 in G.
double buffer_words(const CrossbarDesign& d, const Workload& w) {
    double words = 0;
    const double batch = double(w.batch);
    for (const bool generator : {false, true}) {
        const NetworkWork& net = generator ? w.generator : w.discriminator;
        if (w.task == Task::generation && !generator) continue;
        const double below = generator ? 2 * double(w.discriminator.depth) : 0;
        for (const LayerWork& l : net.layers) {
            double depth = w.task == Task::generation ? 2 : 2 * double(net.depth - l.stage) + 1 + below;
            if (d.batch_norm == BatchNorm::exact && l.batch_norm) depth = std::max(depth, batch);
            const bool two_streams = !generator && d.spatial_parallelism && !w.generator.layers.empty();
            words += std::min(depth, std::max(batch, 2.0)) * l.words_out * (two_streams ? 2 : 1);
        }
    }
    return words;
}

void check_fits(const CrossbarDesign& d, const Workload& w) {
    if (!d.only_fully_connected) return;
    for (const NetworkWork* net : {&w.generator, &w.discriminator})
        for (const LayerWork& l : net->layers)
            if (l.kind != LayerKind::fc)
                throw ConfigError(
                    fmt::format("layer {} of {} is a {}; expected fully connected layers only", l.name, w.network, to_string(l.kind)));
}

Int cycles_of(const CrossbarDesign& d, const Workload& w) {
    if (w.task == Task::generation) return w.generator.depth + w.batch - 1;
    const Pipeline p = pipeline_of(d, w);
    if (w.generator.layers.empty()) return single_network_cycles(p);
    return closed_form_applies(p) ? closed_form(p).iteration : simulate(p).cycles.iteration;
}

void charge(const CrossbarDesign& d, const Workload& w, const PassPlan& p, const Op& op, double samples, OpCost& cost) {
    const LayerWork& l = w.layer(op);
    const PassWork& work = l.work(op.pass);
    const PlanEnergy e = energy_of(d, p, op.pass);
    auto& acc = cost.energy_J;
    at(acc, Component::crossbar) = samples * e.crossbar;
    at(acc, Component::drive) = samples * e.drive;
    at(acc, Component::conversion) = samples * e.conversion;
    at(acc, Component::accumulate) = samples * e.accumulate;
    at(acc, Component::cell_write) = samples * e.cell_write;
    at(acc, Component::mac_unit) = samples * e.mac_unit;
    const double extra = l.extra_words;
    if (op.pass == Pass::forward) {
        at(acc, Component::activation) = samples * (l.activation == Activation::identity ? 0 : work.words_out) * d.activation.si;
        at(acc, Component::alu) = samples * ((l.batch_norm ? 2 * work.words_out : 0) + extra) * d.alu.si;
    } else if (op.pass == Pass::error) {
        at(acc, Component::alu) = samples * (work.words_out * (l.batch_norm ? 3 : 1) + extra) * d.alu.si;  // error times derivative
    } else {
        at(acc, Component::alu) =
            adds_in_place(d, op.pass) ? 0 : samples / p.shared_samples * l.n_weights * d.alu.si;  // one addition per weight and product
    }
    const bool moves = op.pass != Pass::gradient;
    at(acc, Component::buffer) = samples * (work.words_in * d.buffer_word.si + (moves ? work.words_out * d.buffer_write_word.si : 0));
    at(acc, Component::link) = moves ? samples * work.words_out * d.link_word.si : 0;
    if (op.pass == Pass::forward && !op.generator && op.layer + 1 == w.discriminator.layers.size())
        at(acc, Component::alu) += samples * d.loss_sample.si;
    cost.macs_useful = samples * work.macs_useful;
    cost.macs_executed = samples * p.macs_executed;
}

/// Shares of cells and of word lines that one update programs: the design's, or the run's.
struct UpdateShare {
    double cells = 1, rows = 1;
};
UpdateShare update_share(const CrossbarDesign& d, const LayerWork& l) {
    const double pulses = l.measured.pulses_per_cell;
    if (pulses < 0) return {d.update_fraction, d.update_fraction};
    // a word line is driven when any of its cells is due; several pulses to a cell drive it several times
    return {pulses, std::max(pulses, 1 - std::pow(1 - std::min(pulses, 1.0), double(d.cols)))};
}

/// Weights rewritten after a batch, in every copy that is stored.
void charge_update(const CrossbarDesign& d, const LayerWork& l, const std::array<PassPlan, 3>& p, const NetCopies& c, double updates,
                   OpCost& cost, double& cells) {
    const UpdateShare share = update_share(d, l);
    const double forward = p[0].copies * c.forward, error = d.bidirectional ? 0 : p[1].copies * c.error;
    cells = updates * share.cells * (p[0].stored_cells * forward + p[1].stored_cells * error);
    const double rows = updates * share.rows * (p[0].stored_rows * forward + p[1].stored_rows * error);
    at(cost.energy_J, Component::cell_write) = write_energy_J(d, cells, rows);
    at(cost.energy_J, Component::alu) = updates * l.n_weights * d.alu.si;
    at(cost.energy_J, Component::buffer) = updates * l.n_weights * d.buffer_word.si;
}

double count_arrays(const CrossbarDesign& d, const Plans& plans, bool training, const NetCopies (&net_copies)[2]) {
    double n = 0;
    for (const bool generator : {false, true}) {
        if (!training && !generator) continue;
        const NetCopies& c = net_copies[generator ? 1 : 0];
        for (const auto& p : generator ? plans.generator : plans.discriminator)
            n += arrays_of(d, p[0]) * c.forward +
                 (training ? (d.bidirectional ? 0 : arrays_of(d, p[1]) * c.error) + arrays_of(d, p[2]) * c.gradient : 0);
    }
    return d.packing == Packing::dense ? std::ceil(n) : n;
}

/// How often the busiest cell is programmed in an iteration, updates apart. The array of a gradient's operand has a twin that is programmed
/// while it computes, holds the operands of shared_samples samples side by side, and with spatial parallelism serves one of the two streams
/// alone. Outer products write a cell once each.
double rewrites_per_cell(const CrossbarDesign& d, const Workload& w, const Plans& plans, const NetCopies (&net_copies)[2]) {
    thread_local std::vector<std::array<double, 3>> samples[2];
    for (const bool generator : {false, true})
        samples[generator ? 1 : 0].assign((generator ? w.generator : w.discriminator).layers.size(), {});
    for (const Op& op : w.ops)
        if (op.pass != Pass::update && !(d.computation_sharing && op.shareable))
            samples[op.generator ? 1 : 0][op.layer][std::size_t(op.pass)] += op.samples;
    double most = 0;
    for (const Op& op : w.ops) {
        if (op.pass == Pass::update) continue;
        const PassPlan& p = plans.of(op);
        const double n = samples[op.generator ? 1 : 0][op.layer][std::size_t(op.pass)] / net_copies[op.generator ? 1 : 0].of(op.pass);
        if (adds_in_place(d, op.pass)) most = std::max(most, n * p.steps / p.copies);
        else if (p.rewritten && p.stored_cells > 0) most = std::max(most, n / (2 * p.shared_samples));
    }
    return most;
}

struct Times {
    double slowest = 0, serial = 0;
};

}  // namespace

double crossbar_arrays(const CrossbarDesign& d, const Workload& w) {
    thread_local Plans plans;
    const bool training = w.task == Task::training;
    if (training) make_plans(d, w, false, plans.discriminator);
    make_plans(d, w, true, plans.generator);
    return count_arrays(d, plans, training, {copies_of(d, w, false), copies_of(d, w, true)});
}

double arrays_for(const CrossbarDesign& d, Int rows, Int cols) { return double(ceil_div(rows, d.rows) * column_tiles(d, cols)); }

double arrays_of(const CrossbarDesign& d, const PassPlan& p) {
    return p.copies * (d.packing == Packing::dense ? p.stored_cells / double(d.rows * d.cols) : p.arrays);
}
double write_energy_J(const CrossbarDesign& d, double cells, double rows) {
    return d.write.si * (d.write_scope == WriteScope::cell ? cells : rows);
}

PassPlan plan(const CrossbarDesign& d, const LayerWork& l, Pass pass, Int batch) {
    const PassWork& work = l.work(pass);
    PassPlan p;
    const bool insert = d.zeros == ZeroPolicy::inserted;
    if (pass == Pass::gradient && d.gradient == GradientMode::digital) {
        p.macs_executed = p.digital_macs = insert ? work.macs_zero_inserted : work.macs_deformed;
        p.steps = std::ceil(p.digital_macs / double(d.digital_lanes));
        p.time_s = p.steps / d.digital_clock.si;
        return p;
    }
    const bool in_place = adds_in_place(d, pass);
    const PassWork& windows = in_place ? l.forward : work;  // an outer product for every vector that the forward pass met
    if (l.dynamic) {
        for (const MatrixJob& j : work.deformed) add_job(d, j, p);
        p.arrays *= 2, p.rewritten = true;
    } else if (pass == Pass::gradient && !in_place) add_gradient(d, insert ? work.zero_inserted : work.deformed[0], batch, p);
    else if (insert) add_job(d, windows.zero_inserted, p);
    else if (d.zeros == ZeroPolicy::pixels && l.kind != LayerKind::fc) add_pixels(d, l, windows, p);
    else
        for (const MatrixJob& j : windows.deformed) add_job(d, j, p);
    p.row_steps *= std::min(1.0, work.macs_useful / p.macs_executed);  // zero operands drive no row
    const Int target = pass == Pass::gradient ? d.gradient_steps_per_cycle : d.steps_per_cycle;
    p.copies = std::ceil(p.steps / double(target));
    p.time_s = std::ceil(p.steps / p.copies) * (in_place ? d.outer_product_time.si : slices(d) * d.step.si);
    if (p.rewritten)
        p.time_s =
            std::max(p.time_s, l.dynamic ? double(std::min(d.rows, work.deformed[1].rows)) * d.write_row.si : gradient_write_s(d, l));
    return p;
}

bool runs(const Workload& w, bool generator, const LayerWork& l, Pass pass) {
    if (w.task == Task::generation) return generator && pass == Pass::forward;
    if (pass == Pass::gradient && l.dynamic) return false;
    return pass != Pass::error || l.needs_input_error || (!generator && !w.generator.layers.empty());
}

double gradient_write_s(const CrossbarDesign& d, const LayerWork& l) {
    const Int rows = (d.zeros == ZeroPolicy::inserted ? l.gradient.zero_inserted : l.gradient.deformed[0]).rows;
    return double(std::min(rows, d.rows)) * d.write_row.si;
}

double peak_power_W(const CrossbarDesign& d, double working_arrays, double n_arrays) {
    PassPlan one;  // every row and column of an array, once
    one.array_steps = 1, one.row_steps = double(d.rows), one.column_steps = double(d.cols);
    const PlanEnergy e = energy_of(d, one, Pass::forward);
    const double product_s = slices(d) * d.step.si;
    return working_arrays * (e.crossbar + e.drive + e.conversion + e.accumulate) / product_s + n_arrays * d.static_per_array.si;
}

Pipeline pipeline_of(const CrossbarDesign& d, const Workload& w) {
    Pipeline p = unit_pipeline(w.discriminator.depth, std::max<Int>(1, w.generator.depth), w.batch, w.steps_d, d.spatial_parallelism,
                               d.computation_sharing);
    p.transposed_copies = d.transposed_copies;
    if (d.batch_norm == BatchNorm::exact) p.d_barrier = w.discriminator.exact_bn_barriers(), p.g_barrier = w.generator.exact_bn_barriers();
    return p;
}

/// Energy and counts of every operation. Weights that do not stay in their arrays (`resident`) are updated in memory.
static Times charge_ops(const CrossbarDesign& d, const Workload& w, const Plans& plans, const NetCopies (&net_copies)[2], bool resident,
                        Estimate& out) {
    Times t;
    for (std::size_t i = 0; i < w.ops.size(); ++i) {
        const Op& op = w.ops[i];
        const LayerWork& l = w.layer(op);
        if (op.pass == Pass::update) {
            double cells = 0;
            charge_update(d, l, (op.generator ? plans.generator : plans.discriminator)[op.layer], net_copies[op.generator ? 1 : 0],
                          op.samples, out.ops[i], cells);
            out.ops[i].cycles = op.samples;
            if (resident) out.writes += cells, out.writes_per_cell = std::max(out.writes_per_cell, op.samples * update_share(d, l).cells);
            else at(out.ops[i].energy_J, Component::cell_write) = 0;
            continue;
        }
        const double samples = d.computation_sharing && op.shareable ? 0 : op.samples;
        const PassPlan& p = plans.of(op);
        charge(d, w, p, op, samples, out.ops[i]);
        t.slowest = std::max(t.slowest, p.time_s);
        t.serial += samples * p.time_s;
        out.ops[i].cycles = d.schedule == Schedule::lockstep ? samples : samples * std::ceil(p.steps / p.copies);
        out.macs_useful += out.ops[i].macs_useful, out.macs_executed += out.ops[i].macs_executed;
        out.macs_zero_inserted += samples * l.work(op.pass).macs_zero_inserted;
        if (adds_in_place(d, op.pass)) out.writes += samples * p.macs_executed * cells_per_weight(d);
        else out.reads += samples * p.array_steps * slices(d), out.conversions += samples * p.column_steps * slices(d);
        if (p.rewritten) out.writes += samples * p.stored_cells * p.copies;
        out.words_buffer += samples * (l.work(op.pass).words_in + l.work(op.pass).words_out);
    }
    return t;
}

void run_crossbar(const CrossbarDesign& d, const Workload& w, Estimate& out) {
    thread_local Plans plans;
    check_fits(d, w);
    out.reset(w);
    const bool training = w.task == Task::training, on_chip = d.chip_arrays > 0;
    if (training) make_plans(d, w, false, plans.discriminator);
    make_plans(d, w, true, plans.generator);
    const NetCopies net_copies[2] = {copies_of(d, w, false), copies_of(d, w, true)};

    const double needed = out.n_arrays = count_arrays(d, plans, training, net_copies);
    if (d.arrays_available > 0 && out.n_arrays > double(d.arrays_available))
        throw ConfigError(
            fmt::format("{} needs {:.0f} crossbars of {}x{}, but {} are available; expected a smaller network, fewer copies or more arrays",
                        w.network, out.n_arrays, d.rows, d.cols, d.arrays_available));
    const bool resident = !on_chip || needed <= double(d.chip_arrays);
    if (!resident && d.spatial_parallelism) {  // a second discriminator is the first thing that a small chip does without
        CrossbarDesign one = d;
        one.spatial_parallelism = false;
        return run_crossbar(one, w, out);
    }
    Times t = charge_ops(d, w, plans, net_copies, resident, out);
    t.slowest *= d.cycle_overhead, t.serial *= d.cycle_overhead;
    out.endurance = d.endurance, out.writes_per_cell = std::max(out.writes_per_cell, rewrites_per_cell(d, w, plans, net_copies));
    const double product_s = slices(d) * d.step.si, update_s = double(d.rows) * d.write_row.si;
    const double n_updates = training ? double(w.steps_d) + (w.generator.layers.empty() ? 0 : 1) : 0;
    if (d.schedule == Schedule::lockstep) {
        out.cycle_s = t.slowest;
        out.iteration_cycles = double(cycles_of(d, w));
        out.iteration_latency_s = out.iteration_cycles * t.slowest + n_updates * std::max(0.0, update_s - t.slowest);
    } else {
        out.cycle_s = product_s;
        out.iteration_latency_s = t.serial + n_updates * update_s;
        out.iteration_cycles = out.iteration_latency_s / product_s;
    }
    const double buffered = buffer_words(d, w);
    if (on_chip) fit_to_chip(d, w, plans, net_copies, needed, buffered, t.slowest, out);
    at(out.idle_J, Component::idle) = d.static_per_array.si * out.n_arrays * out.iteration_latency_s;
    at(out.area_m2, Component::crossbar) = out.n_arrays * d.array_area.si;
    at(out.area_m2, Component::buffer) = on_chip ? 0 : buffered * d.buffer_word_area.si;
    at(out.area_m2, Component::link) = d.fixed_area.si;
    out.peak_macs_per_s = out.n_arrays * double(d.rows * d.cols) / cells_per_weight(d) / product_s / double(d.stack_layers);
    out.peak_power_W = peak_power_W(d, out.n_arrays / double(d.stack_layers), out.n_arrays);
}

}  // namespace ganbar::arch
