#include "ganbar/arch/tconv.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

constexpr Int largest_side = 1 << 20;  // keeps every product of three axes and two channel counts inside 64 bits after checks

void check_common(Int in, Int kernel, Int stride, Int pad_lo, Int pad_hi, Int dilation) {
    const auto need = [](bool ok, const char* name, Int value, const char* expected) {
        if (!ok) throw ConfigError(fmt::format("{} = {} is impossible; expected {}", name, value, expected));
    };
    need(in >= 1 && in <= largest_side, "input side", in, "1 to 1048576");
    need(kernel >= 1 && kernel <= largest_side, "kernel", kernel, "1 to 1048576");
    need(stride >= 1 && stride <= largest_side, "stride", stride, "1 to 1048576");
    need(pad_lo >= 0 && pad_lo <= largest_side, "low padding", pad_lo, "0 or more");
    need(pad_hi >= 0 && pad_hi <= largest_side, "high padding", pad_hi, "0 or more");
    need(dilation >= 1 && (kernel - 1) * dilation < largest_side && dilation <= largest_side, "dilation", dilation,
         "1 or more, and a kernel that reaches at most 1048576");
}

/// Integers n with 0 <= n < limit and n = value (mod step), for value in [0, step).
Int count_congruent(Int limit, Int value, Int step) { return value < limit ? (limit - value - 1) / step + 1 : 0; }

std::string dilated(Int dilation) { return dilation == 1 ? "" : fmt::format(" dilated by {}", dilation); }

Int floor_div(Int a, Int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

Axis transposed_axis(Int in, Int kernel, Int stride, Int pad_lo, Int pad_hi, Int output_pad, Int dilation) {
    check_common(in, kernel, stride, pad_lo, pad_hi, dilation);
    if (output_pad < 0 || output_pad > largest_side)
        throw ConfigError(fmt::format("output padding = {} is impossible; expected 0 or more", output_pad));
    const Int out = (in - 1) * stride - pad_lo - pad_hi + (kernel - 1) * dilation + 1 + output_pad;
    if (out < 1 || out > largest_side)
        throw ConfigError(fmt::format(
            "a transposed convolution of side {} with kernel {}{}, stride {}, padding {}:{} and output padding {} has output side {}; "
            "expected 1 to {}",
            in, kernel, dilated(dilation), stride, pad_lo, pad_hi, output_pad, out, largest_side));
    return {in, out, kernel, stride, pad_lo, dilation};
}

Axis convolution_axis(Int in, Int kernel, Int stride, Int pad_lo, Int pad_hi, Int dilation) {
    check_common(in, kernel, stride, pad_lo, pad_hi, dilation);
    const Int reach = (kernel - 1) * dilation + 1, room = in + pad_lo + pad_hi;
    if (room < reach)
        throw ConfigError(fmt::format("kernel {}{} does not fit a side of {} with padding {}:{}; expected a kernel that reaches at most {}",
                                      kernel, dilated(dilation), in, pad_lo, pad_hi, room));
    return {(room - reach) / stride + 1, in, kernel, stride, pad_lo, dilation};
}

std::vector<Phase1> phases(const Axis& a) {
    std::vector<Phase1> out(static_cast<std::size_t>(a.stride));
    for (Int f = 0; f < a.stride; ++f) {
        const Int first = ((f - a.pad_lo) % a.stride + a.stride) % a.stride;  // smallest o >= 0 with (o + p) mod s = f
        out[static_cast<std::size_t>(f)] = {0, count_congruent(a.large, first, a.stride)};
    }
    if (a.dilation == 1)
        for (Int f = 0; f < a.stride; ++f) out[static_cast<std::size_t>(f)].taps = count_congruent(a.kernel, f, a.stride);
    else
        for (Int k = 0; k < a.kernel; ++k) ++out[static_cast<std::size_t>(k * a.dilation % a.stride)].taps;
    return out;
}

std::vector<Int> phase_taps(const Axis& a, Int f) {
    std::vector<Int> out;
    for (Int k = 0; k < a.kernel; ++k)
        if (k * a.dilation % a.stride == f) out.push_back(k);
    return out;
}

Int useful_pairs(const Axis& a) {
    Int n = 0;
    for (Int k = 0; k < a.kernel; ++k) {  // 0 <= i s - p + k d < O and 0 <= i < H
        const Int at = k * a.dilation - a.pad_lo;
        const Int lowest = std::max<Int>(0, -floor_div(at, a.stride));
        const Int highest = std::min<Int>(a.small - 1, floor_div(a.large - 1 - at, a.stride));
        n += std::max<Int>(0, highest - lowest + 1);
    }
    return n;
}

Int phase_pairs(const Axis& a) {
    Int n = 0;
    for (const Phase1& p : phases(a)) n += p.taps * p.outputs;
    return n;
}

Int zero_inserted_pairs(const Axis& a) { return a.large * a.kernel; }
Int dense_pairs(const Axis& a) { return a.small * a.kernel; }
Int dilated_pairs(const Axis& a) { return a.kernel * ((a.small - 1) * a.stride + 1); }
Int expanded_side(const Axis& a) { return a.large + a.reach() - 1; }

Int expanded_useful(const Axis& a) {
    const Int offset = a.reach() - 1 - a.pad_lo;  // where input 0 lies in the expanded map
    const Int lowest = std::max<Int>(0, -floor_div(offset, a.stride));
    const Int highest = std::min<Int>(a.small - 1, floor_div(expanded_side(a) - 1 - offset, a.stride));
    return std::max<Int>(0, highest - lowest + 1);
}

std::vector<SubKernel> sub_kernels(const Axes& axes) {
    std::map<std::pair<Int, Int>, Int> all{{{1, 1}, 1}};
    for (const Axis& a : axes) {
        std::map<std::pair<Int, Int>, Int> mine, next;
        for (const Phase1& p : phases(a))
            if (p.taps > 0 && p.outputs > 0) ++mine[{p.taps, p.outputs}];
        for (const auto& [x, n] : all)
            for (const auto& [y, m] : mine) next[{x.first * y.first, x.second * y.second}] += n * m;
        all = std::move(next);
    }
    std::vector<SubKernel> out;
    for (const auto& [key, n] : all) out.push_back({key.first, key.second, n});
    std::sort(out.begin(), out.end(), [](const SubKernel& x, const SubKernel& y) { return x.taps * x.outputs > y.taps * y.outputs; });
    return out;
}

}  // namespace ganbar::arch
