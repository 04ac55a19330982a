#include "ganbar/report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/core/error.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/small_picture.h"

namespace ganbar::report {
namespace {

constexpr std::uint32_t small_picture_px = 360;

std::string json_series(const Series& s, std::size_t position) {
    return fmt::format("{{\"name\":{},\"slot\":{},\"dashed\":{},\"x\":{},\"y\":{},\"lo\":{},\"hi\":{}}}", json_string(s.name),
                       s.colour >= 0 ? s.colour % n_colours : static_cast<int>(position % n_colours), s.dashed, json_numbers(s.x),
                       json_numbers(s.y), json_numbers(s.lo), json_numbers(s.hi));
}

std::string json_view(const ChartView& view) {
    std::string series;
    for (std::size_t i = 0; i < view.series.size(); ++i) series += (i ? "," : "") + json_series(view.series[i], i);
    return fmt::format("{{\"name\":{},\"xLabel\":{},\"xUnit\":{},\"yLabel\":{},\"yUnit\":{},\"logX\":{},\"series\":[{}]}}",
                       json_string(view.name), json_string(view.x_label), json_string(view.x_unit), json_string(view.y_label),
                       json_string(view.y_unit), view.log_x, series);
}

std::string optional_number(const std::optional<double>& v) { return v && std::isfinite(*v) ? fmt::format("{:.6g}", *v) : "null"; }

std::string legend(const ChartView& view) {
    std::string out = "<ul class=\"legend\">";
    for (std::size_t i = 0; i < view.series.size(); ++i) {
        const Series& s = view.series[i];
        out +=
            fmt::format("<li><span class=\"key k{}{}\"></span>{}</li>",
                        s.colour >= 0 ? s.colour % n_colours : static_cast<int>(i % n_colours), s.dashed ? " dashed" : "", escape(s.name));
    }
    return out + "</ul>";
}

/// Light to dark blue; text turns white where the ground is dark. share in 0..1.
std::string heat_style(double share) {
    const double low[3] = {0xf3, 0xf7, 0xfb}, middle[3] = {0x6b, 0xae, 0xd6}, high[3] = {0x08, 0x30, 0x6b};
    const double t = std::clamp(share, 0.0, 1.0);
    int rgb[3];
    for (int i = 0; i < 3; ++i)
        rgb[i] = static_cast<int>(
            std::lround(t < 0.5 ? low[i] + 2 * t * (middle[i] - low[i]) : middle[i] + (2 * t - 1) * (high[i] - middle[i])));
    return fmt::format("background:#{:02x}{:02x}{:02x};color:{}", rgb[0], rgb[1], rgb[2], t > 0.55 ? "#fff" : "#111");
}

std::string png_of(const Picture& picture) {
    return small_picture(picture.png_bytes.empty() ? read_file(picture.png_path) : picture.png_bytes);
}

std::uint32_t width_of(const std::string& png) {
    if (png.size() < 24 || png.compare(1, 3, "PNG") != 0) return 0;
    std::uint32_t width = 0;
    for (std::size_t i = 16; i < 20; ++i) width = width << 8 | static_cast<unsigned char>(png[i]);
    return width;
}

std::string img(const std::string& png, const std::string& alt, const std::string& extra) {
    return fmt::format("<img{} alt=\"{}\"{} src=\"{}\">", width_of(png) <= small_picture_px ? " class=\"pixels\"" : "", escape(alt), extra,
                       png_data_uri(png));
}

}  // namespace

std::string chart_json(const Chart& chart) {
    std::string views, references, frames;
    for (const auto& view : chart.views) views += (views.empty() ? "" : ",") + json_view(view);
    for (const auto& line : chart.references)
        references +=
            fmt::format("{}{{\"name\":{},\"y\":{}}}", references.empty() ? "" : ",", json_string(line.name), optional_number(line.y));
    for (const auto& frame : chart.frames) {
        std::string values;
        for (const auto& y : frame.y) values += (values.empty() ? "" : ",") + json_numbers(y);
        frames += fmt::format("{}{{\"round\":{},\"y\":[{}]}}", frames.empty() ? "" : ",", frame.round, values);
    }
    return fmt::format(
        "{{\"title\":{},\"logY\":{},\"steps\":{},\"fromZero\":{},\"yLo\":{},\"yHi\":{},\"views\":[{}],\"references\":[{}],\"frames\":[{}]}"
        "}",
        json_string(chart.title), chart.log_y, chart.steps, chart.from_zero, optional_number(chart.y_lo), optional_number(chart.y_hi),
        views, references, frames);
}

std::string Page::next_figure_number() { return fmt::format("<b>Figure {}.</b> ", ++n_figures_); }
std::string Page::next_table_number() { return fmt::format("<b>Table {}.</b> ", ++n_tables_); }

void Page::open_section(const std::string& id, const std::string& title, const std::string& lead_html) {
    navigation_ += fmt::format("<a href=\"#{}\">{}</a>", id, escape(title));
    body_ += fmt::format("<section id=\"{}\"><h2>{}</h2>{}", id, escape(title), lead_html);
}

void Page::chart(const Chart& chart) {
    const int id = ++n_data_;
    body_ += fmt::format(
        "<figure class=\"chart-figure\" data-chart=\"{}\"><div class=\"figure-head\"><h3>{}</h3><div class=\"tools\"></div></div><div "
        "class=\"plot\">{}</div>{}"
        "<figcaption>{}{}</figcaption><details class=\"data\"><summary>Data</summary></details></figure>\n<script "
        "type=\"application/json\" id=\"data-{}\">{}</script>\n",
        id, escape(chart.title), render_svg(chart, false), legend(chart.views.front()), next_figure_number(), escape(chart.caption), id,
        chart_json(chart));
}

void Page::charts(const std::vector<Chart>& charts) {
    if (charts.empty()) return;
    body_ += "<div class=\"chart-grid\">";
    for (const auto& c : charts) chart(c);
    body_ += "</div>";
}

void Page::figure(const Figure& figure) {
    std::visit(
        [this](const auto& f) {
            using T = std::decay_t<decltype(f)>;
            if constexpr (std::is_same_v<T, Chart>) chart(f);
            else if constexpr (std::is_same_v<T, HeatTable>) heat_table(f);
            else if constexpr (std::is_same_v<T, Gallery>) gallery(f);
            else if constexpr (std::is_same_v<T, WordTable>) word_table(f);
            else {
                std::vector<bool> number(f.columns.size(), true);  // all of a column, so that its cells line up
                for (const auto& row : f.rows)
                    for (std::size_t c = 0; c < row.size(); ++c)
                        number.at(c) = number[c] && (row[c].empty() || row[c].find_first_of("-0123456789") == 0);
                std::vector<std::vector<Cell>> rows;
                for (const auto& row : f.rows) {
                    rows.emplace_back();
                    for (std::size_t c = 0; c < row.size(); ++c) rows.back().push_back({escape(row[c]), number[c]});
                }
                table((f.title.empty() ? "" : "<strong>" + escape(f.title) + ".</strong> ") + escape(f.caption), f.columns, rows);
            }
        },
        figure);
}

void Page::table(const std::string& caption, const std::vector<std::string>& columns, const std::vector<std::vector<Cell>>& rows,
                 const std::string& css_class) {
    const int id = ++n_data_;
    if (!caption.empty()) body_ += fmt::format("<p class=\"caption\" id=\"caption-{}\">{}{}</p>", id, next_table_number(), caption);
    // The caption stays outside of what scrolls sideways on narrow screens.
    body_ += fmt::format("<div class=\"scroll\" tabindex=\"0\" role=\"region\" {}><table class=\"{}\">",
                         caption.empty() ? "aria-label=\"table\"" : fmt::format("aria-labelledby=\"caption-{}\"", id), css_class);
    body_ += "<thead><tr>";
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const bool number = !rows.empty() && c < rows.front().size() && rows.front()[c].number;
        body_ += fmt::format("<th scope=\"col\"{}>{}</th>", number ? " class=\"n\"" : "", escape(columns[c]));
    }
    body_ += "</tr></thead><tbody>";
    for (const auto& row : rows) {
        body_ += "<tr>";
        for (const auto& cell : row) body_ += fmt::format("<td{}>{}</td>", cell.number ? " class=\"n\"" : "", cell.html);
        body_ += "</tr>";
    }
    body_ += "</tbody></table></div>\n";
}

void Page::word_table(const WordTable& words) {
    std::vector<std::string> columns{words.row_title};
    columns.insert(columns.end(), words.columns.begin(), words.columns.end());
    std::vector<std::vector<Cell>> rows;
    for (const auto& [name, cells] : words.rows) {
        if (cells.size() != words.columns.size())
            throw DataError(
                fmt::format("word table \"{}\" has {} words for {}; expected {}", words.title, cells.size(), name, words.columns.size()));
        rows.push_back({{"<strong>" + escape(name) + "</strong>"}});
        for (const auto& c : cells) {
            const char* css = c.tone == WordTable::Tone::good     ? " good"
                              : c.tone == WordTable::Tone::middle ? " middle"
                              : c.tone == WordTable::Tone::bad    ? " bad"
                                                                  : "";
            rows.back().push_back({fmt::format("<span class=\"chip{}\">{}</span>{}", css, escape(c.word),
                                               c.note.empty() ? "" : "<span class=\"range\">" + escape(c.note) + "</span>")});
        }
    }
    table((words.title.empty() ? "" : "<strong>" + escape(words.title) + ".</strong> ") + escape(words.caption), columns, rows, "words");
}

void Page::heat_table(const HeatTable& heat) {
    if (heat.values.size() != heat.rows.size() * heat.columns.size())
        throw DataError(fmt::format("heat table \"{}\" has {} values; expected {} rows x {} columns", heat.title, heat.values.size(),
                                    heat.rows.size(), heat.columns.size()));
    double lo = std::numeric_limits<double>::infinity(), hi = -lo;
    for (const double v : heat.values)
        if (std::isfinite(v)) lo = std::min(lo, v), hi = std::max(hi, v);
    lo = heat.lo.value_or(lo);
    hi = heat.hi.value_or(hi);
    body_ += fmt::format(
        "<figure><h3>{}</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"heat\"><thead><tr><th "
        "class=\"corner\">{}</th>",
        escape(heat.title), escape(heat.title), escape(heat.row_title + (heat.column_title.empty() ? "" : " \\ " + heat.column_title)));
    for (const auto& name : heat.columns) body_ += "<th scope=\"col\">" + escape(name) + "</th>";
    body_ += "</tr></thead><tbody>";
    for (std::size_t r = 0; r < heat.rows.size(); ++r) {
        body_ += "<tr><th scope=\"row\">" + escape(heat.rows[r]) + "</th>";
        for (std::size_t c = 0; c < heat.columns.size(); ++c) {
            const double v = heat.values[r * heat.columns.size() + c];
            if (std::isfinite(v))
                body_ += fmt::format("<td style=\"{}\">{}</td>", heat_style(hi > lo ? (v - lo) / (hi - lo) : 0.5),
                                     format_quantity(v, heat.unit));
            else body_ += "<td class=\"blank\"></td>";
        }
        body_ += "</tr>";
    }
    body_ += fmt::format("</tbody></table></div><figcaption>{}{}</figcaption></figure>\n", next_figure_number(), escape(heat.caption));
}

void Page::picture(const Picture& picture, const std::string& css_class) {
    body_ += fmt::format("<figure class=\"{}\">{}<figcaption>{}</figcaption></figure>", css_class, img(png_of(picture), picture.label, ""),
                         escape(picture.label));
}

void Page::gallery(const Gallery& gallery) {
    body_ += fmt::format("<figure><h3>{}</h3><div class=\"strip\">", escape(gallery.title));
    for (const auto& p : gallery.pictures) picture(p);
    body_ += fmt::format("</div><figcaption>{}{}</figcaption></figure>\n", next_figure_number(), escape(gallery.caption));
}

void Page::snapshots(const std::string& title, const std::string& alt, const std::vector<Frame>& frames) {
    if (frames.empty()) return;
    const int id = ++n_data_;
    std::string rounds, sources;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        rounds += (i ? "," : "") + std::to_string(frames[i].round);
        // The last frame is in the page already; the scripts take it from there.
        sources += (i ? "," : "") + (i + 1 < frames.size() ? "\"" + png_data_uri(frames[i].png) + "\"" : "null");
    }
    body_ += fmt::format(
        "<figure class=\"snap\" data-frames=\"{}\">{}<figcaption>{} <span class=\"at\">round {}</span></figcaption></figure>"
        "<script type=\"application/json\" id=\"data-{}\">{{\"rounds\":[{}],\"src\":[{}]}}</script>\n",
        id, img(frames.back().png, alt, ""), escape(title), frames.back().round, id, rounds, sources);
}

std::vector<std::vector<Frame>> fit_budget(const std::vector<std::vector<Frame>>& sequences, std::uint64_t budget_bytes) {
    std::size_t longest = 1;
    for (const auto& s : sequences) longest = std::max(longest, s.size());
    for (std::size_t n = longest;; n = n > 12 ? n * 4 / 5 : n - 1) {
        std::vector<std::vector<Frame>> chosen;
        std::uint64_t total = 0;
        for (const auto& s : sequences) {
            chosen.emplace_back();
            const std::size_t keep = std::min(n, s.size());
            for (std::size_t k = 0; k < keep; ++k) {
                const std::size_t i = keep == 1 ? s.size() - 1 : k * (s.size() - 1) / (keep - 1);
                chosen.back().push_back(s[i]);
                total += s[i].png.size();
            }
        }
        if (total <= budget_bytes || n <= 1) return chosen;
    }
}

}  // namespace ganbar::report
