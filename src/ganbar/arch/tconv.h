// What one axis of a convolution or transposed convolution costs, with and without the inserted zeros.
// Both are the same set of pairs (small index i, tap k) -> large index o = i s - p + k d, read in opposite directions; d is the dilation.
// The deformed form (chen2019, sec. 4.3; the exact rule is derived in docs/accelerators.md): output o has phase f = (o + p) mod s and needs
// only the taps with k d mod s = f: for d = 1 these are f, f + s, f + 2s, ... < K. Valid for any kernel, stride, padding (also asymmetric)
// and output padding.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace ganbar::arch {

using Int = std::int64_t;
inline Int ceil_div(Int a, Int b) { return (a + b - 1) / b; }
constexpr int max_dims = 3;

/// One axis. `small` is the input side of a transposed convolution and the output side of a convolution; `large` the other one.
struct Axis {
    Int small = 1, large = 1, kernel = 1, stride = 1, pad_lo = 0, dilation = 1;
    Int reach() const { return (kernel - 1) * dilation + 1; }  ///< elements from the first tap to the last
    friend bool operator==(const Axis&, const Axis&) = default;
};

/// O = (H - 1) s - lo - hi + reach + op. Throws ConfigError when the shape is impossible.
Axis transposed_axis(Int in, Int kernel, Int stride, Int pad_lo, Int pad_hi, Int output_pad, Int dilation = 1);
/// O = floor((I + lo + hi - reach) / s) + 1. Throws ConfigError when the shape is impossible.
Axis convolution_axis(Int in, Int kernel, Int stride, Int pad_lo, Int pad_hi, Int dilation = 1);

/// One output phase of an axis: how many taps it uses and how many outputs fall into it.
struct Phase1 {
    Int taps = 0, outputs = 0;
    friend bool operator==(const Phase1&, const Phase1&) = default;
};
std::vector<Phase1> phases(const Axis& a);          ///< s of them, f = 0 ... s-1
std::vector<Int> phase_taps(const Axis& a, Int f);  ///< the taps k of phase f, ascending

Int useful_pairs(const Axis& a);         ///< pairs (i, k) whose o exists: the multiplications that matter, in every pass
Int phase_pairs(const Axis& a);          ///< sum over phases of taps x outputs: what s^d dense sub-kernels execute, border zeros included
Int zero_inserted_pairs(const Axis& a);  ///< O K: a stride-1 convolution over the zero-inserted map
Int dense_pairs(const Axis& a);  ///< H K: the strided direction, the zero-free weight gradient, and the deformed form counted per input (=
                                 ///< O K / s where O = s H)
Int dilated_pairs(const Axis& a);    ///< K ((H - 1) s + 1): the weight gradient with the small map dilated by s
Int expanded_side(const Axis& a);    ///< O + reach - 1
Int expanded_useful(const Axis& a);  ///< inputs that lie inside the expanded map (all of them unless the padding crops)

using Axes = std::array<Axis, max_dims>;  ///< unused axes stay at their defaults, which change nothing

/// Sub-kernels of equal tap count taken together.
struct SubKernel {
    Int taps = 0;     ///< taps of one sub-kernel, over all axes
    Int outputs = 0;  ///< outputs of one phase
    Int count = 1;    ///< how many phases look like this
};
/// All phases of the axes, equal ones merged, empty ones (no taps or no outputs) left out.
std::vector<SubKernel> sub_kernels(const Axes& axes);

/// Product of a per-axis count over the axes.
template <class Count>
Int product(const Axes& axes, Count count) {
    Int n = 1;
    for (const Axis& a : axes) n *= count(a);
    return n;
}

}  // namespace ganbar::arch
