// Axes of charts: what range they show, where a value lands, and their ticks. For every renderer of charts; internal to pictures of
// figures.
#pragma once
#include <cmath>
#include <string>
#include <vector>

#include "ganbar/report/figure.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {

struct Tick {
    double at = 0;
    std::string text;
};

struct Axis {
    double lo = 0, hi = 1, from = 0, to = 1;  ///< data range and where it lands on the picture
    bool log = false;
    Prefix prefix;
    std::string unit;
    bool whole = false;  ///< ticks at whole numbers only
    double at(double v) const {
        const double share = log ? (std::log10(v) - std::log10(lo)) / (std::log10(hi) - std::log10(lo)) : (v - lo) / (hi - lo);
        return from + share * (to - from);
    }
    bool shows(double v) const { return std::isfinite(v) && (!log || v > 0); }
    std::vector<Tick> ticks(int n) const;
};

/// DataError when a curve's arrays differ in length.
void check_lengths(const Series& s);
/// `from`, `to`: where the ends of the axis land on the picture.
Axis x_axis(const ChartView& view, double from, double to);
Axis y_axis(const Chart& chart, const ChartView& view, double from, double to);
/// "update energy (µJ)".
std::string axis_title(const std::string& label, const Prefix& prefix);
/// Palette slot of a curve that is the position-th of its view.
int slot_of(const Series& s, std::size_t position);

}  // namespace ganbar::report
