#include "ganbar/report/cloud.h"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "ganbar/report/html_text.h"
#include "ganbar/report/log_axis.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/page.h"

namespace ganbar::report {
namespace {

constexpr double plane_width = 640, plane_height = 420, plane_right = 20, plane_top = 14, plane_bottom = 46;

struct Plane {
    LogAxis ax, ay;
    double left;
    double x(double v) const { return left + (plane_width - left - plane_right) * ax.at(v) / 100; }
    double y(double v) const { return plane_height - plane_bottom - (plane_height - plane_top - plane_bottom) * ay.at(v) / 100; }
};

Plane plane_over(const Cloud& c) {
    std::vector<double> xs, ys;
    for (const auto& [x, y] : c.all) xs.push_back(x), ys.push_back(y);
    for (const auto* points : {&c.front, &c.marked})
        for (const auto& p : *points) xs.push_back(p.x), ys.push_back(p.y);
    const LogAxis ay = axis_over(ys);
    return {axis_over(xs), ay, room_of_ticks(ay, c.y_unit)};
}

std::string axes_svg(const Cloud& c, const Plane& at) {
    std::string svg;
    for (const double t : axis_ticks(at.ay))
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/><text class=\"tick\" x=\"{3}\" y=\"{4:.1f}\" "
            "text-anchor=\"end\">{5}</text>",
            at.left, plane_width - plane_right, at.y(t), at.left - 7, at.y(t) + 4, tick_text(t, c.y_unit));
    for (const double t : axis_ticks(at.ax))
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/><text class=\"tick\" x=\"{0:.1f}\" y=\"{3}\" "
            "text-anchor=\"middle\">{4}</text>",
            at.x(t), plane_top, plane_height - plane_bottom, plane_height - plane_bottom + 17, tick_text(t, c.x_unit));
    svg += fmt::format("<text class=\"label\" x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>",
                       (at.left + plane_width - plane_right) / 2, plane_height - 8, escape(c.x_label));
    return svg + fmt::format("<text class=\"label\" transform=\"translate(14 {:.0f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                             (plane_top + plane_height - plane_bottom) / 2, escape(c.y_label));
}

/// One path of dots: thousands of elements would make the page slow.
std::string dots(const Cloud& c, const Plane& at) {
    std::set<std::pair<int, int>> pixels;
    for (const auto& [x, y] : c.all)
        if (x > 0 && y > 0) pixels.emplace(int(std::lround(at.x(x))), int(std::lround(at.y(y))));
    std::string path;
    for (const auto& [x, y] : pixels) path += fmt::format("M{} {}h0", x, y);
    return "<path class=\"cloud\" d=\"" + path + "\"/>";
}

/// Points of the front in order of x, those that are lower than all before.
std::string joined(const Cloud& c, const Plane& at) {
    std::vector<std::pair<double, double>> points;
    for (const auto& p : c.front) points.emplace_back(p.x, p.y);
    std::sort(points.begin(), points.end());
    std::string path;
    double lowest = 1e300;
    for (const auto& [x, y] : points) {
        if (!(x > 0 && y > 0) || y >= lowest) continue;
        lowest = y;
        path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", at.x(x), at.y(y));
    }
    return "<path class=\"front\" d=\"" + path + "\"/>";
}

std::string circles(const std::vector<CloudPoint>& points, const Plane& at, bool ring) {
    std::string out;
    for (const auto& p : points)
        if (p.x > 0 && p.y > 0)
            out += fmt::format(
                "<circle class=\"{}{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" role=\"img\" tabindex=\"0\" data-tip=\"{}\" "
                "aria-label=\"{}\"/>",
                ring ? "ring c" : "f", p.slot % n_colours, at.x(p.x), at.y(p.y), ring ? 7 : 3.5, escape(p.text), escape(p.text));
    return out;
}

}  // namespace

void cloud_figure(Page& page, const Cloud& c) {
    const Plane at = plane_over(c);
    std::string svg = fmt::format("<svg class=\"plane\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", plane_width, plane_height,
                                  escape(c.title));
    svg += axes_svg(c, at) + dots(c, at) + joined(c, at) + circles(c.front, at, false) + circles(c.marked, at, true) + "</svg>";
    std::string legend;
    for (const auto& [name, slot] : c.legend)
        legend += fmt::format("<li><span class=\"key block s{}\"></span>{}</li>", slot % n_colours, escape(name));
    page.html(fmt::format("<figure class=\"marks-figure\"><h3>{}</h3>{}{}<figcaption>{}{}</figcaption></figure>\n", escape(c.title), svg,
                          legend.empty() ? "" : "<ul class=\"legend\">" + legend + "</ul>", page.next_figure_number(), escape(c.caption)));
}

}  // namespace ganbar::report
