// The root of a sum of two squares, with the same bits on every C library: std::hypot's last bit depends on its version, and its newest
// form needs glibc 2.35.
#pragma once
#include <cmath>

namespace ganbar {

/// sqrt(a^2 + b^2), of the unit of a and b. Sums and root are those of extended precision, whose exponents no square of a double leaves
/// (x86-64).
inline double root_sum_square(double a, double b) {
    const long double x = a, y = b;
    return static_cast<double>(std::sqrt(x * x + y * y));
}

}  // namespace ganbar
