// Layers that act on each value or channel by itself.
#include "ganbar/nn/layer_types.h"

namespace ganbar::nn {
namespace {

void build_batch_norm(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out) {
    if (!b.shape().side.empty()) b.to(Layout::map, out);
    b.norm(name, s, out);
    b.neurons(name, s, false, out);
}

void build_activation(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out) {
    if (b.defaults().neurons) return b.neurons(name, s, false, out);
    out.push_back(std::make_unique<Activate>(b.shape().size(), b.positions(), s.activation, s.slope));
}

void build_dropout(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out) {
    out.push_back(std::make_unique<Dropout>(name, b.shape().size(), b.positions(), s.rate, s.at_inference));
}

void build_add(LayerBuilder& b, const LayerSpec& s, const std::string&, Layers& out) {
    if (b.defaults().neurons) b.refuse("it adds two paths, for which there is no analog circuit; expected periphery.kind = \"digital\"");
    if (s.activation != Activation::identity)
        out.push_back(std::make_unique<Activate>(b.shape().size(), b.positions(), s.activation, s.slope));
}

}  // namespace

void ganbar_register_values(LayerTypeRegistry& registry) {
    registry.add("batch_norm", {"normalisation of each channel; norm, activation", build_batch_norm});
    registry.add("activation", {"a nonlinearity alone; activation, slope", build_activation});
    registry.add("dropout", {"drops values; rate, at_inference", build_dropout, LayerCost::nothing});
    registry.add("add", {"the sum of two branches; from, with", build_add});
}

}  // namespace ganbar::nn
