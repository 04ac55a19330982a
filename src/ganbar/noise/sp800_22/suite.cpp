#include "ganbar/noise/sp800_22/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "ganbar/core/parallel.h"
#include "ganbar/noise/sp800_22/special.h"

namespace ganbar::noise::sp800_22 {

namespace {

struct Entry {
    const char* name;
    std::size_t min_bits;  // input size recommendation of the test's section x.7
    std::function<TestResult(const BitString&, Constants)> run;
};

std::size_t floor_log2(std::size_t n) { return static_cast<std::size_t>(std::bit_width(n)) - 1; }

const std::vector<Entry>& entries() {
    static const std::vector<Entry> list{
        {"frequency", 100, [](const BitString& b, Constants) { return frequency(b); }},
        {"block_frequency", 128, [](const BitString& b, Constants) { return block_frequency(b); }},
        {"runs", 100, [](const BitString& b, Constants) { return runs(b); }},
        {"longest_run", 128, [](const BitString& b, Constants c) { return longest_run(b, c); }},
        {"rank", 38 * 1024, [](const BitString& b, Constants) { return rank(b); }},
        {"dft", 1000, [](const BitString& b, Constants c) { return dft(b, c); }},
        // 8 blocks with at least 20 expected occurrences each
        {"non_overlapping_template", 8 * 20 * 512, [](const BitString& b, Constants) { return non_overlapping_template(b); }},
        {"overlapping_template", 1'000'000, [](const BitString& b, Constants c) { return overlapping_template(b, c); }},
        {"universal", 387'840, [](const BitString& b, Constants c) { return universal(b, c); }},
        {"linear_complexity", 1'000'000, [](const BitString& b, Constants c) { return linear_complexity(b, c); }},
        // 2.11.7: m < floor(log2 n) - 2; 2.12.7: m < floor(log2 n) - 5
        {"serial", 128, [](const BitString& b, Constants) { return serial(b, std::min<std::size_t>(16, floor_log2(b.size()) - 3)); }},
        {"approximate_entropy", 128,
         [](const BitString& b, Constants) { return approximate_entropy(b, std::min<std::size_t>(10, floor_log2(b.size()) - 6)); }},
        {"cumulative_sums", 100, [](const BitString& b, Constants) { return cumulative_sums(b); }},
        {"random_excursions", 1'000'000, [](const BitString& b, Constants) { return random_excursions(b); }},
        {"random_excursions_variant", 1'000'000, [](const BitString& b, Constants) { return random_excursions_variant(b); }},
    };
    return list;
}

// P(this many or more of n good streams fail).
double at_least_fails(std::size_t n, std::size_t fails) {
    double below = 0;
    for (std::size_t k = 0; k < fails; ++k) {
        const auto kd = static_cast<double>(k), nd = static_cast<double>(n);
        below += std::exp(std::lgamma(nd + 1) - std::lgamma(kd + 1) - std::lgamma(nd - kd + 1) + kd * std::log(alpha) +
                          (nd - kd) * std::log1p(-alpha));
    }
    return std::max(0.0, 1 - below);
}

}  // namespace

std::vector<TestResult> run_all(const BitString& bits, Constants constants) {
    const auto& list = entries();
    std::vector<TestResult> out(list.size());
    parallel_for(list.size(), [&](std::size_t i) {
        TestResult& r = out[i];
        if (bits.size() < list[i].min_bits) {
            r.name = list[i].name;
            r.skipped = fmt::format("needs {} bits, given {}", list[i].min_bits, bits.size());
            return;
        }
        r = list[i].run(bits, constants);
        if (!r.skipped.empty()) {
            r.p_values.clear();
            r.statistics.clear();
            return;
        }
        const double least = *std::min_element(r.p_values.begin(), r.p_values.end());
        r.pass = least >= 1 - std::pow(1 - alpha, 1 / static_cast<double>(r.p_values.size()));
    });
    return out;
}

std::vector<Verdict> judge_streams(const std::vector<std::vector<TestResult>>& streams) {
    std::vector<Verdict> out;
    for (std::size_t t = 0; t < entries().size(); ++t) {
        std::size_t n_rows = 0;
        for (const auto& s : streams) n_rows = std::max(n_rows, s[t].p_values.size());
        for (std::size_t row = 0; row < n_rows; ++row) {
            Verdict v{entries()[t].name, row};
            std::array<double, 10> bins{};
            for (const auto& s : streams) {
                if (s[t].p_values.size() <= row) continue;
                const double p = s[t].p_values[row];
                ++v.n_streams;
                v.n_pass += p >= alpha;
                ++bins[static_cast<std::size_t>(std::min(p * 10, 9.0))];
            }
            const auto n = static_cast<double>(v.n_streams);
            const double width = 3 * std::sqrt(alpha * (1 - alpha) / n);
            v.proportion_lo = 1 - alpha - width, v.proportion_hi = 1 - alpha + width;
            double chi2 = 0;
            for (const double b : bins) chi2 += (b - n / 10) * (b - n / 10) / (n / 10);
            v.uniformity_p = chi2_tail(chi2, 9);
            v.proportion_p = at_least_fails(v.n_streams, v.n_streams - v.n_pass);
            v.pass = v.proportion_p >= 0.00135 && v.uniformity_p >= 1e-4;
            out.push_back(v);
        }
    }
    return out;
}

}  // namespace ganbar::noise::sp800_22
