// Estimators from predictors (sections 6.3.7-6.3.10): each keeps sub-predictors and follows the one with most right guesses so far.
#include <algorithm>
#include <array>
#include <cmath>

#include "ganbar/core/stop.h"
#include "ganbar/noise/sp800_90b/estimators.h"

namespace ganbar::noise::sp800_90b {

namespace {

void note(Guesses& g, std::int64_t& run, bool right) {
    ++g.n;
    run = right ? run + 1 : 0;
    g.n_right += right;
    g.longest_run = std::max(g.longest_run, run);
}

/// How often 0 and 1 followed a word; words of 1..16 bits, the newest bit lowest.
class Followers {
public:
    static constexpr std::size_t longest = 16;
    using Pair = std::array<std::uint32_t, 2>;
    Pair& at(std::size_t length, std::uint32_t word) {
        const std::uint32_t mask = (1u << length) - 1;
        return table_[mask - 1 + (word & mask)];  // lengths 1, 2, ... lie one behind the other
    }

private:
    std::vector<Pair> table_ = std::vector<Pair>((std::size_t{2} << longest), Pair{});
};

}  // namespace

Guesses multi_mcw(Bits s) {
    constexpr std::array<std::size_t, 4> window{63, 255, 1023, 4095};
    std::array<std::size_t, 4> ones{};
    std::array<std::int64_t, 4> score{};
    std::size_t winner = 0;
    Guesses g;
    std::int64_t run = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        stop_point();
        const bool bit = s[i] != 0;
        if (i >= window[0]) {
            const auto guess = [&](std::size_t j) { return 2 * ones[j] > window[j]; };  // windows are odd: no ties
            note(g, run, guess(winner) == bit);
            for (std::size_t j = 0; j < 4; ++j)
                if (i >= window[j] && guess(j) == bit && ++score[j] >= score[winner]) winner = j;
        }
        for (std::size_t j = 0; j < 4; ++j) {
            ones[j] += bit;
            if (i >= window[j]) ones[j] -= s[i - window[j]] != 0;
        }
    }
    return g;
}

Guesses lag(Bits s) {
    constexpr std::size_t most = 128;
    std::array<std::int32_t, most> score{};
    std::size_t winner = 0;
    Guesses g;
    std::int64_t run = 0;
    for (std::size_t i = 1; i < s.size(); ++i) {
        stop_point();
        const std::uint8_t bit = s[i];
        note(g, run, winner < i && s[i - 1 - winner] == bit);
        std::int32_t best = score[winner];
        for (std::size_t d = 0; d < std::min(most, i); ++d) {
            const bool right = s[i - 1 - d] == bit;
            score[d] += right;
            if (right && score[d] >= best) {
                best = score[d];
                winner = d;
            }
        }
    }
    return g;
}

Guesses multi_mmc(Bits s) {
    constexpr std::size_t orders = Followers::longest, max_entries = 100'000;
    Followers seen;
    std::array<std::size_t, orders + 1> n_entries{};
    std::array<std::int64_t, orders + 1> score{};
    std::size_t winner = 1;
    Guesses g;
    std::int64_t run = 0;
    std::uint32_t word = s.empty() ? 0 : s[0] != 0;
    for (std::size_t i = 2; i < s.size(); ++i) {
        stop_point();
        const bool newest = s[i - 1] != 0, bit = s[i] != 0;
        for (std::size_t d = 1; d <= orders && d < i; ++d) {
            std::uint32_t& count = seen.at(d, word)[newest];
            if (count > 0) ++count;
            else if (n_entries[d] < max_entries) count = 1, ++n_entries[d];
        }
        word = word << 1 | newest;
        bool hit = false;
        std::size_t leader = winner;
        for (std::size_t d = 1; d <= orders && d <= i; ++d) {
            const auto& f = seen.at(d, word);
            if (f[0] == 0 && f[1] == 0) break;  // a word not seen is not seen with more bits before it either
            if ((f[1] >= f[0]) != bit) continue;
            hit |= d == winner;
            if (++score[d] >= score[leader]) leader = d;
        }
        note(g, run, hit);
        winner = leader;
    }
    return g;
}

Guesses lz78y(Bits s) {
    constexpr std::size_t longest = Followers::longest, max_words = 65'536;
    Followers seen;
    std::size_t n_words = 0;
    Guesses g;
    std::int64_t run = 0;
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < std::min(longest, s.size()); ++i) word = word << 1 | (s[i] != 0);
    for (std::size_t i = longest + 1; i < s.size(); ++i) {
        stop_point();
        const bool newest = s[i - 1] != 0;
        for (std::size_t j = longest; j > 0; --j) {
            auto& f = seen.at(j, word);
            const bool known = f[0] + f[1] > 0;
            if (!known && n_words >= max_words) continue;
            n_words += !known;
            ++f[newest];
        }
        word = word << 1 | newest;
        std::uint32_t best = 0;
        bool guess = false;
        for (std::size_t j = longest; j > 0; --j) {
            const auto& f = seen.at(j, word);
            const std::uint32_t count = std::max(f[0], f[1]);
            if (count > best) best = count, guess = f[1] >= f[0];
        }
        note(g, run, best > 0 && guess == (s[i] != 0));
    }
    return g;
}

namespace {

// log P(no run of r right guesses in n) for guesses right with probability p (Feller; section 6.3.7 step 6).
double log_no_run(double p, double r, double n) {
    const long double q = 1 - static_cast<long double>(p), log_p = std::log(static_cast<long double>(p));
    long double x = 1, before = 0;
    for (int i = 0; i < 65 && x - before > 1e-19L * x; ++i) {
        before = x;
        x = 1 + q * std::exp(r * log_p + (r + 1) * std::log(x));
    }
    return static_cast<double>(std::log(1 - p * x) - std::log((r + 1 - r * x) * q) - (n + 1) * std::log(x));
}

}  // namespace

double entropy_of(const Guesses& g) {
    const auto n = static_cast<double>(g.n), r = static_cast<double>(g.longest_run) + 1;
    const double rate = static_cast<double>(g.n_right) / n;
    const double global = rate > 0 ? std::min(1.0, rate + z_alpha * std::sqrt(rate * (1 - rate) / (n - 1))) : 1 - std::pow(0.01, 1 / n);
    double p = std::max(0.5, global);
    const double target = std::log(0.99);
    if (p < 1 && log_no_run(p, r, n) > target) {  // the longest run says more than the rate
        double lo = p, hi = 1;
        for (int i = 0; i < 200 && hi - lo > 1e-16; ++i) {
            const double mid = (lo + hi) / 2;
            if (mid <= lo || mid >= hi) break;
            (log_no_run(mid, r, n) > target ? lo : hi) = mid;
        }
        p = hi;
    }
    return -std::log2(p);
}

}  // namespace ganbar::noise::sp800_90b
