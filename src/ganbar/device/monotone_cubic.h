// Monotone cubic interpolation of a table: Fritsch and Carlson, SIAM J. Numer. Anal. 17 (1980) 238, doi 10.1137/0717021, with the slopes of
// Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300, doi 10.1137/0905021. Between two points it never leaves their values.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace ganbar {

/// y(x) through points with ascending x; constant beyond the outer ones.
class MonotoneCubic {
public:
    /// x ascending, as many y; one point makes a constant.
    MonotoneCubic(std::span<const double> x, std::span<const double> y)
        : x_(x.begin(), x.end()), y_(y.begin(), y.end()), slope_(x.size(), 0.0) {
        const std::size_t n = x_.size();
        if (n < 2) return;
        const auto chord = [this](std::size_t i) { return (y_[i + 1] - y_[i]) / (x_[i + 1] - x_[i]); };
        for (std::size_t i = 1; i + 1 < n; ++i) {
            const double a = chord(i - 1), b = chord(i), h = x_[i] - x_[i - 1], k = x_[i + 1] - x_[i];
            if (a * b > 0) slope_[i] = 3 * (h + k) / ((2 * k + h) / a + (k + 2 * h) / b);
        }
        slope_[0] = n == 2 ? chord(0) : end_slope(x_[1] - x_[0], x_[2] - x_[1], chord(0), chord(1));
        slope_[n - 1] = n == 2 ? chord(0) : end_slope(x_[n - 1] - x_[n - 2], x_[n - 2] - x_[n - 3], chord(n - 2), chord(n - 3));
    }
    double operator()(double x) const {
        if (x_.size() < 2 || x <= x_.front()) return y_.front();
        if (x >= x_.back()) return y_.back();
        const auto i = static_cast<std::size_t>(std::upper_bound(x_.begin(), x_.end(), x) - x_.begin()) - 1;
        const double h = x_[i + 1] - x_[i], t = (x - x_[i]) / h, s = 1 - t;
        return s * s * ((1 + 2 * t) * y_[i] + t * h * slope_[i]) + t * t * ((1 + 2 * s) * y_[i + 1] - s * h * slope_[i + 1]);
    }

private:
    /// Three-point slope at an end, held so that the first interval stays monotone.
    static double end_slope(double h, double next, double a, double b) {
        const double d = ((2 * h + next) * a - h * b) / (h + next);
        if (d * a <= 0) return 0;
        return a * b <= 0 && std::abs(d) > 3 * std::abs(a) ? 3 * a : d;
    }
    std::vector<double> x_, y_, slope_;
};

}  // namespace ganbar
