// From a list of layers to layers: shapes are inferred in order, weight matrices come from a factory.
#include <fmt/format.h>

#include <algorithm>

#include "ganbar/nn/batch_norm.h"
#include "ganbar/nn/class_channel.h"
#include "ganbar/nn/convolution.h"
#include "ganbar/nn/depth_to_space.h"
#include "ganbar/nn/graph.h"
#include "ganbar/nn/layer_spec.h"
#include "ganbar/nn/map_layers.h"
#include "ganbar/nn/shape_op.h"

namespace ganbar::nn {
namespace {

using Layers = std::vector<std::unique_ptr<Layer>>;

const char* to_string(LayerType type) { return layer_type_names[static_cast<std::size_t>(type)]; }

bool branches(const LayerSpec& s) { return s.type == LayerType::add || !s.from.empty(); }

class Builder {
public:
    Builder(std::string network, const NetworkDefaults& defaults, std::function<Rng(const std::string&)> draws, OpFactory make_op)
        : network_(std::move(network)), defaults_(defaults), draws_(std::move(draws)), make_op_(std::move(make_op)) {}

    Layers build(const NetworkInput& input, const std::vector<LayerSpec>& specs, const Location& where, NetworkPlan* plan) {
        if (specs.empty()) throw ConfigError(network_ + " has no layers", where);
        shape_ = parse_map_shape(input.shape, where);
        layout_ = shape_.side.empty() ? Layout::vector : Layout::planar;
        Layers out;
        n_layers_ = specs.size();
        if (std::any_of(specs.begin(), specs.end(), branches)) return build_graph(input, specs, plan);
        for (std::size_t i = 0; i < specs.size(); ++i) {
            const std::string name = to_string(specs[i].type) + std::to_string(i + 1);
            if (plan) plan->shapes.push_back(shape_), plan->names.push_back(name), plan->inputs.push_back({static_cast<int>(i) - 1});
            layer_ = i;
            where_ = specs[i].where;
            if (i == 0 && input.n_classes > 0) add_classes(input.n_classes, out);
            add(specs[i], name, out);
            if (plan) plan->made.push_back(shape_);
            widest_ = std::max(widest_, shape_.size());
        }
        if (plan) plan->shapes.push_back(shape_), plan->widest = widest_;
        if (layout_ == Layout::map) to(Layout::planar, out);
        return out;
    }
    std::size_t layer() const { return layer_; }
    bool uses_reference() const { return has_virtual_; }

private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw ConfigError(network_ + ", layer " + std::to_string(layer_ + 1) + ": " + what, where_);
    }

    /// The layer called so, or the one before; 0 is the network's input, layer i is i + 1.
    std::size_t source(const std::string& name, const std::vector<LayerSpec>& specs) const {
        if (name.empty()) return layer_;
        if (name == "input") return 0;
        std::vector<std::string> known{"input"};
        for (std::size_t i = 0; i < layer_; ++i) {
            if (specs[i].name == name) return i + 1;
            if (!specs[i].name.empty()) known.push_back(specs[i].name);
        }
        const std::string near = nearest_name(name, known);
        refuse(fmt::format("no layer before it is called \"{}\"; expected one of {}{}", name, join(known),
                           near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }

    /// Layers that branch: one Graph in the place of a row.
    Layers build_graph(const NetworkInput& input, const std::vector<LayerSpec>& specs, NetworkPlan* plan) {
        struct Made {
            MapShape shape;
            Layout layout;
        };
        GraphEnds ends{shape_.size() + (shape_.side.empty() ? input.n_classes : 0), 1, 0, 1};
        std::vector<GraphNode> nodes(1);
        where_ = specs.front().where;
        const MapShape before = shape_;
        if (input.n_classes > 0) add_classes(input.n_classes, nodes[0].layers);
        if (layout_ == Layout::planar) to(Layout::map, nodes[0].layers);
        std::vector<Made> made{{shape_, layout_}};
        std::vector<bool> feeds(specs.size() + 1, false);
        for (std::size_t i = 0; i < specs.size(); ++i) {
            const LayerSpec& s = specs[i];
            layer_ = i, where_ = s.where;
            check_name(specs);
            GraphNode node{{}, {source(s.from, specs)}};
            if (s.type == LayerType::add)
                node.inputs.push_back(
                    other_input(s, specs, made[node.inputs[0]].shape, [&](std::size_t k) -> const MapShape& { return made[k].shape; }));
            for (const auto k : node.inputs) feeds[k] = true;
            shape_ = made[node.inputs[0]].shape, layout_ = made[node.inputs[0]].layout;
            const std::string name = to_string(s.type) + std::to_string(i + 1);
            if (plan) {
                plan->shapes.push_back(i == 0 ? before : shape_), plan->names.push_back(name);
                plan->inputs.emplace_back();
                for (const auto k : node.inputs) plan->inputs.back().push_back(static_cast<int>(k) - 1);
            }
            add(s, name, node.layers);
            if (plan) plan->made.push_back(shape_);
            widest_ = std::max(widest_, shape_.size());
            made.push_back({shape_, layout_});
            nodes.push_back(std::move(node));
        }
        for (std::size_t i = 0; i < specs.size(); ++i)
            if (layer_ = i, where_ = specs[i].where; !feeds[i + 1] && i + 1 < specs.size())
                refuse("it feeds nothing; expected a later layer to take its output");
        if (plan) plan->shapes.push_back(shape_), plan->widest = widest_;
        if (layout_ == Layout::map) to(Layout::planar, nodes.back().layers);
        ends.n_out = shape_.size();
        Layers out;
        out.push_back(std::make_unique<Graph>(std::move(nodes), ends));
        return out;
    }
    void check_name(const std::vector<LayerSpec>& specs) const {
        const std::string& name = specs[layer_].name;
        if (name == "input") refuse("a layer is called \"input\", which means the network's input; expected another name");
        for (std::size_t i = 0; i < layer_; ++i)
            if (!name.empty() && specs[i].name == name) refuse(fmt::format("the name \"{}\" is used twice", name));
    }
    template <class ShapeOf>
    std::size_t other_input(const LayerSpec& s, const std::vector<LayerSpec>& specs, const MapShape& first, const ShapeOf& shape_of) const {
        if (s.with.empty()) refuse("an add layer needs with, the name of the layer it adds");
        const std::size_t other = source(s.with, specs);
        if (shape_of(other) != first) refuse(fmt::format("it adds {} and {}; expected equal shapes", first.text(), shape_of(other).text()));
        return other;
    }

    void to(Layout wanted, Layers& out) {
        if (layout_ == wanted) return;
        if (shape_.side.empty() && wanted == Layout::map)
            refuse(fmt::format(
                "it takes a feature map but gets {} values; expected a shape before it, for example a dense layer with shape = \"64x7x7\"",
                shape_.size()));
        out.push_back(std::make_unique<Rearrange>(shape_.channels, shape_.positions(), layout_, wanted));
        layout_ = wanted;
    }

    std::vector<std::size_t> per_axis(const std::vector<std::int64_t>& list, const char* key) const {
        const std::size_t n = shape_.side.size();
        if (list.size() != 1 && list.size() != n)
            refuse(fmt::format("{} has {} numbers; expected 1, or {} for the axes of {}", key, list.size(), n, shape_.text()));
        std::vector<std::size_t> out(n);
        for (std::size_t a = 0; a < n; ++a) out[a] = static_cast<std::size_t>(list[list.size() == 1 ? 0 : a]);
        return out;
    }
    Window window(const LayerSpec& s) const {
        return {per_axis(s.kernel, "kernel"), per_axis(s.stride, "stride"), per_axis(s.padding, "padding"),
                per_axis(s.padding_high.empty() ? s.padding : s.padding_high, "padding_high"),
                per_axis(s.output_padding, "output_padding")};
    }

    BiasKind bias_of(const LayerSpec& s) const {
        if (s.bias != LayerBias::inherit) return static_cast<BiasKind>(static_cast<int>(s.bias) - 1);
        return s.norm != Norm::none ? BiasKind::none : defaults_.bias;
    }

    /// Requests rows [taps] of a kernel whose whole matrix has `rows` rows of `per_tap` each, plus a row of biases.
    std::unique_ptr<LinearOp> op(const LayerSpec& s, const std::string& layer, const std::string& name, std::size_t rows, std::size_t cols,
                                 bool bias_row, double fan_in, std::size_t per_tap = 0, const std::vector<std::size_t>& taps = {}) {
        OpRequest r;
        r.name = name;
        fan_in_ = taps.empty() ? rows : taps.size() * per_tap;
        r.rows = (taps.empty() ? rows : taps.size() * per_tap) + (bias_row ? 1 : 0);
        r.cols = cols;
        r.w_max = s.w_max > 0 ? s.w_max : defaults_.w_max;
        if (static_cast<double>(r.rows) * static_cast<double>(r.cols) > 2e8)
            refuse(fmt::format("it asks for {} x {} weights; expected at most 2e8", r.rows, r.cols));
        const double scale = s.init_scale > 0 ? s.init_scale : defaults_.init_scale;
        r.initial = [draws = draws_, layer, init = defaults_.init, whole = rows + (bias_row ? 1 : 0), cols, bias_row, scale, fan_in,
                     per_tap, taps] {
            Matrix w = initial_weights(whole, cols, init, scale, draws(layer).stream("weights"), fan_in);
            if (bias_row)
                for (float& v : w.row_span(whole - 1)) v = 0;
            if (taps.empty()) return w;
            Matrix part(taps.size() * per_tap, cols);
            for (std::size_t t = 0; t < taps.size(); ++t)
                for (std::size_t c = 0; c < per_tap; ++c) std::copy_n(w.row(taps[t] * per_tap + c), cols, part.row(t * per_tap + c));
            return part;
        };
        return make_op_(r);
    }

    void finish(const LayerSpec& s, const std::string& name, Layers& out) {
        const bool in_circuits = defaults_.neurons && defaults_.neurons_normalise;
        if (s.norm != Norm::none && !in_circuits) norm(name + "/norm", s, out);
        neurons(name, s, s.norm != Norm::none && in_circuits, out);
    }
    void neurons(const std::string& name, const LayerSpec& s, bool normalises, Layers& out) {
        if (!defaults_.neurons) return;
        const bool map = layout_ == Layout::map;
        out.push_back(defaults_.neurons({name + "/neurons", map ? shape_.channels : shape_.size(), map ? shape_.positions() : 1, fan_in_,
                                         s.activation, s.slope, layer_ + 1 == n_layers_, normalises}));
    }
    void norm(const std::string& name, const LayerSpec& s, Layers& out) {
        const bool map = layout_ == Layout::map;
        BatchNormSpec spec;
        if (s.norm == Norm::virtual_batch) spec.statistics = Statistics::reference;
        (s.norm == Norm::virtual_batch ? has_virtual_ : has_exact_) = true;
        if (has_virtual_ && has_exact_) refuse("batch and virtual normalisation in one network; expected one of them in all its layers");
        out.push_back(std::make_unique<BatchNorm>(name, map ? shape_.channels : shape_.size(), map ? shape_.positions() : 1, spec,
                                                  defaults_.neurons ? Activation::identity : s.activation, s.slope));
    }
    Activation inner(const LayerSpec& s) const { return s.norm == Norm::none && !defaults_.neurons ? s.activation : Activation::identity; }

    void add_classes(std::size_t n_classes, Layers& out) {
        if (shape_.side.empty()) {
            shape_.channels += n_classes;
            return;
        }
        LayerSpec spec;
        out.push_back(
            std::make_unique<ClassChannel>(op(spec, "classes", "classes", n_classes, shape_.positions(), false, 1), shape_.channels));
        ++shape_.channels;
        layout_ = Layout::map;
    }

    void add_dense(const LayerSpec& s, const std::string& name, Layers& out) {
        MapShape next{static_cast<std::size_t>(s.units), {}};
        if (!s.shape.empty()) {
            next = parse_map_shape(s.shape, s.where);
            if (s.units != 0 && static_cast<std::size_t>(s.units) != next.size())
                refuse(fmt::format("units = {} but shape = \"{}\" has {} values; expected the same number", s.units, s.shape, next.size()));
        }
        if (next.size() == 0) refuse("a dense layer needs units or shape, for example units = 128");
        if (layout_ == Layout::map) to(Layout::vector, out);
        const BiasKind bias = bias_of(s);
        const std::size_t n_in = shape_.size();
        out.push_back(
            std::make_unique<Dense>(name, op(s, name, name, n_in, next.size(), bias == BiasKind::cells, 0), bias, inner(s), s.slope));
        shape_ = next;
        layout_ = Layout::vector;
        if (!shape_.side.empty()) to(Layout::map, out);
        finish(s, name, out);
    }

    void add_conv(const LayerSpec& s, const std::string& name, bool transposed, Layers& out) {
        to(Layout::map, out);
        if (s.channels == 0) refuse(fmt::format("a {} layer needs channels, for example channels = 64", to_string(s.type)));
        const Window w = window(s);
        const auto channels = static_cast<std::size_t>(s.channels), c_in = shape_.channels;
        const BiasKind bias = bias_of(s);
        const MapShape next = transposed ? conv_transpose_output(shape_, w, channels, s.where) : conv_output(shape_, w, channels, s.where);
        std::vector<MapPart> parts;
        std::size_t n_taps = 1, n_phases = 1;
        for (std::size_t a = 0; a < w.kernel.size(); ++a) n_taps *= w.kernel[a], n_phases *= w.stride[a];
        if (!transposed) {
            PatchMap map = conv_patches(shape_, next, w);
            widest_ = std::max(widest_, map.n_patches() * n_taps * c_in);
            parts.push_back({std::move(map), op(s, name, name, n_taps * c_in, channels, bias == BiasKind::cells, 0)});
        } else {
            if (bias == BiasKind::cells)
                refuse("a conv_transpose keeps its biases in digital memory or has none; expected bias = \"digital\" or \"none\"");
            const bool zero_free = s.form == TransposedForm::zero_free;
            auto pieces = conv_transpose_patches(shape_, next, w, zero_free);
            if (pieces.empty())
                refuse("no output of the transposed convolution meets a tap of its kernel; expected less padding or a larger kernel");
            const double fan_in = static_cast<double>(n_taps * c_in) / static_cast<double>(n_phases);
            for (std::size_t p = 0; p < pieces.size(); ++p) {
                const std::string part_name = zero_free && n_phases > 1 ? name + "/phase" + std::to_string(p + 1) : name;
                widest_ = std::max(widest_, pieces[p].map.n_patches() * pieces[p].map.n_taps * c_in);
                parts.push_back(
                    {std::move(pieces[p].map), op(s, name, part_name, n_taps * c_in, channels, false, fan_in, c_in, pieces[p].taps)});
            }
        }
        out.push_back(std::make_unique<Convolution>(name, std::move(parts), c_in, bias, inner(s), s.slope));
        shape_ = next;
        finish(s, name, out);
    }

    // Two convolutions, the second without activation, added to the input; a 1 x 1 convolution where the shape changes (He et al. 2016,
    // fig. 2).
    void add_residual(const LayerSpec& s, const std::string& name, Layers& out) {
        if (defaults_.neurons)
            refuse("a residual block adds two paths, for which there is no analog circuit; expected periphery.kind = \"digital\"");
        to(Layout::map, out);
        const MapShape before = shape_;
        LayerSpec first = s, second = s, third = s;
        first.channels = second.channels = third.channels = s.channels != 0 ? s.channels : static_cast<std::int64_t>(before.channels);
        second.activation = third.activation = Activation::identity;
        second.stride = {1};
        Layers main, shortcut;
        add_conv(first, name + "/conv1", false, main);
        const MapShape middle = shape_;
        add_conv(second, name + "/conv2", false, main);
        const MapShape after = shape_;
        if (after != before) {
            shape_ = before;
            third.kernel = {1}, third.padding = {0}, third.padding_high = {};
            add_conv(third, name + "/shortcut", false, shortcut);
            if (shape_ != after)
                refuse(
                    fmt::format("its convolutions give {} and then {} but the shortcut gives {}; expected padding that keeps the sides, "
                                "(kernel - 1) / 2",
                                middle.text(), after.text(), shape_.text()));
        }
        out.push_back(std::make_unique<Residual>(std::move(main), std::move(shortcut), s.activation, s.slope));
    }

    void add_pool(const LayerSpec& s, Layers& out) {
        to(Layout::map, out);
        const Window w = window(s);
        for (std::size_t a = 0; a < w.kernel.size(); ++a)
            if (w.pad_lo[a] >= w.kernel[a] || w.pad_hi[a] >= w.kernel[a])
                refuse(fmt::format("padding {} and {} of a pooling window of {}; expected less padding than kernel", w.pad_lo[a],
                                   w.pad_hi[a], w.kernel[a]));
        const MapShape next = conv_output(shape_, w, shape_.channels, s.where);
        out.push_back(std::make_unique<Pool>(conv_patches(shape_, next, w), shape_.channels,
                                             s.type == LayerType::avg_pool ? PoolKind::average : PoolKind::maximum));
        shape_ = next;
    }

    // Nearest neighbour: every output position is a window of one tap.
    void add_upsample(const LayerSpec& s, Layers& out) {
        to(Layout::map, out);
        MapShape next = shape_;
        Window w;
        for (auto& side : next.side) {
            const auto factor = static_cast<std::size_t>(s.factor);
            side *= factor, w.kernel.push_back(factor), w.stride.push_back(factor), w.pad_lo.push_back(0), w.pad_hi.push_back(0),
                w.output_pad.push_back(0);
        }
        PatchMap map{shape_.positions(), next.positions(), 1, std::vector<std::int32_t>(next.positions()), {}, {}, {}, {}, false, false};
        const PatchMap down = conv_patches(next, shape_, w);  // every position of the larger map lies in one window of the smaller
        for (std::size_t q = 0; q < down.n_patches(); ++q)
            for (std::size_t t = 0; t < down.n_taps; ++t)
                map.source[static_cast<std::size_t>(down.source[q * down.n_taps + t])] = static_cast<std::int32_t>(q);
        for (std::size_t o = 0; o < next.positions(); ++o) map.target.push_back(static_cast<std::int32_t>(o));
        map.finish();
        out.push_back(std::make_unique<Pool>(std::move(map), shape_.channels, PoolKind::average));
        shape_ = next;
    }

    void add_reshape(const LayerSpec& s, Layers& out) {
        const MapShape next = parse_map_shape(s.shape, s.where);
        if (next.size() != shape_.size())
            refuse(
                fmt::format("shape = \"{}\" has {} values but {} come in; expected the same number", s.shape, next.size(), shape_.size()));
        if (layout_ == Layout::map) to(Layout::vector, out);
        shape_ = next;
        layout_ = Layout::vector;
        if (!next.side.empty()) to(Layout::map, out);
    }

    void add(const LayerSpec& s, const std::string& name, Layers& out) {
        const std::size_t positions = layout_ == Layout::map ? shape_.positions() : 1;
        switch (s.type) {
            case LayerType::dense: return add_dense(s, name, out);
            case LayerType::conv: return add_conv(s, name, false, out);
            case LayerType::conv_transpose: return add_conv(s, name, true, out);
            case LayerType::residual: return add_residual(s, name, out);
            case LayerType::batch_norm:
                if (!shape_.side.empty()) to(Layout::map, out);
                return norm(name, s, out), neurons(name, s, false, out);
            case LayerType::activation:
                if (defaults_.neurons) return neurons(name, s, false, out);
                out.push_back(std::make_unique<Activate>(shape_.size(), positions, s.activation, s.slope));
                return;
            case LayerType::dropout:
                out.push_back(std::make_unique<Dropout>(name, shape_.size(), positions, s.rate, s.at_inference));
                return;
            case LayerType::avg_pool:
            case LayerType::max_pool: return add_pool(s, out);
            case LayerType::reshape: return add_reshape(s, out);
            case LayerType::flatten:
                if (layout_ == Layout::map) to(Layout::vector, out);
                shape_ = {shape_.size(), {}};
                layout_ = Layout::vector;
                return;
            case LayerType::add:
                if (defaults_.neurons)
                    refuse("it adds two paths, for which there is no analog circuit; expected periphery.kind = \"digital\"");
                if (s.activation != Activation::identity)
                    out.push_back(std::make_unique<Activate>(shape_.size(), positions, s.activation, s.slope));
                return;
            case LayerType::upsample: return add_upsample(s, out);
            case LayerType::depth_to_space:
                to(Layout::map, out);
                out.push_back(std::make_unique<DepthToSpace>(shape_, static_cast<std::size_t>(s.factor)));
                shape_ = depth_to_space_output(shape_, static_cast<std::size_t>(s.factor), s.where);
                return;
        }
    }

    std::string network_;
    NetworkDefaults defaults_;
    std::function<Rng(const std::string&)> draws_;
    OpFactory make_op_;
    MapShape shape_;
    Layout layout_ = Layout::vector;
    std::size_t layer_ = 0, n_layers_ = 0, widest_ = 0, fan_in_ = 1;
    bool has_virtual_ = false, has_exact_ = false;
    Location where_;
};

}  // namespace

std::unique_ptr<Network> build_network(const std::string& name, const NetworkInput& input, const std::vector<LayerSpec>& layers,
                                       const NetworkDefaults& defaults, const std::function<Rng(const std::string&)>& draws,
                                       const OpFactory& make_op, const Location& where) {
    Builder builder(name, defaults, draws, make_op);
    auto built = builder.build(input, layers, where, nullptr);
    return std::make_unique<Network>(name, std::move(built), builder.uses_reference());
}

NetworkPlan plan_network(const std::string& name, const NetworkInput& input, const std::vector<LayerSpec>& layers,
                         const NetworkDefaults& defaults, const Location& where) {
    NetworkPlan plan;
    Builder* self = nullptr;
    Builder builder(
        name, defaults, [](const std::string&) { return Rng(0); },
        [&](const OpRequest& r) {
            plan.matrices.push_back({r.name, self->layer(), r.rows, r.cols});
            return std::make_unique<ShapeOp>(r.rows, r.cols);
        });
    self = &builder;
    builder.build(input, layers, where, &plan);
    return plan;
}

void plan_neurons(const std::string& name, const NetworkInput& input, const std::vector<LayerSpec>& layers, NetworkDefaults defaults,
                  const std::function<void(const NeuronRequest&)>& each) {
    defaults.neurons = [&](const NeuronRequest& r) {
        each(r);
        return nullptr;
    };
    Builder(
        name, defaults, [](const std::string&) { return Rng(0); },
        [](const OpRequest& r) { return std::make_unique<ShapeOp>(r.rows, r.cols); })
        .build(input, layers, {}, nullptr);
}

}  // namespace ganbar::nn
