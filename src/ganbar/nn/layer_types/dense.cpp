#include <fmt/format.h>

#include "ganbar/nn/layer_types.h"

namespace ganbar::nn {
namespace {

void build_dense(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out) {
    MapShape next{static_cast<std::size_t>(s.units), {}};
    if (!s.shape.empty()) {
        next = parse_map_shape(s.shape, s.where);
        if (s.units != 0 && static_cast<std::size_t>(s.units) != next.size())
            b.refuse(fmt::format("units = {} but shape = \"{}\" has {} values; expected the same number", s.units, s.shape, next.size()));
    }
    if (next.size() == 0) b.refuse("a dense layer needs units or shape, for example units = 128");
    if (b.layout() == Layout::map) b.to(Layout::vector, out);
    const BiasKind bias = b.bias_of(s);
    auto op = b.op(s, {.layer = name, .name = name, .rows = b.shape().size(), .cols = next.size(), .bias_row = bias == BiasKind::cells});
    out.push_back(std::make_unique<Dense>(name, std::move(op), bias, b.inner(s), s.slope));
    b.made(next, Layout::vector);
    if (!next.side.empty()) b.to(Layout::map, out);
    b.finish(s, name, out);
}

}  // namespace

void ganbar_register_dense(LayerTypeRegistry& registry) {
    registry.add("dense", {"every value to every value; units or shape", build_dense});
}

}  // namespace ganbar::nn
