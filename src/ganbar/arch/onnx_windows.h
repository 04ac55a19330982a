// Shapes of ONNX operators that multiply by weights or slide windows: convolutions, matrix products, pools; and of those that resample.
// Padding, auto_pad, output_shape and ceil_mode follow the operators' specification (onnx.ai/onnx/operators) as amended in 2024: a pool
// in ceil_mode leaves out a window that would start in the padding at the end.
#pragma once
#include "ganbar/arch/onnx_shapes.h"

namespace ganbar::arch::onnx_file {

/// A convolution or transposed convolution: its axes, and the shape of its result.
struct Windows {
    Axes axes;
    std::size_t n_axes = 0;
    Int groups = 1;
    Dims out;
};
Windows convolution(const Call& c);
Windows transposed_convolution(const Call& c);
Shapes convolved(const Call& c);
Shapes convolved_transposed(const Call& c);

/// The factors of a MatMul or Gemm, transposed as it says: a [..., m, k], b [..., k, n]; a vector as a matrix of one row or column.
struct Factors {
    Dims a, b;
    bool row = false, column = false;  ///< a, b was a vector: that side is left out of the result
    Int m() const { return a[a.size() - 2]; }
    Int k() const { return a.back(); }
    Int n() const { return b.back(); }
};
Factors factors(const Call& c);
Shapes multiplied(const Call& c);

Shapes pooled(const Call& c);
Shapes pooled_globally(const Call& c);
Shapes resized(const Call& c);
Shapes sampled_on_grid(const Call& c);

}  // namespace ganbar::arch::onnx_file
