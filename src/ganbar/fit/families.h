// Parametric laws fitted to measured steps beside the table: which of ganbar's families the device resembles.
#pragma once
#include "ganbar/fit/device_fit.h"

namespace ganbar::fit {

struct FamilyParameter {
    std::string name, unit;
    double value = 0, lo = 0, hi = 0;  ///< lo, hi: the middle 95% of the bootstrap
};
struct FamilyFit {
    std::string name;  ///< of the device model whose law it is
    std::string law;   ///< the step, as text
    std::vector<FamilyParameter> parameters;
    double chi2 = 0;  ///< over n_bins means of the step, each with its standard error
    std::size_t n_bins = 0;
    double bic = 0;  ///< chi2 + k ln(n_bins): Schwarz, Ann. Stat. 6 (1978) 461
    double rms = 0;  ///< of the difference to the bins' means, relative to the largest
};

/// Fits every family to the main set and reset amplitude by Levenberg and Marquardt's method (Eigen) and ranks them, best first; families
/// less than 2 apart in BIC are not told apart by the data, and the one with fewer parameters, then the more special one, comes first.
/// Intervals by resampling devices, or, with fewer than 8 of them, by redrawing each mean within its standard error.
std::vector<FamilyFit> fit_families(const PulseData& data, const DeviceFit& fit, const FitOptions& options = {});

}  // namespace ganbar::fit
