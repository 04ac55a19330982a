// Linear complexity test (section 2.10). Berlekamp-Massey over GF(2) on 64 coefficients at a time.
#include <bit>
#include <cmath>

#include "ganbar/core/stop.h"
#include "ganbar/noise/sp800_22/special.h"
#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar::noise::sp800_22 {

namespace {

using Words = std::vector<std::uint64_t>;

void shift_up(Words& w, std::uint64_t into) {
    for (auto& word : w) {
        const std::uint64_t out = word >> 63;
        word = word << 1 | into;
        into = out;
    }
}

}  // namespace

std::size_t linear_complexity_of(const BitString& bits, std::size_t first, std::size_t count) {
    const std::size_t n_words = count / 64 + 1;
    // connection c(x) and, times x^(steps since), the one before the last change; recent holds the bits read, the newest at x^0.
    Words connection(n_words, 0), before(n_words, 0), recent(n_words, 0), saved;
    connection[0] = 1, before[0] = 1;
    std::size_t length = 0;
    for (std::size_t i = 0; i < count; ++i) {
        shift_up(recent, bits[first + i]);
        shift_up(before, 0);
        std::uint64_t sum = 0;
        for (std::size_t w = 0; w < n_words; ++w) sum ^= connection[w] & recent[w];
        if (std::popcount(sum) % 2 == 0) continue;  // the register predicts this bit
        const bool grows = 2 * length <= i;
        if (grows) saved = connection;
        for (std::size_t w = 0; w < n_words; ++w) connection[w] ^= before[w];
        if (grows) {
            length = i + 1 - length;
            before.swap(saved);
        }
    }
    return length;
}

TestResult linear_complexity(const BitString& bits, Constants constants, std::size_t block) {
    // Section 2.10.4 step 5; the document prints 0.01047 for 1/96.
    const std::array<double, 7> p{constants == Constants::as_printed ? 0.01047 : 1 / 96.0, 1 / 32.0, 0.125, 0.5, 0.25, 0.0625,
                                  constants == Constants::as_printed ? 0.020833 : 1 / 48.0};
    const std::size_t n_blocks = bits.size() / block;
    const auto m = static_cast<double>(block);
    const double sign = block % 2 == 0 ? 1 : -1;
    const double mean = m / 2 + (9 - sign) / 36 - (m / 3 + 2.0 / 9) * std::exp2(-m);
    std::array<double, 7> seen{};
    for (std::size_t b = 0; b < n_blocks; ++b) {
        stop_point();
        const double t = sign * (static_cast<double>(linear_complexity_of(bits, b * block, block)) - mean) + 2.0 / 9;
        std::size_t c = 0;
        while (c < 6 && t > -2.5 + static_cast<double>(c)) ++c;
        ++seen[c];
    }
    double chi2 = 0;
    for (std::size_t c = 0; c < p.size(); ++c) {
        const double expected = static_cast<double>(n_blocks) * p[c];
        chi2 += (seen[c] - expected) * (seen[c] - expected) / expected;
    }
    return {"linear_complexity", {chi2_tail(chi2, 6)}, {chi2}};
}

}  // namespace ganbar::noise::sp800_22
