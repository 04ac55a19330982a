// From a list of layers to layers: shapes are inferred in order, weight matrices come from a factory.
#include <fmt/format.h>

#include <algorithm>

#include "ganbar/nn/class_channel.h"
#include "ganbar/nn/graph.h"
#include "ganbar/nn/layer_types.h"
#include "ganbar/nn/shape_op.h"

namespace ganbar::nn {
namespace {

bool branches(const LayerSpec& s) { return s.type == LayerType::add || !s.from.empty(); }

class Builder : public LayerBuilder {
public:
    using LayerBuilder::LayerBuilder;

    Layers build(const NetworkInput& input, const std::vector<LayerSpec>& specs, const Location& where, NetworkPlan* plan) {
        if (specs.empty()) throw ConfigError(network_ + " has no layers", where);
        shape_ = parse_map_shape(input.shape, where);
        layout_ = shape_.side.empty() ? Layout::vector : Layout::planar;
        Layers out;
        n_layers_ = specs.size();
        if (std::any_of(specs.begin(), specs.end(), branches)) return build_graph(input, specs, plan);
        for (std::size_t i = 0; i < specs.size(); ++i) {
            const std::string name = layer_type_name(specs[i].type) + std::to_string(i + 1);
            if (plan) plan->shapes.push_back(shape_), plan->names.push_back(name), plan->inputs.push_back({static_cast<int>(i) - 1});
            layer_ = i;
            where_ = specs[i].where;
            if (i == 0 && input.n_classes > 0) add_classes(input.n_classes, out);
            build_layer(specs[i], name, out);
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
            const std::string name = layer_type_name(s.type) + std::to_string(i + 1);
            if (plan) {
                plan->shapes.push_back(i == 0 ? before : shape_), plan->names.push_back(name);
                plan->inputs.emplace_back();
                for (const auto k : node.inputs) plan->inputs.back().push_back(static_cast<int>(k) - 1);
            }
            build_layer(s, name, node.layers);
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

    void add_classes(std::size_t n_classes, Layers& out) {
        if (shape_.side.empty()) {
            shape_.channels += n_classes;
            return;
        }
        LayerSpec spec;
        out.push_back(std::make_unique<ClassChannel>(
            op(spec, {.layer = "classes", .name = "classes", .rows = n_classes, .cols = shape_.positions(), .fan_in = 1}),
            shape_.channels));
        ++shape_.channels;
        layout_ = Layout::map;
    }
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
