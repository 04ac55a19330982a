#include "ganbar/bits/trng_telegraph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace ganbar {
namespace {

// The states of a trap are those of a two-state Markov process sampled once a bit.
TEST(TelegraphTraps, OccupationAndMemoryAreMarkov) {
    TelegraphTraps::Population p;
    p.tau_lo = {0.5e-6}, p.tau_hi = {2e-3}, p.traps_per_cell = 0.3;
    const TelegraphTraps traps(p, 16, {5e-6}, Rng(1), Rng(2));
    ASSERT_NEAR(static_cast<double>(traps.traps().size()), 77, 4 * std::sqrt(77.0));
    const std::size_t n_blocks = 400, n = n_blocks * 512;
    std::vector<double> filled(traps.traps().size(), 0), same(filled.size(), 0);
    std::vector<std::uint8_t> last(filled.size(), 0);
    for (std::uint64_t b = 0; b < n_blocks; ++b) {
        std::vector<std::uint64_t> words;
        traps.block(b, words);
        for (std::size_t k = 0; k < filled.size(); ++k)
            for (std::size_t i = 0; i < 512; ++i) {
                const bool now = words[i / 64 * traps.traps().size() + k] >> (i % 64) & 1;
                filled[k] += now;
                if (b + i > 0) same[k] += now == last[k];
                last[k] = now;
            }
    }
    int n_checked = 0;
    for (std::size_t k = 0; k < filled.size(); ++k) {
        const auto& t = traps.traps()[k];
        const double renewals = static_cast<double>(n) * t.renewal, spread = t.filled * (1 - t.filled);
        EXPECT_NEAR(filled[k] / static_cast<double>(n), t.filled, 5 * std::sqrt(2 * spread / renewals) + 1e-9) << k;
        const double change = t.renewal * 2 * spread;  // P(state differs from the bit before)
        EXPECT_NEAR(1 - same[k] / static_cast<double>(n - 1), change, 5 * std::sqrt(change / static_cast<double>(n)) + 1e-5) << k;
        n_checked += renewals > 100;
    }
    EXPECT_GT(n_checked, 50);
}

TEST(TelegraphTraps, DwellTimesAreGeometric) {
    TelegraphTraps::Population p;
    p.tau_lo = p.tau_hi = {50e-6};  // tau_c = tau_e: leaves a state with rate 1/50 us
    p.traps_per_cell = 2;
    const TelegraphTraps traps(p, 4, {5e-6}, Rng(3), Rng(4));
    const double leave = traps.traps()[0].renewal / 2;
    std::vector<double> count(40, 0);
    double n = 0;
    std::vector<std::size_t> dwell(traps.traps().size(), 0);
    std::vector<std::uint8_t> last(dwell.size(), 2);
    for (std::uint64_t b = 0; b < 200; ++b) {
        std::vector<std::uint64_t> words;
        traps.block(b, words);
        for (std::size_t k = 0; k < dwell.size(); ++k)
            for (std::size_t i = 0; i < 512; ++i) {
                const std::uint8_t now = words[i / 64 * traps.traps().size() + k] >> (i % 64) & 1;
                if (now != last[k]) {
                    if (dwell[k] > 0 && last[k] != 2) ++count[std::min<std::size_t>(dwell[k], 40) - 1], ++n;
                    dwell[k] = 0;
                    last[k] = now;
                }
                ++dwell[k];
            }
    }
    double chi2 = 0;
    for (std::size_t d = 1; d <= 40; ++d) {
        const double expected = n * (d < 40 ? leave * std::pow(1 - leave, static_cast<double>(d) - 1) : std::pow(1 - leave, 39));
        chi2 += std::pow(count[d - 1] - expected, 2) / expected;
    }
    EXPECT_GT(n, 10000);
    EXPECT_LT(chi2, 72.1);  // 39 degrees of freedom, p = 0.001
}

}  // namespace
}  // namespace ganbar
