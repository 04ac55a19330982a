// Numbers made of random bits: what a generator of bits feeds to a network that wants uniform or normal latents.
//   uniform      k bits are a whole number m, the sample (2 m + 1) / 2^k - 1: the middles of 2^k equal steps of (-1, 1); variance (1 -
//   4^-k) / 3 binomial     (ones - zeros) / sqrt(k): mean 0, variance 1, k + 1 values, excess kurtosis -2/k (de Moivre) inverse_cdf
//   Phi^-1((m + 1/2) / 2^k): the normal law at 2^k points, largest magnitude Phi^-1(1 - 2^-(k+1)) box_muller   two uniform numbers u, v of
//   k bits give sqrt(-2 ln u) cos(2 pi v) and the sine (Box, Muller 1958); k bits a sample
// Bits are taken in order, the first is the most significant.
#pragma once
#include <cstdint>
#include <span>

#include "ganbar/core/param.h"

namespace ganbar::noise {

enum class SampleForm : std::uint8_t { bits, uniform, gaussian };
enum class GaussianMethod : std::uint8_t { binomial, inverse_cdf, box_muller };

struct SampleCode {
    SampleForm form = SampleForm::bits;
    GaussianMethod method = GaussianMethod::binomial;
    std::int64_t bits_per_sample = 8;
    bool zero_one = false;  ///< form bits: 0 and 1 instead of -1 and +1
    /// Bits that n samples take. Box-Muller makes pairs: an odd n costs one sample more.
    std::size_t bits_for(std::size_t n_samples) const;
    /// Samples from bits_for(out.size()) bits, one bit a byte.
    void decode(std::span<const std::uint8_t> bits, std::span<float> out) const;
};

}  // namespace ganbar::noise
