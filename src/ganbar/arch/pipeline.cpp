#include "ganbar/arch/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

Int sum(const std::vector<Int>& v) { return std::accumulate(v.begin(), v.end(), Int{0}); }

/// Time for a batch through in-order stages: fill, then one sample per slowest stage; a barrier empties the pipe.
class PassTime {
public:
    explicit PassTime(Int batch) : batch_(batch) {}
    PassTime& stages(const std::vector<Int>& times, const std::vector<bool>& barriers = {}) {
        for (std::size_t i = 0; i < times.size(); ++i) {
            stage(times[i]);
            if (i < barriers.size() && barriers[i]) close();
        }
        return *this;
    }
    /// Backward stages run last layer first; the barrier of forward stage l holds the errors before they leave layer l + 1's stage.
    PassTime& backward(const std::vector<Int>& times, const std::vector<bool>& barriers) {
        for (std::size_t i = 0; i < times.size(); ++i) {
            stage(times[i]);
            const std::size_t below = times.size() - i;  // forward index of the stage the error goes to, plus one
            if (below >= 2 && below - 2 < barriers.size() && barriers[below - 2]) close();
        }
        return *this;
    }
    PassTime& stage(Int t) {
        fill_ += t, slowest_ = std::max(slowest_, t);
        return *this;
    }
    Int total() {
        close();
        return total_;
    }

private:
    void close() {
        total_ += fill_ + (batch_ - 1) * slowest_;
        fill_ = slowest_ = 0;
    }
    Int batch_, total_ = 0, fill_ = 0, slowest_ = 0;
};

Int real_pass(const Pipeline& p) {
    return PassTime(p.batch).stages(p.d_forward, p.d_barrier).stage(p.loss).backward(p.d_backward, p.d_barrier).total();
}
Int fake_pass(const Pipeline& p) {
    return PassTime(p.batch)
        .stages(p.g_forward, p.g_barrier)
        .stages(p.d_forward, p.d_barrier)
        .stage(p.loss)
        .backward(p.d_backward, p.d_barrier)
        .total();
}
Int generator_pass(const Pipeline& p) {
    return PassTime(p.batch)
        .stages(p.g_forward, p.g_barrier)
        .stages(p.d_forward, p.d_barrier)
        .stage(p.loss)
        .backward(p.d_backward, p.d_barrier)
        .backward(p.g_backward, p.g_barrier)
        .total();
}

bool all_equal(const Pipeline& p) {
    for (const auto* v : {&p.d_forward, &p.g_forward, &p.d_backward, &p.g_backward})
        for (const Int t : *v)
            if (t != p.loss) return false;
    return true;
}
bool any(const std::vector<bool>& v) { return std::find(v.begin(), v.end(), true) != v.end(); }

}  // namespace

Pipeline unit_pipeline(Int layers_d, Int layers_g, Int batch, Int steps_d, bool spatial_parallelism, bool computation_sharing) {
    const auto need = [](const char* name, Int value) {
        if (value < 1 || value > 1000000) throw ConfigError(fmt::format("{} = {} is out of range; expected 1 to 1000000", name, value));
    };
    need("layers-d", layers_d), need("layers-g", layers_g), need("batch", batch), need("steps-d", steps_d);
    Pipeline p;
    p.d_forward = p.d_backward = std::vector<Int>(static_cast<std::size_t>(layers_d), 1);
    p.g_forward = p.g_backward = std::vector<Int>(static_cast<std::size_t>(layers_g), 1);
    p.batch = batch, p.steps_d = steps_d;
    p.spatial_parallelism = spatial_parallelism, p.computation_sharing = computation_sharing;
    return p;
}

CycleCounts unpipelined_as_printed(const Pipeline& p) {
    const Int forward_d = sum(p.d_forward), back_d = sum(p.d_backward), forward_g = sum(p.g_forward), back_g = sum(p.g_backward);
    const Int d = (2 * (forward_d + p.loss + back_d) + forward_g) * p.batch;
    const Int g = (forward_g + forward_d + p.loss + back_d + back_g) * p.batch;
    return {d, g, p.steps_d * d + g};
}

CycleCounts unpipelined(const Pipeline& p) {
    CycleCounts c = unpipelined_as_printed(p);
    c.d += p.update, c.g += p.update;
    c.iteration = p.steps_d * c.d + c.g;
    return c;
}

bool closed_form_applies(const Pipeline& p) {
    if (p.computation_sharing && p.transposed_copies < 2) return false;
    return !p.fused_streams || p.spatial_parallelism || (all_equal(p) && !any(p.d_barrier) && !any(p.g_barrier));
}

Int single_network_cycles(const Pipeline& p) { return p.steps_d * (real_pass(p) + p.update); }

CycleCounts closed_form(const Pipeline& p) {
    if (!closed_form_applies(p)) throw ConfigError("no closed form for this schedule; use the event-level one");
    const Int real = real_pass(p), fake = fake_pass(p), generator = generator_pass(p);
    Int before_fake = real;  // when the fake stream may start
    if (p.spatial_parallelism) before_fake = 0;
    else if (p.fused_streams) before_fake = std::max<Int>(0, p.loss * (p.batch - Int(p.g_forward.size())));
    const Int d = std::max(before_fake + fake, real) + p.update;
    if (!p.computation_sharing) {
        const Int g = generator + p.update;
        return {d, g, p.steps_d * d + g};
    }
    const Int earlier = (p.steps_d - 1) * d;
    const Int g = before_fake + generator + p.update;
    return {earlier + d, earlier + g, earlier + std::max(d, g)};
}

}  // namespace ganbar::arch
