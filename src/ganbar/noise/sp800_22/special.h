// Tail functions of the tests.
#pragma once

namespace ganbar::noise {

double upper_gamma(double a, double x);         ///< regularised upper incomplete gamma Q(a, x); 1 for x <= 0
double chi2_tail(double chi2, double degrees);  ///< P(X > chi2), X chi-squared
double normal_below(double x);                  ///< Phi(x)

}  // namespace ganbar::noise
