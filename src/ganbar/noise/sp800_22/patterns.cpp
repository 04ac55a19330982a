// Tests on repeated patterns: Maurer's universal test, serial, approximate entropy (sections 2.9, 2.11, 2.12).
#include <array>
#include <cmath>

#include "ganbar/noise/sp800_22/special.h"
#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar::noise::sp800_22 {

namespace {

struct Moments {
    double mean, variance;
};

// Mean and variance of log2 of the distance to the last occurrence of a word of `length` bits (Maurer 1992): a geometric law.
Moments universal_moments(std::size_t length) {
    const double p = std::exp2(-static_cast<double>(length));
    double weight = p, mean = 0, square = 0;
    for (double i = 1; weight > p * 1e-18; ++i, weight *= 1 - p) {
        const double x = std::log2(i);
        mean += weight * x, square += weight * x * x;
    }
    return {mean, square - mean * mean};
}

// How often each word of m bits occurs in the string closed to a ring.
std::vector<std::uint32_t> ring_counts(const BitString& bits, std::size_t m) {
    std::vector<std::uint32_t> count(std::size_t{1} << m, 0);
    const std::size_t n = bits.size(), mask = count.size() - 1;
    std::size_t word = 0;
    for (std::size_t i = 0; i < m - 1; ++i) word = word << 1 | bits[i % n];
    for (std::size_t i = m - 1; i < n + m - 1; ++i) {
        word = (word << 1 | bits[i < n ? i : i % n]) & mask;
        ++count[word];
    }
    return count;
}

std::vector<std::uint32_t> shorter(const std::vector<std::uint32_t>& count) {  // of words without their last bit
    std::vector<std::uint32_t> out(count.size() / 2);
    for (std::size_t w = 0; w < out.size(); ++w) out[w] = count[2 * w] + count[2 * w + 1];
    return out;
}

double psi_squared(const std::vector<std::uint32_t>& count, double n) {
    if (count.size() < 2) return 0;  // words of no bits
    double sum = 0;
    for (const double c : count) sum += c * c;
    return sum * static_cast<double>(count.size()) / n - n;
}

double phi(const std::vector<std::uint32_t>& count, double n) {
    double sum = 0;
    for (const double c : count)
        if (c > 0) sum += c / n * std::log(c / n);
    return sum;
}

}  // namespace

// The table of section 2.9.4, L = 6 to 16, and of the paper it is from (Maurer 1992) below. It differs from the exact values rounded: seven
// decimals up to L = 10 and six after, and 3.238 at L = 8 where 3.2387 is meant.
constexpr std::array<Moments, 16> printed_moments{{{0.7326495, 0.690},
                                                   {1.5374383, 1.338},
                                                   {2.4016068, 1.901},
                                                   {3.3112247, 2.358},
                                                   {4.2534266, 2.705},
                                                   {5.2177052, 2.954},
                                                   {6.1962507, 3.125},
                                                   {7.1836656, 3.238},
                                                   {8.1764248, 3.311},
                                                   {9.1723243, 3.356},
                                                   {10.170032, 3.384},
                                                   {11.168765, 3.401},
                                                   {12.168070, 3.410},
                                                   {13.167693, 3.416},
                                                   {14.167488, 3.419},
                                                   {15.167379, 3.421}}};

TestResult universal(const BitString& bits, Constants constants, std::size_t word, std::size_t n_init) {
    const std::size_t n_words = bits.size() / word, n_test = n_words - n_init;
    std::vector<std::size_t> last(std::size_t{1} << word, 0);
    double sum = 0;
    for (std::size_t i = 1; i <= n_words; ++i) {
        std::size_t& seen = last[bits.bits((i - 1) * word, word)];
        if (i > n_init) sum += std::log2(static_cast<double>(i - seen));
        seen = i;
    }
    const auto k = static_cast<double>(n_test), length = static_cast<double>(word);
    Moments expected = universal_moments(word);
    if (constants == Constants::as_printed && word <= printed_moments.size()) expected = printed_moments[word - 1];
    const double f = sum / k, c = 0.7 - 0.8 / length + (4 + 32 / length) * std::pow(k, -3 / length) / 15;
    const double sigma = c * std::sqrt(expected.variance / k);
    return {"universal", {std::erfc(std::abs(f - expected.mean) / (std::sqrt(2.0) * sigma))}, {f}};
}

TestResult universal(const BitString& bits, Constants constants) {
    // Section 2.9.7: the longest word for which n >= 1010 2^L L.
    std::size_t word = 6;
    while (word < 16 && bits.size() >= 1010 * (std::size_t{1} << (word + 1)) * (word + 1)) ++word;
    return universal(bits, constants, word, 10 * (std::size_t{1} << word));
}

TestResult serial(const BitString& bits, std::size_t m) {
    const auto n = static_cast<double>(bits.size());
    const auto c0 = ring_counts(bits, m), c1 = shorter(c0), c2 = m >= 2 ? shorter(c1) : c1;
    const double psi0 = psi_squared(c0, n), psi1 = m >= 2 ? psi_squared(c1, n) : 0, psi2 = m >= 3 ? psi_squared(c2, n) : 0;
    const double d1 = psi0 - psi1, d2 = psi0 - 2 * psi1 + psi2;
    const double a1 = std::exp2(static_cast<double>(m) - 2), a2 = std::exp2(static_cast<double>(m) - 3);
    return {"serial", {upper_gamma(a1, d1 / 2), upper_gamma(a2, d2 / 2)}, {d1, d2}};
}

TestResult approximate_entropy(const BitString& bits, std::size_t m) {
    const auto n = static_cast<double>(bits.size());
    const auto longer = ring_counts(bits, m + 1);
    const double entropy = phi(shorter(longer), n) - phi(longer, n);
    const double chi2 = 2 * n * (std::log(2.0) - entropy);
    return {"approximate_entropy", {chi2_tail(chi2, std::exp2(static_cast<double>(m)))}, {chi2}};
}

}  // namespace ganbar::noise::sp800_22
