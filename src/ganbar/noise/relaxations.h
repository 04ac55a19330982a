// 1/f noise as a sum of relaxations: S(f) = K / f between f_lo and f_hi, K = rms^2 / ln(f_hi/f_lo), is approached by Ornstein-Uhlenbeck
// processes of equal variance with time constants spaced evenly in log tau from 1/(2 pi f_hi) to 1/(2 pi f_lo), since the integral of
// 4 tau / (1 + w^2 tau^2) dlog tau is 1/f (van der Ziel, Physica 16 (1950) 359).
#pragma once
#include <cstdint>
#include <vector>

#include "ganbar/core/units.h"

namespace ganbar::noise {

struct Relaxations {
    std::vector<double> tau_s;  ///< ascending
    double sigma = 0;           ///< of one relaxation
};
Relaxations flicker_relaxations(double rms, Hertz lo, Hertz hi, std::int64_t per_decade);

}  // namespace ganbar::noise
