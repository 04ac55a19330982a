#include "ganbar/circuit/cell_curve.h"

#include <cmath>

#include "ganbar/core/root_sum_square.h"

namespace ganbar {
namespace {

constexpr double small = 1e-4;   // below it two terms of a series are exact, where the functions would lose digits to subnormal numbers
constexpr double large = 1e100;  // above it the leading term is exact, where products might overflow

}  // namespace

double CellCurve::shape(double u) const {
    switch (kind) {
        case Kind::linear: return u;
        case Kind::cubic: return u * (1 + coefficient * u * u);
        case Kind::sinh: {
            const double x = coefficient * u;
            return std::abs(x) < small ? u * (1 + x * x / 6) : std::sinh(x) / coefficient;
        }
    }
    return u;
}

double CellCurve::slope(double u) const {
    switch (kind) {
        case Kind::linear: return 1;
        case Kind::cubic: return 1 + 3 * coefficient * u * u;
        case Kind::sinh: return std::cosh(coefficient * u);
    }
    return 1;
}

double CellCurve::content(double u) const {
    const double half = 0.5 * u * u;
    switch (kind) {
        case Kind::linear: return half;
        case Kind::cubic: return half * (1 + coefficient * half);
        case Kind::sinh: {
            if (std::abs(coefficient * u) < small) return half;
            const double s = std::sinh(0.5 * coefficient * u) / coefficient;  // cosh x - 1 = 2 sinh^2(x/2) without cancellation
            return 2 * s * s;
        }
    }
    return half;
}

double CellCurve::voltage(double z) const {
    switch (kind) {
        case Kind::linear: return z;
        case Kind::cubic: {  // u + c u^3 = z with u = 2/k sinh(a/3), k = sqrt(3 c): 4 sinh^3 + 3 sinh = sinh of the triple
            const double k = std::sqrt(3 * coefficient), x = 1.5 * k * z;
            if (std::abs(x) > large) return std::cbrt(z / coefficient);
            return std::abs(x) < small ? z * (1 - coefficient * z * z) : 2 * std::sinh(std::asinh(x) / 3) / k;
        }
        case Kind::sinh: {
            const double x = coefficient * z;
            if (std::abs(x) > large) return std::copysign((std::log(2 * coefficient) + std::log(std::abs(z))) / coefficient, z);
            return std::abs(x) < small ? z * (1 - x * x / 6) : std::asinh(x) / coefficient;
        }
    }
    return z;
}

double CellCurve::slope_at_shape(double z) const { return kind == Kind::sinh ? root_sum_square(1.0, coefficient * z) : slope(voltage(z)); }

}  // namespace ganbar
