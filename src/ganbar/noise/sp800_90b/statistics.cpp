// Estimators from simple statistics: most common value, collision, Markov, compression (sections 6.3.1-6.3.4).
#include <algorithm>
#include <array>
#include <cmath>

#include "ganbar/noise/sp800_90b/estimators.h"

namespace ganbar::noise::sp800_90b {

double most_common_value(Bits s) {
    const auto n = static_cast<double>(s.size());
    const auto ones = static_cast<double>(std::count_if(s.begin(), s.end(), [](std::uint8_t b) { return b != 0; }));
    const double p = std::max(ones, n - ones) / n;
    return -std::log2(std::min(1.0, p + z_alpha * std::sqrt(p * (1 - p) / (n - 1))));
}

double collision_entropy(double bound) {
    // For bits the standard's equation is bound = 2 + 2p - 2p^2; the root above 1/2.
    const double x = std::max(2.0, bound);
    return x < 2.5 ? -std::log2(0.5 + std::sqrt(1.25 - 0.5 * x)) : 1;
}

double collision(Bits s) {
    // Bits until a value repeats: 2 when the first two agree, else 3.
    double n = 0, sum = 0, square = 0;
    for (std::size_t i = 0; i + 1 < s.size();) {
        const std::size_t t = s[i] == s[i + 1] ? 2 : 3;
        if (i + t > s.size()) break;
        n += 1, sum += static_cast<double>(t), square += static_cast<double>(t * t);
        i += t;
    }
    if (n < 2) return 1;
    const double mean = sum / n, sigma = std::sqrt(std::max(0.0, (square - sum * mean) / (n - 1)));
    return collision_entropy(mean - z_alpha * sigma / std::sqrt(n));
}

double markov_entropy(double p0, double p00, double p10) {
    const double p1 = 1 - p0, p01 = 1 - p00, p11 = 1 - p10;
    // The likeliest outputs of 128 bits: constant, alternating, or constant after the first.
    const auto cost = [](double start, double a, double n_a, double b, double n_b) {
        if (start <= 0 || (n_a > 0 && a <= 0) || (n_b > 0 && b <= 0)) return 128.0;
        return -std::log2(start) - (n_a > 0 ? n_a * std::log2(a) : 0) - (n_b > 0 ? n_b * std::log2(b) : 0);
    };
    const double least = std::min({cost(p0, p00, 127, 1, 0), cost(p0, p01, 64, p10, 63), cost(p0, p01, 1, p11, 126),
                                   cost(p1, p10, 1, p00, 126), cost(p1, p10, 64, p01, 63), cost(p1, p11, 127, 1, 0)});
    return std::min(1.0, least / 128);
}

double markov(Bits s) {
    std::array<std::array<double, 2>, 2> count{};
    for (std::size_t i = 0; i + 1 < s.size(); ++i) ++count[s[i] != 0][s[i + 1] != 0];
    const double from0 = count[0][0] + count[0][1], from1 = count[1][0] + count[1][1];
    const double zeros = from0 + (s.back() == 0 ? 1 : 0);
    // A value never left has no followers; its row then enters no output that counts.
    const double p00 = from0 > 0 ? count[0][0] / from0 : 0, p10 = from1 > 0 ? count[1][0] / from1 : 0;
    if (from0 == 0) return markov_entropy(0, 0, p10);
    if (from1 == 0) return markov_entropy(zeros / static_cast<double>(s.size()), p00, 1);
    return markov_entropy(zeros / static_cast<double>(s.size()), p00, p10);
}

namespace {

constexpr std::size_t word_bits = 6, n_words = 64, n_init = 1000;

// Section 6.3.4 step 7: G(z) = 1/v sum_t [ z^2 sum_{u<t} log2(u) (1-z)^(u-1) + z log2(t) (1-z)^(t-1) ], t from n_init+1 to n_blocks.
double g_function(double z, const std::vector<double>& log2_of, std::int64_t n_blocks) {
    double weight = 1, inner = 0, sum = 0;
    const auto first = static_cast<std::int64_t>(n_init) + 1;
    for (std::int64_t t = 1; t <= n_blocks; ++t) {
        const double term = weight * log2_of[static_cast<std::size_t>(t)];
        if (t >= first) sum += z * z * inner + z * term;
        inner += term;
        weight *= 1 - z;
        if (weight < 1e-30 && t >= first) {  // what follows adds the same z^2 inner each time
            sum += static_cast<double>(n_blocks - t) * z * z * inner;
            break;
        }
    }
    return sum / static_cast<double>(n_blocks - static_cast<std::int64_t>(n_init));
}

}  // namespace

double compression_entropy(double bound, std::int64_t n_blocks) {
    std::vector<double> log2_of(static_cast<std::size_t>(n_blocks) + 1, 0);
    for (std::size_t i = 2; i < log2_of.size(); ++i) log2_of[i] = std::log2(static_cast<double>(i));
    const auto expected = [&](double p) {
        return g_function(p, log2_of, n_blocks) + (n_words - 1) * g_function((1 - p) / (n_words - 1), log2_of, n_blocks);
    };
    double lo = 1.0 / n_words, hi = 1;
    if (expected(lo) <= bound) return 1;
    for (int i = 0; i < 60 && hi - lo > 1e-16 * hi; ++i) {  // expected() falls with p
        const double mid = (lo + hi) / 2;
        (expected(mid) > bound ? lo : hi) = mid;
    }
    return -std::log2(hi) / word_bits;
}

std::optional<double> compression(Bits s) {
    const std::size_t n_blocks = s.size() / word_bits;
    if (n_blocks <= n_init + 1) return std::nullopt;
    std::array<std::size_t, n_words> last{};
    double sum = 0, square = 0;
    for (std::size_t b = 0; b < n_blocks; ++b) {
        std::size_t word = 0;
        for (std::size_t k = 0; k < word_bits; ++k) word = word << 1 | (s[b * word_bits + k] != 0);
        if (b >= n_init) {
            const double x = std::log2(static_cast<double>(b + 1 - last[word]));
            sum += x, square += x * x;
        }
        last[word] = b + 1;
    }
    const auto v = static_cast<double>(n_blocks - n_init);
    const double mean = sum / v;
    const double sigma = 0.5907 * std::sqrt(std::max(0.0, square / (v - 1) - mean * mean));
    return compression_entropy(mean - z_alpha * sigma / std::sqrt(v), static_cast<std::int64_t>(n_blocks));
}

}  // namespace ganbar::noise::sp800_90b
