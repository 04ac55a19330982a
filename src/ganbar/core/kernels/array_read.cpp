#include "ganbar/core/kernels/array_read.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/core/kernels/array_read.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using DU = hn::Rebind<std::uint32_t, D>;
using V = hn::Vec<D>;
using U = hn::Vec<DU>;

struct Product {
    U hi, lo;
};
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE Product wide_multiply(U x, U m) {
    const DU du;
    const std::uint64_t p = std::uint64_t{hn::GetLane(x)} * hn::GetLane(m);
    return {hn::Set(du, static_cast<std::uint32_t>(p >> 32)), hn::Set(du, static_cast<std::uint32_t>(p))};
}
constexpr std::size_t n_lanes = 1;
#else
constexpr std::size_t n_lanes = HWY_MIN(16, HWY_MAX_BYTES / 4);
HWY_INLINE Product wide_multiply(U x, U m) {
    const DU du;
    const hn::Repartition<std::uint64_t, DU> d64;
    const auto even = hn::MulEven(x, m);
    const auto odd = hn::MulEven(hn::BitCast(du, hn::ShiftRight<32>(hn::BitCast(d64, x))), m);
    return {hn::OddEven(hn::BitCast(du, odd), hn::BitCast(du, hn::ShiftRight<32>(even))),
            hn::OddEven(hn::BitCast(du, hn::ShiftLeft<32>(odd)), hn::BitCast(du, even))};
}
#endif

// Radius and angle of one word each; sin and cos on [-pi/4, pi/4] by Taylor polynomials (error below 2^-24), quadrant from 2 bits.
HWY_INLINE void box_muller(U word, V& a, V& b) {
    const D d;
    const DU du;
    const auto di = hn::RebindToSigned<D>();
    const V u = hn::Mul(hn::Add(hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<12>(word))), hn::Set(d, 0.5f)), hn::Set(d, 0x1p-20f));
    const V radius = hn::Sqrt(hn::Mul(hn::Set(d, -2.0f), hn::Log(d, u)));
    const U low = hn::And(word, hn::Set(du, 0xFFFu));
    const V t = hn::ConvertTo(d, hn::BitCast(di, hn::ShiftRight<2>(low)));
    constexpr float step = static_cast<float>(std::numbers::pi / 2 / 1024);
    const V x = hn::MulAdd(t, hn::Set(d, step), hn::Set(d, static_cast<float>(-std::numbers::pi / 4) + step / 2));
    const V x2 = hn::Mul(x, x);
    V s = hn::MulAdd(x2, hn::Set(d, -1.0f / 5040), hn::Set(d, 1.0f / 120));
    s = hn::MulAdd(s, x2, hn::Set(d, -1.0f / 6));
    s = hn::MulAdd(hn::Mul(s, x2), x, x);
    V c = hn::MulAdd(x2, hn::Set(d, 1.0f / 40320), hn::Set(d, -1.0f / 720));
    c = hn::MulAdd(c, x2, hn::Set(d, 1.0f / 24));
    c = hn::MulAdd(c, x2, hn::Set(d, -0.5f));
    c = hn::MulAdd(c, x2, hn::Set(d, 1.0f));
    const auto swap = hn::RebindMask(d, hn::Ne(hn::And(low, hn::Set(du, 1u)), hn::Zero(du)));
    const U sign = hn::ShiftLeft<31>(hn::ShiftRight<1>(hn::And(low, hn::Set(du, 2u))));
    const V signed_radius = hn::BitCast(d, hn::Xor(hn::BitCast(du, radius), sign));
    const V minus_s = hn::Neg(s);
    a = hn::Mul(signed_radius, hn::IfThenElse(swap, minus_s, c));
    b = hn::Mul(signed_radius, hn::IfThenElse(swap, c, s));
}

HWY_INLINE void normals(std::uint64_t key, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3, float* HWY_RESTRICT out) {
    const D d;
    const DU du;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t first = 0; first < 16; first += lanes) {
        U x0 = hn::Iota(du, static_cast<std::uint32_t>(first)), x1 = hn::Set(du, c1), x2 = hn::Set(du, c2), x3 = hn::Set(du, c3);
        std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
        for (int round = 0; round < 7; ++round) {
            const auto p0 = wide_multiply(x0, hn::Set(du, 0xD2511F53u));
            const auto p1 = wide_multiply(x2, hn::Set(du, 0xCD9E8D57u));
            x0 = hn::Xor(hn::Xor(p1.hi, x1), hn::Set(du, k0));
            x1 = p1.lo;
            x2 = hn::Xor(hn::Xor(p0.hi, x3), hn::Set(du, k1));
            x3 = p0.lo;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        const U words[4] = {x0, x1, x2, x3};
        for (int w = 0; w < 4; ++w) {
            V a, b;
            box_muller(words[w], a, b);
            hn::Store(a, d, out + 32 * w + first);
            hn::Store(b, d, out + 32 * w + 16 + first);
        }
    }
}

void normals_entry(std::uint64_t key, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3, float* out) { normals(key, c1, c2, c3, out); }

struct Noise {
    std::uint64_t key;
    std::uint32_t pair, panel, stream, serial;  // counters of the first row pair of the tile
};

// n_rows x (16 n_groups) columns of one block: product, noise, conversion, sum into y. Returns the largest |current|.
template <int n_rows, int n_groups>
HWY_INLINE V read_tile(const float* HWY_RESTRICT v, std::size_t v_stride, const float* HWY_RESTRICT g, const ReadBlock& block,
                       const float* HWY_RESTRICT sigma, float* HWY_RESTRICT y, std::size_t y_stride, std::size_t valid,
                       const Noise& noise) {
    const D d;
    constexpr std::size_t per_group = 16 / n_lanes;  // vectors in 16 columns
    constexpr std::size_t n_vectors = per_group * n_groups;
    const std::size_t lanes = 16 / per_group;
    V sum[n_rows][n_vectors];
    for (int r = 0; r < n_rows; ++r)
        for (std::size_t c = 0; c < n_vectors; ++c) sum[r][c] = hn::Zero(d);
    for (std::size_t k = 0; k < block.rows; ++k) {
        V gv[n_vectors];
        for (std::size_t c = 0; c < n_vectors; ++c) gv[c] = hn::Load(d, g + k * block.stride + c * lanes);
        for (int r = 0; r < n_rows; ++r) {
            const V vv = hn::Set(d, v[r * v_stride + k]);
            for (std::size_t c = 0; c < n_vectors; ++c) sum[r][c] = hn::MulAdd(vv, gv[c], sum[r][c]);
        }
    }
    alignas(64) float draws[128];
    V largest = hn::Zero(d);
    const V inv_lsb = hn::Set(d, block.inv_lsb), max_code = hn::Set(d, block.max_code), min_code = hn::Set(d, -block.max_code);
    const V scale = hn::Set(d, block.scale);
    const bool convert = block.inv_lsb != 0;
    for (int r = 0; r < n_rows; ++r) {
        if (sigma != nullptr && r % 2 == 0)
            normals(noise.key, noise.pair + static_cast<std::uint32_t>(r / 2), noise.panel | (noise.stream << 8), noise.serial, draws);
        for (std::size_t c = 0; c < n_vectors; ++c) {
            V i = sum[r][c];
            if (sigma != nullptr) i = hn::MulAdd(hn::Load(d, sigma + c * lanes), hn::Load(d, draws + (r % 2) * 64 + c * lanes), i);
            largest = hn::Max(largest, hn::Abs(i));
            if (convert) i = hn::Min(hn::Max(hn::Round(hn::Mul(i, inv_lsb)), min_code), max_code);
            float* out = y + r * y_stride + c * lanes;
            if ((c + 1) * lanes <= valid) {
                hn::StoreU(hn::MulAdd(i, scale, hn::LoadU(d, out)), d, out);
            } else if (c * lanes < valid) {
                alignas(64) float part[16];
                hn::Store(hn::Mul(i, scale), d, part);
                for (std::size_t l = 0; l < valid - c * lanes; ++l) out[l] += part[l];
            }
        }
    }
    return largest;
}

template <int n_groups>
HWY_INLINE V read_strip(const float* v, std::size_t v_stride, const float* g, const ReadBlock& block, const float* sigma, float* y,
                        std::size_t y_stride, std::size_t valid, std::size_t rows, Noise noise) {
    V largest = hn::Zero(D());
    std::size_t r = 0;
    constexpr int tall = (HWY_TARGET <= HWY_AVX3 ? (n_groups == 1 ? 8 : 6)
                          : n_groups == 1        ? 6
                                                 : 2);  // one vector a row: eight hide the latency of a sum
    for (; r + tall <= rows; r += tall) {
        largest = hn::Max(largest,
                          read_tile<tall, n_groups>(v + r * v_stride, v_stride, g, block, sigma, y + r * y_stride, y_stride, valid, noise));
        noise.pair += tall / 2;
    }
    for (; r + 2 <= rows; r += 2) {
        largest =
            hn::Max(largest, read_tile<2, n_groups>(v + r * v_stride, v_stride, g, block, sigma, y + r * y_stride, y_stride, valid, noise));
        ++noise.pair;
    }
    if (r < rows)
        largest =
            hn::Max(largest, read_tile<1, n_groups>(v + r * v_stride, v_stride, g, block, sigma, y + r * y_stride, y_stride, valid, noise));
    return largest;
}

void read_blocks_entry(const float* v_V, std::size_t v_stride, float* y, std::size_t y_stride, std::size_t first_row, std::size_t rows,
                       const ReadBlock* blocks, std::size_t n_blocks, std::uint64_t key, std::uint32_t serial, float* max_A) {
    const D d;
    for (std::size_t n = 0; n < n_blocks; ++n) {
        const ReadBlock& block = blocks[n];
        const float* v = v_V + block.in0;
        V largest = hn::Zero(d);
        for (std::size_t c = 0; c < block.stride; c += 64) {
            const Noise noise{key, static_cast<std::uint32_t>(first_row / 2), static_cast<std::uint32_t>(c / 64), block.stream, serial};
            const float* sigma = block.sigma_A ? block.sigma_A + c : nullptr;
            float* out = y + block.out0 + c;
            const std::size_t valid = block.cols - std::min(block.cols, c);
            const std::size_t left = std::min<std::size_t>(64, block.stride - c);
            const float* g = block.g_S + c;
            if (left == 64) largest = hn::Max(largest, read_strip<4>(v, v_stride, g, block, sigma, out, y_stride, valid, rows, noise));
            else if (left == 48) largest = hn::Max(largest, read_strip<3>(v, v_stride, g, block, sigma, out, y_stride, valid, rows, noise));
            else if (left == 32) largest = hn::Max(largest, read_strip<2>(v, v_stride, g, block, sigma, out, y_stride, valid, rows, noise));
            else largest = hn::Max(largest, read_strip<1>(v, v_stride, g, block, sigma, out, y_stride, valid, rows, noise));
        }
        max_A[n] = hn::GetLane(hn::MaxOfLanes(d, largest));
    }
}

void dac_entry(const float* x, std::size_t x_stride, float* v, std::size_t v_stride, std::size_t rows, std::size_t cols, float x_max,
               float v_max, float max_code, double* sum_v2) {
    const D d;
    const hn::CappedTag<double, 8> dd;
    const hn::Rebind<float, decltype(dd)> df;
    const std::size_t lanes = hn::Lanes(d), half = hn::Lanes(dd);
    const bool quantise = max_code != 0;
    const V inv = hn::Set(d, quantise ? max_code / x_max : 1 / x_max), limit = hn::Set(d, quantise ? max_code : 1.0f);
    const V step = hn::Set(d, quantise ? v_max / max_code : v_max);
    for (std::size_t r = 0; r < rows; ++r) {
        const float* in = x + r * x_stride;
        float* out = v + r * v_stride;
        for (std::size_t c = 0; c < cols; c += lanes) {
            V code = hn::Mul(hn::Load(d, in + c), inv);
            if (quantise) code = hn::Round(code);
            hn::Store(hn::Mul(hn::Min(hn::Max(code, hn::Neg(limit)), limit), step), d, out + c);
        }
        std::size_t c = 0;
        for (; c + half <= cols; c += half) {
            const auto w = hn::PromoteTo(dd, hn::Load(df, out + c));
            hn::StoreU(hn::MulAdd(w, w, hn::LoadU(dd, sum_v2 + c)), dd, sum_v2 + c);
        }
        for (; c < cols; ++c) sum_v2[c] = std::fma(double{out[c]}, double{out[c]}, sum_v2[c]);
    }
}

// As whole numbers, the bits of |x| are in the order of |x|, and NaN lies above infinity: a maximum of floats would forget it.
float max_abs_entry(const float* x, std::size_t stride, std::size_t rows, std::size_t cols) {
    const D d;
    const hn::RebindToSigned<D> di;
    const std::size_t lanes = hn::Lanes(d);
    auto largest = hn::Zero(di);
    const auto bits = [&](const float* at) HWY_ATTR { return hn::BitCast(di, hn::Abs(hn::Load(d, at))); };
    for (std::size_t r = 0; r < rows; ++r) {
        const float* in = x + r * stride;
        std::size_t c = 0;
        for (; c + lanes <= cols; c += lanes) largest = hn::Max(largest, bits(in + c));
        if (c < cols) largest = hn::Max(largest, hn::IfThenElseZero(hn::FirstN(di, cols - c), bits(in + c)));
    }
    return hn::GetLane(hn::BitCast(d, hn::MaxOfLanes(di, largest)));
}

}  // namespace ganbar::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::kernels {
HWY_EXPORT(normals_entry);
HWY_EXPORT(read_blocks_entry);
HWY_EXPORT(dac_entry);
HWY_EXPORT(max_abs_entry);

void normal_block(std::uint64_t key, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3, float* out) {
    HWY_DYNAMIC_DISPATCH(normals_entry)(key, c1, c2, c3, out);
}
void read_blocks(const float* v_V, std::size_t v_stride, float* y, std::size_t y_stride, std::size_t first_row, std::size_t rows,
                 const ReadBlock* blocks, std::size_t n_blocks, std::uint64_t key, std::uint32_t serial, float* max_A) {
    HWY_DYNAMIC_DISPATCH(read_blocks_entry)(v_V, v_stride, y, y_stride, first_row, rows, blocks, n_blocks, key, serial, max_A);
}
void dac_rows(const float* x, std::size_t x_stride, float* v, std::size_t v_stride, std::size_t rows, std::size_t cols, float x_max,
              float v_max, float max_code, double* sum_v2) {
    HWY_DYNAMIC_DISPATCH(dac_entry)(x, x_stride, v, v_stride, rows, cols, x_max, v_max, max_code, sum_v2);
}
float max_abs_rows(const float* x, std::size_t stride, std::size_t rows, std::size_t cols) {
    return HWY_DYNAMIC_DISPATCH(max_abs_entry)(x, stride, rows, cols);
}
}  // namespace ganbar::kernels
#endif
