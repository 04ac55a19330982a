#include "ganbar/arch/onnx_lower.h"

#include <algorithm>

#include "ganbar/arch/onnx_windows.h"

namespace ganbar::arch::onnx_file {
namespace {

constexpr Int longest_axis = 1 << 20;  ///< of a convolution (tconv.h)
constexpr const char* constant_weights =
    "expected weights that the file stores, or computes from what it stores (machines hold constant weights)";

/// The inputs that depend on the network's input, those of layers first.
std::vector<std::size_t> live_inputs(const Call& c) {
    std::vector<std::size_t> out;
    for (const bool of_layers : {true, false})
        for (std::size_t i = 0; i < c.n_inputs(); ++i)
            if (c.has(i) && c.in(i).live && (c.in(i).layer >= 0) == of_layers) out.push_back(i);
    return out;
}

/// Positions of a product that meets its weights `n` times: one or two sides.
Shape positions(const Call& c, Int channels, Int n) {
    Shape s;
    s.channels = channels, s.dims = 1, s.side[0] = n;
    if (n <= longest_axis) return s;
    for (Int d = 2; d <= longest_axis; ++d)
        if (n % d == 0 && n / d <= longest_axis) {
            s.dims = 2, s.side[0] = n / d, s.side[1] = d;
            return s;
        }
    c.refuse(fmt::format("its weights meet {} vectors; expected at most {}", n, longest_axis));
}

void check_weights(const Call& c, std::size_t i) {
    for (const Int d : c.dims(i))
        if (d < 1 || d > largest_side) c.refuse(fmt::format("its weights have a dimension of {}; expected 1 to {}", d, largest_side));
    if (const double n = elements(c.dims(i)); n > largest_weights)
        c.refuse(fmt::format("it has {:.3g} weights; expected at most {:.0g}", n, largest_weights));
}

}  // namespace

Shape Lowering::sample(const Dims& dims, const Call& c) const {
    const double all = elements(dims);
    if (all > largest_map) c.refuse(fmt::format("{} has {:.3g} elements; expected at most {:.0g}", text(dims), all, largest_map));
    Dims own = dims;
    if (!own.empty() && own[0] % batch_ == 0) own[0] /= batch_;
    else if (const Int n = Int(all); n % batch_ == 0) own = {n / batch_};
    if (own.size() > 1 && own[0] == 1) own.erase(own.begin());
    if (own.empty()) own = {1};
    while (own.size() > max_dims + 1) own[own.size() - 2] *= own.back(), own.pop_back();
    Shape s;
    s.channels = own[0], s.dims = int(own.size()) - 1;
    std::copy(own.begin() + 1, own.end(), s.side.begin());
    for (const Int d : own)
        if (d < 1) c.refuse(fmt::format("{} has a dimension of {}; expected 1 or more", text(dims), d));
    return s;
}

Layer& Lowering::layer(const Call& c, LayerKind kind, const std::vector<int>& inputs, const Shape& in, const Shape& out) {
    Layer l;
    l.kind = kind, l.in = in, l.out = out, l.inputs = inputs;
    const std::string& name = c.node().name;
    const std::string base = !name.empty() || c.node().outputs.empty() ? name : c.node().outputs.front();
    l.name = base.empty() ? c.op() : base;
    for (int again = 2; !names_.insert(l.name).second; ++again) l.name = fmt::format("{}_{}", base.empty() ? c.op() : base, again);
    net_.layers.push_back(std::move(l));
    return net_.layers.back();
}

int Lowering::convolution(const Call& c, bool transposed) {
    if (c.in(1).live) c.refuse(std::string("its weights are computed from the network's input; ") + constant_weights);
    check_weights(c, 1);
    const Windows w = transposed ? transposed_convolution(c) : onnx_file::convolution(c);
    const Dims& in = c.dims(0);
    if (in[0] % batch_ != 0) c.refuse(fmt::format("it meets {} maps where the batch has {} samples; expected a multiple", in[0], batch_));
    Axes axes = w.axes;
    Shape from, to;
    from.channels = in[1], to.channels = w.out[1];
    for (std::size_t i = 0; i < w.n_axes; ++i) from.side[i] = in[i + 2], to.side[i] = w.out[i + 2];
    from.dims = to.dims = int(w.n_axes);
    if (const Int maps = in[0] / batch_; maps > 1) {  // frames of one sample: an axis on which nothing is summed
        if (w.n_axes == max_dims || maps > longest_axis)
            c.refuse(fmt::format("it meets {} maps of {} axes in each sample; expected one", maps, w.n_axes));
        axes[w.n_axes] = transposed ? transposed_axis(maps, 1, 1, 0, 0, 0) : convolution_axis(maps, 1, 1, 0, 0);
        from.side[w.n_axes] = to.side[w.n_axes] = maps, ++from.dims, ++to.dims;
    }
    Layer& l = layer(c, transposed ? LayerKind::tconv : LayerKind::conv, {c.in(0).layer}, from, to);
    l.axes = axes, l.groups = w.groups;
    return int(net_.layers.size()) - 1;
}

/// One factor are the weights: matrices of rows x columns, each met by vectors of the other factor. One matrix and one vector a sample is a
/// fully connected layer; otherwise a convolution with kernel 1 over the vectors, with a group for each matrix.
int Lowering::product(const Call& c, const Dims& result) {
    if (c.in(0).live && c.in(1).live)
        c.refuse(std::string("it multiplies two matrices that both depend on the network's input; ") + constant_weights);
    const std::size_t live = c.in(0).live ? 0 : 1;
    check_weights(c, 1 - live);
    const Factors f = factors(c);
    const Dims &data = live == 0 ? f.a : f.b, &weights = live == 0 ? f.b : f.a;
    const Int rows = f.k(), cols = live == 0 ? f.n() : f.m();
    const double matrices = elements({weights.begin(), weights.end() - 2}), met = elements(data) / double(rows),
                 made = elements(result) / double(cols);
    Int groups = 1, together = 1;
    if (met == made) groups = Int(matrices);  // each matrix meets its own vectors
    else if (met * matrices == made) together = Int(matrices);
    else
        c.refuse(fmt::format("its weights {} are repeated in part over {}; expected one matrix for all vectors, or one for each",
                             text(weights), text(data)));
    const double windows = met / double(batch_) / double(groups);
    if (windows != double(Int(windows)) || windows < 1)
        c.refuse(fmt::format("it mixes the {} samples of the batch: {} times {}; expected the same for every sample", batch_,
                             text(c.dims(0)), text(c.dims(1))));
    if (double(rows) * double(groups) > double(largest_side) || double(cols) * double(groups) * double(together) > double(largest_side))
        c.refuse(
            fmt::format("{} matrices {} x {} are too large; expected at most {} rows and columns", matrices, rows, cols, largest_side));
    if (groups == 1 && windows == 1) {
        Shape to;
        to.channels = cols * together;
        layer(c, LayerKind::fc, {c.in(live).layer}, sample(data, c), to);
    } else {
        const Shape from = positions(c, rows * groups, Int(windows));
        Shape to = from;
        to.channels = cols * groups * together;
        Layer& l = layer(c, LayerKind::conv, {c.in(live).layer}, from, to);
        l.groups = groups;
        for (std::size_t i = 0; i < std::size_t(from.dims); ++i) l.axes[i] = convolution_axis(from.side[i], 1, 1, 0, 0);
    }
    return int(net_.layers.size()) - 1;
}

int Lowering::arithmetic(const Call& c, const Value& result) {
    const auto live = live_inputs(c);
    const Value& first = c.in(live[0]);
    const Layer* before = producer(first);
    const bool sums = c.op() == "Add" || c.op() == "Sub" || c.op() == "Sum";
    if (live.size() == 1 && sums && before && before->computes() && first.dims == result.dims)
        return first.layer;  // added where the products are summed
    const Shape out = sample(result.dims, c);
    if (live.size() == 1) {
        layer(c, LayerKind::elementwise, {first.layer}, sample(first.dims, c), out);
        return int(net_.layers.size()) - 1;
    }
    int so_far = first.layer;
    for (std::size_t i = 1; i < live.size(); ++i) {  // an operation for each pair of branches
        const Value& other = c.in(live[i]);
        const bool adds = sums && c.op() != "Sub" && first.dims == result.dims && other.dims == result.dims;
        layer(c, adds ? LayerKind::add : LayerKind::elementwise, {so_far, other.layer}, i == 1 ? sample(first.dims, c) : out, out);
        so_far = int(net_.layers.size()) - 1;
    }
    return so_far;
}

/// Marks the layer before a normalisation or activation, where it has none yet.
bool Lowering::joins(const Call& c, const Rule& rule) {
    Layer* before = producer(c.in(0));
    if (!before || before->activation != Activation::identity) return false;
    if (rule.role == Role::activation) before->activation = rule.activation;
    else if (before->batch_norm) return false;
    else before->batch_norm = true;
    return true;
}

void Lowering::add(const Call& c, const Rule& rule, std::vector<Value>& results) {
    if (results.empty()) c.refuse("it has no output; expected one");
    const auto live = live_inputs(c);
    if (rule.role == Role::source || live.empty()) return;  // random numbers come like an input
    const int from = c.in(live[0]).layer;
    int at = from;
    switch (rule.role) {
        case Role::convolution:
        case Role::transposed_convolution: at = convolution(c, rule.role == Role::transposed_convolution); break;
        case Role::product: at = product(c, results[0].dims); break;
        case Role::arithmetic: at = arithmetic(c, results[0]); break;
        case Role::rename:
        case Role::shape:
        case Role::source: break;
        case Role::norm:
        case Role::activation:
            if (joins(c, rule)) break;
            [[fallthrough]];
        case Role::layer: {
            std::vector<int> inputs;
            for (const std::size_t i : live) inputs.push_back(c.in(i).layer);
            double words = 0;
            for (const Value& r : results) words += elements(r.dims);
            Layer& l = layer(c, rule.kind, inputs, sample(c.dims(live[0]), c),
                             sample(results.size() == 1 ? results[0].dims : Dims{batch_, Int(words / double(batch_))}, c));
            l.batch_norm = rule.role == Role::norm, l.activation = rule.activation;
            at = int(net_.layers.size()) - 1;
        }
    }
    for (Value& r : results) r.layer = at;
}

}  // namespace ganbar::arch::onnx_file
