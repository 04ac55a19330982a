#include "ganbar/arch/onnx_shapes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ganbar::arch::onnx_file {

Shapes as_input(const Call& c) { return Shapes(std::max<std::size_t>(1, c.node().outputs.size()), c.dims(0)); }

Dims broadcast(const Call& c, const Dims& a, const Dims& b) {
    Dims out(std::max(a.size(), b.size()), 1);
    for (std::size_t i = 0; i < out.size(); ++i) {  // from the last axis on
        const Int x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
        if (x != y && x != 1 && y != 1)
            c.refuse(fmt::format("it combines {} and {}; expected equal sides, or sides of 1", text(a), text(b)));
        out[out.size() - 1 - i] = x == 1 ? y : x;
    }
    return out;
}

namespace {
/// Before operator set 7: the second operand's sides lie on the first one's, from an axis on.
Dims spread_over_first(const Call& c) {
    const Dims &a = c.dims(0), &b = c.dims(1);
    const Int first = c.attribute("axis", Int(a.size()) - Int(b.size()));
    bool fits = first >= 0 && first + Int(b.size()) <= Int(a.size());
    for (std::size_t i = 0; fits && i < b.size(); ++i) fits = b[i] == 1 || b[i] == a[std::size_t(first) + i];
    if (!fits) c.refuse(fmt::format("it spreads {} over {} from axis {} on; expected equal sides", text(b), text(a), first));
    return a;
}
}  // namespace
Shapes as_broadcast(const Call& c) {
    if (c.opset() < 7 && c.attribute("broadcast", 0) != 0) return {spread_over_first(c)};
    Dims out = c.dims(0);
    for (std::size_t i = 1; i < c.n_inputs(); ++i) out = broadcast(c, out, c.dims(i));
    return {out};
}

// ---- the same elements in another shape

Shapes reshaped(const Call& c) {
    const Dims& in = c.dims(0);
    const auto target = c.option(1, "shape");
    if (!target) c.refuse("it has no target shape; expected a second input, or the attribute shape");
    Dims out = *target;
    double known = 1;
    std::ptrdiff_t open = -1;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (out[i] == 0 && c.attribute("allowzero", 0) == 0) {
            if (i >= in.size()) c.refuse(fmt::format("its target shape copies dimension {} of {}; expected one that exists", i, text(in)));
            out[i] = in[i];
        }
        if (out[i] >= 0) known *= double(out[i]);
        else if (out[i] == -1 && open < 0) open = std::ptrdiff_t(i);
        else c.refuse(fmt::format("its target shape holds {}; expected sizes, and -1 at most once", out[i]));
    }
    const double have = elements(in);
    if (open >= 0) {
        const double missing = known > 0 ? have / known : 0;
        out[std::size_t(open)] = missing == std::floor(missing) ? Int(missing) : 0;
        known *= double(out[std::size_t(open)]);
    }
    if (known == have) return {out};
    const std::string what =
        fmt::format("it turns {} ({:.0f} elements) into {}; expected the same number of elements", text(in), have, text(*target));
    const double times = have > 0 ? known / have : 0;
    if (open < 0 && times > 1 && times == std::floor(times) && times < 1e6)
        throw OtherBatch(c.node().label() + ": " + what, c.file(), Int(times));
    c.refuse(what);
}

Shapes flattened(const Call& c) {
    const Dims& in = c.dims(0);
    const Int a = c.attribute("axis", 1), n = Int(in.size());
    if (a < -n || a > n) c.refuse(fmt::format("axis {} is impossible for {} dimensions; expected {} to {}", a, n, -n, n));
    const auto cut = in.begin() + (a < 0 ? a + n : a);
    return {{Int(elements({in.begin(), cut})), Int(elements({cut, in.end()}))}};
}

Shapes squeezed(const Call& c) {
    const Dims& in = c.dims(0);
    const auto list = c.option(1, "axes");
    std::vector<bool> gone(in.size(), false);
    if (list)
        for (const std::size_t a : c.axes(*list, in.size())) {
            if (in[a] != 1) c.refuse(fmt::format("axis {} of {} has {} elements; expected 1", a, text(in), in[a]));
            gone[a] = true;
        }
    Dims out;
    for (std::size_t i = 0; i < in.size(); ++i)
        if (!(list ? gone[i] : in[i] == 1)) out.push_back(in[i]);
    return {out};
}

Shapes unsqueezed(const Call& c) {
    const auto list = c.option(1, "axes");
    if (!list) c.refuse("it names no axes; expected a second input, or the attribute axes");
    const std::size_t rank = c.rank(0) + list->size();
    if (list->size() > 64) c.refuse(fmt::format("it adds {} axes; expected at most 64", list->size()));
    Dims out(rank, 0);
    for (const std::size_t a : c.axes(*list, rank)) out[a] = 1;
    auto next = c.dims(0).begin();
    for (Int& d : out)
        if (d == 0) d = *next++;
    return {out};
}

// ---- elements put elsewhere

std::vector<std::size_t> permutation(const Call& c) {
    const std::size_t rank = c.rank(0);
    Dims reversed(rank);
    std::iota(reversed.rbegin(), reversed.rend(), 0);
    const auto it = c.node().ints.find("perm");
    const Dims& perm = it == c.node().ints.end() ? reversed : it->second;
    if (perm.size() != rank) c.refuse(fmt::format("perm has {} numbers; expected {}", perm.size(), rank));
    return c.axes(perm, rank);
}
Shapes transposed(const Call& c) {
    Dims out;
    for (const std::size_t a : permutation(c)) out.push_back(c.dims(0)[a]);
    return {out};
}

std::size_t joined_axis(const Call& c) { return c.axis(c.attribute("axis", 1), c.rank(0)); }
Shapes concatenated(const Call& c) {
    const std::size_t axis = joined_axis(c);
    Dims out = c.dims(0);
    for (std::size_t i = 1; i < c.n_inputs(); ++i) {
        const Dims& d = c.dims(i);
        bool fits = d.size() == out.size();
        for (std::size_t a = 0; fits && a < d.size(); ++a) fits = a == axis || d[a] == out[a];
        if (!fits)
            c.refuse(fmt::format("it joins {} and {} along axis {}; expected all other sides to be equal", text(out), text(d), axis));
        out[axis] += d[axis];
    }
    return {out};
}

Dims split_sizes(const Call& c) {
    const Int side = c.dims(0)[c.axis(c.attribute("axis", 0), c.rank(0))], n = Int(c.node().outputs.size());
    if (const auto sizes = c.option(1, "split")) {
        const bool sound = std::all_of(sizes->begin(), sizes->end(), [&](Int s) { return s >= 0 && s <= side; });
        if (!sound || Int(sizes->size()) != n || elements({std::accumulate(sizes->begin(), sizes->end(), Int(0))}) != double(side))
            c.refuse(fmt::format("it splits {} into {} for {} outputs; expected one size for each, {} together", text(c.dims(0)),
                                 text(*sizes), n, side));
        return *sizes;
    }
    const Int each = (side + n - 1) / n, last = side - each * (n - 1);
    if (last < 0 || (last != each && c.opset() < 18)) c.refuse(fmt::format("a side of {} cannot be split into {} equal parts", side, n));
    Dims out(std::size_t(n), each);
    out.back() = last;
    return out;
}
Shapes split(const Call& c) {
    const std::size_t axis = c.axis(c.attribute("axis", 0), c.rank(0));
    Shapes out;
    for (const Int size : split_sizes(c)) out.push_back(c.dims(0)), out.back()[axis] = size;
    return out;
}

std::vector<Span> slice_spans(const Call& c) {
    const Dims& in = c.dims(0);
    const auto starts = c.option(1, "starts"), ends = c.option(2, "ends"), axes = c.option(3, "axes"), steps = c.option(4, "steps");
    if (!starts || !ends || starts->size() != ends->size() || (axes && axes->size() != starts->size()) ||
        (steps && steps->size() != starts->size()))
        c.refuse("its starts, ends, axes and steps do not match; expected lists of one length");
    Dims plain(starts->size());
    std::iota(plain.begin(), plain.end(), 0);
    std::vector<Span> out;
    for (const Int d : in) out.push_back({0, 1, d});
    const auto list = c.axes(axes.value_or(plain), in.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Int n = in[list[i]], step = steps ? (*steps)[i] : 1;
        const auto from_start = [&](Int at) { return at < 0 ? at + n : at; };
        if (step == 0) c.refuse("it has a step of 0; expected another");
        const Int lo = step > 0 ? 0 : -1, hi = step > 0 ? n : n - 1;
        const Int first = std::clamp(from_start((*starts)[i]), std::max<Int>(lo, 0), std::max<Int>(hi, 0)),
                  end = std::clamp(from_start((*ends)[i]), lo, std::max(lo, hi));
        const double count = std::ceil(double(end - first) / double(step));
        out[list[i]] = {first, step, n > 0 ? std::max<Int>(0, Int(count)) : 0};
    }
    return out;
}
Shapes sliced(const Call& c) {
    Dims out;
    for (const Span& s : slice_spans(c)) out.push_back(s.count);
    return {out};
}

Shapes cropped(const Call& c) {  // of the first operator sets: border left, top, right, bottom; scale height, width
    Dims out = c.dims(0);
    if (out.size() != 4) c.refuse(fmt::format("it crops {}; expected a batch of images", text(out)));
    const Dims border = c.list("border", 4, 0);
    for (const Int b : border)
        if (b < 0 || b > largest_side) c.refuse(fmt::format("a border of {} is impossible; expected 0 or more", b));
    if (c.has_attribute("scale")) {
        const Dims scale = c.list("scale", 2, 0);
        out[2] = std::min(scale[0], out[2] - border[1]), out[3] = std::min(scale[1], out[3] - border[0]);
    } else out[2] -= border[1] + border[3], out[3] -= border[0] + border[2];
    return {out};
}

Shapes gathered(const Call& c) {
    const std::size_t axis = c.axis(c.attribute("axis", 0), c.rank(0));
    Dims out = c.dims(0);
    out.erase(out.begin() + std::ptrdiff_t(axis));
    out.insert(out.begin() + std::ptrdiff_t(axis), c.dims(1).begin(), c.dims(1).end());
    return {out};
}
Shapes as_indices(const Call& c) { return {c.dims(1)}; }
Shapes gathered_nd(const Call& c) {
    const Dims &in = c.dims(0), &at = c.dims(1);
    const Int depth = at.empty() ? 0 : at.back(), shared = c.attribute("batch_dims", 0);
    if (depth < 1 || shared < 0 || depth + shared > Int(in.size()))
        c.refuse(fmt::format("indices {} do not fit {}; expected at most one number for each dimension", text(at), text(in)));
    Dims out(at.begin(), at.end() - 1);
    out.insert(out.end(), in.begin() + std::ptrdiff_t(depth + shared), in.end());
    return {out};
}

// ---- larger and smaller

Shapes expanded(const Call& c) { return {broadcast(c, c.dims(0), c.whole(1, "shape"))}; }

Shapes tiled(const Call& c) {
    Dims out = c.dims(0), times = c.whole(1, "repeats");
    if (c.n_inputs() > 2 && times.size() == 1) {  // before operator set 6: one axis
        const Dims where = c.whole(2, "axis");
        Dims all(out.size(), 1);
        if (where.size() == 1) all[c.axis(where[0], out.size())] = times[0];
        times = all;
    }
    if (times.size() != out.size())
        c.refuse(fmt::format("it repeats {} by {} numbers; expected one for each dimension", text(out), times.size()));
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (times[i] < 0 || double(out[i]) * double(times[i]) > largest_map) c.refuse(fmt::format("{} repeats are impossible", times[i]));
        out[i] *= times[i];
    }
    return {out};
}

Shapes padded(const Call& c) {
    Dims out = c.dims(0);
    const auto pads = c.option(1, c.node().ints.contains("paddings") ? "paddings" : "pads");
    Dims plain(out.size());
    std::iota(plain.begin(), plain.end(), 0);
    const auto axes = c.axes(c.has(3) ? c.whole(3, "axes") : plain, out.size());
    if (!pads || pads->size() != 2 * axes.size())
        c.refuse(fmt::format("it has {} pads for {} axes; expected two for each", pads ? pads->size() : 0, axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const Int lo = (*pads)[i], hi = (*pads)[i + axes.size()];
        if (std::abs(lo) > largest_side || std::abs(hi) > largest_side) c.refuse(fmt::format("a padding of {}:{} is impossible", lo, hi));
        out[axes[i]] += lo + hi;
    }
    return {out};
}

std::vector<bool> reduced_axes(const Call& c) {
    const auto list = c.option(1, "axes");
    const bool named = list && !list->empty();
    std::vector<bool> out(c.rank(0), !named && c.attribute("noop_with_empty_axes", 0) == 0);
    if (named)
        for (const std::size_t a : c.axes(*list, out.size())) out[a] = true;
    return out;
}
namespace {
Shapes without(const Call& c, const std::vector<bool>& gone) {
    Dims out;
    for (std::size_t i = 0; i < gone.size(); ++i)
        if (!gone[i]) out.push_back(c.dims(0)[i]);
        else if (c.attribute("keepdims", 1) != 0) out.push_back(1);
    return {out};
}
}  // namespace
Shapes reduced(const Call& c) { return without(c, reduced_axes(c)); }
Shapes arg_reduced(const Call& c) {
    std::vector<bool> gone(c.rank(0), false);
    gone[c.axis(c.attribute("axis", 0), gone.size())] = true;
    return without(c, gone);
}

Shapes top_k(const Call& c) {
    Dims out = c.dims(0);
    const auto k = c.option(1, "k");
    const std::size_t axis = c.axis(c.attribute("axis", -1), out.size());
    if (!k || k->size() != 1 || (*k)[0] < 1 || (*k)[0] > out[axis]) c.refuse("its k is impossible; expected 1 to the side of its axis");
    out[axis] = (*k)[0];
    return {out, out};
}

Shapes one_hot(const Call& c) {
    Dims out = c.dims(0);
    const Dims depth = c.whole(1, "depth");
    if (depth.size() != 1 || depth[0] < 1 || depth[0] > largest_side) c.refuse("its depth is impossible; expected one number, 1 or more");
    out.insert(out.begin() + std::ptrdiff_t(c.axis(c.attribute("axis", -1), out.size() + 1)), depth[0]);
    return {out};
}

namespace {
Shapes blocks(const Call& c, bool out_of_channels) {
    Dims out = c.dims(0);
    const Int b = c.attribute("blocksize", 0);
    bool fits = out.size() == 4 && b >= 1 && b <= 4096;
    if (fits) fits = out_of_channels ? out[1] % (b * b) == 0 : out[2] % b == 0 && out[3] % b == 0;
    if (!fits) c.refuse(fmt::format("blocks of {} do not fit {}; expected a batch of images that they divide", b, text(out)));
    if (out_of_channels) return {{out[0], out[1] / (b * b), out[2] * b, out[3] * b}};
    return {{out[0], out[1] * b * b, out[2] / b, out[3] / b}};
}
}  // namespace
Shapes depth_to_space(const Call& c) { return blocks(c, true); }
Shapes space_to_depth(const Call& c) { return blocks(c, false); }

// ---- shapes as values, and values from shapes

Shapes shape_vector(const Call& c) {
    const Int n = Int(c.rank(0));
    const auto at = [&](Int a) { return std::clamp<Int>(a < 0 ? a + n : a, 0, n); };
    return {{std::max<Int>(0, at(c.attribute("end", n)) - at(c.attribute("start", 0)))}};
}
Shapes scalar(const Call&) { return {Dims{}}; }
Shapes of_shape_input(const Call& c) { return {c.whole(0, "shape")}; }
Shapes of_shape_attribute(const Call& c) {
    const auto it = c.node().ints.find("shape");
    if (it == c.node().ints.end()) c.refuse("it has no shape; expected the attribute shape");
    return {it->second};
}
Shapes range(const Call& c) {
    const auto one = [&](std::size_t i) { return c.numbers(i, "limits").empty() ? 0 : c.numbers(i, "limits")[0]; };
    const double n = one(2) == 0 ? -1 : std::ceil((one(1) - one(0)) / one(2));
    if (!(n <= double(largest_side))) c.refuse(fmt::format("a range of {} numbers is impossible", n));
    return {{std::max<Int>(0, Int(n))}};
}

}  // namespace ganbar::arch::onnx_file
