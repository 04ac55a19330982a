#include "ganbar/report/reproduction_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/core/error.h"
#include "ganbar/report/html_sections.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/marks.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {
namespace {

using arch::Reproduction;

std::string range(double lo, double hi) {
    return hi > lo ? fmt::format(" <span class=\"range\">{} … {}</span>", times_text(lo), times_text(hi)) : "";
}

/// "2.10×", or the range that a paper gives; and how ours lies to it.
std::string published_text(const arch::ReproductionMean& m) {
    return m.published_hi > 0 ? times_text(m.published) + " … " + times_text(m.published_hi) : times_text(m.published);
}
std::string beside_published(const arch::ReproductionMean& m) {
    if (m.published_hi <= 0) return times_text(m.geometric / m.published);
    return m.geometric < m.published ? "below" : m.geometric > m.published_hi ? "above" : "within";
}

void means_table(Page& page, const Reproduction& r) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& m : r.means)
        rows.push_back({{escape(m.rival)},
                        {escape(m.basis)},
                        {escape(m.quantity)},
                        {times_text(m.geometric) + range(m.lo, m.hi), true},
                        {times_text(m.arithmetic), true},
                        {published_text(m), true},
                        {beside_published(m), true}});
    std::vector<std::string> sources;
    for (const auto& m : r.means)
        if (std::find(sources.begin(), sources.end(), m.source) == sources.end()) sources.push_back(m.source);
    page.table(
        "Means over the networks beside the published average. Published numbers are references; no parameter was chosen to meet "
        "them. Source: " +
            escape(join(sources, "; ")) + ".",
        {"against", "basis", "quantity", "ours, geometric", "arithmetic", "published", "ours / published"}, rows);
}

void rows_table(Page& page, const Reproduction& r) {
    std::vector<std::vector<Cell>> rows;
    for (const auto& row : r.rows)
        rows.push_back({{escape(row.benchmark)},
                        {escape(row.rival)},
                        {escape(row.basis)},
                        {times_text(row.speed.value) + range(row.speed.lo, row.speed.hi), true},
                        {times_text(row.energy.value) + range(row.energy.lo, row.energy.hi), true},
                        {chip_area_text(row.subject_area_m2), true},
                        {chip_area_text(row.rival_area_m2), true},
                        {format_number(100 * row.rival_utilisation, 2) + "\u202f%", true},
                        {row.rival_assumed.empty() ? "–" : escape(row.rival_assumed)}});
    page.table(
        "Every network. A speed-up means little without its baseline: the last columns give the share of the rival's peak that useful "
        "multiplications fill here, and what its model assumes.",
        {"network", "against", "basis", "speed-up", "energy saving", "area", "rival's area", "rival reaches", "rival assumes"}, rows,
        "sortable");
}

std::vector<SpanLine> published_lines(const arch::ReproductionMean& m) {
    if (m.published_hi <= 0) return {{"published average", m.published}};
    return {{"published, least", m.published}, {"published, most", m.published_hi}};
}

/// One figure per rival and quantity, the published average as a line.
void ratio_figures(Page& page, const Reproduction& r) {
    page.html("<div class=\"chart-grid\">");
    for (const auto& m : r.means) {
        std::vector<SpanRow> rows;
        for (const auto& row : r.rows) {
            if (row.rival != m.rival || row.basis != m.basis) continue;
            const arch::Interval& i = m.quantity == "speed" ? row.speed : row.energy;
            rows.push_back({row.benchmark, i.value, i.lo, i.hi, m.quantity == "speed" ? 0 : 1});
        }
        rows.push_back({"geometric mean", m.geometric, m.lo, m.hi, 7});
        span_figure(page, fmt::format("{} over {}, {}", m.quantity == "speed" ? "Speed-up" : "Energy saving", m.rival, m.basis),
                    "Ratios with the intervals of both machines' uncertain parameters.", "", rows, published_lines(m));
    }
    page.html("</div>");
}

void ladder(Page& page, const Reproduction& r) {
    if (r.ladder.empty()) return;
    std::vector<SpanRow> speed, energy;
    std::vector<std::vector<Cell>> rows;
    for (const auto& l : r.ladder) {
        speed.push_back({l.label, l.speed, l.speed, l.speed, 0}), energy.push_back({l.label, l.energy, l.energy, l.energy, 1});
        rows.push_back({{escape(l.label)}, {times_text(l.speed), true}, {times_text(l.energy), true}, {chip_area_text(l.area_m2), true}});
    }
    page.open_section("ladder", "What each idea adds");
    page.html("<div class=\"chart-grid\">");
    span_figure(page, "Speed-up, idea by idea", "Geometric means over the networks.", "", speed);
    span_figure(page, "Energy saving, idea by idea", "Geometric means over the networks.", "", energy);
    page.html("</div>");
    page.table("The same in numbers, with the mean area.", {"machine", "speed-up", "energy saving", "area"}, rows);
    page.close_section();
}

void tornado(Page& page, const Reproduction& r) {
    if (r.tornado.empty()) return;
    const double speed0 = r.tornado_speed, energy0 = r.tornado_energy;
    std::vector<TornadoRow> speed, energy;
    for (const auto& b : r.tornado) {
        const std::string name = b.machine + "." + b.param;
        if (std::abs(std::log(b.speed_hi / b.speed_lo)) > 1e-6)
            speed.push_back({name, b.lo, b.hi, b.speed_lo / speed0, b.speed_hi / speed0});
        if (std::abs(std::log(b.energy_hi / b.energy_lo)) > 1e-6)
            energy.push_back({name, b.lo, b.hi, b.energy_lo / energy0, b.energy_hi / energy0});
    }
    page.open_section("sensitivity", "What moves the result",
                      prose("Every uncertain parameter of both machines alone at its two ends: the mean ratio against the first rival, "
                            "relative to the one above."));
    page.html("<div class=\"chart-grid\">");
    if (!speed.empty()) tornado_figure(page, "Mean speed-up", "Strongest first.", speed);
    if (!energy.empty()) tornado_figure(page, "Mean energy saving", "Strongest first.", energy);
    page.html("</div>");
    page.close_section();
}

}  // namespace

std::string render_reproduction(const Reproduction& r, const std::string& command) {
    Page page;
    page.html("<header class=\"title\"><h1>" + escape(r.title) + "</h1><div class=\"intro\">" +
              prose("The published averages against what the models say, network by network, with what it would take to reach them. Our "
                    "models rest on published component numbers; every ratio carries the "
                    "interval of what is not known.") +
              "</div></header>\n");
    const std::size_t navigation_at = page.body().size();
    page.open_section("means", "Ours beside the published");
    means_table(page, r);
    ratio_figures(page, r);
    rows_table(page, r);
    page.close_section();
    if (!r.findings.empty()) {
        std::string list;
        for (const auto& f : r.findings) list += "- " + f + "\n";
        page.open_section("findings", "What it would take", prose(list));
        page.close_section();
    }
    ladder(page, r);
    tornado(page, r);
    page.open_section("reproduce", "Reproduce");
    page.html("<pre class=\"commands\" tabindex=\"0\"><code>" + escape(command) + "\n</code></pre>");
    page.close_section();
    return whole_page(r.title, page, navigation_at);
}

}  // namespace ganbar::report
