#include "ganbar/arch/zara_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>

namespace ganbar::arch {
namespace {

Int ceil_div(Int a, Int b) { return (a + b - 1) / b; }

/// Sub-kernels of one pass as planes: equal busy time within a group.
void add_groups(const CrossbarDesign& d, const Workload& w, bool generator, std::uint32_t layer, Pass pass, ZaraMapping& out) {
    const LayerWork& l = (generator ? w.generator : w.discriminator).layers[layer];
    const PassPlan p = plan(d, l, pass, w.batch);
    PlaneGroup g;
    g.generator = generator, g.layer = layer, g.pass = pass;
    const double per_product = slices(d) * d.step.si, clock = d.clock.si;
    const auto close = [&](double arrays, double windows, double outputs) {
        g.first = std::uint32_t(out.pe_of_plane.size());
        g.n = std::uint32_t(ceil_div(Int(std::ceil(arrays)), d.vmms_per_pe));
        g.compute_s = std::ceil(windows) * per_product;
        if (pass == Pass::gradient)
            g.compute_s +=
                double(std::min<Int>(d.rows, (d.zeros == ZeroPolicy::inserted ? l.gradient.zero_inserted : l.gradient.deformed[0]).rows)) *
                d.write_row.si;
        const double bits = outputs * double(d.input_bits);
        g.transfer_s = bits / double(g.n) / double(d.bus_bits) * clock;
        out.groups.push_back(g);
        out.pe_of_plane.resize(out.pe_of_plane.size() + g.n);
    };
    if (pass != Pass::gradient && d.zeros == ZeroPolicy::phases) {
        for (const MatrixJob& j : l.work(pass).deformed) {
            const double down = double(ceil_div(j.rows, d.rows));
            close(double(j.count) * arrays_for(d, j.rows, j.cols) * p.copies, double(j.windows) / p.copies,
                  double(j.count) * double(j.windows) * double(j.cols) * down);
        }
    } else {
        const double outputs = pass == Pass::gradient ? l.n_weights / p.shared_samples
                                                      : l.work(pass).words_out * double(ceil_div(l.work(pass).zero_inserted.rows, d.rows));
        close(p.arrays * p.copies / (pass == Pass::gradient ? 2 : 1), p.steps / p.copies, outputs);
    }
}

/// Planes dealt over the PEs, longest first, forth and back, so that every PE gets long and short ones.
void deal(const CrossbarDesign& d, ZaraMapping& m) {
    const auto planes = std::int64_t(m.pe_of_plane.size());
    m.n_pes = d.n_pes > 0 ? d.n_pes : ceil_div(planes, d.stack_layers);
    if (planes > m.n_pes * d.stack_layers)
        throw ConfigError(
            fmt::format("the network needs {} planes of {} crossbars, but {} PEs with {} layers hold {}; expected more PEs, more layers or "
                        "fewer copies",
                        planes, d.vmms_per_pe, m.n_pes, d.stack_layers, m.n_pes * d.stack_layers));
    std::vector<std::uint32_t> order(m.groups.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return m.groups[a].compute_s > m.groups[b].compute_s; });
    std::int64_t next = 0;
    for (const std::uint32_t i : order)
        for (std::uint32_t k = 0; k < m.groups[i].n; ++k, ++next) {
            const std::int64_t round = next / m.n_pes, at = next % m.n_pes;
            m.pe_of_plane[m.groups[i].first + k] = std::uint32_t(round % 2 == 0 ? at : m.n_pes - 1 - at);
        }
}

/// Steps that a sample walks through; a step is ready when the one before is done, side steps (gradients) have no successor.
struct Step {
    std::vector<std::uint32_t> groups;
    std::vector<std::uint32_t> side;  ///< groups that start with this step but nobody waits for before the end of the batch
};
using Walk = std::vector<Step>;

class Scheduler {
public:
    Scheduler(const CrossbarDesign& d, const Workload& w, const ZaraMapping& m)
        : d_(d), w_(w), m_(m), pe_free_(std::size_t(m.n_pes)), bus_free_(std::size_t(m.n_pes)), busy_(std::size_t(m.n_pes)) {}

    Walk forward(bool generator) const {
        const NetworkWork& net = generator ? w_.generator : w_.discriminator;
        Walk walk(std::size_t(net.depth));
        for (std::uint32_t g = 0; g < m_.groups.size(); ++g)
            if (m_.groups[g].generator == generator && m_.groups[g].pass == Pass::forward)
                walk[std::size_t(net.layers[m_.groups[g].layer].stage - 1)].groups.push_back(g);
        return walk;
    }
    /// From the last layer down: the error of layer l, beside it the gradient of layer l.
    Walk backward(bool generator, bool input_error, bool gradients) const {
        const NetworkWork& net = generator ? w_.generator : w_.discriminator;
        Walk walk(std::size_t(net.depth));
        for (std::uint32_t g = 0; g < m_.groups.size(); ++g) {
            const PlaneGroup& p = m_.groups[g];
            if (p.generator != generator || p.pass == Pass::forward) continue;
            const LayerWork& l = net.layers[p.layer];
            Step& step = walk[std::size_t(net.depth - l.stage)];
            if (p.pass == Pass::gradient && gradients) step.side.push_back(g);
            if (p.pass == Pass::error && (l.needs_input_error || input_error)) step.groups.push_back(g);
        }
        return walk;
    }
    /// All samples of all walks are ready at `now`; walks interleave sample by sample. Returns when everything is done.
    double run(const std::vector<Walk>& walks, Int samples, double now) {
        struct Ready {
            double time;
            std::uint64_t order;
            std::uint32_t walk, step;
            bool operator<(const Ready& o) const { return time != o.time ? time > o.time : order > o.order; }
        };
        std::priority_queue<Ready> queue;
        for (Int n = 0; n < samples; ++n)
            for (std::uint32_t k = 0; k < walks.size(); ++k) queue.push({now, std::uint64_t(n) * walks.size() + k, k, 0});
        double end = now;
        while (!queue.empty()) {
            const Ready r = queue.top();
            queue.pop();
            const Step& step = walks[r.walk][r.step];
            double done = r.time;
            for (const std::uint32_t g : step.groups) done = std::max(done, serve(m_.groups[g], r.time));
            end = std::max(end, done);
            for (const std::uint32_t g : step.side) end = std::max(end, serve(m_.groups[g], r.time));
            if (r.step + 1 < walks[r.walk].size()) queue.push({done, r.order, r.walk, r.step + 1});
        }
        return end;
    }
    const std::vector<double>& busy() const { return busy_; }
    std::int64_t n_events() const { return n_events_; }

private:
    double serve(const PlaneGroup& g, double ready) {
        double done = ready;
        for (std::uint32_t k = g.first; k < g.first + g.n; ++k) {
            const std::size_t pe = m_.pe_of_plane[k];
            const double computed = std::max(ready, pe_free_[pe]) + g.compute_s;
            pe_free_[pe] = computed, busy_[pe] += g.compute_s;
            const double sent = std::max(computed, bus_free_[pe]) + g.transfer_s;
            bus_free_[pe] = sent;
            done = std::max(done, sent);
        }
        n_events_ += 2 * std::int64_t(g.n) + 1;
        mesh_free_ = std::max(mesh_free_, done - g.mesh_s) + g.mesh_s;  // the mesh moves results while they are made
        return std::max(done, mesh_free_) + m_.hop_s;
    }

    const CrossbarDesign& d_;
    const Workload& w_;
    const ZaraMapping& m_;
    std::vector<double> pe_free_, bus_free_, busy_;
    double mesh_free_ = 0;
    std::int64_t n_events_ = 0;
};

Walk joined(Walk a, const Walk& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace

ZaraMapping map_zara(const CrossbarDesign& d, const Workload& w) {
    ZaraMapping m;
    const bool training = w.task == Task::training;
    for (const bool generator : {false, true}) {
        if (!training && !generator) continue;
        const NetworkWork& net = generator ? w.generator : w.discriminator;
        for (std::uint32_t i = 0; i < net.layers.size(); ++i)
            for (const Pass pass : {Pass::forward, Pass::error, Pass::gradient})
                if (training || pass == Pass::forward) add_groups(d, w, generator, i, pass, m);
    }
    deal(d, m);
    const double side = std::max(1.0, std::ceil(std::sqrt(double(m.n_pes))));
    m.hop_s = 2.0 / 3.0 * side * 2 * d.clock.si;                                        // mean distance on a mesh, two cycles a hop
    for (PlaneGroup& g : m.groups) g.mesh_s = g.transfer_s * double(g.n) / (2 * side);  // as many bisection links as twice its side
    return m;
}

ZaraSchedule simulate_zara(const CrossbarDesign& d, const Workload& w, const ZaraMapping& m, Int samples) {
    Scheduler s(d, w, m);
    ZaraSchedule out;
    const double update_s = double(d.stack_layers) * double(d.rows) * d.write_row.si;
    if (w.task == Task::generation) out.latency_s = s.run({s.forward(true)}, samples, 0);
    else {
        const Walk real = joined(s.forward(false), s.backward(false, false, true));
        const bool gan = !w.generator.layers.empty();
        std::vector<Walk> d_step{real};
        if (gan) d_step.push_back(joined(s.forward(true), real));
        out.d_step_s = s.run(d_step, samples, 0) + update_s;
        if (gan) {
            const Walk g =
                joined(joined(s.forward(true), s.forward(false)), joined(s.backward(false, true, false), s.backward(true, false, true)));
            out.g_step_s = s.run({g}, samples, out.d_step_s) + update_s - out.d_step_s;
        }
        out.latency_s = double(w.steps_d) * out.d_step_s + out.g_step_s;
    }
    double all = 0;
    for (const double b : s.busy()) out.busiest_pe_s = std::max(out.busiest_pe_s, b), all += b;
    out.mean_pe_busy_s = all / double(m.n_pes);
    out.n_events = s.n_events();
    return out;
}

void run_zara(const CrossbarDesign& d, const Workload& w, Estimate& out) {
    run_crossbar(d, w, out);
    const ZaraMapping m = map_zara(d, w);
    double latency = 0;
    if (w.batch <= 32) latency = simulate_zara(d, w, m, w.batch).latency_s;
    else {
        const double at_16 = simulate_zara(d, w, m, 16).latency_s, at_32 = simulate_zara(d, w, m, 32).latency_s;
        latency = at_32 + (at_32 - at_16) / 16 * double(w.batch - 32);
    }
    out.iteration_latency_s = latency;
    out.cycle_s = d.clock.si;
    out.iteration_cycles = std::ceil(latency / d.clock.si);
    out.iteration_latency_s = out.iteration_cycles * out.cycle_s;
    out.n_arrays = double(m.n_pes * d.stack_layers * d.vmms_per_pe);
    const double product_s = slices(d) * d.step.si;
    out.peak_macs_per_s = out.n_arrays / double(d.stack_layers) * double(d.rows * d.cols) / cells_per_weight(d) / product_s;
    // layers of one VMM share its drivers and converters, which dominate the area
    at(out.area_m2, Component::crossbar) = out.n_arrays / double(d.stack_layers) * d.array_area.si;
    at(out.idle_J, Component::idle) = d.static_per_array.si * out.n_arrays / double(d.stack_layers) * out.iteration_latency_s;
    for (std::size_t i = 0; i < w.ops.size(); ++i) {
        const Op& op = w.ops[i];
        if (op.pass == Pass::update) continue;
        const PassPlan p = plan(d, w.layer(op), op.pass, w.batch);
        out.ops[i].cycles = op.samples * p.time_s / d.clock.si;
    }
}

}  // namespace ganbar::arch
