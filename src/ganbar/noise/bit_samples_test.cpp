#include "ganbar/noise/bit_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "ganbar/core/rng.h"

namespace ganbar::noise {
namespace {

std::vector<std::uint8_t> fair_bits(std::size_t n) {
    Rng rng(12);
    std::vector<std::uint8_t> out(n);
    for (auto& b : out) b = static_cast<std::uint8_t>(rng.bits() >> 31);
    return out;
}
struct Moments {
    double mean = 0, variance = 0, excess = 0;
};
Moments moments(const std::vector<float>& x) {
    Moments m;
    const auto n = static_cast<double>(x.size());
    for (const float v : x) m.mean += static_cast<double>(v) / n;
    double fourth = 0;
    for (const float v : x)
        m.variance += std::pow(static_cast<double>(v) - m.mean, 2) / n, fourth += std::pow(static_cast<double>(v) - m.mean, 4) / n;
    m.excess = fourth / (m.variance * m.variance) - 3;
    return m;
}

TEST(BitSamples, TwoValues) {
    const std::vector<std::uint8_t> bits{0, 1, 1};
    std::vector<float> out(3);
    SampleCode{}.decode(bits, out);
    EXPECT_EQ(out, (std::vector<float>{-1, 1, 1}));
    SampleCode{.zero_one = true}.decode(bits, out);
    EXPECT_EQ(out, (std::vector<float>{0, 1, 1}));
}

TEST(BitSamples, UniformTakesTheMiddles) {
    SampleCode code{SampleForm::uniform, GaussianMethod::binomial, 3};
    std::vector<std::uint8_t> bits;
    for (int m = 0; m < 8; ++m)
        for (int b = 2; b >= 0; --b) bits.push_back(m >> b & 1);
    std::vector<float> out(8);
    code.decode(bits, out);
    for (std::size_t m = 0; m < 8; ++m) EXPECT_FLOAT_EQ(out[m], (2 * static_cast<float>(m) + 1) / 8 - 1);
    const Moments m = moments(out);
    EXPECT_NEAR(m.mean, 0, 1e-7);
    EXPECT_NEAR(m.variance, (1 - std::pow(4.0, -3)) / 3, 1e-7);
}

TEST(BitSamples, MomentsOfEveryGaussian) {
    const std::size_t n = 200'000;
    for (const auto method : {GaussianMethod::binomial, GaussianMethod::inverse_cdf, GaussianMethod::box_muller})
        for (const std::int64_t k : {8, 16}) {
            const SampleCode code{SampleForm::gaussian, method, k};
            std::vector<float> out(n);
            code.decode(fair_bits(code.bits_for(n)), out);
            const Moments m = moments(out);
            EXPECT_NEAR(m.mean, 0, 5 / std::sqrt(n)) << k;
            EXPECT_NEAR(m.variance, 1, k == 8 ? 0.02 : 0.01) << k;
            EXPECT_NEAR(m.excess, method == GaussianMethod::binomial ? -2.0 / static_cast<double>(k) : 0.0, k == 8 ? 0.1 : 0.06) << k;
        }
}

TEST(BitSamples, InverseLawIsExactAtItsPoints) {
    const SampleCode code{SampleForm::gaussian, GaussianMethod::inverse_cdf, 10};
    std::vector<std::uint8_t> bits;
    for (int m = 0; m < 1024; ++m)
        for (int b = 9; b >= 0; --b) bits.push_back(m >> b & 1);
    std::vector<float> out(1024);
    code.decode(bits, out);
    for (int m = 0; m < 1024; ++m)
        EXPECT_NEAR(0.5 * std::erfc(-static_cast<double>(out[static_cast<std::size_t>(m)]) / std::sqrt(2.0)), (m + 0.5) / 1024, 1e-7);
}

TEST(BitSamples, BoxMullerIsNormalAndUncorrelated) {
    const SampleCode code{SampleForm::gaussian, GaussianMethod::box_muller, 24};
    const std::size_t n = 100'000;
    std::vector<float> out(n);
    code.decode(fair_bits(code.bits_for(n)), out);
    double cross = 0;
    for (std::size_t i = 0; i < n; i += 2) cross += static_cast<double>(out[i] * out[i + 1]) / (static_cast<double>(n) / 2);
    EXPECT_NEAR(cross, 0, 5 / std::sqrt(static_cast<double>(n) / 2));
    std::sort(out.begin(), out.end());
    double distance = 0;  // Kolmogorov-Smirnov
    for (std::size_t i = 0; i < n; ++i)
        distance = std::max(distance, std::abs((static_cast<double>(i) + 0.5) / static_cast<double>(n) -
                                               0.5 * std::erfc(-static_cast<double>(out[i]) / std::sqrt(2.0))));
    EXPECT_LT(distance * std::sqrt(static_cast<double>(n)), 1.95);  // p = 0.001
}

TEST(BitSamples, CountsItsBits) {
    EXPECT_EQ(SampleCode{}.bits_for(7), 7u);
    EXPECT_EQ((SampleCode{SampleForm::uniform, GaussianMethod::binomial, 5}.bits_for(7)), 35u);
    EXPECT_EQ((SampleCode{SampleForm::gaussian, GaussianMethod::box_muller, 5}.bits_for(7)), 40u);  // an odd number makes a pair more
    std::vector<float> odd(7);
    SampleCode{SampleForm::gaussian, GaussianMethod::box_muller, 5}.decode(fair_bits(40), odd);
    for (const float v : odd) EXPECT_TRUE(std::isfinite(v) && v != 0);
}

}  // namespace
}  // namespace ganbar::noise
