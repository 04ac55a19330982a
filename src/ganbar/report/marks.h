// Marks for comparing things that differ by orders of magnitude: values with their interval on a logarithmic axis, shares of a whole,
// ratios around one, points in a plane. HTML and SVG that scale to phones and paper; web/marks.js shows the text of a mark under the
// finger.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace ganbar::report {

class Page;

/// One value with its interval. Equal lo and hi draw no whisker.
struct SpanRow {
    std::string name;
    double value = 0, lo = 0, hi = 0;
    int slot = 0;  ///< colour
};
/// A vertical line through all rows: a published value.
struct SpanLine {
    std::string name;
    double x = 0;
};
/// Logarithmic axis; values must be positive, others leave their row empty.
void span_figure(Page& page, const std::string& title, const std::string& caption, const std::string& unit,
                 const std::vector<SpanRow>& rows, const std::vector<SpanLine>& lines = {});

struct ShareRow {
    std::string name;
    std::vector<std::pair<std::string, double>> parts;
};
/// Every row stacked to its whole, with its total beside it; the least parts become "other" where there are more than colours.
void share_figure(Page& page, const std::string& title, const std::string& caption, const std::string& unit,
                  const std::vector<ShareRow>& rows);

/// Ratios at the low and the high value of a parameter, around 1 on a logarithmic axis; drawn longest first.
struct TornadoRow {
    std::string name, lo_text, hi_text;
    double lo = 1, hi = 1;
};
void tornado_figure(Page& page, const std::string& title, const std::string& caption, const std::vector<TornadoRow>& rows);

struct PlanePoint {
    std::string name;
    double x = 0, x_lo = 0, x_hi = 0, y = 0, y_lo = 0, y_hi = 0;
    int slot = 0;
};
/// Both axes logarithmic; joins the points that no other beats on both axes (less is better).
void pareto_figure(Page& page, const std::string& title, const std::string& caption, const std::string& x_label, const std::string& x_unit,
                   const std::string& y_label, const std::string& y_unit, const std::vector<PlanePoint>& points);

/// Indices of the points that no other beats on both axes, by ascending x.
std::vector<std::size_t> pareto_front(const std::vector<PlanePoint>& points);

}  // namespace ganbar::report
