#include <fmt/format.h>

#include <algorithm>

#include "ganbar/arch/network_words.h"

namespace ganbar::arch::text {
namespace {

double weights(const Layer& l) {
    if (l.kind == LayerKind::fc) return elements(l.in) * elements(l.out);
    double n = static_cast<double>(l.in.channels) * static_cast<double>(l.out.channels) / static_cast<double>(l.groups);
    for (const Axis& a : l.axes) n *= static_cast<double>(a.kernel);
    return l.has_weights() ? n : 0;
}

void spatial_shape(const Words& w, Layer& layer, const Location& where) {
    if (layer.in.dims == 0) layer.in.dims = 2;  // a vector is a map of side 1
    if (layer.in.channels % w.groups != 0 || w.channels % w.groups != 0)
        fail(where, w.place,
             fmt::format("{} groups do not divide {} input and {} output channels", w.groups, layer.in.channels, w.channels));
    layer.out = layer.in;
    layer.out.channels = w.channels;
    layer.groups = w.groups;
    for (int d = 0; d < layer.in.dims; ++d) {
        const auto i = static_cast<std::size_t>(d);
        const Int side = layer.in.side[i];
        Int lo = w.pad_lo, hi = w.pad_hi;
        try {
            if (w.kind == LayerKind::conv) {
                if (w.same) {  // TensorFlow's rule: ceil(side / stride) outputs, the odd element at the high end
                    const Int out = (side + w.stride - 1) / w.stride, all = std::max<Int>(0, (out - 1) * w.stride + w.kernel - side);
                    lo = all / 2, hi = all - lo;
                }
                layer.axes[i] = convolution_axis(side, w.kernel, w.stride, lo, hi);
                layer.out.side[i] = layer.axes[i].small;
            } else {
                if (w.same) {  // side * stride outputs
                    const Int all = w.kernel - w.stride;
                    lo = all > 0 ? all / 2 : 0, hi = all > 0 ? all - lo : 0;
                    layer.axes[i] = transposed_axis(side, w.kernel, w.stride, lo, hi, std::max<Int>(0, -all));
                } else layer.axes[i] = transposed_axis(side, w.kernel, w.stride, lo, hi, w.output_pad);
                layer.out.side[i] = layer.axes[i].large;
            }
        } catch (const ConfigError& e) {
            fail(where, w.place, e.what());
        }
    }
}

Int enlarged(Int side, const Words& w, const Location& where) {
    if (static_cast<double>(side) * static_cast<double>(w.factor) > most_elements)
        fail(where, w.place, "a map of more than 2^40 elements; expected a smaller shape");
    return side * w.factor;
}

/// Two branches become one, by the other's shape.
void join_shapes(const Words& w, Layer& layer, const Shape& other, const Location& where) {
    layer.out = layer.in;
    if (w.word == "concat") {
        Shape beside = other;
        beside.channels = layer.in.channels;
        if (!(beside == layer.in))
            fail(where, w.place, fmt::format("cannot join {} and {}; expected equal sides", layer.in.text(), other.text()));
        layer.out.channels += other.channels;
    } else if (!(other == layer.in) && !(other.positions() == 1 && other.channels == layer.in.channels))
        fail(where, w.place,
             fmt::format("cannot {} {} and {}; expected equal shapes, or a vector of as many channels",
                         w.word == "mul" ? "multiply" : "add", layer.in.text(), other.text()));
}

void attention_shape(const Words& w, Layer& layer, const Location& where) {
    layer.out = layer.in, layer.factor = w.factor;
    if (layer.in.channels % (3 * w.factor) != 0)
        fail(where, w.place,
             fmt::format("{} channels are no queries, keys and values of {} heads; expected a multiple of {}", layer.in.channels, w.factor,
                         3 * w.factor));
    layer.out.channels = layer.in.channels / 3;
}

}  // namespace

void set_shape(const Words& w, Layer& layer, const std::vector<Layer>& before, const Location& where) {
    switch (w.kind) {
        case LayerKind::fc: layer.out = parse_shape(w.size_text, where); break;
        case LayerKind::conv:
        case LayerKind::tconv: spatial_shape(w, layer, where); break;
        case LayerKind::upsample:
        case LayerKind::pool:
            layer.factor = w.factor, layer.out = layer.in;
            if (w.kind == LayerKind::pool) layer.window = w.kernel, layer.largest = w.largest;
            for (int d = 0; d < layer.in.dims; ++d) {
                Int& side = layer.out.side[static_cast<std::size_t>(d)];
                if (w.kind == LayerKind::upsample) {
                    side = enlarged(side, w, where);
                    continue;
                }
                if (side < w.kernel) fail(where, w.place, fmt::format("a pool of {} does not fit a side of {}", w.kernel, side));
                side = (side - w.kernel + w.factor - 1) / w.factor + 1;
            }
            break;
        case LayerKind::depth_to_space: {
            Int block = 1;
            layer.factor = w.factor, layer.out = layer.in;
            for (int d = 0; d < layer.in.dims; ++d) {
                Int& side = layer.out.side[static_cast<std::size_t>(d)];
                block *= w.factor, side = enlarged(side, w, where);
                if (layer.in.channels % block != 0)
                    fail(where, w.place, fmt::format("{} channels cannot be spread over blocks of {}", layer.in.channels, block));
            }
            layer.out.channels = layer.in.channels / block;
            break;
        }
        case LayerKind::add:
        case LayerKind::elementwise:
        case LayerKind::move:
            if (joins(w.word)) join_shapes(w, layer, before[static_cast<std::size_t>(layer.inputs[1])].out, where);
            else if (w.word == "input") layer.out = layer.in = parse_shape(w.size_text, where);
            else {
                layer.out = layer.in, layer.factor = w.factor;
                if (layer.in.channels % w.factor != 0)
                    fail(where, w.place, fmt::format("{} groups do not divide {} channels", w.factor, layer.in.channels));
            }
            break;
        case LayerKind::attention: attention_shape(w, layer, where); break;
    }
    if (elements(layer.out) > most_elements) fail(where, w.place, "a map of more than 2^40 elements; expected a smaller shape");
    if (const double n = weights(layer); n > most_weights)
        fail(where, w.place, fmt::format("it has {:.3g} weights; expected at most {:.0g}", n, most_weights));
    if (!w.expected_side.empty()) {
        const Shape expected = parse_shape("1x" + w.expected_side, where);
        for (int d = 0; d < layer.out.dims; ++d) {
            const Int want = expected.side[expected.dims == 1 ? 0 : static_cast<std::size_t>(d)];
            if (layer.out.side[static_cast<std::size_t>(d)] != want)
                fail(where, w.place, fmt::format("the output is {}, but its text expects a side of {}", layer.out.text(), want));
        }
    }
}

}  // namespace ganbar::arch::text
