#include "ganbar/noise/series.h"

#define EIGEN_MPL2_ONLY
#include <Eigen/Core>
#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <unsupported/Eigen/FFT>

namespace ganbar::noise {

std::vector<double> welch(std::span<const double> samples, double dt_s, std::size_t segment) {
    GANBAR_ASSERT(segment >= 4 && segment % 2 == 0 && samples.size() >= segment);
    std::vector<double> window(segment), x(segment), out(segment / 2 + 1, 0);
    double power = 0;
    for (std::size_t i = 0; i < segment; ++i) {
        window[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(segment));
        power += window[i] * window[i];
    }
    Eigen::FFT<double> fft;
    fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
    std::vector<std::complex<double>> f;
    double n_segments = 0;
    for (std::size_t first = 0; first + segment <= samples.size(); first += segment / 2, ++n_segments) {
        double mean = 0;
        for (std::size_t i = 0; i < segment; ++i) mean += samples[first + i] / static_cast<double>(segment);
        for (std::size_t i = 0; i < segment; ++i) x[i] = (samples[first + i] - mean) * window[i];
        fft.fwd(f, x);
        for (std::size_t k = 0; k < out.size(); ++k) out[k] += std::norm(f[k]) * (k == 0 || k == segment / 2 ? 1 : 2);
    }
    for (double& s : out) s *= dt_s / power / n_segments;
    return out;
}

std::vector<double> autocorrelation(const BitString& bits, std::size_t max_lag) {
    const std::size_t n = bits.size();
    const double p = static_cast<double>(bits.count_ones()) / static_cast<double>(n), variance = p * (1 - p);
    std::vector<double> out;
    for (std::size_t lag = 1; lag <= max_lag && lag < n; ++lag) {
        const std::size_t pairs = n - lag;
        std::size_t both = 0;
        for (std::size_t i = 0; i < pairs; i += 64) {
            const std::size_t count = std::min<std::size_t>(64, pairs - i);
            both += static_cast<std::size_t>(std::popcount((bits.word(i) & bits.word(i + lag)) >> (64 - count)));
        }
        const double head = static_cast<double>(bits.count_ones(0, pairs)), tail = static_cast<double>(bits.count_ones(lag, pairs));
        const double covariance =
            (static_cast<double>(both) - p * (head + tail) + p * p * static_cast<double>(pairs)) / static_cast<double>(n);
        out.push_back(variance > 0 ? std::clamp(covariance / variance, -1.0, 1.0) : 1);  // beyond by rounding only
    }
    return out;
}

double bias(const BitString& bits) { return static_cast<double>(bits.count_ones()) / static_cast<double>(bits.size()) - 0.5; }

double hamming_distance(const BitString& a, const BitString& b) {
    if (a.size() != b.size() || a.size() == 0) throw DataError("Hamming distance needs two bit strings of the same length");
    std::size_t differ = 0;
    for (std::size_t i = 0; i < a.size(); i += 64) differ += static_cast<std::size_t>(std::popcount(a.word(i) ^ b.word(i)));
    return static_cast<double>(differ) / static_cast<double>(a.size());
}

Distances pairwise_distances(std::span<const BitString> strings) {
    Distances out;
    double sum = 0, square = 0;
    for (std::size_t i = 0; i < strings.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const double d = hamming_distance(strings[i], strings[j]);
            sum += d, square += d * d, ++out.n_pairs;
        }
    const auto n = static_cast<double>(out.n_pairs);
    if (n > 0) out.mean = sum / n;
    if (n > 1) out.deviation = std::sqrt(std::max(0.0, (square - sum * sum / n) / (n - 1)));
    return out;
}

double conditional_min_entropy(std::span<const double> p) {
    double sum = 0;
    for (const double x : p) sum += std::max(x, 1 - x);
    return std::max(0.0, -std::log2(sum / static_cast<double>(p.size())));
}

double repeat_probability(std::span<const double> p) {
    double sum = 0;
    for (const double x : p) sum += x * x + (1 - x) * (1 - x);
    return sum / static_cast<double>(p.size());
}

}  // namespace ganbar::noise
