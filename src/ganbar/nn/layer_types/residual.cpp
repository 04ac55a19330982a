#include <fmt/format.h>

#include "ganbar/nn/layer_types.h"

namespace ganbar::nn {
namespace {

// Two convolutions, the second without activation, added to the input; a 1 x 1 convolution where the shape changes (He et al. 2016,
// fig. 2).
void build_residual(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out) {
    if (b.defaults().neurons)
        b.refuse("a residual block adds two paths, for which there is no analog circuit; expected periphery.kind = \"digital\"");
    b.to(Layout::map, out);
    const MapShape before = b.shape();
    LayerSpec first = s;
    first.type = LayerType::conv;
    first.channels = s.channels != 0 ? s.channels : static_cast<std::int64_t>(before.channels);
    LayerSpec second = first, third = first;
    second.activation = third.activation = Activation::identity;
    second.stride = {1};
    Layers main, shortcut;
    b.build_layer(first, name + "/conv1", main);
    const MapShape middle = b.shape();
    b.build_layer(second, name + "/conv2", main);
    const MapShape after = b.shape();
    if (after != before) {
        b.made(before);
        third.kernel = {1}, third.padding = {0}, third.padding_high = {};
        b.build_layer(third, name + "/shortcut", shortcut);
        if (b.shape() != after)
            b.refuse(fmt::format(
                "its convolutions give {} and then {} but the shortcut gives {}; expected padding that keeps the sides, (kernel - 1) / 2",
                middle.text(), after.text(), b.shape().text()));
    }
    out.push_back(std::make_unique<Residual>(std::move(main), std::move(shortcut), s.activation, s.slope));
}

}  // namespace

void ganbar_register_residual(LayerTypeRegistry& registry) {
    registry.add("residual", {"two convolutions with a shortcut; as conv", build_residual});
}

}  // namespace ganbar::nn
