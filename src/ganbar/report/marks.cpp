#include "ganbar/report/marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ganbar/report/figure.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/log_axis.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/page.h"

namespace ganbar::report {
namespace {

std::string ticks_html(const LogAxis& a, const std::string& unit) {
    std::string out = "<div class=\"mark-row axis-row\"><span></span><span class=\"mark-plot\">";
    for (const double t : axis_ticks(a)) {
        const double at = a.at(t);
        if (at >= 2 && at <= 98) out += fmt::format("<span class=\"mark-tick\" style=\"left:{:.2f}%\">{}</span>", at, tick_text(t, unit));
    }
    return out + "</span><span></span></div>";
}
std::string grid_html(const LogAxis& a) {
    std::string out;
    for (const double t : axis_ticks(a)) out += fmt::format("<i class=\"mark-grid\" style=\"left:{:.2f}%\"></i>", a.at(t));
    return out;
}

void open(Page& page, const std::string& title, const char* kind) {
    page.html(fmt::format("<figure class=\"marks-figure\"><h3>{}</h3><div class=\"marks {}\">", escape(title), kind));
}
void close(Page& page, const std::string& caption, const std::string& after = "") {
    page.html("</div>" + after + "<figcaption>" + page.next_figure_number() + escape(caption) + "</figcaption></figure>\n");
}
std::string tip(const std::string& text) {
    return fmt::format(" role=\"img\" tabindex=\"0\" data-tip=\"{0}\" aria-label=\"{0}\"", escape(text));
}

}  // namespace

void span_figure(Page& page, const std::string& title, const std::string& caption, const std::string& unit,
                 const std::vector<SpanRow>& rows, const std::vector<SpanLine>& lines) {
    std::vector<double> values;
    for (const auto& r : rows) values.insert(values.end(), {r.value, r.lo, r.hi});
    for (const auto& l : lines) values.push_back(l.x);
    const LogAxis a = axis_over(values);
    open(page, title, "spans");
    for (const auto& r : rows) {
        std::string plot = grid_html(a);
        for (const auto& l : lines) plot += fmt::format("<i class=\"mark-line\" style=\"left:{:.2f}%\"></i>", a.at(l.x));
        const bool shown = std::isfinite(r.value) && r.value > 0, range = shown && r.lo > 0 && r.hi > r.lo;
        if (range)
            plot += fmt::format("<span class=\"mark-span s{}\" style=\"left:{:.2f}%;width:{:.2f}%\"></span>", r.slot % n_colours,
                                a.at(r.lo), a.at(r.hi) - a.at(r.lo));
        const std::string text = r.name + ": " + format_quantity(r.value, unit) +
                                 (range ? " (" + format_quantity(r.lo, unit) + " … " + format_quantity(r.hi, unit) + ")" : "");
        if (shown)
            plot +=
                fmt::format("<span class=\"mark-dot s{}\" style=\"left:{:.2f}%\"{}></span>", r.slot % n_colours, a.at(r.value), tip(text));
        page.html(
            fmt::format("<div class=\"mark-row\"><span class=\"bar-name\">{}</span><span class=\"mark-plot\">{}</span><span "
                        "class=\"bar-total\">{}</span></div>",
                        escape(r.name), plot, shown ? format_quantity(r.value, unit) : "–"));
    }
    page.html(ticks_html(a, unit));
    std::string names;
    for (const auto& l : lines)
        names += fmt::format("<li><span class=\"key mark-line-key\"></span>{}: {}</li>", escape(l.name), format_quantity(l.x, unit));
    close(page, caption, names.empty() ? "" : "<ul class=\"legend\">" + names + "</ul>");
}

namespace {

constexpr std::size_t most_parts = 2 * n_colours;  ///< every colour plain, then striped

std::string colour_class(std::size_t i) { return fmt::format("s{}{}", i % n_colours, i >= std::size_t(n_colours) ? " alt" : ""); }

/// Parts by their largest share in any row, the least ones folded into "other".
std::vector<std::string> part_order(std::vector<ShareRow>& rows) {
    std::map<std::string, double> largest;
    for (const auto& row : rows) {
        double total = 0;
        for (const auto& [name, v] : row.parts) total += v;
        for (const auto& [name, v] : row.parts) largest[name] = std::max(largest[name], total > 0 ? v / total : 0.0);
    }
    std::vector<std::string> order;
    for (const auto& [name, share] : largest) order.push_back(name);
    std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) { return largest[a] > largest[b]; });
    if (order.size() <= most_parts) return order;
    const std::vector<std::string> small(order.begin() + most_parts - 1, order.end());
    for (auto& row : rows) {
        double rest = 0;
        std::erase_if(row.parts, [&](const auto& part) {
            const bool folded = std::find(small.begin(), small.end(), part.first) != small.end();
            if (folded) rest += part.second;
            return folded;
        });
        if (rest > 0) row.parts.emplace_back("other", rest);
    }
    order.resize(most_parts - 1);
    order.push_back("other");
    return order;
}

}  // namespace

void share_figure(Page& page, const std::string& title, const std::string& caption, const std::string& unit,
                  const std::vector<ShareRow>& given) {
    std::vector<ShareRow> rows = given;
    const std::vector<std::string> order = part_order(rows);
    open(page, title, "shares");
    for (const auto& row : rows) {
        double total = 0;
        for (const auto& [name, v] : row.parts) total += v;
        std::string bar;
        for (std::size_t i = 0; i < order.size() && total > 0; ++i)
            for (const auto& [name, v] : row.parts)
                if (name == order[i] && v > 0)
                    bar += fmt::format(
                        "<span class=\"segment {}\" style=\"width:{:.3f}%\"{}></span>", colour_class(i), 100 * v / total,
                        tip(fmt::format("{}, {}: {} ({} %)", row.name, name, format_quantity(v, unit), format_number(100 * v / total, 2))));
        page.html(
            fmt::format("<div class=\"mark-row\"><span class=\"bar-name\">{}</span><span class=\"bar\">{}</span><span "
                        "class=\"bar-total\">{}</span></div>",
                        escape(row.name), bar, total > 0 ? format_quantity(total, unit) : "–"));
    }
    std::string legend = "<ul class=\"legend\">";
    for (std::size_t i = 0; i < order.size(); ++i)
        legend += fmt::format("<li><span class=\"key block {}\"></span>{}</li>", colour_class(i), escape(order[i]));
    close(page, caption, legend + "</ul>");
}

void tornado_figure(Page& page, const std::string& title, const std::string& caption, const std::vector<TornadoRow>& given) {
    std::vector<TornadoRow> rows = given;
    const auto length = [](const TornadoRow& r) { return std::max({r.lo, r.hi, 1.0}) / std::min({r.lo, r.hi, 1.0}); };
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return length(a) > length(b); });
    for (auto& r : rows) std::erase(r.lo_text, '"'), std::erase(r.hi_text, '"');
    double reach = 1.1;
    for (const auto& r : rows)
        for (const double v : {r.lo, r.hi})
            if (v > 0) reach = std::max({reach, v, 1 / v});
    const LogAxis a{1 / (reach * 1.1), reach * 1.1};
    open(page, title, "tornado");
    for (const auto& r : rows) {
        std::string plot = grid_html(a) + fmt::format("<i class=\"mark-line\" style=\"left:{:.2f}%\"></i>", a.at(1));
        int slot = 0;
        for (const auto& [ratio, text] : {std::pair{r.lo, r.lo_text}, {r.hi, r.hi_text}}) {
            if (ratio > 0 && std::abs(std::log(ratio)) > 1e-9) {
                const double from = std::min(a.at(1), a.at(ratio)), to = std::max(a.at(1), a.at(ratio));
                plot += fmt::format("<span class=\"mark-bar s{}\" style=\"left:{:.2f}%;width:{:.2f}%\"{}></span>", slot, from, to - from,
                                    tip(fmt::format("{} = {}: {} times", r.name, text, format_number(ratio))));
            }
            ++slot;
        }
        page.html(
            fmt::format("<div class=\"mark-row\"><span class=\"bar-name\">{}<span class=\"range\"> {} … {}</span></span><span "
                        "class=\"mark-plot\">{}</span>"
                        "<span class=\"bar-total\">{} … {}</span></div>",
                        escape(r.name), escape(r.lo_text), escape(r.hi_text), plot, format_number(r.lo, 2), format_number(r.hi, 2)));
    }
    page.html(ticks_html(a, ""));
    close(page, caption,
          "<ul class=\"legend\"><li><span class=\"key block s0\"></span>at the first value</li><li><span class=\"key block s1\"></span>at "
          "the second value</li></ul>");
}

std::vector<std::size_t> pareto_front(const std::vector<PlanePoint>& points) {
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto& p = points[i];
        const bool beaten = std::any_of(points.begin(), points.end(),
                                        [&](const PlanePoint& q) { return q.x <= p.x && q.y <= p.y && (q.x < p.x || q.y < p.y); });
        if (!beaten) front.push_back(i);
    }
    std::sort(front.begin(), front.end(), [&](std::size_t a, std::size_t b) { return points[a].x < points[b].x; });
    return front;
}

namespace {

/// Names beside their points, on the side with room, moved up and down until they do not lie on each other.
template <class X, class Y>
std::string point_names(const std::vector<PlanePoint>& points, X px, Y py, double width) {
    struct Box {
        double x, y, length;
    };
    std::vector<Box> taken;
    std::string out;
    for (const auto& p : points) {
        Box box{px(p.x) + 8, py(p.y) - 6, 6.8 * double(p.name.size())};
        if (box.x + box.length > width - 4) box.x -= 16 + box.length;
        const double first = box.y;
        for (int tries = 1; tries < 16; ++tries) {
            const bool free = std::none_of(taken.begin(), taken.end(), [&](const Box& t) {
                return t.x < box.x + box.length && box.x < t.x + t.length && std::abs(t.y - box.y) < 12;
            });
            if (free) break;
            box.y = first + (tries % 2 ? 1 : -1) * 7.0 * ((tries + 1) / 2);
        }
        taken.push_back(box);
        out += fmt::format("<text class=\"tick strong\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", box.x, box.y, escape(p.name));
    }
    return out;
}

}  // namespace

void pareto_figure(Page& page, const std::string& title, const std::string& caption, const std::string& x_label, const std::string& x_unit,
                   const std::string& y_label, const std::string& y_unit, const std::vector<PlanePoint>& points) {
    constexpr double width = 640, height = 420, right = 20, top = 14, bottom = 46;
    std::vector<double> xs, ys;
    for (const auto& p : points) xs.insert(xs.end(), {p.x, p.x_lo, p.x_hi}), ys.insert(ys.end(), {p.y, p.y_lo, p.y_hi});
    const LogAxis ax = axis_over(xs), ay = axis_over(ys);
    const double left = room_of_ticks(ay, y_unit);
    const auto px = [&](double v) { return left + (width - left - right) * ax.at(v) / 100; };
    const auto py = [&](double v) { return height - bottom - (height - top - bottom) * ay.at(v) / 100; };
    std::string svg =
        fmt::format("<svg class=\"plane\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width, height, escape(title));
    for (const double t : axis_ticks(ay))
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/><text class=\"tick\" x=\"{3}\" y=\"{4:.1f}\" "
            "text-anchor=\"end\">{5}</text>",
            left, width - right, py(t), left - 7, py(t) + 4, tick_text(t, y_unit));
    for (const double t : axis_ticks(ax))
        svg += fmt::format(
            "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/><text class=\"tick\" x=\"{0:.1f}\" y=\"{3}\" "
            "text-anchor=\"middle\">{4}</text>",
            px(t), top, height - bottom, height - bottom + 17, tick_text(t, x_unit));
    svg += fmt::format("<text class=\"label\" x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>", (left + width - right) / 2,
                       height - 8, escape(x_label));
    svg += fmt::format("<text class=\"label\" transform=\"translate(14 {:.0f}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                       (top + height - bottom) / 2, escape(y_label));
    std::string path;
    for (const std::size_t i : pareto_front(points))
        path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", px(points[i].x), py(points[i].y));
    svg += fmt::format("<path class=\"front\" d=\"{}\"/>", path);
    for (const auto& p : points) {
        const int slot = p.slot % n_colours;
        svg += fmt::format(
            "<g class=\"c{0}\" opacity=\".35\"><line x1=\"{1:.1f}\" x2=\"{2:.1f}\" y1=\"{3:.1f}\" y2=\"{3:.1f}\"/><line x1=\"{4:.1f}\" "
            "x2=\"{4:.1f}\" y1=\"{5:.1f}\" y2=\"{6:.1f}\"/></g>",
            slot, px(p.x_lo), px(p.x_hi), py(p.y), px(p.x), py(p.y_lo), py(p.y_hi));
        const std::string text = fmt::format("{}: {} {} … {}; {} {} … {}", p.name, format_quantity(p.x, x_unit),
                                             format_quantity(p.x_lo, x_unit), format_quantity(p.x_hi, x_unit), format_quantity(p.y, y_unit),
                                             format_quantity(p.y_lo, y_unit), format_quantity(p.y_hi, y_unit));
        svg += fmt::format("<circle class=\"f{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\"{}/>", slot, px(p.x), py(p.y), tip(text));
    }
    svg += point_names(points, px, py, width);
    page.html(fmt::format("<figure class=\"marks-figure\"><h3>{}</h3>{}</svg><figcaption>{}{}</figcaption></figure>\n", escape(title), svg,
                          page.next_figure_number(), escape(caption)));
}

}  // namespace ganbar::report
