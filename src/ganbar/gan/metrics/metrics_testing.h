// What the tests of the metrics share: point sets that Python can repeat, random ones, and shares of counts.
#pragma once
#include <cstdint>
#include <vector>

#include "ganbar/core/matrix.h"
#include "ganbar/core/rng.h"

namespace ganbar::gan::metrics_test {

/// The point sets of tests/oracle/metrics_oracle.py.
inline Matrix hashed_points(std::size_t n, std::size_t d, std::uint32_t first, double scale, double shift) {
    const auto mix = [](std::uint32_t x) {
        x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >> 13)) * 0xC2B2AE35u;
        return x ^ (x >> 16);
    };
    Matrix out(n, d);
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < d; ++c) {
            const auto i = static_cast<std::uint32_t>(first + r * d + c);
            double sum = 0;
            for (std::uint32_t q = 0; q < 4; ++q) sum += mix(4 * i + q) >> 12;
            out(r, c) = static_cast<float>((sum / 1048576 - 2) * scale + static_cast<double>(c % 3) * shift);
        }
    return out;
}

inline Matrix gaussian_points(std::size_t n, std::size_t d, std::uint64_t seed) {
    Matrix out(n, d);
    Rng rng(seed);
    for (std::size_t r = 0; r < n; ++r) rng.fill_normal(out.row_span(r));
    return out;
}

inline double share(const std::vector<std::uint32_t>& counts) {
    double n = 0;
    for (const auto c : counts) n += c > 0;
    return n / static_cast<double>(counts.size());
}

}  // namespace ganbar::gan::metrics_test
