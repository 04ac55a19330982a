// Random excursions and their variant (sections 2.14, 2.15): how often the cumulative sum visits a state between its zeros.
#include <array>
#include <cmath>
#include <map>

#include "ganbar/noise/sp800_22/special.h"
#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar::noise::sp800_22 {

namespace {

struct Walk {
    std::int64_t n_cycles = 0;
    std::map<std::int64_t, std::array<double, 6>> cycles;  ///< state -> number of cycles with 0, 1, 2, 3, 4, >= 5 visits
    std::map<std::int64_t, std::int64_t> visits;
};

Walk walk(const BitString& bits) {
    Walk out;
    std::array<std::int64_t, 19> total{};
    std::array<std::int64_t, 9> here{};
    std::array<std::array<double, 6>, 9> cycles{};
    const auto close = [&] {
        ++out.n_cycles;
        for (std::size_t k = 0; k < 9; ++k) {
            ++cycles[k][static_cast<std::size_t>(std::min<std::int64_t>(here[k], 5))];
            here[k] = 0;
        }
    };
    std::int64_t s = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
        s += bits[i] ? 1 : -1;
        if (s == 0) close();
        else if (s >= -9 && s <= 9) {
            ++total[static_cast<std::size_t>(s + 9)];
            if (s >= -4 && s <= 4) ++here[static_cast<std::size_t>(s + 4)];
        }
    }
    if (s != 0) close();  // section 2.14.4 step 2: a zero is appended
    for (std::int64_t x = -9; x <= 9; ++x) out.visits[x] = total[static_cast<std::size_t>(x + 9)];
    for (std::int64_t x = -4; x <= 4; ++x) out.cycles[x] = cycles[static_cast<std::size_t>(x + 4)];
    return out;
}

// P(k visits to x in a cycle), k = 0..4, >= 5 (section 3.14).
std::array<double, 6> visit_probabilities(std::int64_t x) {
    const double a = 1 / (2.0 * static_cast<double>(std::abs(x)));
    std::array<double, 6> p{1 - a};
    for (std::size_t k = 1; k < 5; ++k) p[k] = a * a * std::pow(1 - a, static_cast<double>(k) - 1);
    p[5] = a * std::pow(1 - a, 4);
    return p;
}

// Section 2.14.7: with fewer cycles the approximations do not hold.
std::string too_few_cycles(std::int64_t n_cycles, std::size_t n_bits) {
    const double due = std::max(0.005 * std::sqrt(static_cast<double>(n_bits)), 500.0);
    if (static_cast<double>(n_cycles) >= due) return "";
    return "the walk has " + std::to_string(n_cycles) + " cycles; the test needs " + std::to_string(static_cast<std::int64_t>(due));
}

}  // namespace

TestResult random_excursions(const BitString& bits) {
    const Walk w = walk(bits);
    TestResult out{"random_excursions", {}, {}};
    out.skipped = too_few_cycles(w.n_cycles, bits.size());
    for (const std::int64_t x : {-4, -3, -2, -1, 1, 2, 3, 4}) {
        const auto p = visit_probabilities(x);
        double chi2 = 0;
        for (std::size_t k = 0; k < 6; ++k) {
            const double expected = static_cast<double>(w.n_cycles) * p[k];
            chi2 += std::pow(w.cycles.at(x)[k] - expected, 2) / expected;
        }
        out.p_values.push_back(chi2_tail(chi2, 5));
        out.statistics.push_back(chi2);
    }
    return out;
}

TestResult random_excursions_variant(const BitString& bits) {
    const Walk w = walk(bits);
    TestResult out{"random_excursions_variant", {}, {}};
    out.skipped = too_few_cycles(w.n_cycles, bits.size());
    for (std::int64_t x = -9; x <= 9; ++x) {
        if (x == 0) continue;
        const auto cycles = static_cast<double>(w.n_cycles), visits = static_cast<double>(w.visits.at(x));
        out.p_values.push_back(std::erfc(std::abs(visits - cycles) / std::sqrt(2 * cycles * (4.0 * static_cast<double>(std::abs(x)) - 2))));
        out.statistics.push_back(visits);
    }
    return out;
}

}  // namespace ganbar::noise::sp800_22
