// Event-level schedule: a priority queue of (ready time, stream, sample); each resource serves one stage at a time, in order of arrival.
#include <fmt/format.h>

#include <algorithm>
#include <queue>

#include "ganbar/arch/pipeline.h"
#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

struct Stage {
    int resource = 0;
    Int time = 1;
    bool barrier_after = false;
};
/// The samples of one batch walking through the same stages.
struct Stream {
    std::vector<Stage> stages;
    int parent = -1;  ///< a branch: sample n starts when sample n of the parent has done `parent_stages` stages
    std::size_t parent_stages = 0;
    Int start = 0;  ///< streams without parent: when the first sample is ready
};

class Simulation {
public:
    Simulation(EventSchedule& out, bool record) : out_(out), record_(record) {}

    int resource(const std::string& name) {
        const auto it = std::find(out_.resources.begin(), out_.resources.end(), name);
        if (it != out_.resources.end()) return int(it - out_.resources.begin());
        out_.resources.push_back(name);
        out_.busy.push_back(0);
        free_.push_back(0);
        return int(out_.resources.size()) - 1;
    }
    void release_all(Int time) {
        for (Int& t : free_) t = std::max(t, time);
    }

    /// Runs the streams together; returns when each is done. finish_[stream][sample][stage] is kept for buffer depths.
    std::vector<Int> run(const std::vector<Stream>& streams, const std::vector<std::string>& names, Int batch) {
        streams_ = streams, batch_ = batch;
        const int first_name = int(out_.streams.size());
        out_.streams.insert(out_.streams.end(), names.begin(), names.end());
        begins_.assign(streams.size(), {}), ends_.assign(streams.size(), {}), waiting_.assign(streams.size(), {});
        for (std::size_t s = 0; s < streams.size(); ++s) {
            begins_[s].assign(streams[s].stages.size() * std::size_t(batch), -1), ends_[s] = begins_[s];
            waiting_[s].assign(streams[s].stages.size(), 0);
            if (streams[s].parent < 0)
                for (Int n = 0; n < batch; ++n) queue_.push({streams[s].start, int(s), n, 0});
        }
        std::vector<Int> done(streams.size(), 0);
        while (!queue_.empty()) {
            const Ready r = queue_.top();
            queue_.pop();
            const Stage& stage = streams[std::size_t(r.stream)].stages[r.stage];
            const Int begin = std::max(r.time, free_[std::size_t(stage.resource)]), end = begin + stage.time;
            free_[std::size_t(stage.resource)] = end;
            out_.busy[std::size_t(stage.resource)] += stage.time;
            begins_[std::size_t(r.stream)][slot(r)] = begin, ends_[std::size_t(r.stream)][slot(r)] = end;
            if (record_) out_.events.push_back({begin, end, stage.resource, first_name + r.stream, r.sample});
            done[std::size_t(r.stream)] = std::max(done[std::size_t(r.stream)], end);
            finish(r, stage, end);
        }
        return done;
    }
    /// Most samples that hold the output of stage `produced` until stage `used` ends its work on them.
    Int buffer_depth(std::size_t stream, std::size_t produced, std::size_t used) const {
        const auto& stages = streams_[stream].stages;
        std::vector<std::pair<Int, int>> steps;
        for (Int n = 0; n < batch_; ++n) {
            steps.push_back({ends_[stream][std::size_t(n) * stages.size() + produced], 1});
            steps.push_back({ends_[stream][std::size_t(n) * stages.size() + used], -1});
        }
        std::sort(steps.begin(), steps.end());
        Int now = 0, most = 0;
        for (const auto& [time, step] : steps) now += step, most = std::max(most, now);
        return most;
    }

private:
    struct Ready {
        Int time = 0;
        int stream = 0;
        Int sample = 0;
        std::size_t stage = 0;
        /// Earlier first; at the same instant the sample that is further on in its stream's order, then the older stream.
        bool operator<(const Ready& o) const {
            if (time != o.time) return time > o.time;
            if (stream != o.stream) return stream > o.stream;
            if (sample != o.sample) return sample > o.sample;
            return stage > o.stage;
        }
    };
    std::size_t slot(const Ready& r) const { return std::size_t(r.sample) * streams_[std::size_t(r.stream)].stages.size() + r.stage; }

    void finish(const Ready& r, const Stage& stage, Int end) {
        if (!stage.barrier_after) {
            advance(r, end);
            return;
        }
        if (++waiting_[std::size_t(r.stream)][r.stage] < batch_) return;
        for (Int n = 0; n < batch_; ++n) advance({end, r.stream, n, r.stage}, end);
    }
    void advance(const Ready& r, Int end) {
        if (r.stage + 1 < streams_[std::size_t(r.stream)].stages.size()) queue_.push({end, r.stream, r.sample, r.stage + 1});
        for (std::size_t s = 0; s < streams_.size(); ++s)
            if (streams_[s].parent == r.stream && streams_[s].parent_stages == r.stage + 1) queue_.push({end, int(s), r.sample, 0});
    }

    EventSchedule& out_;
    bool record_;
    std::vector<Stream> streams_;
    Int batch_ = 0;
    std::vector<Int> free_;
    std::priority_queue<Ready> queue_;
    std::vector<std::vector<Int>> begins_, ends_, waiting_;
};

/// Builds streams out of the pipeline's stages.
class Builder {
public:
    Builder(const Pipeline& p, Simulation& sim) : p_(p), sim_(sim) {}
    void forward(Stream& s, char net, int copy) const {
        const auto& times = net == 'D' ? p_.d_forward : p_.g_forward;
        const auto& barriers = net == 'D' ? p_.d_barrier : p_.g_barrier;
        for (std::size_t l = 0; l < times.size(); ++l)
            s.stages.push_back({sim_.resource(name(net, l, "forward", copy)), times[l], l < barriers.size() && barriers[l]});
    }
    void loss(Stream& s, int copy) const { s.stages.push_back({sim_.resource(fmt::format("loss{}", suffix(copy))), p_.loss}); }
    void backward(Stream& s, char net, int copy) const {
        const auto& times = net == 'D' ? p_.d_backward : p_.g_backward;
        const auto& barriers = net == 'D' ? p_.d_barrier : p_.g_barrier;
        for (std::size_t i = 0; i < times.size(); ++i) {
            const std::size_t l = times.size() - 1 - i;
            s.stages.push_back(
                {sim_.resource(name(net, l, "backward", copy)), times[i], l >= 1 && l - 1 < barriers.size() && barriers[l - 1]});
        }
    }
    Stream real() const {
        Stream s;
        forward(s, 'D', 0), loss(s, 0), backward(s, 'D', 0);
        return s;
    }
    Stream fake(int copy) const {
        Stream s;
        forward(s, 'G', 0), forward(s, 'D', copy), loss(s, copy), backward(s, 'D', copy);
        return s;
    }
    Stream generator() const {
        Stream s = fake(0);
        backward(s, 'G', 0);
        return s;
    }

private:
    static std::string suffix(int copy) { return copy == 0 ? "" : fmt::format(" copy {}", copy + 1); }
    static std::string name(char net, std::size_t layer, const char* pass, int copy) {
        return fmt::format("{}{} {}{}", net, layer + 1, pass, suffix(copy));
    }
    const Pipeline& p_;
    Simulation& sim_;
};

/// When the fake stream of a D update may start, given when the real one is done.
Int fake_start(const Pipeline& p, Int now, Int real_done) { return p.spatial_parallelism || p.fused_streams ? now : real_done; }

Int simulate_d_update(const Pipeline& p, Simulation& sim, const Builder& make, Int now, EventSchedule& out) {
    Stream real = make.real(), fake = make.fake(p.spatial_parallelism ? 1 : 0);
    real.start = now;
    std::vector<Int> done;
    if (p.spatial_parallelism || p.fused_streams) {
        fake.start = now;
        done = sim.run({real, fake}, {"D on real samples", "D on fake samples"}, p.batch);
        const std::size_t layers = p.d_forward.size();
        for (std::size_t l = 0; l + 1 < layers; ++l) out.d_buffer_depth.push_back(sim.buffer_depth(0, l, 2 * layers - l - 1));
    } else {
        done = sim.run({real}, {"D on real samples"}, p.batch);
        const std::size_t layers = p.d_forward.size();
        for (std::size_t l = 0; l + 1 < layers; ++l) out.d_buffer_depth.push_back(sim.buffer_depth(0, l, 2 * layers - l - 1));
        fake.start = done[0];
        done.push_back(sim.run({fake}, {"D on fake samples"}, p.batch)[0]);
    }
    return std::max(done[0], done[1]) + p.update;
}

Int simulate_g_update(const Pipeline& p, Simulation& sim, const Builder& make, Int now, EventSchedule& out) {
    Stream s = make.generator();
    s.start = now;
    const Int done = sim.run({s}, {"G update"}, p.batch)[0];
    const std::size_t lg = p.g_forward.size(), total = s.stages.size();
    for (std::size_t l = 0; l + 1 < lg; ++l) out.g_buffer_depth.push_back(sim.buffer_depth(0, l, total - 2 - l));
    return done + p.update;
}

/// Computation sharing: one forward pass of the fake samples, then a branch for D and a branch for G.
CycleCounts simulate_shared(const Pipeline& p, Simulation& sim, const Builder& make, Int now) {
    const int copy = p.spatial_parallelism ? 1 : 0;
    Stream real = make.real();
    real.start = now;
    Stream shared;
    make.forward(shared, 'G', 0), make.forward(shared, 'D', copy), make.loss(shared, copy);
    Stream branch_d, branch_g;
    branch_d.parent = branch_g.parent = 1;
    branch_d.parent_stages = branch_g.parent_stages = shared.stages.size();
    make.backward(branch_d, 'D', copy);
    make.backward(branch_g, 'D', p.transposed_copies >= 2 ? copy + 2 : copy);
    make.backward(branch_g, 'G', 0);
    const std::vector<std::string> names{"D on real samples", "shared forward pass", "D branch", "G branch"};
    std::vector<Int> done;
    if (p.spatial_parallelism || p.fused_streams) {
        shared.start = now;
        done = sim.run({real, shared, branch_d, branch_g}, names, p.batch);
    } else {
        done = sim.run({real}, {names[0]}, p.batch);
        shared.start = fake_start(p, now, done[0]);
        branch_d.parent = branch_g.parent = 0;
        const auto rest = sim.run({shared, branch_d, branch_g}, {names[1], names[2], names[3]}, p.batch);
        done.insert(done.end(), rest.begin(), rest.end());
    }
    const Int d = std::max(done[0], done[2]) + p.update, g = done[3] + p.update;
    return {d, g, std::max(d, g)};
}

}  // namespace

EventSchedule simulate(const Pipeline& p, bool record_events) {
    if (p.d_forward.size() != p.d_backward.size() || p.g_forward.size() != p.g_backward.size() || p.d_forward.empty() ||
        p.g_forward.empty() || p.batch < 1 || p.steps_d < 1)
        throw ConfigError(
            "a pipeline needs at least one layer in each network, as many backward as forward stages, and a batch and a step count of at "
            "least 1");
    if (double(p.batch) * double(p.d_forward.size() + p.g_forward.size()) * double(p.steps_d) > 5e7)
        throw ConfigError(
            "the event-level schedule would have more than about 200 million events; expected a smaller batch, fewer steps or fewer "
            "layers");
    EventSchedule out;
    Simulation sim(out, record_events);
    const Builder make(p, sim);
    Int now = 0;
    const Int plain_updates = p.computation_sharing ? p.steps_d - 1 : p.steps_d;
    Int first_d = 0;
    for (Int k = 0; k < plain_updates; ++k) {
        out.d_buffer_depth.clear();
        now = simulate_d_update(p, sim, make, now, out);
        if (k == 0) first_d = now;
    }
    if (p.computation_sharing) {
        out.cycles = simulate_shared(p, sim, make, now);
        return out;
    }
    const Int end = simulate_g_update(p, sim, make, now, out);
    out.cycles = {first_d, end - now, end};
    return out;
}

}  // namespace ganbar::arch
