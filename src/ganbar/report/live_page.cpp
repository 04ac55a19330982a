#include "ganbar/report/live_page.h"

#include <fmt/format.h>

#include <utility>

#include "ganbar/report/html_sections.h"
#include "ganbar/report/html_text.h"

namespace ganbar::report {
namespace web {
extern const std::string_view live_css, format_js, chart_js, live_js;
}
namespace {

void picture_figure(Page& page, const char* id, const char* css_class, const char* alt, const char* caption) {
    page.html(
        fmt::format("<figure class=\"snap{}\" id=\"{}\" hidden><img class=\"pixels\" alt=\"{}\"><figcaption><b>{}</b> <span "
                    "class=\"at\"></span></figcaption></figure>",
                    css_class, id, alt, caption));
}

/// A chart with the number that its figure has on the page left to the script.
std::string with_caption(const Chart& chart) {
    return fmt::format("{{\"caption\":{},\"data\":{}}}", json_string(chart.caption), chart_json(chart));
}

}  // namespace

std::string live_page(const std::string& title, const std::string& intro) {
    Page page;
    page.html("<header class=\"title\"><h1>" + escape(title) + "</h1><div class=\"intro\">" + prose(intro) + "</div>");
    page.html(
        "<p class=\"verdict\" role=\"status\"><span class=\"chip\" id=\"state\">connecting</span> <span id=\"progress-text\"></span></p>"
        "<progress id=\"progress\" max=\"1\" value=\"0\" aria-label=\"done so far\"></progress>"
        "<p class=\"note\" id=\"connection\" role=\"alert\" hidden></p><p class=\"note\" id=\"fault\" role=\"alert\" hidden></p>"
        "<dl class=\"facts\" id=\"facts\"></dl><noscript><p>This page needs scripts: its numbers arrive while the run "
        "works.</p></noscript></header>\n");
    page.html(
        "<section id=\"pictures\" hidden><h2>Images and conductances</h2><div class=\"scrubber\"><button type=\"button\" id=\"newest\" "
        "aria-pressed=\"true\">newest</button>"
        "<input type=\"range\" id=\"round\" min=\"0\" max=\"0\" value=\"0\" aria-label=\"training round "
        "shown\"><output></output></div><div class=\"strip live\">");
    picture_figure(page, "samples", "", "images of the generator", "Generated images.");
    picture_figure(page, "conductance", " wide", "conductance maps of all arrays",
                   "Conductances: a dot is a memristor, a square an array.");
    page.html("</div></section>\n<section id=\"curves\" hidden><h2>Curves</h2><div class=\"chart-grid\" id=\"charts\"></div></section>\n");
    page.html(
        "<section id=\"points\" hidden><h2>Points</h2><p class=\"caption\" id=\"points-caption\"></p><div class=\"scroll\" tabindex=\"0\" "
        "role=\"region\" aria-labelledby=\"points-caption\">"
        "<table><thead></thead><tbody></tbody></table></div></section>\n");
    return whole_page(title, page, 0,
                      {"default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; script-src "
                       "'unsafe-inline'; base-uri 'none'; form-action 'none'",
                       std::string(web::format_js) + std::string(web::chart_js) + std::string(web::live_js),
                       "<link rel=\"icon\" href=\"data:,\"><style>" + std::string(web::live_css) + "</style>"});
}

std::string live_charts(const RunData& run) {
    const std::vector<RunData> runs = {run};
    const auto groups = groups_of(runs);
    std::string out;
    const auto add = [&](std::vector<Chart> charts) {
        for (auto& chart : charts) {
            chart.frames.clear();  // the series are the newest
            out += (out.empty() ? "" : ",") + with_caption(chart);
        }
    };
    add(training_charts(groups));
    add(quality_charts(groups));
    add(energy_charts(groups));
    auto histograms = histogram_charts(groups);
    for (auto& chart : histograms) {
        chart.caption = "Share of the layer's cells per conductance bin, newest and first.";
        if (!chart.views[0].series.empty()) chart.views[0].series[0].name = "newest";
    }
    add(std::move(histograms));
    return "[" + out + "]";
}

}  // namespace ganbar::report
