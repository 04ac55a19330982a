// Template matching tests (sections 2.7, 2.8). Matches at 64 positions are found at once by comparing shifted words.
#include <cmath>

#include "ganbar/core/stop.h"
#include "ganbar/noise/sp800_22/special.h"
#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar::noise::sp800_22 {

namespace {

/// shifted[k] has bit i+k at place i, for all i.
std::vector<std::vector<std::uint64_t>> shifted_words(const BitString& bits, std::size_t m) {
    std::vector<std::vector<std::uint64_t>> out(m, std::vector<std::uint64_t>((bits.size() + 63) / 64));
    for (std::size_t k = 0; k < m; ++k)
        for (std::size_t w = 0; w < out[k].size(); ++w) out[k][w] = bits.word(64 * w + k);
    return out;
}

/// Bit i says whether the pattern stands at position i.
BitString matches(const std::vector<std::vector<std::uint64_t>>& shifted, const BitString& pattern, std::size_t n_bits) {
    std::vector<std::uint8_t> bytes(shifted[0].size() * 8);
    for (std::size_t w = 0; w < shifted[0].size(); ++w) {
        std::uint64_t hit = ~std::uint64_t{0};
        for (std::size_t k = 0; k < pattern.size(); ++k) hit &= pattern[k] ? shifted[k][w] : ~shifted[k][w];
        for (std::size_t b = 0; b < 8; ++b) bytes[8 * w + b] = static_cast<std::uint8_t>(hit >> (56 - 8 * b));
    }
    return BitString::from_packed(bytes, n_bits);
}

// A self-overlapping pattern is searched from behind each hit, as section 2.7.4 says; others cannot overlap, so a count suffices.
std::size_t count_apart(const BitString& hit, std::size_t first, std::size_t count, std::size_t m, bool aperiodic) {
    if (aperiodic) return hit.count_ones(first, count);
    std::size_t n = 0;
    for (std::size_t i = first; i < first + count; ++i)
        if (hit[i]) ++n, i += m - 1;
    return n;
}

bool is_aperiodic(const BitString& t) {
    for (std::size_t shift = 1; shift < t.size(); ++shift)
        if (t.bits(0, t.size() - shift) == t.bits(shift, t.size() - shift)) return false;
    return true;
}

void one_template(const std::vector<std::vector<std::uint64_t>>& shifted, const BitString& pattern, std::size_t n_bits,
                  std::size_t n_blocks, TestResult& out) {
    const std::size_t m = pattern.size(), block = n_bits / n_blocks;
    const auto length = static_cast<double>(block), width = static_cast<double>(m);
    const double p = std::exp2(-width), mean = (length - width + 1) * p, variance = length * (p - (2 * width - 1) * p * p);
    const BitString hit = matches(shifted, pattern, n_bits);
    const bool apart = is_aperiodic(pattern);
    double chi2 = 0;
    for (std::size_t b = 0; b < n_blocks; ++b) {
        const double w = static_cast<double>(count_apart(hit, b * block, block - m + 1, m, apart));
        chi2 += (w - mean) * (w - mean) / variance;
    }
    out.p_values.push_back(chi2_tail(chi2, static_cast<double>(n_blocks)));
    out.statistics.push_back(chi2);
}

// Probabilities of 0, 1, 2, 3, 4, >= 5 overlapping runs of m ones in a block. Exact: states are (trailing ones, hits).
std::vector<double> overlap_probabilities(std::size_t m, std::size_t block) {
    constexpr std::size_t n_classes = 6;
    std::vector<std::vector<double>> p(m + 1, std::vector<double>(n_classes, 0)), next;
    p[0][0] = 1;
    for (std::size_t i = 0; i < block; ++i) {
        next.assign(m + 1, std::vector<double>(n_classes, 0));
        for (std::size_t run = 0; run <= m; ++run)
            for (std::size_t hits = 0; hits < n_classes; ++hits) {
                const double half = p[run][hits] / 2;
                next[0][hits] += half;
                const std::size_t longer = std::min(run + 1, m);
                next[longer][longer == m ? std::min(hits + 1, n_classes - 1) : hits] += half;
            }
        p.swap(next);
    }
    std::vector<double> out(n_classes, 0);
    for (const auto& row : p)
        for (std::size_t hits = 0; hits < n_classes; ++hits) out[hits] += row[hits];
    return out;
}

// The document's compound Poisson approximation (section 3.8), eta = lambda / 2; for m = 9, block = 1032 it is off by up to 1% of a class.
std::vector<double> overlap_approximation(std::size_t m, std::size_t block) {
    const double eta = static_cast<double>(block - m + 1) * std::exp2(-static_cast<double>(m)) / 2;
    std::vector<double> p{std::exp(-eta)};
    double rest = 1 - p[0];
    for (int u = 1; u <= 4; ++u) {
        double sum = 0;
        for (int l = 1; l <= u; ++l)
            sum += std::exp(-eta - u * std::log(2.0) + l * std::log(eta) - std::lgamma(l + 1) + std::lgamma(u) - std::lgamma(l) -
                            std::lgamma(u - l + 1));
        p.push_back(sum);
        rest -= sum;
    }
    p.push_back(rest);
    return p;
}

}  // namespace

std::vector<BitString> aperiodic_templates(std::size_t m) {
    std::vector<BitString> out;
    for (std::uint64_t v = 0; v < std::uint64_t{1} << m; ++v) {
        BitString t;
        for (std::size_t k = m; k-- > 0;) t.push_back(v >> k & 1);
        if (is_aperiodic(t)) out.push_back(t);
    }
    return out;
}

TestResult non_overlapping_template(const BitString& bits, std::size_t m, std::size_t n_blocks) {
    TestResult out{"non_overlapping_template", {}, {}};
    const auto shifted = shifted_words(bits, m);
    for (const auto& t : aperiodic_templates(m)) {
        stop_point();
        one_template(shifted, t, bits.size(), n_blocks, out);
    }
    return out;
}

TestResult non_overlapping_template(const BitString& bits, const BitString& pattern, std::size_t n_blocks) {
    TestResult out{"non_overlapping_template", {}, {}};
    one_template(shifted_words(bits, pattern.size()), pattern, bits.size(), n_blocks, out);
    return out;
}

TestResult overlapping_template(const BitString& bits, Constants constants, std::size_t m, std::size_t block) {
    const std::vector<double> p = constants == Constants::as_printed ? overlap_approximation(m, block) : overlap_probabilities(m, block);
    const BitString hit = matches(shifted_words(bits, m), BitString::from_bits(std::vector<std::uint8_t>(m, 1)), bits.size());
    const std::size_t n_blocks = bits.size() / block;
    std::vector<double> seen(p.size(), 0);
    for (std::size_t b = 0; b < n_blocks; ++b) ++seen[std::min(p.size() - 1, hit.count_ones(b * block, block - m + 1))];
    double chi2 = 0;
    for (std::size_t c = 0; c < p.size(); ++c) {
        const double expected = static_cast<double>(n_blocks) * p[c];
        chi2 += (seen[c] - expected) * (seen[c] - expected) / expected;
    }
    return {"overlapping_template", {chi2_tail(chi2, static_cast<double>(p.size() - 1))}, {chi2}};
}

}  // namespace ganbar::noise::sp800_22
