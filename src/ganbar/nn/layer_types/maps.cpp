// Layers that take values from other places of a feature map, or as another shape.
#include <fmt/format.h>

#include "ganbar/nn/convolution.h"
#include "ganbar/nn/depth_to_space.h"
#include "ganbar/nn/layer_types.h"

namespace ganbar::nn {
namespace {

template <PoolKind kind>
void build_pool(LayerBuilder& b, const LayerSpec& s, const std::string&, Layers& out) {
    b.to(Layout::map, out);
    const Window w = b.window(s);
    for (std::size_t a = 0; a < w.kernel.size(); ++a)
        if (w.pad_lo[a] >= w.kernel[a] || w.pad_hi[a] >= w.kernel[a])
            b.refuse(fmt::format("padding {} and {} of a pooling window of {}; expected less padding than kernel", w.pad_lo[a], w.pad_hi[a],
                                 w.kernel[a]));
    const MapShape next = conv_output(b.shape(), w, b.shape().channels, s.where);
    out.push_back(std::make_unique<Pool>(conv_patches(b.shape(), next, w), b.shape().channels, kind));
    b.made(next);
}

// Nearest neighbour: every output position is a window of one tap.
void build_upsample(LayerBuilder& b, const LayerSpec& s, const std::string&, Layers& out) {
    b.to(Layout::map, out);
    const MapShape before = b.shape();
    MapShape next = before;
    Window w;
    for (auto& side : next.side) {
        const auto factor = static_cast<std::size_t>(s.factor);
        side *= factor;
        w.kernel.push_back(factor), w.stride.push_back(factor);
        w.pad_lo.push_back(0), w.pad_hi.push_back(0), w.output_pad.push_back(0);
    }
    PatchMap map{before.positions(), next.positions(), 1, std::vector<std::int32_t>(next.positions()), {}, {}, {}, {}, false, false};
    const PatchMap down = conv_patches(next, before, w);  // every position of the larger map lies in one window of the smaller
    for (std::size_t q = 0; q < down.n_patches(); ++q)
        for (std::size_t t = 0; t < down.n_taps; ++t)
            map.source[static_cast<std::size_t>(down.source[q * down.n_taps + t])] = static_cast<std::int32_t>(q);
    for (std::size_t o = 0; o < next.positions(); ++o) map.target.push_back(static_cast<std::int32_t>(o));
    map.finish();
    out.push_back(std::make_unique<Pool>(std::move(map), before.channels, PoolKind::average));
    b.made(next);
}

void build_depth_to_space(LayerBuilder& b, const LayerSpec& s, const std::string&, Layers& out) {
    b.to(Layout::map, out);
    const auto factor = static_cast<std::size_t>(s.factor);
    out.push_back(std::make_unique<DepthToSpace>(b.shape(), factor));
    b.made(depth_to_space_output(b.shape(), factor, s.where));
}

void build_reshape(LayerBuilder& b, const LayerSpec& s, const std::string&, Layers& out) {
    const MapShape next = parse_map_shape(s.shape, s.where);
    if (next.size() != b.shape().size())
        b.refuse(
            fmt::format("shape = \"{}\" has {} values but {} come in; expected the same number", s.shape, next.size(), b.shape().size()));
    if (b.layout() == Layout::map) b.to(Layout::vector, out);
    b.made(next, Layout::vector);
    if (!next.side.empty()) b.to(Layout::map, out);
}

void build_flatten(LayerBuilder& b, const LayerSpec&, const std::string&, Layers& out) {
    if (b.layout() == Layout::map) b.to(Layout::vector, out);
    b.made({b.shape().size(), {}}, Layout::vector);
}

}  // namespace

void ganbar_register_maps(LayerTypeRegistry& registry) {
    registry.add("avg_pool", {"means of windows; kernel, stride, padding", build_pool<PoolKind::average>});
    registry.add("max_pool", {"largest values of windows; kernel, stride, padding", build_pool<PoolKind::maximum>});
    registry.add("upsample", {"larger sides, nearest neighbour; factor", build_upsample});
    registry.add("depth_to_space", {"channels become larger sides; factor", build_depth_to_space});
    registry.add("reshape", {"the values as another shape; shape", build_reshape, LayerCost::nothing});
    registry.add("flatten", {"the values as a vector", build_flatten, LayerCost::nothing});
}

}  // namespace ganbar::nn
