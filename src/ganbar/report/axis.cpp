#include "ganbar/report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "ganbar/core/error.h"
#include "ganbar/report/html_text.h"

namespace ganbar::report {
namespace {

std::vector<std::string> log_texts(const std::vector<double>& values, const std::string& unit) {
    std::vector<std::string> texts;
    for (const double v : values) texts.push_back(format_quantity(v, unit, 1));
    return texts;
}

struct Range {
    double lo = std::numeric_limits<double>::infinity(), hi = -std::numeric_limits<double>::infinity();
    void add(double v, bool positive_only) {
        if (!std::isfinite(v) || (positive_only && v <= 0)) return;
        lo = std::min(lo, v);
        hi = std::max(hi, v);
    }
    bool empty() const { return !(lo <= hi); }
};

/// A logarithmic axis gives every tick its own prefix.
Prefix axis_prefix(double magnitude, const std::string& unit, bool log) { return log ? Prefix{} : prefix_for(magnitude, unit); }

}  // namespace

std::vector<Tick> Axis::ticks(int n) const {
    const double f = prefix.factor;
    auto values = log ? log_ticks(lo / f, hi / f) : nice_ticks(lo / f, hi / f, n);
    if (whole) std::erase_if(values, [](double v) { return v != std::round(v); });
    const auto texts = log ? log_texts(values, unit) : format_ticks(values);
    std::vector<Tick> out;
    for (std::size_t i = 0; i < values.size(); ++i) out.push_back({at(values[i] * f), texts[i]});
    return out;
}

void check_lengths(const Series& s) {
    const std::size_t n = s.x.size();
    if (s.y.size() != n || (!s.lo.empty() && s.lo.size() != n) || s.lo.size() != s.hi.size())
        throw DataError(
            fmt::format("curve \"{}\" has {} x, {} y, {} lo, {} hi values; expected equal numbers (lo and hi may both be empty)", s.name, n,
                        s.y.size(), s.lo.size(), s.hi.size()));
}

Axis x_axis(const ChartView& view, double from, double to) {
    Range range;
    for (const auto& s : view.series)
        for (const double v : s.x) range.add(v, view.log_x);
    if (range.empty()) range.lo = view.log_x ? 1 : 0, range.hi = view.log_x ? 10 : 1;
    if (range.lo == range.hi) range.hi = view.log_x ? range.lo * 10 : range.lo + 1;
    return {range.lo,    range.hi,
            from,        to,
            view.log_x,  axis_prefix(range.hi, view.x_unit, view.log_x),
            view.x_unit, view.x_label.find("round") != std::string::npos};
}

Axis y_axis(const Chart& chart, const ChartView& view, double from, double to) {
    Range range;
    // A histogram's axis fits the last frame; the dashed first one may leave it.
    const bool has_solid = std::any_of(view.series.begin(), view.series.end(), [](const Series& s) { return !s.dashed; });
    for (const auto& s : view.series)
        for (const auto* values : {&s.y, &s.lo, &s.hi})
            for (const double v : *values)
                if (!(chart.steps && has_solid && s.dashed)) range.add(v, chart.log_y);
    for (const auto& line : chart.references) range.add(line.y, chart.log_y);
    Axis axis{0, 1, from, to, chart.log_y, {}, view.y_unit, false};
    if (range.empty()) range.lo = chart.log_y ? 1 : 0, range.hi = chart.log_y ? 10 : 1;
    if (chart.log_y) {
        axis.lo = range.lo / 1.15;
        axis.hi = range.hi * 1.15;
    } else {
        if (chart.from_zero) range.add(0, false);
        const double margin = range.hi > range.lo ? 0.05 * (range.hi - range.lo) : range.hi != 0 ? 0.5 * std::abs(range.hi) : 1;
        axis.lo = range.lo >= 0 && range.lo - margin < 0 ? 0 : range.lo - margin;
        axis.hi = range.hi + margin;
    }
    if (chart.y_lo && (!axis.log || *chart.y_lo > 0)) axis.lo = *chart.y_lo;
    if (chart.y_hi) axis.hi = *chart.y_hi;
    axis.prefix = axis_prefix(std::max(std::abs(axis.hi), std::abs(axis.lo)) * 0.999, view.y_unit, axis.log);
    return axis;
}

std::string axis_title(const std::string& label, const Prefix& prefix) {
    return prefix.symbol.empty() ? label : fmt::format("{} ({})", label, prefix.symbol);
}

int slot_of(const Series& s, std::size_t position) { return s.colour >= 0 ? s.colour % n_colours : static_cast<int>(position % n_colours); }

}  // namespace ganbar::report
