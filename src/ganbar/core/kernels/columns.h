// Sums and affine maps of the columns of padded matrices: the inner loops of batch normalisation. All arrays have `cols` rounded up to 16
// floats and are 64-byte aligned; every column is summed by itself in ascending rows, so the bits do not depend on the vector width.
#pragma once
#include <cstddef>

namespace ganbar::kernels {

/// s1 += x - shift, s2 += (x - shift)^2, over the rows.
void column_moments(const float* x, std::size_t stride, std::size_t rows, std::size_t cols, const float* shift, float* s1, float* s2);
/// s1 += d, s2 += d (x - mean), over the rows.
void column_products(const float* d, std::size_t d_stride, const float* x, std::size_t x_stride, std::size_t rows, std::size_t cols,
                     const float* mean, float* s1, float* s2);
/// y = a x + b.
void affine_rows(const float* x, std::size_t x_stride, float* y, std::size_t y_stride, std::size_t rows, std::size_t cols, const float* a,
                 const float* b);
/// d = a d + b (x - mean) + c, in place.
void affine_gradient_rows(float* d, std::size_t d_stride, const float* x, std::size_t x_stride, std::size_t rows, std::size_t cols,
                          const float* a, const float* b, const float* mean, const float* c);

}  // namespace ganbar::kernels
