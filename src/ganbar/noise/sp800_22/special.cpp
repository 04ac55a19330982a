#include "ganbar/noise/sp800_22/special.h"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace ganbar::noise {

double upper_gamma(double a, double x) {
    if (!(x > 0)) return 1;
    if (std::isinf(x)) return 0;
    return boost::math::gamma_q(a, x);
}
double chi2_tail(double chi2, double degrees) { return upper_gamma(degrees / 2, chi2 / 2); }
double normal_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace ganbar::noise
