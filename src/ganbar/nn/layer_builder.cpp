#include "ganbar/nn/layer_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/nn/batch_norm.h"
#include "ganbar/nn/layer_types.h"

namespace ganbar::nn {

void LayerBuilder::refuse(const std::string& what) const {
    throw ConfigError(network_ + ", layer " + std::to_string(layer_ + 1) + ": " + what, where_);
}

void LayerBuilder::to(Layout wanted, Layers& out) {
    if (layout_ == wanted) return;
    if (shape_.side.empty() && wanted == Layout::map)
        refuse(fmt::format(
            "it takes a feature map but gets {} values; expected a shape before it, for example a dense layer with shape = \"64x7x7\"",
            shape_.size()));
    out.push_back(std::make_unique<Rearrange>(shape_.channels, shape_.positions(), layout_, wanted));
    layout_ = wanted;
}

std::vector<std::size_t> LayerBuilder::per_axis(const std::vector<std::int64_t>& list, const char* key) const {
    const std::size_t n = shape_.side.size();
    if (list.size() != 1 && list.size() != n)
        refuse(fmt::format("{} has {} numbers; expected 1, or {} for the axes of {}", key, list.size(), n, shape_.text()));
    std::vector<std::size_t> out(n);
    for (std::size_t a = 0; a < n; ++a) out[a] = static_cast<std::size_t>(list[list.size() == 1 ? 0 : a]);
    return out;
}

Window LayerBuilder::window(const LayerSpec& s) const {
    return {per_axis(s.kernel, "kernel"), per_axis(s.stride, "stride"), per_axis(s.padding, "padding"),
            per_axis(s.padding_high.empty() ? s.padding : s.padding_high, "padding_high"), per_axis(s.output_padding, "output_padding")};
}

BiasKind LayerBuilder::bias_of(const LayerSpec& s) const {
    if (s.bias != LayerBias::inherit) return static_cast<BiasKind>(static_cast<int>(s.bias) - 1);
    return s.norm != Norm::none ? BiasKind::none : defaults_.bias;
}

std::unique_ptr<LinearOp> LayerBuilder::op(const LayerSpec& s, const KernelRequest& k) {
    OpRequest r;
    r.name = k.name;
    fan_in_ = k.taps.empty() ? k.rows : k.taps.size() * k.per_tap;
    r.rows = fan_in_ + (k.bias_row ? 1 : 0);
    r.cols = k.cols;
    r.w_max = s.w_max > 0 ? s.w_max : defaults_.w_max;
    if (static_cast<double>(r.rows) * static_cast<double>(r.cols) > 2e8)
        refuse(fmt::format("it asks for {} x {} weights; expected at most 2e8", r.rows, r.cols));
    const double scale = s.init_scale > 0 ? s.init_scale : defaults_.init_scale;
    r.initial = [draws = draws_, init = defaults_.init, scale, k] {
        const std::size_t whole = k.rows + (k.bias_row ? 1 : 0);
        Matrix w = initial_weights(whole, k.cols, init, scale, draws(k.layer).stream("weights"), k.fan_in);
        if (k.bias_row)
            for (float& v : w.row_span(whole - 1)) v = 0;
        if (k.taps.empty()) return w;
        Matrix part(k.taps.size() * k.per_tap, k.cols);
        for (std::size_t t = 0; t < k.taps.size(); ++t)
            for (std::size_t c = 0; c < k.per_tap; ++c) std::copy_n(w.row(k.taps[t] * k.per_tap + c), k.cols, part.row(t * k.per_tap + c));
        return part;
    };
    return make_op_(r);
}

void LayerBuilder::finish(const LayerSpec& s, const std::string& name, Layers& out) {
    const bool in_circuits = defaults_.neurons && defaults_.neurons_normalise;
    if (s.norm != Norm::none && !in_circuits) norm(name + "/norm", s, out);
    neurons(name, s, s.norm != Norm::none && in_circuits, out);
}

void LayerBuilder::neurons(const std::string& name, const LayerSpec& s, bool normalises, Layers& out) {
    if (!defaults_.neurons) return;
    const bool map = layout_ == Layout::map;
    out.push_back(defaults_.neurons({name + "/neurons", map ? shape_.channels : shape_.size(), positions(), fan_in_, s.activation, s.slope,
                                     layer_ + 1 == n_layers_, normalises}));
}

void LayerBuilder::norm(const std::string& name, const LayerSpec& s, Layers& out) {
    const bool map = layout_ == Layout::map;
    BatchNormSpec spec;
    if (s.norm == Norm::virtual_batch) spec.statistics = Statistics::reference;
    (s.norm == Norm::virtual_batch ? has_virtual_ : has_exact_) = true;
    if (has_virtual_ && has_exact_) refuse("batch and virtual normalisation in one network; expected one of them in all its layers");
    out.push_back(std::make_unique<BatchNorm>(name, map ? shape_.channels : shape_.size(), positions(), spec,
                                              defaults_.neurons ? Activation::identity : s.activation, s.slope));
}

void LayerBuilder::build_layer(const LayerSpec& s, const std::string& name, Layers& out) { layer_type(s).build(*this, s, name, out); }

}  // namespace ganbar::nn
