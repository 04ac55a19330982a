// t-tuple and longest-repeated-substring estimates (sections 6.3.5, 6.3.6). Every repeat is an interval of the sorted suffixes whose
// neighbours agree in at least its length, so one sweep with a stack counts the occurrences of all tuples of all lengths.
#include <algorithm>
#include <cmath>

#include "ganbar/noise/sp800_90b/estimators.h"
#include "ganbar/noise/sp800_90b/suffixes.h"

namespace ganbar::noise::sp800_90b {

namespace {

double bounded_entropy(double p, double n) { return -std::log2(std::min(1.0, p + z_alpha * std::sqrt(p * (1 - p) / (n - 1)))); }

}  // namespace

Tuples tuples(const BitString& s) {
    const std::size_t n = s.size();
    const auto agree = common_prefixes(s, suffix_order(s));
    const std::size_t longest = *std::max_element(agree.begin(), agree.end());
    std::vector<std::uint64_t> most(longest + 2, 1);  // most[t]: occurrences of the commonest t-tuple
    std::vector<std::int64_t> pairs(longest + 2, 0);  // differences of: pairs of equal t-tuples
    struct Interval {
        std::size_t length, begin;
    };
    std::vector<Interval> stack{{0, 0}};
    for (std::size_t k = 1; k <= n; ++k) {
        const std::size_t now = k < n ? agree[k] : 0;
        std::size_t begin = k - 1;
        while (stack.back().length > now) {
            const Interval top = stack.back();
            stack.pop_back();
            begin = top.begin;
            const std::uint64_t count = k - begin;  // suffixes sharing top.length bits
            most[top.length] = std::max(most[top.length], count);
            const std::size_t parent = std::max(now, stack.back().length);
            const auto n_pairs = static_cast<std::int64_t>(count * (count - 1) / 2);
            pairs[parent + 1] += n_pairs;  // lengths parent+1 .. top.length have exactly these occurrences
            pairs[top.length + 1] -= n_pairs;
        }
        if (stack.back().length < now) stack.push_back({now, begin});
    }
    for (std::size_t t = longest; t-- > 1;) most[t] = std::max(most[t], most[t + 1]);
    for (std::size_t t = 1; t <= longest; ++t) pairs[t] += pairs[t - 1];

    Tuples out;
    const auto size = static_cast<double>(n);
    std::size_t u = 1;
    double best = 0;
    for (; u <= longest && most[u] >= 35; ++u) {
        const double p = static_cast<double>(most[u]) / (size - static_cast<double>(u) + 1);
        best = std::max(best, std::pow(p, 1 / static_cast<double>(u)));
    }
    if (best > 0) out.t_tuple = bounded_entropy(best, size);
    if (longest < u) return out;
    best = 0;
    for (std::size_t w = u; w <= longest; ++w) {
        const double n_tuples = size - static_cast<double>(w) + 1;
        const double p = static_cast<double>(pairs[w]) / (n_tuples * (n_tuples - 1) / 2);
        best = std::max(best, std::pow(p, 1 / static_cast<double>(w)));
    }
    out.lrs = bounded_entropy(best, size);
    return out;
}

}  // namespace ganbar::noise::sp800_90b
