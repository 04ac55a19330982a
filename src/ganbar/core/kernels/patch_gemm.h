// Matrix products whose left rows are scattered in memory: the inner loops of convolutions without laid-out patches.
// Sums run over ascending taps and channels (or samples), so the bits are those of the product with laid-out patches.
#pragma once
#include <cstddef>

namespace ganbar::kernels {

/// c[r] (+)= sum over t < n_taps, k < n_k of a[r * n_taps + t][k] b[t][k * b_stride + .]; n columns, rounded up to 16 (padded rows).
void gemm_patches(const float* const* a, std::size_t rows, std::size_t n_taps, std::size_t n_k, const float* const* b, std::size_t b_stride,
                  float* const* c, std::size_t n, bool accumulate);
/// c[i * c_stride + .] (+)= sum over p < n_pairs of x[p][i] d[p][.], for i < n_i; n columns, rounded up to 16.
void gemm_pairs(const float* const* x, const float* const* d, std::size_t n_pairs, std::size_t n_i, float* c, std::size_t c_stride,
                std::size_t n, bool accumulate);

}  // namespace ganbar::kernels
