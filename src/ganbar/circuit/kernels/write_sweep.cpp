#include "ganbar/circuit/kernels/write_sweep.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/circuit/kernels/write_sweep.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::write_sweep::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using F = hn::CappedTag<float, 16>;

void excess_here(const float* HWY_RESTRICT u, const float* HWY_RESTRICT a, const float* HWY_RESTRICT c, float g0, float* HWY_RESTRICT out,
                 std::size_t n) {
    const F d;
    const auto base = hn::Set(d, g0);
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) {
        const auto x = hn::Load(d, u + k);
        const auto slope = hn::MulAdd(hn::Load(d, c + k), hn::Mul(x, x), hn::Sub(hn::Load(d, a + k), base));
        hn::Store(hn::Mul(x, slope), d, out + k);
    }
}

void reflect_here(float* HWY_RESTRICT hat, const float* HWY_RESTRICT weight, const float* HWY_RESTRICT base, std::size_t n) {
    const F d;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d))
        hn::Store(hn::NegMulAdd(hn::Load(d, weight + k), hn::Load(d, hat + k), hn::Load(d, base + k)), d, hat + k);
}

float difference_here(const float* HWY_RESTRICT next, const float* HWY_RESTRICT u, float* HWY_RESTRICT f, std::size_t n) {
    const F d;
    auto most = hn::Zero(d), broken = hn::Zero(d);
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) {
        const auto x = hn::Sub(hn::Load(d, next + k), hn::Load(d, u + k));
        hn::Store(x, d, f + k);
        most = hn::Max(most, hn::Abs(x));
        broken = hn::Add(broken, hn::Mul(x, hn::Zero(d)));  // 0 * x is not 0 for what is not finite
    }
    return hn::GetLane(hn::SumOfLanes(d, broken)) == 0.0f ? hn::GetLane(hn::MaxOfLanes(d, most)) : INFINITY;
}

float dot_here(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t n) {
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    HWY_ALIGN float part[16];
    hn::Vec<F> sum[16];  // 16 partial sums whatever the vector length
    for (std::size_t q = 0; q * lanes < 16; ++q) sum[q] = hn::Zero(d);
    for (std::size_t k = 0; k < n; k += 16)
        for (std::size_t q = 0; q * lanes < 16; ++q)
            sum[q] = hn::MulAdd(hn::Load(d, a + k + q * lanes), hn::Load(d, b + k + q * lanes), sum[q]);
    for (std::size_t q = 0; q * lanes < 16; ++q) hn::Store(sum[q], d, part + q * lanes);
    for (std::size_t step = 8; step > 0; step /= 2)
        for (std::size_t q = 0; q < step; ++q) part[q] += part[q + step];
    return part[0];
}

void history_here(const float* HWY_RESTRICT f, const float* HWY_RESTRICT last_f, const float* HWY_RESTRICT u,
                  const float* HWY_RESTRICT last_u, float* HWY_RESTRICT df, float* HWY_RESTRICT dxf, std::size_t n) {
    const F d;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) {
        const auto change = hn::Sub(hn::Load(d, f + k), hn::Load(d, last_f + k));
        hn::Store(change, d, df + k);
        hn::Store(hn::Add(change, hn::Sub(hn::Load(d, u + k), hn::Load(d, last_u + k))), d, dxf + k);
    }
}

void advance_here(float* HWY_RESTRICT u, const float* HWY_RESTRICT f, const float* const* step, const float* weight, std::size_t m,
                  std::size_t n) {
    const F d;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) {
        auto x = hn::Load(d, f + k);
        for (std::size_t q = 0; q < m; ++q) x = hn::NegMulAdd(hn::Set(d, weight[q]), hn::Load(d, step[q] + k), x);
        hn::Store(hn::Add(hn::Load(d, u + k), x), d, u + k);
    }
}

Power row_power_here(const float* HWY_RESTRICT u, const float* HWY_RESTRICT a, const float* HWY_RESTRICT c, double drive_V,
                     const double* HWY_RESTRICT bit_V, std::size_t n) {
    const hn::CappedTag<double, 8> d;
    const hn::Rebind<float, decltype(d)> single;
    const std::size_t lanes = hn::Lanes(d);
    HWY_ALIGN double part[2][8];
    hn::Vec<decltype(d)> sum[2][8];
    for (std::size_t q = 0; q * lanes < 8; ++q) sum[0][q] = sum[1][q] = hn::Zero(d);
    const auto drive = hn::Set(d, drive_V);
    for (std::size_t k = 0; k < n; k += 8)
        for (std::size_t q = 0; q * lanes < 8; ++q) {
            const std::size_t at = k + q * lanes;
            const auto x = hn::PromoteTo(d, hn::Load(single, u + at));
            const auto i = hn::Mul(
                x, hn::MulAdd(hn::PromoteTo(d, hn::Load(single, c + at)), hn::Mul(x, x), hn::PromoteTo(d, hn::Load(single, a + at))));
            sum[0][q] = hn::MulAdd(x, i, sum[0][q]);
            sum[1][q] = hn::MulAdd(hn::Sub(drive, hn::LoadU(d, bit_V + at)), i, sum[1][q]);
        }
    for (int s = 0; s < 2; ++s) {
        for (std::size_t q = 0; q * lanes < 8; ++q) hn::Store(sum[s][q], d, part[s] + q * lanes);
        for (std::size_t step = 4; step > 0; step /= 2)
            for (std::size_t q = 0; q < step; ++q) part[s][q] += part[s][q + step];
    }
    return {part[0][0], part[1][0]};
}

Slopes row_slopes_here(const float* HWY_RESTRICT a, const float* HWY_RESTRICT c, float drive_V, const float* HWY_RESTRICT bit_V,
                       float share, std::size_t n) {
    const F d;
    const std::size_t lanes = hn::Lanes(d);
    HWY_ALIGN float part[16];
    const auto drive = hn::Set(d, drive_V), scale = hn::Set(d, 3 * share * share);
    auto most = hn::Zero(d);
    hn::Vec<F> sum[16];
    for (std::size_t q = 0; q * lanes < 16; ++q) sum[q] = hn::Zero(d);
    for (std::size_t k = 0; k < n; k += 16)
        for (std::size_t q = 0; q * lanes < 16; ++q) {
            const std::size_t at = k + q * lanes;
            const auto u = hn::Sub(drive, hn::LoadU(d, bit_V + at));
            const auto slope = hn::MulAdd(hn::Mul(scale, hn::Load(d, c + at)), hn::Mul(u, u), hn::Load(d, a + at));
            most = hn::Max(most, slope), sum[q] = hn::Add(sum[q], slope);
        }
    for (std::size_t q = 0; q * lanes < 16; ++q) hn::Store(sum[q], d, part + q * lanes);
    for (std::size_t step = 8; step > 0; step /= 2)
        for (std::size_t q = 0; q < step; ++q) part[q] += part[q + step];
    return {hn::GetLane(hn::MaxOfLanes(d, most)), part[0]};
}

void row_modes_here(const RowModes& row, const float* HWY_RESTRICT l_word, const float* HWY_RESTRICT q_word, const float* HWY_RESTRICT bit,
                    float* HWY_RESTRICT base, float* HWY_RESTRICT weight, std::size_t n) {
    const F d;
    const auto one = hn::Set(d, 1.0f), g0 = hn::Set(d, row.g0), l_bit = hn::Set(d, row.l_bit), word = hn::Set(d, row.word),
               q_bit = hn::Set(d, row.q_bit);
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) {
        const auto l = hn::Add(l_bit, hn::LoadU(d, l_word + k)), kappa = hn::Div(one, hn::MulAdd(g0, l, one));
        const auto source = hn::NegMulAdd(q_bit, hn::LoadU(d, bit + k), hn::Mul(word, hn::LoadU(d, q_word + k)));
        hn::Store(hn::Mul(kappa, source), d, base + k);
        hn::Store(hn::Mul(kappa, l), d, weight + k);
    }
}

}  // namespace ganbar::write_sweep::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::write_sweep {
HWY_EXPORT(excess_here);
HWY_EXPORT(reflect_here);
HWY_EXPORT(difference_here);
HWY_EXPORT(dot_here);
HWY_EXPORT(history_here);
HWY_EXPORT(advance_here);
HWY_EXPORT(row_power_here);
HWY_EXPORT(row_slopes_here);
HWY_EXPORT(row_modes_here);

void excess(const float* u, const float* a, const float* c, float g0, float* out, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(excess_here)(u, a, c, g0, out, n);
}
void reflect(float* hat, const float* weight, const float* base, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(reflect_here)(hat, weight, base, n);
}
float difference(const float* next, const float* u, float* f, std::size_t n) {
    return HWY_DYNAMIC_DISPATCH(difference_here)(next, u, f, n);
}
float dot(const float* a, const float* b, std::size_t n) { return HWY_DYNAMIC_DISPATCH(dot_here)(a, b, n); }
void history(const float* f, const float* last_f, const float* u, const float* last_u, float* df, float* dxf, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(history_here)(f, last_f, u, last_u, df, dxf, n);
}
void advance(float* u, const float* f, const float* const* step, const float* weight, std::size_t m, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(advance_here)(u, f, step, weight, m, n);
}
Power row_power(const float* u, const float* a, const float* c, double drive_V, const double* bit_V, std::size_t n) {
    return HWY_DYNAMIC_DISPATCH(row_power_here)(u, a, c, drive_V, bit_V, n);
}
Slopes row_slopes(const float* a, const float* c, float drive_V, const float* bit_V, float share, std::size_t n) {
    return HWY_DYNAMIC_DISPATCH(row_slopes_here)(a, c, drive_V, bit_V, share, n);
}
void row_modes(const RowModes& row, const float* l_word, const float* q_word, const float* bit, float* base, float* weight, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(row_modes_here)(row, l_word, q_word, bit, base, weight, n);
}
}  // namespace ganbar::write_sweep
#endif
