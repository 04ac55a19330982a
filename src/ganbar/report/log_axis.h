// A logarithmic axis for marks. Internal to report/.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "ganbar/report/figure.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {

/// From 0 to 100 per cent.
struct LogAxis {
    double lo = 1, hi = 10;
    double at(double v) const { return 100 * std::log(v / lo) / std::log(hi / lo); }
};

inline LogAxis axis_over(const std::vector<double>& values) {
    LogAxis a{1e300, 0};
    for (const double v : values)
        if (std::isfinite(v) && v > 0) a.lo = std::min(a.lo, v), a.hi = std::max(a.hi, v);
    if (!(a.hi > 0)) return {1, 10};
    const double room = std::max(1.15, std::pow(a.hi / a.lo, 0.04));
    return {a.lo / room, a.hi * room};
}

/// Decades, thinned to at most six; within a decade 1, 2, 5.
inline std::vector<double> axis_ticks(const LogAxis& a) {
    std::vector<double> all = log_ticks(a.lo, a.hi), out;
    const std::size_t step = all.size() / 6 + 1;
    for (std::size_t i = 0; i < all.size(); i += step) out.push_back(all[i]);
    return out;
}

/// What the ticks of an upright axis and its name beside them take at the left, in a figure's user units.
inline double room_of_ticks(const LogAxis& a, const std::string& unit) {
    constexpr double least = 74, name = 30;
    double room = least;
    for (const double t : axis_ticks(a)) room = std::max(room, name + tick_width(tick_text(t, unit)));
    return room;
}

}  // namespace ganbar::report
