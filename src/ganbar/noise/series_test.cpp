#include "ganbar/noise/series.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "ganbar/core/rng.h"
#include "ganbar/noise/postprocess.h"

namespace ganbar::noise {
namespace {

BitString biased(std::uint64_t seed, std::size_t n, double p) {
    Rng rng(seed);
    BitString out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(rng.uniform() < p);
    return out;
}

TEST(BitString, PackingIsMostSignificantBitFirst) {
    const std::vector<std::uint8_t> bytes{0x96, 0x01};
    const BitString s = BitString::from_packed(bytes);
    EXPECT_EQ(s.unpacked(), (std::vector<std::uint8_t>{1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
    EXPECT_EQ(s.packed(), bytes);
    EXPECT_EQ(BitString::from_packed(bytes, 11).packed(), (std::vector<std::uint8_t>{0x96, 0x00}));
    EXPECT_THROW(BitString::from_packed(bytes, 17), DataError);
}

TEST(BitString, WordsAndSlicesAgreeWithBits) {
    const BitString s = biased(1, 333, 0.4);
    for (std::size_t i = 0; i < 333; ++i) {
        EXPECT_EQ(s.word(i) >> 63 & 1, s[i]);
        std::size_t ones = 0;
        for (std::size_t k = i; k < 333; ++k) ones += s[k];
        EXPECT_EQ(s.count_ones(i, 333 - i), ones);
    }
    const BitString t = s.slice(70, 130);
    for (std::size_t i = 0; i < 130; ++i) EXPECT_EQ(t[i], s[70 + i]);
    EXPECT_EQ(t.count_ones(), s.count_ones(70, 130));
}

TEST(Welch, WhiteNoiseAndASine) {
    Rng rng(2);
    std::vector<double> x(100'000);
    for (auto& v : x) v = 3 * rng.normal();
    const auto s = welch(x, 1e-3, 256);
    double mean = 0;
    for (std::size_t k = 1; k < 128; ++k) mean += s[k] / 127;
    EXPECT_NEAR(mean, 2 * 9 * 1e-3, 0.02 * 18e-3);  // variance sigma^2 over the band 1/(2 dt)
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(2 * std::numbers::pi * 40 / 256 * static_cast<double>(i));
    const auto line = welch(x, 1.0, 256);
    double power = 0;
    for (const double v : line) power += v / 256;
    EXPECT_NEAR(power, 0.5, 1e-3);
    EXPECT_GT(line[40], line[60] * 1e6);
}

TEST(Series, AutocorrelationOfAChain) {
    Rng rng(3);
    BitString s;
    bool bit = false;
    const std::size_t n = 200'000;
    for (std::size_t i = 0; i < n; ++i) {
        if (rng.uniform() < 0.2) bit = !bit;  // correlation 0.6 per step
        s.push_back(bit);
    }
    const auto r = autocorrelation(s, 5);
    for (std::size_t lag = 1; lag <= 5; ++lag) EXPECT_NEAR(r[lag - 1], std::pow(0.6, static_cast<double>(lag)), 0.015);
    for (const double v : autocorrelation(biased(4, n, 0.7), 100)) EXPECT_NEAR(v, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(bias(biased(4, n, 0.7)), 0.2, 0.006);
}

TEST(Series, CorrelationsOfFewBitsAreCorrelations) {
    for (const std::size_t n : {2u, 3u, 12u, 96u, 101u})
        for (std::uint64_t seed = 0; seed < 50; ++seed)
            for (const double v : autocorrelation(biased(seed, n, 0.4), 100)) EXPECT_LE(std::abs(v), 1) << n;
    const auto alternating = autocorrelation(BitString::parse("01010101"), 2);
    EXPECT_NEAR(alternating[0], -7.0 / 8, 1e-12);
    EXPECT_NEAR(alternating[1], 6.0 / 8, 1e-12);
}

TEST(Series, Distances) {
    EXPECT_DOUBLE_EQ(hamming_distance(BitString::parse("10110"), BitString::parse("10011")), 0.4);
    EXPECT_THROW(hamming_distance(BitString::parse("1"), BitString::parse("11")), DataError);
    std::vector<BitString> chips;
    for (std::uint64_t k = 0; k < 20; ++k) chips.push_back(biased(50 + k, 4096, 0.5));
    const Distances d = pairwise_distances(chips);
    EXPECT_EQ(d.n_pairs, 190u);
    EXPECT_NEAR(d.mean, 0.5, 0.003);
    EXPECT_NEAR(d.deviation, 0.5 / 64, 0.002);
}

TEST(Series, ConditionalEntropy) {
    EXPECT_NEAR(conditional_min_entropy(std::vector<double>(10, 0.5)), 1, 1e-12);
    EXPECT_NEAR(conditional_min_entropy(std::vector<double>{0, 1, 1}), 0, 1e-12);
    EXPECT_NEAR(conditional_min_entropy(std::vector<double>{0.25, 0.75, 1, 0}), -std::log2(0.875), 1e-12);
    EXPECT_NEAR(repeat_probability(std::vector<double>{0.5, 1}), 0.75, 1e-12);
}

TEST(PostProcess, VonNeumannRemovesBias) {
    const BitString s = biased(6, 200'000, 0.7), out = von_neumann(s);
    const auto n = static_cast<double>(out.size());
    EXPECT_NEAR(n / 200'000, 0.21, 0.003);
    EXPECT_NEAR(bias(out), 0, 4 * 0.5 / std::sqrt(n));
    EXPECT_EQ(von_neumann(BitString::parse("0110110010")).unpacked(), (std::vector<std::uint8_t>{0, 1, 1}));
}

TEST(PostProcess, XorPilesUp) {
    const BitString s = biased(7, 900'000, 0.6);
    const auto out = xor_groups(s, 3);
    EXPECT_EQ(out.size(), 300'000u);
    EXPECT_NEAR(bias(out), 4 * 0.001, 4 * 0.5 / std::sqrt(300'000));  // 2^2 * 0.1^3
    EXPECT_EQ(xor_groups(s, 1).packed(), s.packed());
    EXPECT_THROW(xor_groups(s, 0), ConfigError);
}

TEST(PostProcess, Sha256OfABlock) {
    const std::vector<std::uint8_t> abc{'a', 'b', 'c'};
    const BitString out = sha256_blocks(BitString::from_packed(abc), 24);  // FIPS 180-2, example B.1
    ASSERT_EQ(out.size(), 256u);
    EXPECT_EQ(out.bits(0, 32), 0xba7816bfu);
    EXPECT_EQ(out.bits(224, 32), 0xf20015adu);
    EXPECT_EQ(sha256_blocks(biased(8, 1000, 0.5), 400).size(), 512u);
    EXPECT_THROW(sha256_blocks(BitString::from_packed(abc), 12), ConfigError);
}

}  // namespace
}  // namespace ganbar::noise
