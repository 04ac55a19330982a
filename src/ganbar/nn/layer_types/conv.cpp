#include <fmt/format.h>

#include "ganbar/nn/convolution.h"
#include "ganbar/nn/layer_types.h"

namespace ganbar::nn {
namespace {

/// What both kinds of convolution do before and after their parts.
template <class Parts>
void convolution(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out, const Parts& parts_of) {
    b.to(Layout::map, out);
    if (s.channels == 0) b.refuse(fmt::format("a {} layer needs channels, for example channels = 64", layer_type_name(s.type)));
    const Window w = b.window(s);
    const BiasKind bias = b.bias_of(s);
    const std::size_t c_in = b.shape().channels;
    auto [next, parts] = parts_of(w, static_cast<std::size_t>(s.channels), bias);
    out.push_back(std::make_unique<Convolution>(name, std::move(parts), c_in, bias, b.inner(s), s.slope));
    b.made(next);
    b.finish(s, name, out);
}

struct Made {
    MapShape next;
    std::vector<MapPart> parts;
};

void build_conv(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out) {
    convolution(b, s, name, out, [&](const Window& w, std::size_t channels, BiasKind bias) {
        Made made{conv_output(b.shape(), w, channels, s.where), {}};
        PatchMap map = conv_patches(b.shape(), made.next, w);
        const std::size_t rows = product(w.kernel) * b.shape().channels;
        b.widen(map.n_patches() * rows);
        auto op = b.op(s, {.layer = name, .name = name, .rows = rows, .cols = channels, .bias_row = bias == BiasKind::cells});
        made.parts.push_back({std::move(map), std::move(op)});
        return made;
    });
}

void build_conv_transpose(LayerBuilder& b, const LayerSpec& s, const std::string& name, Layers& out) {
    convolution(b, s, name, out, [&](const Window& w, std::size_t channels, BiasKind bias) {
        Made made{conv_transpose_output(b.shape(), w, channels, s.where), {}};
        if (bias == BiasKind::cells)
            b.refuse("a conv_transpose keeps its biases in digital memory or has none; expected bias = \"digital\" or \"none\"");
        const bool zero_free = s.form == TransposedForm::zero_free;
        auto pieces = conv_transpose_patches(b.shape(), made.next, w, zero_free);
        if (pieces.empty())
            b.refuse("no output of the transposed convolution meets a tap of its kernel; expected less padding or a larger kernel");
        const std::size_t c_in = b.shape().channels, rows = product(w.kernel) * c_in, n_phases = product(w.stride);
        const double fan_in = static_cast<double>(rows) / static_cast<double>(n_phases);
        for (std::size_t p = 0; p < pieces.size(); ++p) {
            const std::string part_name = zero_free && n_phases > 1 ? name + "/phase" + std::to_string(p + 1) : name;
            b.widen(pieces[p].map.n_patches() * pieces[p].map.n_taps * c_in);
            auto op = b.op(s, {name, part_name, rows, channels, false, fan_in, c_in, pieces[p].taps});
            made.parts.push_back({std::move(pieces[p].map), std::move(op)});
        }
        return made;
    });
}

}  // namespace

void ganbar_register_conv(LayerTypeRegistry& registry) {
    registry.add("conv", {"convolution of 1 to 3 axes; channels, kernel, stride, padding", build_conv});
    registry.add("conv_transpose", {"transposed convolution; as conv, output_padding, form", build_conv_transpose});
}

}  // namespace ganbar::nn
