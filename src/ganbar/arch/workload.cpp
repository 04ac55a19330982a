#include "ganbar/arch/workload.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganbar::arch {
namespace {

double positions(const Axes& axes, Int Axis::*side) {
    double n = 1;
    for (const Axis& a : axes) n *= double(a.*side);
    return n;
}
double volume(const Axes& axes, Int (*count)(const Axis&)) {
    double n = 1;
    for (const Axis& a : axes) n *= double(count(a));
    return n;
}

/// Small map -> large map: zeros are inserted unless every stride is 1.
PassWork up(const Layer& l, Int rows_per_tap, Int cols) {
    PassWork w;
    const double channels = double(rows_per_tap) * double(cols) * double(l.groups);
    for (const SubKernel& s : sub_kernels(l.axes)) w.deformed.push_back({s.taps * rows_per_tap, cols, s.outputs, s.count * l.groups});
    w.zero_inserted = {l.taps() * rows_per_tap, cols, Int(positions(l.axes, &Axis::large)), l.groups};
    w.macs_useful = channels * volume(l.axes, useful_pairs);
    w.macs_deformed = channels * volume(l.axes, dense_pairs);
    w.macs_phases = channels * volume(l.axes, phase_pairs);
    w.macs_zero_inserted = channels * volume(l.axes, zero_inserted_pairs);
    w.has_inserted_zeros = std::any_of(l.axes.begin(), l.axes.end(), [](const Axis& a) { return a.stride > 1; });
    return w;
}
/// Large map -> small map: dense.
PassWork down(const Layer& l, Int rows_per_tap, Int cols) {
    PassWork w;
    const double channels = double(rows_per_tap) * double(cols) * double(l.groups);
    w.zero_inserted = {l.taps() * rows_per_tap, cols, Int(positions(l.axes, &Axis::small)), l.groups};
    w.deformed = {w.zero_inserted};
    w.macs_useful = channels * volume(l.axes, useful_pairs);
    w.macs_deformed = w.macs_phases = w.macs_zero_inserted = channels * volume(l.axes, dense_pairs);
    return w;
}
/// Weight gradient: the small map is the matrix (rows = positions), every (large channel, tap) is one vector of the large map.
PassWork gradient(const Layer& l, Int c_small, Int c_large) {
    PassWork w;
    const double channels = double(c_small) * double(c_large) * double(l.groups);
    const Int vectors = l.taps() * c_large;
    w.deformed = {{Int(positions(l.axes, &Axis::small)), c_small, vectors, l.groups}};
    double dilated = 1;
    for (const Axis& a : l.axes) dilated *= double((a.small - 1) * a.stride + 1);
    w.zero_inserted = {Int(std::min(dilated, 9e18)), c_small, vectors, l.groups};
    w.macs_useful = channels * volume(l.axes, useful_pairs);
    w.macs_deformed = w.macs_phases = channels * volume(l.axes, dense_pairs);
    w.macs_zero_inserted = channels * volume(l.axes, dilated_pairs);
    w.has_inserted_zeros = dilated > double(w.deformed[0].rows);
    return w;
}
PassWork dense(Int rows, Int cols, Int windows) {
    PassWork w;
    w.zero_inserted = {rows, cols, windows, 1};
    w.deformed = {w.zero_inserted};
    w.macs_useful = w.macs_deformed = w.macs_phases = w.macs_zero_inserted = w.zero_inserted.macs();
    return w;
}

/// Queries by keys, and what they weigh by values, of all heads; back through them each operand has its own product.
PassWork attention(const Layer& l, Int products) {
    PassWork w;
    const Int positions = l.out.positions(), width = l.out.channels / l.factor, n = l.factor * products;
    w.deformed = {{width, positions, positions, n}, {positions, width, positions, n}};
    w.zero_inserted = {width, positions, positions, 2 * n};  // counts alone: machines hold the two kinds apart
    w.macs_useful = w.macs_deformed = w.macs_phases = w.macs_zero_inserted = w.zero_inserted.macs();
    return w;
}

LayerWork lower_layer(const Layer& l) {
    LayerWork w;
    w.name = l.name, w.kind = l.kind, w.activation = l.activation, w.batch_norm = l.batch_norm;
    w.n_weights = double(l.n_weights());
    w.words_in = double(l.in.size()), w.words_out = double(l.out.size());
    w.groups = l.groups;
    const Int ci = l.in.channels / l.groups, co = l.out.channels / l.groups;
    if (l.kind == LayerKind::attention) {
        w.dynamic = true,
        w.extra_words = double(l.factor) * double(l.out.positions()) * double(l.out.positions());  // the soft maximum of every pair
        w.forward = attention(l, 1), w.error = attention(l, 2);
        w.gradient = {}, w.groups = 1;
    } else if (l.kind == LayerKind::fc) {
        w.forward = dense(l.in.size(), l.out.size(), 1);
        w.error = dense(l.out.size(), l.in.size(), 1);
        w.gradient = dense(1, l.in.size(), l.out.size());
    } else {
        w.taps = l.taps();
        for (const Axis& a : l.axes) w.stride_volume *= a.stride;
        const bool transposed = l.kind == LayerKind::tconv;
        w.forward = transposed ? up(l, ci, co) : down(l, ci, co);
        w.error = transposed ? down(l, co, ci) : up(l, co, ci);
        w.gradient = transposed ? gradient(l, ci, co) : gradient(l, co, ci);
    }
    w.forward.words_in = w.error.words_out = w.words_in;
    w.forward.words_out = w.error.words_in = w.words_out;
    w.gradient.words_in = w.words_in + w.words_out;
    w.gradient.words_out = w.n_weights;
    return w;
}

void add_passes(Workload& w, bool generator, Phase phase, Pass pass, double samples, bool input_error, bool shareable = false) {
    const NetworkWork& net = generator ? w.generator : w.discriminator;
    for (std::uint32_t i = 0; i < net.layers.size(); ++i) {
        if (pass == Pass::error && !net.layers[i].needs_input_error && !input_error) continue;
        if ((pass == Pass::gradient || pass == Pass::update) && net.layers[i].dynamic) continue;
        w.ops.push_back({generator, i, phase, pass, samples, shareable});
    }
}

}  // namespace

const char* to_string(Phase phase) {
    switch (phase) {
        case Phase::d_real: return "d_real";
        case Phase::d_fake: return "d_fake";
        case Phase::g_step: return "g_step";
        case Phase::generation: return "generation";
    }
    return "?";
}
const char* to_string(Pass pass) {
    switch (pass) {
        case Pass::forward: return "forward";
        case Pass::error: return "error";
        case Pass::gradient: return "gradient";
        case Pass::update: return "update";
    }
    return "?";
}

std::vector<bool> NetworkWork::exact_bn_barriers() const {
    std::vector<bool> out(std::size_t(depth), false);
    for (const LayerWork& l : layers)
        if (l.batch_norm) out[std::size_t(l.stage - 1)] = true;
    return out;
}

NetworkWork lower(const Network& network) {
    NetworkWork out;
    const std::vector<Int> stages = network.stages();
    std::vector<bool> weights_upstream(network.layers.size(), false);
    std::vector<std::size_t> last_compute(network.layers.size(), 0);
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const Layer& l = network.layers[i];
        bool upstream = false;
        for (const int j : l.inputs) upstream = upstream || (j >= 0 && weights_upstream[std::size_t(j)]);
        weights_upstream[i] = upstream || l.computes();
        if (!l.computes()) {
            const double words = double(l.out.size());
            if (!out.layers.empty())
                out.layers[l.inputs[0] >= 0 ? last_compute[std::size_t(l.inputs[0])] : out.layers.size() - 1].extra_words += words;
            last_compute[i] = l.inputs[0] >= 0 ? last_compute[std::size_t(l.inputs[0])] : 0;
            continue;
        }
        LayerWork w = lower_layer(l);
        w.stage = stages[i], w.needs_input_error = upstream;
        out.n_weights += w.n_weights;
        last_compute[i] = out.layers.size();
        out.layers.push_back(std::move(w));
    }
    if (out.layers.empty()) throw ConfigError(network.name + " has no layer with weights; expected at least one fc, conv or tconv");
    for (const LayerWork& l : out.layers)
        if (l.forward.macs_useful == 0)
            throw ConfigError(
                fmt::format("{}: layer {} sees its padding alone; expected a kernel, stride and padding by which it reaches its input",
                            network.name, l.name));
    out.depth = network.depth();
    out.input_words = double(network.input.size());
    for (const Shape& s : network.more_inputs) out.input_words += double(s.size());
    out.output_words = double(network.output().size());
    for (const Shape& s : network.more_outputs) out.output_words += double(s.size());
    return out;
}

Workload lower(const Gan& gan, Task task, Int batch, Int steps_d) {
    if (batch < 1 || batch > 1000000) throw ConfigError(fmt::format("batch = {} is out of range; expected 1 to 1000000", batch));
    if (steps_d < 1 || steps_d > 1000) throw ConfigError(fmt::format("steps-d = {} is out of range; expected 1 to 1000", steps_d));
    Workload w;
    w.network = gan.name, w.task = task, w.batch = batch, w.steps_d = steps_d;
    if (gan.has_discriminator()) w.discriminator = lower(gan.discriminator);
    if (gan.has_generator()) w.generator = lower(gan.generator);
    const double samples = double(batch);
    if (task == Task::generation) {
        if (!gan.has_generator()) throw ConfigError("network \"" + gan.name + "\" has no generator; expected the training task");
        add_passes(w, true, Phase::generation, Pass::forward, samples, false);
        return w;
    }
    if (!gan.has_discriminator())
        throw ConfigError("network \"" + gan.name +
                          "\" has no discriminator, so it cannot be trained; expected --discriminator FILE.onnx, or --task generation");
    const double d_samples = samples * double(steps_d);
    for (const Phase phase : {Phase::d_real, Phase::d_fake}) {
        if (phase == Phase::d_fake) {
            if (!gan.has_generator()) break;
            add_passes(w, true, phase, Pass::forward, d_samples, false);
        }
        for (const Pass pass : {Pass::forward, Pass::error, Pass::gradient}) add_passes(w, false, phase, pass, d_samples, false);
    }
    add_passes(w, false, gan.has_generator() ? Phase::d_fake : Phase::d_real, Pass::update, double(steps_d), false);
    if (!gan.has_generator()) return w;
    add_passes(w, true, Phase::g_step, Pass::forward, samples, false, true);
    add_passes(w, false, Phase::g_step, Pass::forward, samples, false, true);
    add_passes(w, false, Phase::g_step, Pass::error, samples, true);
    for (const Pass pass : {Pass::error, Pass::gradient}) add_passes(w, true, Phase::g_step, pass, samples, false);
    add_passes(w, true, Phase::g_step, Pass::update, 1, false);
    return w;
}

MacTotals totals(const Workload& w, bool computation_sharing) {
    MacTotals t;
    for (const Op& op : w.ops) {
        if (op.pass == Pass::update || (computation_sharing && op.shareable)) continue;
        const PassWork& p = w.layer(op).work(op.pass);
        t.useful += op.samples * p.macs_useful;
        t.deformed += op.samples * p.macs_deformed;
        t.phases += op.samples * p.macs_phases;
        t.zero_inserted += op.samples * p.macs_zero_inserted;
    }
    return t;
}

}  // namespace ganbar::arch
