#include "ganbar/exports/network_walk.h"

#include <algorithm>

#include "ganbar/nn/depth_to_space.h"
#include "ganbar/nn/layer_types.h"

namespace ganbar::exports {
namespace {

using nn::LayerSpec, nn::LayerType, nn::MapShape, nn::Window;

class Walk {
public:
    Walk(nn::NetworkDefaults defaults, const nn::NetworkPlan& plan, NetworkVisitor& visitor)
        : defaults_(std::move(defaults)), plan_(plan), visitor_(visitor) {}

    void all(const nn::NetworkInput& input, const std::vector<LayerSpec>& specs) {
        struct Made {
            MapShape shape;
            Layout layout;
        };
        shape_ = nn::parse_map_shape(input.shape, {});
        layout_ = shape_.side.empty() ? Layout::vector : Layout::planar;
        const bool branches =
            std::any_of(specs.begin(), specs.end(), [](const LayerSpec& s) { return s.type == LayerType::add || !s.from.empty(); });
        visitor_.begin(0, plan_.inputs[0]);
        if (input.n_classes > 0) classes(input.n_classes);
        if (branches && layout_ == Layout::planar) to(Layout::map);
        std::vector<Made> made{{shape_, layout_}};
        for (std::size_t i = 0; i < specs.size(); ++i) {
            const auto& from = plan_.inputs[i];
            if (i > 0) visitor_.begin(i, from);
            shape_ = made[static_cast<std::size_t>(from[0] + 1)].shape, layout_ = made[static_cast<std::size_t>(from[0] + 1)].layout;
            layer(specs[i], plan_.names[i]);
            visitor_.end(i);
            made.push_back({shape_, layout_});
        }
        visitor_.end_of_network(shape_, layout_);
        GANBAR_ASSERT(next_ == plan_.matrices.size());
    }

private:
    void classes(std::size_t n_classes) {
        if (shape_.side.empty()) {
            shape_.channels += n_classes;
            return;
        }
        visitor_.classes(next_++, n_classes, shape_);
        ++shape_.channels;
        layout_ = Layout::map;
    }
    void to(Layout wanted) {
        if (layout_ != wanted) visitor_.rearrange(shape_, layout_, wanted);
        layout_ = wanted;
    }
    std::vector<std::size_t> per_axis(const std::vector<std::int64_t>& list) const {
        std::vector<std::size_t> out;
        for (std::size_t a = 0; a < shape_.side.size(); ++a) out.push_back(static_cast<std::size_t>(list[list.size() == 1 ? 0 : a]));
        return out;
    }
    Window window(const LayerSpec& s) const {
        return {per_axis(s.kernel), per_axis(s.stride), per_axis(s.padding), per_axis(s.padding_high.empty() ? s.padding : s.padding_high),
                per_axis(s.output_padding)};
    }
    nn::BiasKind bias_of(const LayerSpec& s) const {
        if (s.bias != nn::LayerBias::inherit) return static_cast<nn::BiasKind>(static_cast<int>(s.bias) - 1);
        return s.norm != nn::Norm::none ? nn::BiasKind::none : defaults_.bias;
    }
    void norm(const std::string& name, const LayerSpec& s) {
        visitor_.norm(name, layout_ == Layout::map ? shape_.channels : shape_.size(), layout_ == Layout::map,
                      s.norm == nn::Norm::virtual_batch);
    }
    void finish(const std::string& name, const LayerSpec& s) {
        if (s.norm != nn::Norm::none) norm(name + "/norm", s);
        visitor_.activate(s.activation, s.slope);
    }
    void dense(const LayerSpec& s, const std::string& name) {
        if (layout_ == Layout::map) to(Layout::vector);
        const MapShape next = s.shape.empty() ? MapShape{static_cast<std::size_t>(s.units), {}} : nn::parse_map_shape(s.shape, s.where);
        Linear l;
        l.name = name, l.first = next_++, l.bias = bias_of(s), l.in = {shape_.size(), {}}, l.out = {next.size(), {}};
        visitor_.linear(l);
        shape_ = next, layout_ = Layout::vector;
        if (!shape_.side.empty()) to(Layout::map);
        finish(name, s);
    }
    void conv(const LayerSpec& s, const std::string& name, bool transposed) {
        to(Layout::map);
        Linear l;
        l.kind = transposed ? LinearKind::conv_transpose : LinearKind::conv;
        l.name = name, l.first = next_, l.bias = bias_of(s), l.in = shape_, l.window = window(s);
        const auto channels = static_cast<std::size_t>(s.channels);
        l.out = transposed ? nn::conv_transpose_output(shape_, l.window, channels, s.where)
                           : nn::conv_output(shape_, l.window, channels, s.where);
        l.zero_free = s.form == nn::TransposedForm::zero_free;
        if (transposed) l.phases = nn::conv_transpose_patches(shape_, l.out, l.window, l.zero_free);
        next_ += transposed ? l.phases.size() : 1;
        visitor_.linear(l);
        shape_ = l.out;
        finish(name, s);
    }
    void residual(const LayerSpec& s, const std::string& name) {
        to(Layout::map);
        visitor_.start_residual();
        const MapShape before = shape_;
        LayerSpec first = s, second = s, third = s;
        first.channels = second.channels = third.channels = s.channels != 0 ? s.channels : static_cast<std::int64_t>(before.channels);
        second.activation = third.activation = nn::Activation::identity;
        second.stride = {1};
        conv(first, name + "/conv1", false);
        conv(second, name + "/conv2", false);
        const MapShape after = shape_;
        visitor_.shortcut();
        if (after != before) {
            shape_ = before;
            third.kernel = {1}, third.padding = {0}, third.padding_high = {};
            conv(third, name + "/shortcut", false);
        }
        visitor_.join();
        visitor_.activate(s.activation, s.slope);
    }
    void reshape(const LayerSpec& s) {
        if (layout_ == Layout::map) to(Layout::vector);
        shape_ = nn::parse_map_shape(s.shape, s.where), layout_ = Layout::vector;
        if (!shape_.side.empty()) to(Layout::map);
    }
    void layer(const LayerSpec& s, const std::string& name) {
        const auto factor = static_cast<std::size_t>(s.factor);
        switch (s.type) {
            case LayerType::dense: return dense(s, name);
            case LayerType::conv: return conv(s, name, false);
            case LayerType::conv_transpose: return conv(s, name, true);
            case LayerType::residual: return residual(s, name);
            case LayerType::batch_norm:
                if (!shape_.side.empty()) to(Layout::map);
                norm(name, s);
                return visitor_.activate(s.activation, s.slope);
            case LayerType::activation:
            case LayerType::add: return visitor_.activate(s.activation, s.slope);
            case LayerType::dropout: return visitor_.dropout(s.rate, s.at_inference);
            case LayerType::avg_pool:
            case LayerType::max_pool:
                to(Layout::map);
                visitor_.pool(s.type == LayerType::avg_pool, window(s));
                shape_ = nn::conv_output(shape_, window(s), shape_.channels, s.where);
                return;
            case LayerType::reshape: return reshape(s);
            case LayerType::flatten:
                if (layout_ == Layout::map) to(Layout::vector);
                shape_ = {shape_.size(), {}}, layout_ = Layout::vector;
                return;
            case LayerType::upsample:
                to(Layout::map);
                visitor_.upsample(factor, shape_);
                for (auto& side : shape_.side) side *= factor;
                return;
            case LayerType::depth_to_space:
                to(Layout::map);
                visitor_.depth_to_space(factor, shape_);
                shape_ = nn::depth_to_space_output(shape_, factor, s.where);
                return;
        }
        throw ConfigError(
            "layers of type \"" + nn::layer_type_name(s.type) + "\" have no form outside ganbar; expected an export without layers",
            s.where);
    }

    const nn::NetworkDefaults defaults_;
    const nn::NetworkPlan& plan_;
    NetworkVisitor& visitor_;
    MapShape shape_;
    Layout layout_ = Layout::vector;
    std::size_t next_ = 0;  // matrix of the plan
};

}  // namespace

void walk(const ActingNetwork& network, NetworkVisitor& visitor) {
    const nn::NetworkInput input{network.spec().input_shape(), static_cast<std::size_t>(network.experiment().latent.classes)};
    Walk(network.spec().defaults(), network.plan(), visitor).all(input, network.spec().layer_list());
}

}  // namespace ganbar::exports
