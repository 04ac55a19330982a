// Binary matrix rank test (section 2.5).
#include <bit>
#include <cmath>

#include "ganbar/core/stop.h"
#include "ganbar/noise/sp800_22/special.h"
#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar::noise::sp800_22 {

namespace {

std::size_t rank_of(std::vector<std::uint64_t>& rows) {
    std::size_t rank = 0;
    for (int column = 63; column >= 0 && rank < rows.size(); --column) {
        const std::uint64_t bit = std::uint64_t{1} << column;
        std::size_t pivot = rank;
        while (pivot < rows.size() && !(rows[pivot] & bit)) ++pivot;
        if (pivot == rows.size()) continue;
        std::swap(rows[rank], rows[pivot]);
        for (std::size_t r = rank + 1; r < rows.size(); ++r)
            if (rows[r] & bit) rows[r] ^= rows[rank];
        ++rank;
    }
    return rank;
}

// P(rank = r) of a random m x m matrix over GF(2) (section 3.5).
double rank_probability(std::size_t m, std::size_t r) {
    double log2_p = static_cast<double>(r) * (2 * static_cast<double>(m) - static_cast<double>(r)) - static_cast<double>(m * m);
    double product = 1;
    for (std::size_t i = 0; i < r; ++i) {
        const double up = 1 - std::exp2(static_cast<double>(i) - static_cast<double>(m));
        product *= up * up / (1 - std::exp2(static_cast<double>(i) - static_cast<double>(r)));
    }
    return std::exp2(log2_p) * product;
}

}  // namespace

TestResult rank(const BitString& bits) { return rank(bits, 32); }

TestResult rank(const BitString& bits, std::size_t m) {
    const std::size_t n_matrices = bits.size() / (m * m);
    double full = 0, one_less = 0;
    std::vector<std::uint64_t> rows(m);
    for (std::size_t k = 0; k < n_matrices; ++k) {
        stop_point();
        for (std::size_t r = 0; r < m; ++r) rows[r] = bits.bits(k * m * m + r * m, m);
        const std::size_t rank = rank_of(rows);
        full += rank == m, one_less += rank + 1 == m;
    }
    const auto n = static_cast<double>(n_matrices);
    const double p_full = rank_probability(m, m), p_less = rank_probability(m, m - 1), p_rest = 1 - p_full - p_less;
    const auto term = [n](double seen, double p) { return (seen - n * p) * (seen - n * p) / (n * p); };
    const double chi2 = term(full, p_full) + term(one_less, p_less) + term(n - full - one_less, p_rest);
    return {"rank", {std::exp(-chi2 / 2)}, {chi2}};
}

}  // namespace ganbar::noise::sp800_22
