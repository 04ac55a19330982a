#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "ganbar/core/parallel.h"
#include "ganbar/noise/sp800_90b/estimators.h"

namespace ganbar::noise::sp800_90b {

static constexpr std::size_t least = 4096;  // the longest window of the predictors

Assessment assess(const BitString& s) {
    Assessment out;
    if (s.size() < least) {
        out.min_entropy_per_bit = 0;
        out.skipped.emplace_back("all", fmt::format("needs {} bits, given {}", least, s.size()));
        return out;
    }
    const std::vector<std::uint8_t> bits = s.unpacked();
    struct Slot {
        const char* name;
        std::optional<double> h;
        const char* reason;
    };
    std::vector<Slot> slots{{"most_common_value", {}, ""},
                            {"collision", {}, ""},
                            {"markov", {}, ""},
                            {"compression", {}, "needs more than 1001 blocks of 6 bits"},
                            {"t_tuple", {}, "no tuple occurs 35 times"},
                            {"lrs", {}, "no repeat longer than the t-tuple estimate uses"},
                            {"multi_mcw", {}, ""},
                            {"lag", {}, ""},
                            {"multi_mmc", {}, ""},
                            {"lz78y", {}, ""}};
    const std::vector<std::function<void()>> jobs{[&] {
                                                      const Tuples t = tuples(s);
                                                      slots[4].h = t.t_tuple, slots[5].h = t.lrs;
                                                  },
                                                  [&] { slots[7].h = entropy_of(lag(bits)); },
                                                  [&] { slots[8].h = entropy_of(multi_mmc(bits)); },
                                                  [&] { slots[9].h = entropy_of(lz78y(bits)); },
                                                  [&] { slots[3].h = compression(bits); },
                                                  [&] {
                                                      slots[0].h = most_common_value(bits), slots[1].h = collision(bits),
                                                      slots[2].h = markov(bits);
                                                      slots[6].h = entropy_of(multi_mcw(bits));
                                                  }};
    parallel_for(jobs.size(), [&](std::size_t i) { jobs[i](); });
    for (const Slot& slot : slots) {
        if (!slot.h) {
            out.skipped.emplace_back(slot.name, slot.reason);
            continue;
        }
        const double h = *slot.h == 0 ? 0 : *slot.h;  // -log2(1) is -0
        out.estimators.emplace_back(slot.name, h);
        out.min_entropy_per_bit = std::min(out.min_entropy_per_bit, h);
    }
    return out;
}

std::int64_t restart_cutoff(double h, std::size_t n, std::size_t n_trials) {
    const double p = std::clamp(std::exp2(-h), 0.5, 1.0), alpha = -std::expm1(std::log(0.99) / static_cast<double>(n_trials));
    if (p >= 1) return static_cast<std::int64_t>(n);
    const auto log_choose = [n](std::size_t k) {
        return std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
               std::lgamma(static_cast<double>(n - k) + 1);
    };
    const auto mass = [&](std::size_t k) {
        return std::exp(log_choose(k) + static_cast<double>(k) * std::log(p) + static_cast<double>(n - k) * std::log1p(-p));
    };
    double above = 0;  // P(most common > u), from the top down
    std::size_t u = n;
    while (u > n / 2) {
        const double more = mass(u) + (u != n - u ? mass(n - u) : 0);
        if (above + more > alpha) break;
        above += more;
        --u;
    }
    return static_cast<std::int64_t>(u);
}

Restart restart_test(const BitString& s, double initial, std::size_t n_restarts, std::size_t n_bits) {
    if (s.size() != n_restarts * n_bits)
        throw DataError(fmt::format("restart test: {} bits given; expected {} restarts of {} bits", s.size(), n_restarts, n_bits));
    if (s.size() < least)
        throw DataError(
            fmt::format("restart test: {} restarts of {} bits are too few to estimate their min-entropy; expected {} bits or more in all",
                        n_restarts, n_bits, least));
    std::vector<std::uint8_t> transposed(s.size());
    std::vector<std::size_t> column(n_bits, 0);
    Restart out;
    const auto common = [](std::size_t ones, std::size_t n) { return static_cast<std::int64_t>(std::max(ones, n - ones)); };
    for (std::size_t r = 0; r < n_restarts; ++r) {
        out.largest_count = std::max(out.largest_count, common(s.count_ones(r * n_bits, n_bits), n_bits));
        for (std::size_t c = 0; c < n_bits; ++c) {
            const bool bit = s[r * n_bits + c];
            column[c] += bit;
            transposed[c * n_restarts + r] = bit;
        }
    }
    for (const std::size_t ones : column) out.largest_count = std::max(out.largest_count, common(ones, n_restarts));
    out.cutoff = restart_cutoff(initial, std::max(n_bits, n_restarts), n_bits + n_restarts);
    out.sane = out.largest_count <= out.cutoff;
    out.row_entropy = assess(s).min_entropy_per_bit;
    out.column_entropy = assess(BitString::from_bits(transposed)).min_entropy_per_bit;
    out.valid = out.sane && std::min(out.row_entropy, out.column_entropy) >= initial / 2;
    out.min_entropy_per_bit = out.valid ? std::min({out.row_entropy, out.column_entropy, initial}) : 0;
    return out;
}

}  // namespace ganbar::noise::sp800_90b
