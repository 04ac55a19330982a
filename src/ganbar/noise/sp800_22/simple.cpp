// Tests on sums: frequency, block frequency, runs, longest run, cumulative sums (sections 2.1-2.4, 2.13).
#include <algorithm>
#include <cmath>

#include "ganbar/noise/sp800_22/special.h"
#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar::noise::sp800_22 {

TestResult frequency(const BitString& bits) {
    const auto n = static_cast<double>(bits.size());
    const double s = std::abs(2.0 * static_cast<double>(bits.count_ones()) - n) / std::sqrt(n);
    return {"frequency", {std::erfc(s / std::sqrt(2.0))}, {s}};
}

TestResult block_frequency(const BitString& bits, std::size_t block) {
    const std::size_t n_blocks = bits.size() / block;
    double chi2 = 0;
    for (std::size_t i = 0; i < n_blocks; ++i) {
        const double share = static_cast<double>(bits.count_ones(i * block, block)) / static_cast<double>(block);
        chi2 += 4 * static_cast<double>(block) * (share - 0.5) * (share - 0.5);
    }
    return {"block_frequency", {chi2_tail(chi2, static_cast<double>(n_blocks))}, {chi2}};
}

TestResult runs(const BitString& bits) {
    const auto n = static_cast<double>(bits.size());
    const double pi = static_cast<double>(bits.count_ones()) / n;
    if (std::abs(pi - 0.5) >= 2 / std::sqrt(n)) return {"runs", {0.0}, {0.0}};  // section 2.3.4 step 2: the frequency test fails already
    std::size_t v = 1;
    for (std::size_t i = 0; i + 1 < bits.size(); i += 63) {
        const std::size_t count = std::min<std::size_t>(63, bits.size() - 1 - i);
        const std::uint64_t w = bits.word(i), changes = (w ^ w << 1) >> (64 - count);  // neighbours that differ
        for (std::uint64_t left = changes; left != 0; left &= left - 1) ++v;
    }
    const double mean = 2 * n * pi * (1 - pi);
    return {
        "runs", {std::erfc(std::abs(static_cast<double>(v) - mean) / (2 * std::sqrt(2 * n) * pi * (1 - pi)))}, {static_cast<double>(v)}};
}

double longest_run_at_most(std::size_t length, std::size_t k) {
    // run[j]: probability that no run exceeded k so far and that the present run of ones has length j.
    std::vector<double> run(k + 1, 0);
    run[0] = 1;
    for (std::size_t i = 0; i < length; ++i) {
        double all = 0;
        for (const double p : run) all += p;
        for (std::size_t j = k; j > 0; --j) run[j] = run[j - 1] / 2;
        run[0] = all / 2;
    }
    double all = 0;
    for (const double p : run) all += p;
    return all;
}

TestResult longest_run(const BitString& bits, Constants constants) {
    struct Table {
        std::size_t block, first;     // block length; longest runs of `first` or fewer form the first class
        std::vector<double> printed;  // section 2.4.4 and 3.4
    };
    const Table table = bits.size() < 6272     ? Table{8, 1, {0.2148, 0.3672, 0.2305, 0.1875}}
                        : bits.size() < 750000 ? Table{128, 4, {0.1174, 0.2430, 0.2493, 0.1752, 0.1027, 0.1124}}
                                               : Table{10000, 10, {0.0882, 0.2092, 0.2483, 0.1933, 0.1208, 0.0675, 0.0727}};
    const std::size_t n_classes = table.printed.size(), n_blocks = bits.size() / table.block;
    std::vector<double> p = table.printed;
    if (constants == Constants::corrected) {
        double below = 0;
        for (std::size_t c = 0; c < n_classes; ++c) {
            const double up_to = c + 1 == n_classes ? 1 : longest_run_at_most(table.block, table.first + c);
            p[c] = up_to - below;
            below = up_to;
        }
    }
    std::vector<double> seen(n_classes, 0);
    for (std::size_t b = 0; b < n_blocks; ++b) {
        std::size_t longest = 0, run = 0;
        for (std::size_t i = b * table.block; i < (b + 1) * table.block; ++i) {
            run = bits[i] ? run + 1 : 0;
            longest = std::max(longest, run);
        }
        ++seen[std::min(n_classes - 1, longest < table.first ? 0 : longest - table.first)];
    }
    double chi2 = 0;
    for (std::size_t c = 0; c < n_classes; ++c) {
        const double expected = static_cast<double>(n_blocks) * p[c];
        chi2 += (seen[c] - expected) * (seen[c] - expected) / expected;
    }
    return {"longest_run", {chi2_tail(chi2, static_cast<double>(n_classes - 1))}, {chi2}};
}

TestResult cumulative_sums(const BitString& bits) {
    std::int64_t s = 0, lo = 0, hi = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
        s += bits[i] ? 1 : -1;
        lo = std::min(lo, s), hi = std::max(hi, s);
    }
    const auto n = static_cast<std::int64_t>(bits.size());
    const double root = std::sqrt(static_cast<double>(n));
    const auto tail = [&](std::int64_t z) {
        // Section 2.13.4 step 4; the limits of the sums are rounded towards zero, as in the reference implementation.
        const auto phi = [&](std::int64_t k) { return normal_below(static_cast<double>(k * z) / root); };
        double p = 1;
        for (std::int64_t k = (-n / z + 1) / 4; k <= (n / z - 1) / 4; ++k) p -= phi(4 * k + 1) - phi(4 * k - 1);
        for (std::int64_t k = (-n / z - 3) / 4; k <= (n / z - 1) / 4; ++k) p += phi(4 * k + 3) - phi(4 * k + 1);
        return std::clamp(p, 0.0, 1.0);
    };
    // Backward partial sums are s - (forward sums), so their extremes follow from the forward ones.
    const std::int64_t forward = std::max(hi, -lo), backward = std::max(s - lo, hi - s);
    return {"cumulative_sums", {tail(forward), tail(backward)}, {static_cast<double>(forward), static_cast<double>(backward)}};
}

}  // namespace ganbar::noise::sp800_22
