#include "ganbar/arch/onnx_windows.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ganbar::arch::onnx_file {
namespace {

/// Padding of every axis before auto_pad is applied.
struct Pads {
    Dims lo, hi;
    bool same_upper = false, same_lower = false;
    bool same() const { return same_upper || same_lower; }
};
Pads pads_of(const Call& c, std::size_t axes) {
    const Dims all = c.list("pads", 2 * axes, 0);
    Pads p{{all.begin(), all.begin() + std::ptrdiff_t(axes)}, {all.begin() + std::ptrdiff_t(axes), all.end()}};
    const std::string word = c.text("auto_pad", "NOTSET");
    p.same_upper = word == "SAME_UPPER", p.same_lower = word == "SAME_LOWER";
    if (word == "VALID" || p.same()) p.lo = p.hi = Dims(axes, 0);
    else if (word != "NOTSET" && !word.empty())
        c.refuse("auto_pad \"" + word + "\" is not known; expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
    return p;
}

void share(Int all, bool more_in_front, Int& lo, Int& hi) {
    all = std::max<Int>(0, all);
    lo = more_in_front ? (all + 1) / 2 : all / 2, hi = all - lo;
}
/// Padding by which ceil(side / stride) windows fit.
void pad_same(Int side, Int reach, Int stride, const Pads& p, Int& lo, Int& hi) {
    if (p.same()) share(((side + stride - 1) / stride - 1) * stride + reach - side, p.same_lower, lo, hi);
}

template <class Make>
Axis axis_of(const Call& c, const Make& make) {
    try {
        return make();
    } catch (const ConfigError& e) {
        c.refuse(e.what());
    }
}

void check_steps(const Call& c, const char* what, const Dims& steps) {
    for (const Int s : steps)
        if (s < 1 || s > largest_side) c.refuse(fmt::format("a {} of {} is impossible; expected 1 or more", what, s));
}

/// Checks that both convolutions share; returns the number of axes.
std::size_t convolution_axes(const Call& c) {
    const Dims &in = c.dims(0), &w = c.dims(1);
    if (w.size() < 3 || w.size() > max_dims + 2)
        c.refuse(fmt::format("its weights {} have {} dimensions; expected 3 to {}", text(w), w.size(), max_dims + 2));
    if (in.size() != w.size())
        c.refuse(fmt::format("weights for {} axes meet {}; expected a batch of maps with as many sides", w.size() - 2, text(in)));
    for (const Int d : w)
        if (d < 1 || d > largest_side) c.refuse(fmt::format("its weights have a dimension of {}; expected 1 to {}", d, largest_side));
    const Dims kernel(w.begin() + 2, w.end());
    if (c.node().ints.contains("kernel_shape") && c.list("kernel_shape", kernel.size(), 0) != kernel)
        c.refuse(fmt::format("its kernel_shape differs from that of its weights {}; expected the same", text(w)));
    check_steps(c, "stride", c.list("strides", kernel.size(), 1));
    check_steps(c, "dilation", c.list("dilations", kernel.size(), 1));
    return kernel.size();
}

}  // namespace

Windows convolution(const Call& c) {
    const Dims &in = c.dims(0), &w = c.dims(1);
    Windows out;
    out.n_axes = convolution_axes(c), out.groups = c.attribute("group", 1), out.out = {in[0], w[0]};
    const Int groups = out.groups;
    if (groups < 1 || groups > largest_side || w[1] * groups != in[1] || w[0] % groups != 0)
        c.refuse(fmt::format("weights {} x {} in {} groups do not fit a map {}", w[0], w[1], groups, text({in.begin() + 1, in.end()})));
    Pads p = pads_of(c, out.n_axes);
    const Dims stride = c.list("strides", out.n_axes, 1), dilation = c.list("dilations", out.n_axes, 1);
    for (std::size_t i = 0; i < out.n_axes; ++i) {
        const Int side = in[i + 2], k = w[i + 2];
        pad_same(side, (k - 1) * dilation[i] + 1, stride[i], p, p.lo[i], p.hi[i]);
        out.axes[i] = axis_of(c, [&] { return convolution_axis(side, k, stride[i], p.lo[i], p.hi[i], dilation[i]); });
        out.out.push_back(out.axes[i].small);
    }
    return out;
}
Shapes convolved(const Call& c) { return {convolution(c).out}; }

Windows transposed_convolution(const Call& c) {
    const Dims &in = c.dims(0), &w = c.dims(1);
    Windows out;
    out.n_axes = convolution_axes(c), out.groups = c.attribute("group", 1);
    if (out.groups < 1 || out.groups > largest_side || w[0] != in[1] || w[0] % out.groups != 0)
        c.refuse(fmt::format("weights for {} channels in {} groups meet a map {}", w[0], out.groups, text({in.begin() + 1, in.end()})));
    out.out = {in[0], w[1] * out.groups};
    Pads p = pads_of(c, out.n_axes);
    const std::size_t n = out.n_axes;
    const Dims stride = c.list("strides", n, 1), dilation = c.list("dilations", n, 1), output_pad = c.list("output_padding", n, 0),
               wanted = c.list("output_shape", n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        const Int side = in[i + 2], k = w[i + 2], s = stride[i], reach = (k - 1) * dilation[i] + 1;
        Int extra = output_pad[i];
        for (const Int given : {side, wanted[i], extra})
            if (given < 0 || given > largest_side)
                c.refuse(fmt::format("a side or output padding of {} is impossible; expected 0 to {}", given, largest_side));
        if (wanted[i] > 0 || p.same()) {  // the padding follows from the side
            const Int all = (side - 1) * s + reach + extra - (wanted[i] > 0 ? wanted[i] : side * s);
            share(all, !p.same_upper, p.lo[i], p.hi[i]);
            if (all < 0 && wanted[i] > 0)
                extra -= all;  // what is missing is added at the end; by auto_pad alone nothing is, whatever the text says
        }
        out.axes[i] = axis_of(c, [&] { return transposed_axis(side, k, s, p.lo[i], p.hi[i], extra, dilation[i]); });
        out.out.push_back(out.axes[i].large);
    }
    return out;
}
Shapes convolved_transposed(const Call& c) { return {transposed_convolution(c).out}; }

Factors factors(const Call& c) {
    Factors f{c.dims(0), c.dims(1)};
    if (c.op() == "Gemm") {
        if (f.a.size() != 2 || f.b.size() != 2)
            c.refuse(fmt::format("it multiplies {} by {}; expected two matrices (a Flatten or a Reshape before it)", text(f.a), text(f.b)));
        if (c.attribute("transA", 0) != 0) std::swap(f.a[0], f.a[1]);
        if (c.attribute("transB", 0) != 0) std::swap(f.b[0], f.b[1]);
    }
    if (f.a.empty() || f.b.empty()) c.refuse("it multiplies a scalar; expected vectors or matrices");
    if (f.a.size() == 1) f.row = true, f.a.insert(f.a.begin(), 1);
    if (f.b.size() == 1) f.column = true, f.b.push_back(1);
    if (f.k() != f.b[f.b.size() - 2])
        c.refuse(fmt::format("it multiplies {} by {}: rows of {} meet columns of {}; expected equal lengths", text(c.dims(0)),
                             text(c.dims(1)), f.k(), f.b[f.b.size() - 2]));
    return f;
}
Shapes multiplied(const Call& c) {
    const Factors f = factors(c);
    Dims out = broadcast(c, {f.a.begin(), f.a.end() - 2}, {f.b.begin(), f.b.end() - 2});
    if (!f.row) out.push_back(f.m());
    if (!f.column) out.push_back(f.n());
    return {out};
}

Shapes pooled(const Call& c) {
    const Dims& in = c.dims(0);
    if (in.size() < 3) c.refuse(fmt::format("it pools {}; expected a batch of maps", text(in)));
    const std::size_t axes = in.size() - 2;
    if (!c.node().ints.contains("kernel_shape")) c.refuse("it has no kernel_shape; expected one");
    const Dims kernel = c.list("kernel_shape", axes, 1), stride = c.list("strides", axes, 1), dilation = c.list("dilations", axes, 1);
    check_steps(c, "kernel", kernel), check_steps(c, "stride", stride), check_steps(c, "dilation", dilation);
    Pads p = pads_of(c, axes);
    const bool up = c.attribute("ceil_mode", 0) != 0;
    Dims out{in[0], in[1]};
    for (std::size_t i = 0; i < axes; ++i) {
        const Int side = in[i + 2], reach = (kernel[i] - 1) * dilation[i] + 1;
        pad_same(side, reach, stride[i], p, p.lo[i], p.hi[i]);
        if (p.lo[i] < 0 || p.hi[i] < 0 || p.lo[i] > largest_side || p.hi[i] > largest_side)
            c.refuse(fmt::format("a padding of {}:{} is impossible; expected 0 or more", p.lo[i], p.hi[i]));
        const double steps = double(side + p.lo[i] + p.hi[i] - reach) / double(stride[i]);
        Int n = Int(up ? std::ceil(steps) : std::floor(steps)) + 1;
        if (up && !c.old_ceil() && (n - 1) * stride[i] >= side + p.lo[i]) --n;  // it would start in the padding at the end
        if (n < 1)
            c.refuse(fmt::format("a window that reaches {} does not fit a side of {} with padding {}:{}", reach, side, p.lo[i], p.hi[i]));
        out.push_back(n);
    }
    return Shapes(std::max<std::size_t>(1, c.node().outputs.size()), out);
}

Shapes pooled_globally(const Call& c) {
    Dims out = c.dims(0);
    if (out.size() < 2) c.refuse(fmt::format("it pools {}; expected a batch of maps", text(out)));
    std::fill(out.begin() + 2, out.end(), 1);
    return {out};
}

// ---- Resize, Upsample

namespace {

/// Scales by input, attribute, or the two attributes of the first operator set.
Numbers scales_of(const Call& c) {
    const std::size_t at = c.op() == "Upsample" || c.opset() < 11 ? 1 : 2;
    if (c.has(at) && !(c.in(at).numbers && c.in(at).numbers->empty())) return c.numbers(at, "scales");
    const auto& reals = c.node().reals;
    if (const auto it = reals.find("scales"); it != reals.end()) return it->second;
    if (reals.contains("height_scale") && reals.contains("width_scale"))
        return {1, 1, reals.at("height_scale")[0], reals.at("width_scale")[0]};
    return {};
}

/// Both policies that keep the proportions take one scale for all axes.
Dims proportional(const Dims& in, const std::vector<std::size_t>& axes, Dims sizes, bool smallest) {
    double scale = double(sizes[0]) / double(std::max<Int>(1, in[axes[0]]));
    for (std::size_t i = 1; i < axes.size(); ++i) {
        const double s = double(sizes[i]) / double(std::max<Int>(1, in[axes[i]]));
        scale = smallest ? std::min(scale, s) : std::max(scale, s);
    }
    for (std::size_t i = 0; i < axes.size(); ++i) sizes[i] = Int(std::floor(scale * double(in[axes[i]]) + 0.5));
    return sizes;
}

}  // namespace

Shapes resized(const Call& c) {
    Dims out = c.dims(0);
    Dims plain(out.size());
    std::iota(plain.begin(), plain.end(), 0);
    const auto named = c.node().ints.find("axes");
    const auto axes = c.axes(named != c.node().ints.end() ? named->second : plain, out.size());
    const Numbers scales = scales_of(c);
    if (scales.empty() && c.has(3)) {
        Dims sizes = c.whole(3, "sizes");
        if (sizes.size() != axes.size() || sizes.empty()) c.refuse(fmt::format("it has {} sizes; expected {}", sizes.size(), axes.size()));
        for (const Int side : sizes)
            if (side < 1 || side > largest_side) c.refuse(fmt::format("a size of {} is impossible; expected 1 to {}", side, largest_side));
        const std::string policy = c.text("keep_aspect_ratio_policy", "stretch");
        if (policy != "stretch") sizes = proportional(c.dims(0), axes, sizes, policy == "not_larger");
        for (std::size_t i = 0; i < axes.size(); ++i) out[axes[i]] = sizes[i];
        return {out};
    }
    if (scales.size() != axes.size()) c.refuse(fmt::format("it has {} scales; expected {}, or as many sizes", scales.size(), axes.size()));
    const bool crops = c.text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
    const Numbers roi = crops ? c.numbers(1, "region") : Numbers{};
    if (crops && roi.size() != 2 * axes.size())
        c.refuse(fmt::format("its region has {} numbers; expected {}", roi.size(), 2 * axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (!(scales[i] > 0 && scales[i] <= 1e6)) c.refuse(fmt::format("a scale of {} is impossible; expected more than 0", scales[i]));
        const float part = crops ? float(roi[i + axes.size()]) - float(roi[i]) : 1.0F;  // single precision, as the scales are stored
        const float size = std::floor(float(out[axes[i]]) * part * float(scales[i]));
        if (!(size >= 0 && double(size) <= largest_map))
            c.refuse(fmt::format("its scale {} makes a side of {}; expected 1 or more", scales[i], size));
        out[axes[i]] = Int(size);
    }
    return {out};
}

Shapes sampled_on_grid(const Call& c) {
    const Dims &in = c.dims(0), &grid = c.dims(1);
    if (in.size() < 3 || grid.size() != in.size())
        c.refuse(fmt::format("it samples {} at {}; expected as many dimensions", text(in), text(grid)));
    Dims out{in[0], in[1]};
    out.insert(out.end(), grid.begin() + 1, grid.end() - 1);
    return {out};
}

}  // namespace ganbar::arch::onnx_file
