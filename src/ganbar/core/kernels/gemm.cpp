#include "ganbar/core/kernels/gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/core/kernels/gemm.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

// One register tile: n_rows x (4 vectors). `a_step` is the distance between the operands of successive k, `a_row` between rows.
template <int n_rows, int n_vectors>
HWY_INLINE void tile(const float* HWY_RESTRICT a, std::size_t a_row, std::size_t a_step, const float* HWY_RESTRICT b, std::size_t b_stride,
                     float* HWY_RESTRICT c, std::size_t c_stride, std::size_t n_k, bool accumulate) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V sum[n_rows][n_vectors];
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) sum[r][v] = accumulate ? hn::Load(d, c + r * c_stride + v * lanes) : hn::Zero(d);
    for (std::size_t k = 0; k < n_k; ++k) {
        V bv[n_vectors];
        for (int v = 0; v < n_vectors; ++v) bv[v] = hn::Load(d, b + k * b_stride + v * lanes);
        for (int r = 0; r < n_rows; ++r) {
            const V av = hn::Set(d, a[r * a_row + k * a_step]);
            for (int v = 0; v < n_vectors; ++v) sum[r][v] = hn::MulAdd(av, bv[v], sum[r][v]);
        }
    }
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) hn::Store(sum[r][v], d, c + r * c_stride + v * lanes);
}

template <int n_vectors>
HWY_INLINE void strip(const float* a, std::size_t a_row, std::size_t a_step, const float* b, std::size_t b_stride, float* c,
                      std::size_t c_stride, std::size_t rows, std::size_t n_k, bool accumulate) {
    std::size_t r = 0;
    for (; r + 6 <= rows; r += 6)
        tile<6, n_vectors>(a + r * a_row, a_row, a_step, b, b_stride, c + r * c_stride, c_stride, n_k, accumulate);
    const float* at = a + r * a_row;
    float* ct = c + r * c_stride;
    switch (rows - r) {
        case 5: tile<5, n_vectors>(at, a_row, a_step, b, b_stride, ct, c_stride, n_k, accumulate); break;
        case 4: tile<4, n_vectors>(at, a_row, a_step, b, b_stride, ct, c_stride, n_k, accumulate); break;
        case 3: tile<3, n_vectors>(at, a_row, a_step, b, b_stride, ct, c_stride, n_k, accumulate); break;
        case 2: tile<2, n_vectors>(at, a_row, a_step, b, b_stride, ct, c_stride, n_k, accumulate); break;
        case 1: tile<1, n_vectors>(at, a_row, a_step, b, b_stride, ct, c_stride, n_k, accumulate); break;
        default: break;
    }
}

void product(const float* a, std::size_t a_row, std::size_t a_step, const float* b, std::size_t b_stride, float* c, std::size_t c_stride,
             std::size_t rows, std::size_t n_k, std::size_t n, bool accumulate) {
    const std::size_t lanes = hn::Lanes(D());
    // 24 accumulators fit the 32 registers of AVX-512; 12 the 16 of AVX2.
    constexpr int wide = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
    const std::size_t padded = (n + 15) / 16 * 16;
    std::size_t j = 0;
    for (; j + wide * lanes <= padded; j += wide * lanes)
        strip<wide>(a, a_row, a_step, b + j, b_stride, c + j, c_stride, rows, n_k, accumulate);
    for (; j < padded; j += lanes) strip<1>(a, a_row, a_step, b + j, b_stride, c + j, c_stride, rows, n_k, accumulate);
}

}  // namespace ganbar::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::kernels {
HWY_EXPORT(product);

void gemm_rows(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c, std::size_t c_stride, std::size_t rows,
               std::size_t k, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(product)(a, a_stride, 1, b, b_stride, c, c_stride, rows, k, n, false);
}
void gemm_at_b(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c, std::size_t c_stride, std::size_t m,
               std::size_t i, std::size_t n, bool accumulate) {
    HWY_DYNAMIC_DISPATCH(product)(a, 1, a_stride, b, b_stride, c, c_stride, i, m, n, accumulate);
}
}  // namespace ganbar::kernels
#endif
