#include "ganbar/noise/sp800_90b/estimators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ganbar/core/rng.h"
#include "ganbar/noise/sp800_90b/suffixes.h"

namespace ganbar::noise::sp800_90b {
namespace {

/// Two-state chain: P(1 | 0) = rise, P(1 | 1) = stay.
std::vector<std::uint8_t> chain(std::uint64_t seed, std::size_t n, double rise, double stay) {
    Rng rng(seed);
    std::vector<std::uint8_t> out(n);
    bool bit = rng.uniform() < rise / (1 + rise - stay);
    for (auto& b : out) {
        b = bit;
        bit = rng.uniform() < (bit ? stay : rise);
    }
    return out;
}
std::vector<std::uint8_t> biased(std::uint64_t seed, std::size_t n, double p) { return chain(seed, n, p, p); }

// Statistics and results that NIST's own tool publishes for its sample files (usnistgov/SP800-90B_EntropyAssessment, cpp/selftest/refdata).
TEST(Sp80090B, StepsAgreeWithTheReferenceTool) {
    struct Predictor {
        std::int64_t right, n, r;
        double h;
    };
    for (const Predictor& p : {Predictor{499731, 999937, 20, 0.99697224801623707},
                               {499304, 999999, 23, 0.99829166636629973},  // truerand_1bit
                               {499870, 999998, 20, 0.99665994380395218},
                               {499727, 999983, 20, 0.99705004757897153},
                               {662387, 1165603, 23, 0.81233323259173817},  // data.pi
                               {979925, 999937, 534, 0.028634892142081356},
                               {959838, 999999, 527, 0.040599763274887825},  // biased; the second by its longest run
                               {561973, 999937, 83, 0.29051922736594488},
                               {839328, 999999, 84, 0.25106695357142894},  // ring oscillator; the first by its longest run
                               {5071, 9999, 18, 0.9433337065757712}})      // rand1_short
        EXPECT_NEAR(entropy_of({p.right, p.n, p.r - 1}), p.h, 1e-11) << p.right;
    EXPECT_NEAR(collision_entropy(2.4974739206155063), 0.90093572690822665, 1e-12);
    EXPECT_NEAR(collision_entropy(2.0383744580128056), 0.028513792826295892, 1e-12);
    EXPECT_NEAR(collision_entropy(2.1537456028181117), 0.12644573619605429, 1e-12);
    EXPECT_EQ(collision_entropy(2.51), 1);
    EXPECT_NEAR(markov_entropy(0.43125046110978615, 0.48045928537042415, 0.39393879973633839), 0.72318078199004532, 1e-12);
    EXPECT_NEAR(markov_entropy(0.97998799999999997, 0.98001606143754971, 0.97861283230061957), 0.029123023940057065, 1e-12);
    EXPECT_NEAR(markov_entropy(0.50096499999999999, 0.83963917566930957, 0.16098269660444658), 0.2579793924501087, 1e-12);
    EXPECT_NEAR(compression_entropy(5.2088573575292516, 1000000 / 6), 0.82967708323406131, 1e-9);
    EXPECT_NEAR(compression_entropy(5.1219016843117551, 1165666 / 6), 0.60155919063219654, 1e-9);
    EXPECT_NEAR(compression_entropy(0.70729239203524708, 1000000 / 6), 0.017766579116465196, 1e-9);
    EXPECT_NEAR(compression_entropy(3.3730929939843661, 1000000 / 6), 0.15932269772157898, 1e-9);
    std::vector<std::uint8_t> ones(1'000'000, 0);
    std::fill_n(ones.begin(), 500433, std::uint8_t{1});
    EXPECT_NEAR(most_common_value(ones), 0.99504301513122573, 1e-12);
}

// Predictors as the standard words them: lists of sub-predictions, maps as dictionaries. Slow, without any trick.
Guesses follow(Bits s, std::size_t first, std::size_t n_sub, const auto& predictions) {
    std::vector<std::int64_t> score(n_sub, 0);
    std::size_t winner = 0;
    Guesses g;
    std::int64_t run = 0;
    for (std::size_t i = first; i < s.size(); ++i) {
        const std::vector<int> guess = predictions(i);  // -1 = none
        const bool right = guess[winner] == s[i];
        ++g.n, g.n_right += right, run = right ? run + 1 : 0, g.longest_run = std::max(g.longest_run, run);
        for (std::size_t j = 0; j < n_sub; ++j)
            if (guess[j] == s[i] && ++score[j] >= score[winner]) winner = j;
    }
    return g;
}
void expect_same(const Guesses& a, const Guesses& b, const char* what) {
    EXPECT_EQ(a.n, b.n) << what;
    EXPECT_EQ(a.n_right, b.n_right) << what;
    EXPECT_EQ(a.longest_run, b.longest_run) << what;
}

TEST(Sp80090B, PredictorsAgreeWithTheWordingOfTheStandard) {
    for (const auto& s : {biased(1, 9000, 0.5), biased(2, 9000, 0.8), chain(3, 9000, 0.2, 0.7), chain(4, 9000, 0.9, 0.1)}) {
        expect_same(
            multi_mcw(s),
            follow(s, 63, 4,
                   [&](std::size_t i) {
                       std::vector<int> out;
                       for (const std::size_t w : {63u, 255u, 1023u, 4095u}) {
                           if (i < w) out.push_back(-1);
                           else
                               out.push_back(2 * std::count(s.begin() + static_cast<long>(i - w), s.begin() + static_cast<long>(i), 1) >
                                             static_cast<long>(w));
                       }
                       return out;
                   }),
            "multi_mcw");
        expect_same(lag(s),
                    follow(s, 1, 128,
                           [&](std::size_t i) {
                               std::vector<int> out;
                               for (std::size_t d = 1; d <= 128; ++d) out.push_back(d <= i ? s[i - d] : -1);
                               return out;
                           }),
                    "lag");
        std::map<std::pair<std::size_t, std::vector<std::uint8_t>>, std::array<int, 2>> model;
        const auto word = [&](std::size_t end, std::size_t d) {
            return std::pair(d, std::vector<std::uint8_t>(s.begin() + static_cast<long>(end - d), s.begin() + static_cast<long>(end)));
        };
        expect_same(multi_mmc(s),
                    follow(s, 2, 16,
                           [&](std::size_t i) {
                               std::vector<int> out(16, -1);
                               for (std::size_t d = 1; d <= 16 && d < i; ++d) ++model[word(i - 1, d)][s[i - 1]];
                               for (std::size_t d = 1; d <= 16 && d <= i; ++d)
                                   if (const auto it = model.find(word(i, d)); it != model.end())
                                       out[d - 1] = it->second[1] >= it->second[0];
                               return out;
                           }),
                    "multi_mmc");
        model.clear();
        expect_same(lz78y(s),
                    follow(s, 17, 1,
                           [&](std::size_t i) {
                               int best = 0, guess = -1;
                               for (std::size_t j = 16; j > 0; --j) {
                                   const auto key = word(i - 1, j);
                                   if (!model.contains(key) && model.size() >= 65536) continue;
                                   ++model[key][s[i - 1]];
                               }
                               for (std::size_t j = 16; j > 0; --j)
                                   if (const auto it = model.find(word(i, j)); it != model.end()) {
                                       const int y = it->second[1] >= it->second[0];
                                       if (it->second[static_cast<std::size_t>(y)] > best)
                                           best = it->second[static_cast<std::size_t>(y)], guess = y;
                                   }
                               return std::vector<int>{guess};
                           }),
                    "lz78y");
    }
}

TEST(Suffixes, OrderIsLexical) {
    std::vector<std::vector<std::uint8_t>> cases{biased(1, 300, 0.5), biased(2, 300, 0.97), std::vector<std::uint8_t>(300, 0),
                                                 std::vector<std::uint8_t>(300, 1)};
    std::vector<std::uint8_t> periodic(300);
    for (std::size_t i = 0; i < 300; ++i) periodic[i] = i % 7 < 3;
    cases.push_back(periodic);
    for (const auto& bits : cases) {
        const BitString s = BitString::from_bits(bits);
        const auto order = suffix_order(s);
        const auto agree = common_prefixes(s, order);
        for (std::size_t k = 1; k < order.size(); ++k) {
            const auto a = bits.begin() + order[k - 1], b = bits.begin() + order[k];
            EXPECT_TRUE(std::lexicographical_compare(a, bits.end(), b, bits.end()));
            std::size_t same = 0;
            while (std::max(order[k - 1], order[k]) + same < bits.size() && a[static_cast<long>(same)] == b[static_cast<long>(same)])
                ++same;
            EXPECT_EQ(agree[k], same);
        }
    }
}

TEST(Sp80090B, TuplesAgreeWithCounting) {
    for (const auto& bits : {biased(5, 2000, 0.5), biased(6, 2000, 0.8), chain(7, 2000, 0.3, 0.8)}) {
        double t_best = 0, lrs_best = 0;
        bool counting = true;
        const auto n = static_cast<double>(bits.size());
        for (std::size_t t = 1; t < bits.size(); ++t) {
            std::map<std::vector<std::uint8_t>, double> count;
            for (std::size_t i = 0; i + t <= bits.size(); ++i)
                ++count[{bits.begin() + static_cast<long>(i), bits.begin() + static_cast<long>(i + t)}];
            double most = 0, pairs = 0;
            for (const auto& [word, c] : count) most = std::max(most, c), pairs += c * (c - 1) / 2;
            if (pairs == 0) break;
            const double places = n - static_cast<double>(t) + 1;
            if (most < 35) counting = false;
            if (counting) t_best = std::max(t_best, std::pow(most / places, 1 / static_cast<double>(t)));
            else lrs_best = std::max(lrs_best, std::pow(pairs / (places * (places - 1) / 2), 1 / static_cast<double>(t)));
        }
        const auto h = [n](double p) { return -std::log2(std::min(1.0, p + z_alpha * std::sqrt(p * (1 - p) / (n - 1)))); };
        const Tuples got = tuples(BitString::from_bits(bits));
        EXPECT_NEAR(got.t_tuple.value(), h(t_best), 1e-12);
        EXPECT_NEAR(got.lrs.value(), h(lrs_best), 1e-12);
    }
}

// Known sources. The estimators are lower bounds at 99%; compression and collision are known to sit well below the truth near one bit.
TEST(Sp80090B, BiasedSources) {
    for (const double p : {0.5, 0.6, 0.8, 0.95}) {
        const Assessment a = assess(BitString::from_bits(biased(17, 300'000, p)));
        const double truth = -std::log2(p);
        EXPECT_EQ(a.estimators.size(), 10u);
        const double agreement = -std::log2(p * p + (1 - p) * (1 - p));  // what repeats measure, and guessing "the same again"
        for (const auto& [name, h] : a.estimators) {
            const bool repeats = name == "lrs" || name == "lag";
            EXPECT_LE(h, (repeats ? agreement : truth) + 0.01) << name << " at " << p;
            const bool tight =
                name == "most_common_value" || name == "markov" || name == "multi_mcw" || name == "multi_mmc" || name == "lz78y";
            EXPECT_GE(h, tight ? truth - 0.02 : 0.45 * truth) << name << " at " << p;
        }
        EXPECT_GT(a.min_entropy_per_bit, 0.45 * truth);
    }
}

TEST(Sp80090B, MarkovSource) {
    // P(same as before) = 0.8: -log2 0.8 bits per output although ones and zeros balance.
    const Assessment a = assess(BitString::from_bits(chain(23, 300'000, 0.2, 0.8)));
    const double truth = -std::log2(0.8);
    std::map<std::string, double> h(a.estimators.begin(), a.estimators.end());
    EXPECT_GT(h["most_common_value"], 0.98);
    for (const char* name : {"markov", "lag", "multi_mmc", "lz78y"}) EXPECT_NEAR(h[name], truth, 0.01) << name;
    EXPECT_LE(a.min_entropy_per_bit, truth + 0.005);
    EXPECT_GT(a.min_entropy_per_bit, 0.4 * truth);
}

TEST(Sp80090B, DegenerateSources) {
    EXPECT_EQ(assess(BitString::from_bits(std::vector<std::uint8_t>(20'000, 1))).min_entropy_per_bit, 0);
    EXPECT_EQ(assess(BitString::from_bits(std::vector<std::uint8_t>(20'000, 0))).min_entropy_per_bit, 0);
    std::vector<std::uint8_t> alternating(20'000);
    for (std::size_t i = 0; i < alternating.size(); ++i) alternating[i] = i % 2;
    EXPECT_LT(assess(BitString::from_bits(alternating)).min_entropy_per_bit, 0.01);
    EXPECT_EQ(assess(BitString::from_bits(std::vector<std::uint8_t>(100, 1))).skipped.size(), 1u);
}

TEST(Sp80090B, RestartCutoffIsTheQuantile) {
    // p = 1/2, n = 1000, 2000 trials: alpha = 5.0e-6; the two-sided normal bound is 500 + 4.56 * 15.81 = 572.
    EXPECT_NEAR(static_cast<double>(restart_cutoff(1.0, 1000, 2000)), 572, 1);
    EXPECT_EQ(restart_cutoff(0.0, 1000, 2000), 1000);
    EXPECT_GT(restart_cutoff(0.5, 1000, 2000), 707 + 60);
}

TEST(Sp80090B, RestartsThatRepeatFail) {
    const std::size_t n = 200;
    const std::vector<std::uint8_t> fresh = biased(31, n * n, 0.5);
    const Restart good = restart_test(BitString::from_bits(fresh), 0.8, n, n);
    EXPECT_TRUE(good.sane);
    EXPECT_TRUE(good.valid);
    std::vector<std::uint8_t> same;
    for (std::size_t r = 0; r < n; ++r) same.insert(same.end(), fresh.begin(), fresh.begin() + n);
    const Restart bad = restart_test(BitString::from_bits(same), 0.8, n, n);  // every column is constant
    EXPECT_FALSE(bad.sane);
    EXPECT_EQ(bad.largest_count, static_cast<std::int64_t>(n));
    EXPECT_EQ(bad.min_entropy_per_bit, 0);
    EXPECT_THROW(restart_test(BitString::from_bits(fresh), 0.8, n, n + 1), DataError);
    EXPECT_THROW(restart_test(BitString::from_bits(fresh).slice(0, 2500), 0.0, 50, 50),
                 DataError);  // nothing is estimated of so few, so nothing passes
}

}  // namespace
}  // namespace ganbar::noise::sp800_90b
