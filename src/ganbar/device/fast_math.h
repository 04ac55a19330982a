// exp and log for the inner loops of device models: straight-line polynomials, the same bits on every machine, a few ns per call.
#pragma once
#include <bit>
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

}  // namespace ganbar::fast
