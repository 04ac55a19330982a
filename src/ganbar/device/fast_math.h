// exp, log and normal draws for the inner loops of device models: straight-line polynomials, the same bits on every machine, a few ns per
// call.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace ganbar::fast {

/// 2^x for |x| < 126, relative error below 2e-7; saturates outside. Taylor series of 2^f on [-0.5, 0.5] to order 7.
inline float exp2(float x) {
    const float limited = x < -126.0f ? -126.0f : x > 126.0f ? 126.0f : x;
    const auto whole = static_cast<std::int32_t>(limited + (limited < 0 ? -0.5f : 0.5f));
    const float f = limited - static_cast<float>(whole);
    float y = 1.525273380e-5f;
    y = y * f + 1.540353039e-4f;
    y = y * f + 1.333355815e-3f;
    y = y * f + 9.618129108e-3f;
    y = y * f + 5.550410866e-2f;
    y = y * f + 2.402265070e-1f;
    y = y * f + 6.931471806e-1f;
    y = y * f + 1.0f;
    return y * std::bit_cast<float>((whole + 127) << 23);
}

inline float exp(float x) { return exp2(x * 1.442695041f); }

/// log2 of a normal positive number, absolute error below 2e-7 + 1e-7 |log2 x|. Series of artanh((m-1)/(m+1)) with m in [0.707, 1.414].
inline float log2(float x) {
    const auto bits = std::bit_cast<std::int32_t>(x);
    const std::int32_t shifted = (bits - 0x3f3504f3) >> 23;  // exponent that puts the mantissa around 1
    const float m = std::bit_cast<float>(bits - (shifted << 23));
    const float s = (m - 1) / (m + 1), s2 = s * s;
    float y = 1.0f / 9;
    y = y * s2 + 1.0f / 7;
    y = y * s2 + 1.0f / 5;
    y = y * s2 + 1.0f / 3;
    y = y * s2 + 1.0f;
    return static_cast<float>(shifted) + 2.885390082f * s * y;
}

inline float log10(float x) { return log2(x) * 0.3010299957f; }

struct Pair {
    float a, b;
};
/// Two independent N(0,1) from 64 random bits (Box-Muller; |z| < 6.8). Absolute error against the same map
/// in double below 1e-5, or 4e-4 where both are that small (u near 1).
inline Pair normal_pair(std::uint32_t radius_bits, std::uint32_t angle_bits) {
    const float u = (static_cast<float>(radius_bits) + 0.5f) * 0x1p-32f;
    const float radius = std::sqrt(-1.386294361f * log2(u));                                          // u rounds up to 1 at most
    const float t = (static_cast<float>(angle_bits & 0x3fffffffu) * 0x1p-30f - 0.5f) * 1.570796327f;  // within an octant of 0
    const float t2 = t * t;
    const float s = t * (1 + t2 * (-1.0f / 6 + t2 * (1.0f / 120 - t2 * (1.0f / 5040))));
    const float c = 1 + t2 * (-0.5f + t2 * (1.0f / 24 + t2 * (-1.0f / 720 + t2 * (1.0f / 40320))));
    const bool swap = angle_bits & 0x40000000u;  // quarter turns
    const float sign = angle_bits & 0x80000000u ? -radius : radius;
    return swap ? Pair{-sign * s, sign * c} : Pair{sign * c, sign * s};
}

}  // namespace ganbar::fast
