// Row-range pieces of the matrix products; linalg.h is the public face.
#pragma once
#include <cstddef>

namespace ganbar::kernels {

/// c[rows x n] = a[rows x k] b[k x n]; strides in floats; n is rounded up to 16 (padded rows). Sums run over ascending k.
void gemm_rows(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c, std::size_t c_stride, std::size_t rows,
               std::size_t k, std::size_t n);
/// c[i x n] (+)= sum over m rows of a[., i]^T b[., n], for `i` columns of a. Sums run over ascending rows.
void gemm_at_b(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c, std::size_t c_stride, std::size_t m,
               std::size_t i, std::size_t n, bool accumulate);

}  // namespace ganbar::kernels
