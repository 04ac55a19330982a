#include "ganbar/arch/zara_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>

#include "ganbar/arch/chip.h"
#include "ganbar/arch/schedule_memo.h"
#include "ganbar/arch/stream_queue.h"

namespace ganbar::arch {
namespace {

/// How often the iteration runs a pass of one layer.
double samples_of(const Workload& w, bool generator, std::uint32_t layer, Pass pass) {
    double n = 0;
    for (const Op& op : w.ops)
        if (op.generator == generator && op.layer == layer && op.pass == pass) n += op.samples;
    return n;
}

/// Planes for `arrays` crossbars that are busy for `busy_s` in every sample.
void add_group(const CrossbarDesign& d, PlaneGroup g, double arrays, double busy_s, double samples, double outputs, ZaraMapping& out) {
    g.n = ceil_div(Int(std::ceil(arrays)), d.vmms_per_pe);
    g.compute_s = busy_s * d.cycle_overhead, g.load_s = g.compute_s * samples;
    g.transfer_s = outputs * double(d.input_bits) / double(g.n) / double(d.bus_bits) * d.clock.si;
    out.groups.push_back(g);
}

/// Sub-kernels of one pass as planes: equal busy time within a group. A gradient's two sets, the written and the computing one, follow
/// each other.
void add_groups(const CrossbarDesign& d, const Workload& w, bool generator, std::uint32_t layer, Pass pass, ZaraMapping& out) {
    const LayerWork& l = (generator ? w.generator : w.discriminator).layers[layer];
    const PassPlan p = plan(d, l, pass, w.batch);
    PlaneGroup g;
    g.generator = generator, g.layer = layer, g.pass = pass;
    const double product_s = slices(d) * d.step.si, samples = samples_of(w, generator, layer, pass);
    if (pass == Pass::gradient) {
        const double arrays = p.arrays * p.copies / 2;
        g.writes = true;
        add_group(d, g, arrays, gradient_write_s(d, l), samples, 0, out);
        g.writes = false;
        add_group(d, g, arrays, std::ceil(p.steps / p.copies) * product_s, samples, l.n_weights / p.shared_samples, out);
    } else if (d.zeros == ZeroPolicy::phases) {
        for (const MatrixJob& j : l.work(pass).deformed) {
            const double n = double(j.count), down = double(ceil_div(j.rows, d.rows));
            add_group(d, g, n * arrays_for(d, j.rows, j.cols) * p.copies, std::ceil(double(j.windows) / p.copies) * product_s, samples,
                      n * double(j.windows) * double(j.cols) * down, out);
        }
    } else {
        const PassWork& work = l.work(pass);
        add_group(d, g, p.arrays * p.copies, std::ceil(p.steps / p.copies) * product_s, samples,
                  work.words_out * double(ceil_div(work.zero_inserted.rows, d.rows)), out);
    }
}

/// Plane after plane as the layers follow, PE after PE, round after round.
void deal_in_turn(std::int64_t planes, ZaraMapping& m) {
    std::vector<std::int64_t> starts, cuts{0, m.n_pes};  // PEs between two cuts hold planes of the same groups
    std::int64_t next = 0;
    for (const PlaneGroup& g : m.groups) starts.push_back(next), cuts.push_back(next % m.n_pes), next += g.n;
    cuts.push_back(planes % m.n_pes);
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
        PeKind kind{0, cuts[i + 1] - cuts[i], {}};
        for (std::int64_t plane = cuts[i]; plane < planes; plane += m.n_pes) {
            const auto g = std::uint32_t(std::upper_bound(starts.begin(), starts.end(), plane) - starts.begin() - 1);
            kind.groups.push_back(g), kind.load_s += m.groups[g].load_s;
        }
        m.pes.push_back(std::move(kind));
    }
}

std::int64_t planes_of(const ZaraMapping& m) {
    std::int64_t planes = 0;
    for (const PlaneGroup& g : m.groups) planes += g.n;
    return planes;
}

/// PEs and their mesh.
void build_mesh(const CrossbarDesign& d, ZaraMapping& m) {
    const std::int64_t planes = planes_of(m);
    m.n_pes = d.n_pes > 0 ? d.n_pes : ceil_div(planes, d.stack_layers);
    m.planes_per_pe = d.stack_layers;
    if (d.chip_arrays > 0 && planes * d.vmms_per_pe > d.chip_arrays) {  // loaded in turn: the chip's own PEs do all of the work
        m.n_pes = std::min(m.n_pes, std::max<std::int64_t>(1, d.chip_arrays / (d.stack_layers * d.vmms_per_pe)));
        m.planes_per_pe = std::max(m.planes_per_pe, ceil_div(planes, m.n_pes));
    }
    if (planes > m.n_pes * m.planes_per_pe)
        throw ConfigError(
            fmt::format("the network needs {} planes of {} crossbars, but {} PEs with {} layers hold {}; expected more PEs, more layers or "
                        "fewer copies",
                        planes, d.vmms_per_pe, m.n_pes, d.stack_layers, m.n_pes * d.stack_layers));
    const double side = std::max(1.0, std::ceil(std::sqrt(double(m.n_pes))));
    m.hop_s = 2.0 / 3.0 * side * 2 * d.clock.si;                                        // mean distance on a mesh, two cycles a hop
    for (PlaneGroup& g : m.groups) g.mesh_s = g.transfer_s * double(g.n) / (2 * side);  // as many bisection links as twice its side
}

/// Planes dealt over the PEs: the heaviest of the iteration first, each to the least loaded PE that has room. PEs that are equal so far are
/// dealt to together.
void deal(const CrossbarDesign& d, ZaraMapping& m) {
    if (!d.deal_by_load) return deal_in_turn(planes_of(m), m);
    std::vector<std::uint32_t> order(m.groups.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return m.groups[a].load_s > m.groups[b].load_s; });
    const auto heavier = [](const PeKind& a, const PeKind& b) { return std::tie(a.load_s, a.groups) > std::tie(b.load_s, b.groups); };
    std::priority_queue<PeKind, std::vector<PeKind>, decltype(heavier)> rooms(heavier);
    rooms.push({0, m.n_pes, {}});
    for (const std::uint32_t i : order)
        for (std::int64_t left = m.groups[i].n; left > 0;) {
            PeKind kind = rooms.top();
            rooms.pop();
            const std::int64_t taken = std::min(left, kind.n);
            if (kind.n > taken) rooms.push({kind.load_s, kind.n - taken, kind.groups});
            left -= taken;
            kind.n = taken, kind.load_s += m.groups[i].load_s, kind.groups.push_back(i);
            if (std::int64_t(kind.groups.size()) < m.planes_per_pe) rooms.push(std::move(kind));
            else m.pes.push_back(std::move(kind));
        }
    for (; !rooms.empty(); rooms.pop()) m.pes.push_back(rooms.top());
}

/// Steps that a sample walks through; a step is ready when the one before is done, side groups (gradients) have no successor.
struct Step {
    std::vector<std::uint32_t> groups;
    std::vector<std::uint32_t> side;  ///< written planes whose gradient follows; nobody waits for it before the end of the batch
};
using Walk = std::vector<Step>;

class Scheduler {
public:
    Scheduler(const Workload& w, const ZaraMapping& m) : w_(w), m_(m), pes_(m.pes.size()), done_(m.groups.size()) {
        std::vector<std::vector<std::uint32_t>> kinds(m.groups.size());
        for (std::uint32_t k = 0; k < m.pes.size(); ++k)
            for (const std::uint32_t g : m.pes[k].groups) kinds[g].push_back(k);
        for (std::uint32_t g = 0; g < m.groups.size(); ++g) {
            const PlaneGroup& p = m.groups[g];
            groups_.push_back({p.compute_s, p.transfer_s, p.mesh_s, 2 * p.n + 1, std::uint32_t(kinds_.size()), 0});
            kinds_.insert(kinds_.end(), kinds[g].begin(), kinds[g].end());
            groups_.back().end = std::uint32_t(kinds_.size());
        }
    }

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
            if (p.pass == Pass::gradient && p.writes && gradients) step.side.push_back(g);
            if (p.pass == Pass::error && (l.needs_input_error || input_error)) step.groups.push_back(g);
        }
        return walk;
    }
    /// All samples of all walks are ready at `now`; walks interleave sample by sample. Returns when everything is done.
    double run(const std::vector<Walk>& walks, Int samples, double now) {
        walks_ = &walks, end_ = now;
        tokens_.assign(std::size_t(samples) * walks.size(), {});
        for (std::uint32_t t = 0; t < tokens_.size(); ++t) steps_.push(event(now, Happening::step, t, 0));
        for (;;) {
            if (const TimedEvent e = steps_.front(); earlier(e, done_.front())) {
                steps_.pop();
                begin_step(token_of(e), e.time);
                continue;
            }
            const TimedEvent e = done_.front();
            if (std::isinf(e.time)) return end_;
            const std::uint32_t group = group_of(e), token = token_of(e);
            done_.pop(group);
            switch (happening_of(e)) {
                case Happening::written: start(group + 1, e.time, Happening::gradient_complete, token); break;
                case Happening::gradient_complete: end_ = std::max(end_, send(groups_[group], e.time)); break;
                default: arrive(token, send(groups_[group], e.time));
            }
        }
    }
    /// What ran so far runs `n` times.
    void repeat(Int n) {
        for (Pe& pe : pes_) pe.busy_s *= double(n);
        mesh_busy_ *= double(n);
    }
    double busiest_s() const {
        double most = 0;
        for (const Pe& pe : pes_) most = std::max(most, pe.busy_s);
        return most;
    }
    double all_busy_s() const {
        double all = 0;
        for (std::size_t k = 0; k < pes_.size(); ++k) all += double(m_.pes[k].n) * pes_[k].busy_s;
        return all;
    }
    double mesh_busy() const { return mesh_busy_; }
    std::int64_t n_events() const { return n_events_; }

private:
    enum class Happening : std::uint8_t { step, written, complete, gradient_complete };
    /// In the order of time, token (one sample of one walk, in the order of the samples), happening and group.
    static TimedEvent event(double at, Happening what, std::uint32_t token, std::uint32_t group) {
        return {at, std::uint64_t(token) << 32 | std::uint64_t(what) << 30 | group};
    }
    static Happening happening_of(const TimedEvent& e) { return Happening(e.key >> 30 & 3); }
    static std::uint32_t token_of(const TimedEvent& e) { return std::uint32_t(e.key >> 32); }
    static std::uint32_t group_of(const TimedEvent& e) { return std::uint32_t(e.key & ((1u << 30) - 1)); }
    /// What the schedule reads of a group of planes, and on which kinds of PEs they lie: an entry of kinds_ a plane of one PE.
    struct Busy {
        double compute_s, transfer_s, mesh_s;
        std::int64_t events;
        std::uint32_t first, end;
    };
    struct Token {
        std::uint32_t step = 0, pending = 0;  ///< groups of this step whose results have not arrived
        double latest = 0;
    };

    void begin_step(std::uint32_t token, double now) {
        Token& t = tokens_[token];
        const Walk& walk = (*walks_)[token % walks_->size()];
        end_ = std::max(end_, now);
        while (t.step < walk.size()) {
            const Step& step = walk[t.step++];
            for (const std::uint32_t g : step.side) start(g, now, Happening::written, token);
            if (step.groups.empty()) continue;
            t.pending = std::uint32_t(step.groups.size()), t.latest = now;
            for (const std::uint32_t g : step.groups) start(g, now, Happening::complete, token);
            return;
        }
    }
    /// The planes of a group compute as soon as their PEs are free, and send over their buses.
    void start(std::uint32_t group, double now, Happening then, std::uint32_t token) {
        const Busy& g = groups_[group];
        double done = now;
        for (std::uint32_t k = g.first; k < g.end; ++k) {
            Pe& pe = pes_[kinds_[k]];
            pe.free_s = std::max(now, pe.free_s) + g.compute_s, pe.busy_s += g.compute_s;
            double sent = pe.free_s;
            if (g.transfer_s > 0) sent = pe.bus_free_s = std::max(pe.free_s, pe.bus_free_s) + g.transfer_s;
            done = std::max(done, sent);
        }
        n_events_ += g.events;
        done_.push(group, event(done, then, token, group));
    }
    /// Through the mesh, which takes results in the order in which they are complete and moves them while they are made.
    double send(const Busy& g, double complete) {
        mesh_free_ = std::max(mesh_free_, complete - g.mesh_s) + g.mesh_s;
        mesh_busy_ += g.mesh_s;
        return std::max(complete, mesh_free_) + m_.hop_s;
    }
    void arrive(std::uint32_t token, double now) {
        Token& t = tokens_[token];
        t.latest = std::max(t.latest, now);
        if (--t.pending == 0) steps_.push(event(t.latest, Happening::step, token, 0));
    }

    struct Pe {
        double free_s = 0, bus_free_s = 0, busy_s = 0;
    };

    const Workload& w_;
    const ZaraMapping& m_;
    std::vector<Pe> pes_;  ///< one of each kind
    std::vector<Busy> groups_;
    std::vector<std::uint32_t> kinds_;
    const std::vector<Walk>* walks_ = nullptr;
    EventStream steps_;  ///< tokens ready for their next step: the mesh delivers in order
    StreamQueue done_;   ///< a stream for every group, whose PEs finish one token after the other
    std::vector<Token> tokens_;
    double mesh_free_ = 0, mesh_busy_ = 0, end_ = 0;
    std::int64_t n_events_ = 0;
};

Walk joined(Walk a, const Walk& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

}  // namespace

/// Groups of planes and the mesh between them; where each lies is not said yet.
static ZaraMapping planes_and_mesh(const CrossbarDesign& d, const Workload& w) {
    ZaraMapping m;
    const bool training = w.task == Task::training;
    for (const bool generator : {false, true}) {
        if (!training && !generator) continue;
        const NetworkWork& net = generator ? w.generator : w.discriminator;
        for (std::uint32_t i = 0; i < net.layers.size(); ++i)
            for (const Pass pass : {Pass::forward, Pass::error, Pass::gradient})
                if (runs(w, generator, net.layers[i], pass)) add_groups(d, w, generator, i, pass, m);
    }
    build_mesh(d, m);
    return m;
}

ZaraMapping map_zara(const CrossbarDesign& d, const Workload& w) {
    ZaraMapping m = planes_and_mesh(d, w);
    deal(d, m);
    return m;
}

ZaraSchedule simulate_zara(const CrossbarDesign& d, const Workload& w, const ZaraMapping& m, Int samples) {
    Scheduler s(w, m);
    ZaraSchedule out;
    const double update_s = double(d.stack_layers) * double(d.rows) * d.write_row.si;
    if (w.task == Task::generation) out.latency_s = s.run({s.forward(true)}, samples, 0);
    else {
        const Walk real = joined(s.forward(false), s.backward(false, false, true));
        const bool gan = !w.generator.layers.empty();
        std::vector<Walk> d_step{real};
        if (gan) d_step.push_back(joined(s.forward(true), real));
        out.d_step_s = s.run(d_step, samples, 0) + update_s;
        s.repeat(w.steps_d);
        if (gan) {
            const Walk g =
                joined(joined(s.forward(true), s.forward(false)), joined(s.backward(false, true, false), s.backward(true, false, true)));
            out.g_step_s = s.run({g}, samples, out.d_step_s) + update_s - out.d_step_s;
        }
        out.latency_s = double(w.steps_d) * out.d_step_s + out.g_step_s;
    }
    out.busiest_pe_s = s.busiest_s(), out.mean_pe_busy_s = s.all_busy_s() / double(m.n_pes), out.mesh_s = s.mesh_busy();
    out.n_events = s.n_events();
    return out;
}

/// Of the whole batch.
static double schedule_s(const CrossbarDesign& d, const Workload& w, const ZaraMapping& m) {
    if (w.batch <= 64) return simulate_zara(d, w, m, w.batch).latency_s;
    const double at_32 = simulate_zara(d, w, m, 32).latency_s, at_64 = simulate_zara(d, w, m, 64).latency_s;
    return at_64 + (at_64 - at_32) / 32 * double(w.batch - 64);
}

/// Everything that the length of a workload's schedule rests on.
static std::vector<double> what_the_schedule_reads(const CrossbarDesign& d, const ZaraMapping& m) {
    std::vector<double> out{double(d.zeros), double(d.gradient), double(d.deal_by_load), double(d.stack_layers), double(d.rows),
                            m.hop_s,         d.write_row.si,     double(m.n_pes)};
    for (const PlaneGroup& g : m.groups) out.insert(out.end(), {g.compute_s, g.transfer_s, double(g.n)});
    return out;
}

void run_zara(const CrossbarDesign& d, const Workload& w, Estimate& out) {
    for (const NetworkWork* net : {&w.generator, &w.discriminator})
        for (const LayerWork& l : net->layers)
            if (l.dynamic)
                throw ConfigError(
                    fmt::format("layer {} of {} multiplies two activations; its mapper places constant weights", l.name, w.network));
    run_crossbar(d, w, out);
    ZaraMapping m = planes_and_mesh(d, w);
    const auto simulated = [&] {
        deal(d, m);
        return schedule_s(d, w, m);
    };
    const double latency =
        chip_latency_s(out.chip, w.schedules ? w.schedules->length_s(what_the_schedule_reads(d, m), simulated) : simulated());
    out.cycle_s = d.clock.si;
    out.iteration_cycles = std::ceil(latency / d.clock.si);
    out.iteration_latency_s = out.iteration_cycles * out.cycle_s;
    out.n_arrays = double(m.n_pes * d.stack_layers * d.vmms_per_pe);
    if (d.chip_arrays > 0) out.n_arrays = std::min(out.n_arrays, double(d.chip_arrays));
    const double product_s = slices(d) * d.step.si;
    out.peak_macs_per_s = out.n_arrays / double(d.stack_layers) * double(d.rows * d.cols) / cells_per_weight(d) / product_s;
    out.peak_power_W = peak_power_W(d, out.n_arrays / double(d.stack_layers), out.n_arrays / double(d.stack_layers));
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
