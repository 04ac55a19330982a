// Statistics of series: spectra and autocorrelation of numbers, and of bits; distances between bit strings; what an observer can guess.
#pragma once
#include <span>
#include <vector>

#include "ganbar/noise/bit_string.h"

namespace ganbar::noise {

/// Welch's estimate of the one-sided spectral density of samples taken every dt: Hann windows of `segment` samples, half overlapping,
/// means removed. Element k belongs to frequency k / (segment dt); k = 0 is not meaningful. Units: sample^2 / Hz.
std::vector<double> welch(std::span<const double> samples, double dt_s, std::size_t segment);

/// Autocorrelation of a +-1 sequence about its mean at lags 1..max_lag: the sum over the n - lag pairs divided by n times the variance,
/// which keeps every value within -1..1. About N(0, 1/n) each for independent bits; 1 for constant ones.
std::vector<double> autocorrelation(const BitString& bits, std::size_t max_lag);
/// P(one) - 1/2.
double bias(const BitString& bits);

/// Share of differing bits of two strings of equal length (DataError otherwise).
double hamming_distance(const BitString& a, const BitString& b);
/// Distances of all pairs: mean and standard deviation. Strings of different chips: 1/2 +- 1/(2 sqrt n) for a fingerprint;
/// re-readings of one chip: 0 for a fingerprint, 1/2 for a generator.
struct Distances {
    double mean = 0, deviation = 0;
    std::size_t n_pairs = 0;
};
Distances pairwise_distances(std::span<const BitString> strings);

/// Average conditional min-entropy per bit, -log2 E[max(p, 1-p)] (Dodis et al., SIAM J. Comput. 38 (2008) 97), for an observer who
/// knows the probability p of a one for each bit.
double conditional_min_entropy(std::span<const double> probability_of_one);
/// Chance that reading again gives the same bit, E[p^2 + (1-p)^2].
double repeat_probability(std::span<const double> probability_of_one);

}  // namespace ganbar::noise
