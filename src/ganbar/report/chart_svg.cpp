// Static charts. The scripts of the page draw the same figure again at the reader's width; this one serves paper and script-free pages.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "ganbar/core/error.h"
#include "ganbar/report/axis.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {
namespace {

constexpr double width = 640, height = 340, right = 14, top = 12, bottom = 46;

/// Room for the longest tick text and the axis title.
double left_margin(const Axis& y) {
    std::size_t longest = 2;
    for (const auto& tick : y.ticks(6))
        longest = std::max(longest, static_cast<std::size_t>(
                                        std::count_if(tick.text.begin(), tick.text.end(), [](char c) { return (c & 0xc0) != 0x80; })));
    return 36 + 7 * static_cast<double>(longest);
}

std::string draw_axes(const ChartView& view, const Axis& x, const Axis& y) {
    const double left = x.from;
    std::string out;
    for (const auto& [at, text] : y.ticks(6)) {
        if (at < top - 0.5 || at > height - bottom + 0.5) continue;
        out += fmt::format("<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", left, width - right, at);
        out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 7, at + 4, text);
    }
    for (const auto& [at, text] : x.ticks(7)) {
        if (at < left - 0.5 || at > width - right + 0.5) continue;
        out += fmt::format("<line class=\"axis\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>", at, height - bottom,
                           height - bottom + 4);
        out += fmt::format("<text class=\"tick\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>", at, height - bottom + 18, text);
    }
    out += fmt::format("<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\"/>", left, width - right, height - bottom);
    out += fmt::format("<text class=\"label\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>", (left + width - right) / 2, height - 8,
                       escape(axis_title(view.x_label, x.prefix)));
    out += fmt::format("<text class=\"label\" transform=\"translate(14 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                       (top + height - bottom) / 2, escape(axis_title(view.y_label, y.prefix)));
    return out;
}

/// Path through the points, broken at gaps; as steps each value holds from its x to the next.
std::string line_path(const Chart& chart, const Series& s, const Axis& x, const Axis& y) {
    std::string path;
    bool down = false;
    for (std::size_t i = 0; i < s.x.size(); ++i) {
        if (!x.shows(s.x[i]) || !y.shows(s.y[i])) {
            down = false;
            continue;
        }
        const double px = x.at(s.x[i]), py = y.at(s.y[i]);
        if (chart.steps && down) path += fmt::format("H{:.1f}V{:.1f}", px, py);
        else path += fmt::format("{}{:.1f} {:.1f}", down ? "L" : "M", px, py);
        down = true;
    }
    return path;
}

std::string band_path(const Series& s, const Axis& x, const Axis& y) {
    std::string forth, back;
    for (std::size_t i = 0; i < s.lo.size(); ++i) {
        if (!x.shows(s.x[i]) || !y.shows(s.lo[i]) || !y.shows(s.hi[i])) continue;
        forth += fmt::format("{}{:.1f} {:.1f}", forth.empty() ? "M" : "L", x.at(s.x[i]), y.at(s.hi[i]));
        back = fmt::format("L{:.1f} {:.1f}", x.at(s.x[i]), y.at(s.lo[i])) + back;
    }
    return forth.empty() ? forth : forth + back + "Z";
}

std::string draw_series(const Chart& chart, const ChartView& view, const Axis& x, const Axis& y) {
    std::string out;
    for (std::size_t i = 0; i < view.series.size(); ++i) {
        const Series& s = view.series[i];
        check_lengths(s);
        const int slot = slot_of(s, i);
        const std::string band = band_path(s, x, y);
        if (!band.empty()) out += fmt::format("<path class=\"band f{}\" d=\"{}\"/>", slot, band);
        out += fmt::format("<path class=\"line c{}{}\" d=\"{}\"/>", slot, s.dashed ? " dashed" : "", line_path(chart, s, x, y));
        if (s.x.size() == 1 && x.shows(s.x[0]) && y.shows(s.y[0]))
            out += fmt::format("<circle class=\"f{}\" r=\"4\" cx=\"{:.1f}\" cy=\"{:.1f}\"/>", slot, x.at(s.x[0]), y.at(s.y[0]));
    }
    return out;
}

std::string standalone_style() {
    std::string css =
        ".grid{stroke:#e3e3e0}.axis{stroke:#55585c}.tick{font:12px sans-serif;fill:#55585c}.label{font:13px sans-serif;fill:#1b1c1e}"
        ".line{fill:none;stroke-width:1.8;stroke-linejoin:round}.dashed{stroke-dasharray:6 "
        "4}.band{opacity:.18}.ref{stroke:#55585c;stroke-dasharray:2 3}";
    for (int i = 0; i < n_colours; ++i)
        css += fmt::format(".c{0}{{stroke:{1}}}.f{0}{{fill:{1}}}", i, light_palette[static_cast<std::size_t>(i)]);
    return "<style>" + css + "</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>";
}

/// Names of the curves above the plot; the page shows its own legend instead.
std::string draw_legend(const ChartView& view, double left) {
    std::string out;
    double at = left;
    for (std::size_t i = 0; i < view.series.size(); ++i) {
        out += fmt::format("<line class=\"line c{2}{3}\" x1=\"{0}\" x2=\"{1}\" y1=\"-8\" y2=\"-8\"/>", at, at + 20,
                           slot_of(view.series[i], i), view.series[i].dashed ? " dashed" : "");
        out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"-4\">{}</text>", at + 25, escape(view.series[i].name));
        at += 45 + 6.6 * static_cast<double>(view.series[i].name.size());
    }
    return out;
}

}  // namespace

std::vector<double> nice_ticks(double lo, double hi, int n) {
    if (!(hi > lo)) return {lo};
    const double raw = (hi - lo) / std::max(n, 1), decade = std::pow(10.0, std::floor(std::log10(raw)));
    const double ratio = raw / decade;
    const double step = decade * (ratio <= 1.5 ? 1 : ratio <= 3.5 ? 2 : ratio <= 7.5 ? 5 : 10);
    std::vector<double> ticks;
    const double first = std::ceil(lo / step - 1e-9);
    for (int k = 0; k < 50 && (first + k) * step <= hi + 1e-9 * step; ++k) ticks.push_back((first + k) * step);
    return ticks;
}

std::vector<double> log_ticks(double lo, double hi) {
    std::vector<double> ticks;
    if (!(lo > 0) || !(hi > lo)) return ticks;
    const int from = static_cast<int>(std::floor(std::log10(lo))), to = static_cast<int>(std::ceil(std::log10(hi)));
    const int stride = std::max(1, (to - from) / 8);
    const bool fine = std::log10(hi / lo) < 3;
    for (int d = from; d <= to; d += stride)
        for (const int m : {1, 2, 5}) {
            const double v = m * std::pow(10.0, d);
            if ((m == 1 || fine) && v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9)) ticks.push_back(v);
        }
    return ticks.size() < 2 ? nice_ticks(lo, hi, 4) : ticks;  // a range without such numbers is narrow: even steps read well there
}

std::string render_svg(const Chart& chart, bool standalone) {
    if (chart.views.empty()) throw DataError(fmt::format("chart \"{}\" has no view; expected at least one", chart.title));
    const ChartView& view = chart.views.front();
    for (const auto& s : view.series) check_lengths(s);
    const Axis y = y_axis(chart, view, height - bottom, top), x = x_axis(view, left_margin(y), width - right);
    std::string out =
        fmt::format("<svg class=\"chart\" viewBox=\"0 {} {} {}\" role=\"img\" aria-label=\"{}\"{}>", standalone ? -24 : 0, width,
                    height + (standalone ? 24 : 0), escape(chart.title), standalone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "");
    if (standalone) out += standalone_style() + draw_legend(view, x.from);
    out += draw_axes(view, x, y);
    for (const auto& line : chart.references) {
        if (!y.shows(line.y)) continue;
        out +=
            fmt::format("<line class=\"ref\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>", x.from, width - right, y.at(line.y));
        out += fmt::format("<text class=\"tick\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", width - right - 4, y.at(line.y) - 5,
                           escape(line.name));
    }
    std::string curves = draw_series(chart, view, x, y);
    if (chart.steps)
        curves = fmt::format("<svg x=\"{0}\" y=\"{1}\" width=\"{2}\" height=\"{3}\" viewBox=\"{0} {1} {2} {3}\">{4}</svg>", x.from, top,
                             x.to - x.from, height - top - bottom, curves);
    return out + curves + "</svg>";
}

}  // namespace ganbar::report
