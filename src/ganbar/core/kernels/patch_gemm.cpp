#include "ganbar/core/kernels/patch_gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/core/kernels/patch_gemm.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace ganbar::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

constexpr bool many_registers = HWY_TARGET <= HWY_AVX3;
constexpr int widest = many_registers ? 4 : 2;  // vectors of one register tile
/// Rows of a register tile of n_vectors: accumulators fill the registers, row pointers the general ones.
constexpr int tall(int n_vectors) { return many_registers ? (n_vectors == 4 ? 6 : 8) : (n_vectors == 2 ? 6 : 8); }
constexpr std::size_t b_floats_in_cache = 8192;  // 32 kB of b are walked again by every tile of rows

struct Range {
    std::size_t t0, t1, k0, k1;
};

template <int n_rows, int n_vectors>
HWY_INLINE void patch_tile(const float* const* a, std::size_t n_taps, const Range& at, const float* const* b, std::size_t b_stride,
                           std::size_t j, float* const* c, bool accumulate) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V sum[n_rows][n_vectors];
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) sum[r][v] = accumulate ? hn::Load(d, c[r] + j + v * lanes) : hn::Zero(d);
    for (std::size_t t = at.t0; t < at.t1; ++t) {
        const float* row[n_rows];
        for (int r = 0; r < n_rows; ++r) row[r] = a[r * n_taps + t];
        const float* HWY_RESTRICT from = b[t] + j + at.k0 * b_stride;
        for (std::size_t k = at.k0; k < at.k1; ++k, from += b_stride) {
            V bv[n_vectors];
            for (int v = 0; v < n_vectors; ++v) bv[v] = hn::Load(d, from + v * lanes);
            for (int r = 0; r < n_rows; ++r) {
                const V av = hn::Set(d, row[r][k]);
                for (int v = 0; v < n_vectors; ++v) sum[r][v] = hn::MulAdd(av, bv[v], sum[r][v]);
            }
        }
    }
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) hn::Store(sum[r][v], d, c[r] + j + v * lanes);
}

template <int n_vectors>
HWY_INLINE void patch_strip(const float* const* a, std::size_t rows, std::size_t n_taps, std::size_t n_k, const float* const* b,
                            std::size_t b_stride, std::size_t j, float* const* c, bool accumulate) {
    constexpr int full = tall(n_vectors), half = full / 2;
    const std::size_t width = n_vectors * hn::Lanes(D());
    const std::size_t most_k = std::max<std::size_t>(1, b_floats_in_cache / width);
    const std::size_t k_step = std::min(n_k, most_k), t_step = std::max<std::size_t>(1, most_k / std::max<std::size_t>(1, n_k));
    for (std::size_t t = 0; t < n_taps; t += t_step)
        for (std::size_t k = 0; k < n_k; k += k_step) {
            const Range at{t, std::min(n_taps, t + t_step), k, std::min(n_k, k + k_step)};
            const bool add = accumulate || t > 0 || k > 0;
            std::size_t r = 0;
            for (; r + full <= rows; r += full) patch_tile<full, n_vectors>(a + r * n_taps, n_taps, at, b, b_stride, j, c + r, add);
            for (; r + half <= rows; r += half) patch_tile<half, n_vectors>(a + r * n_taps, n_taps, at, b, b_stride, j, c + r, add);
            for (; r < rows; ++r) patch_tile<1, n_vectors>(a + r * n_taps, n_taps, at, b, b_stride, j, c + r, add);
        }
}

void patches_entry(const float* const* a, std::size_t rows, std::size_t n_taps, std::size_t n_k, const float* const* b,
                   std::size_t b_stride, float* const* c, std::size_t n, bool accumulate) {
    const std::size_t lanes = hn::Lanes(D()), padded = (n + 15) / 16 * 16;
    std::size_t j = 0;
    for (; j + widest * lanes <= padded; j += widest * lanes) patch_strip<widest>(a, rows, n_taps, n_k, b, b_stride, j, c, accumulate);
    if constexpr (widest == 4) {
        if (j + 3 * lanes <= padded) patch_strip<3>(a, rows, n_taps, n_k, b, b_stride, j, c, accumulate), j += 3 * lanes;
        if (j + 2 * lanes <= padded) patch_strip<2>(a, rows, n_taps, n_k, b, b_stride, j, c, accumulate), j += 2 * lanes;
    }
    for (; j < padded; j += lanes) patch_strip<1>(a, rows, n_taps, n_k, b, b_stride, j, c, accumulate);
}

template <int n_rows, int n_vectors>
HWY_INLINE void pair_tile(const float* const* x, std::size_t i, const float* const* g, std::size_t j, std::size_t n_pairs,
                          float* HWY_RESTRICT c, std::size_t c_stride, bool accumulate) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    V sum[n_rows][n_vectors];
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) sum[r][v] = accumulate ? hn::Load(d, c + r * c_stride + v * lanes) : hn::Zero(d);
    for (std::size_t p = 0; p < n_pairs; ++p) {
        const float* from = g[p] + j;
        const float* with = x[p] + i;
        V bv[n_vectors];
        for (int v = 0; v < n_vectors; ++v) bv[v] = hn::Load(d, from + v * lanes);
        for (int r = 0; r < n_rows; ++r) {
            const V av = hn::Set(d, with[r]);
            for (int v = 0; v < n_vectors; ++v) sum[r][v] = hn::MulAdd(av, bv[v], sum[r][v]);
        }
    }
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) hn::Store(sum[r][v], d, c + r * c_stride + v * lanes);
}

// The last rows as one tile of their own: a tile of a single row would wait for its own sums.
template <int n_rows, int n_vectors>
HWY_INLINE void pair_rest(const float* const* x, std::size_t i, std::size_t left, const float* const* g, std::size_t j, std::size_t n_pairs,
                          float* c, std::size_t c_stride, bool accumulate) {
    if constexpr (n_rows > 0) {
        if (left == n_rows) pair_tile<n_rows, n_vectors>(x, i, g, j, n_pairs, c, c_stride, accumulate);
        else pair_rest<n_rows - 1, n_vectors>(x, i, left, g, j, n_pairs, c, c_stride, accumulate);
    }
}

template <int n_vectors>
HWY_INLINE void pair_strip(const float* const* x, const float* const* g, std::size_t j, std::size_t n_pairs, std::size_t n_i, float* c,
                           std::size_t c_stride, bool accumulate) {
    constexpr int full = many_registers ? (n_vectors == 4 ? 6 : n_vectors == 3 ? 8 : 12) : (n_vectors == 2 ? 6 : 12);
    std::size_t i = 0;
    for (; i + full <= n_i; i += full) pair_tile<full, n_vectors>(x, i, g, j, n_pairs, c + i * c_stride + j, c_stride, accumulate);
    pair_rest<full - 1, n_vectors>(x, i, n_i - i, g, j, n_pairs, c + i * c_stride + j, c_stride, accumulate);
}

void pairs_entry(const float* const* x, const float* const* g, std::size_t n_pairs, std::size_t n_i, float* c, std::size_t c_stride,
                 std::size_t n, bool accumulate) {
    const std::size_t lanes = hn::Lanes(D()), padded = (n + 15) / 16 * 16;
    std::size_t j = 0;
    for (; j + widest * lanes <= padded; j += widest * lanes) pair_strip<widest>(x, g, j, n_pairs, n_i, c, c_stride, accumulate);
    if constexpr (widest == 4) {
        if (j + 3 * lanes <= padded) pair_strip<3>(x, g, j, n_pairs, n_i, c, c_stride, accumulate), j += 3 * lanes;
        if (j + 2 * lanes <= padded) pair_strip<2>(x, g, j, n_pairs, n_i, c, c_stride, accumulate), j += 2 * lanes;
    }
    for (; j < padded; j += lanes) pair_strip<1>(x, g, j, n_pairs, n_i, c, c_stride, accumulate);
}

}  // namespace ganbar::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::kernels {
HWY_EXPORT(patches_entry);
HWY_EXPORT(pairs_entry);

void gemm_patches(const float* const* a, std::size_t rows, std::size_t n_taps, std::size_t n_k, const float* const* b, std::size_t b_stride,
                  float* const* c, std::size_t n, bool accumulate) {
    HWY_DYNAMIC_DISPATCH(patches_entry)(a, rows, n_taps, n_k, b, b_stride, c, n, accumulate);
}
void gemm_pairs(const float* const* x, const float* const* d, std::size_t n_pairs, std::size_t n_i, float* c, std::size_t c_stride,
                std::size_t n, bool accumulate) {
    HWY_DYNAMIC_DISPATCH(pairs_entry)(x, d, n_pairs, n_i, c, c_stride, n, accumulate);
}
}  // namespace ganbar::kernels
#endif
