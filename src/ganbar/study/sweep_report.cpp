#include "ganbar/study/sweep_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ganbar/data/csv.h"

namespace ganbar::study {
namespace {

using report::Chart;

std::string text_of(const SweepValue& v) {
    if (const auto* i = std::get_if<std::int64_t>(&v)) return std::to_string(*i);
    if (const auto* d = std::get_if<double>(&v)) return fmt::format("{:.4g}", *d);
    return std::get<std::string>(v);
}
std::string text_of(const SweepRow& row, const std::string& key) {
    const auto it = row.values.find(key);
    return it == row.values.end() ? "" : text_of(it->second);
}

std::vector<std::string> shown_results(const Sweep& sweep) {
    std::vector<std::string> out{sweep.spec.objective};
    for (const auto& key : sweep.also)
        if (key != out[0]) out.push_back(key);
    return out;
}

/// "0.8 V" -> 0.8 and "V"; nothing when it is no number.
std::optional<std::pair<double, std::string>> quantity_of(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || !std::isfinite(value)) return std::nullopt;
    while (*end == ' ') ++end;
    return std::pair{value, std::string(end)};
}

struct Spread {
    double sum = 0, lo = INFINITY, hi = -INFINITY;
    int n = 0;
    void add(double v) { sum += v, lo = std::min(lo, v), hi = std::max(hi, v), ++n; }
    double mean() const { return sum / n; }
};

/// A setting as the sweep file has it: "0.8 V".
std::string setting_text(const Sweep& sweep, const SweepRow& row, const SweepAxis& axis) {
    return sweep.points.at(static_cast<std::size_t>(row.id)).at(static_cast<std::size_t>(&axis - sweep.axes.data()));
}

/// The axes whose values make one point another: all but that of the seeds.
std::vector<const SweepAxis*> shown_axes(const Sweep& sweep) {
    std::vector<const SweepAxis*> out;
    for (const auto& axis : sweep.axes)
        if (&axis != seed_axis(sweep)) out.push_back(&axis);
    return out;
}

/// A result against one axis: mean over the other axes with lowest and highest. A chart where the axis holds numbers, else a table.
report::Figure against(const Sweep& sweep, const SweepAxis& axis, const std::string& key, const std::vector<SweepRow>& rows) {
    std::vector<std::string> order;
    std::map<std::string, Spread> by_text;
    bool numbers = true;
    for (const auto& row : rows) {
        const auto value = number_of(row, key);
        if (row.status != "done" || !value) continue;
        const std::string at = setting_text(sweep, row, axis);
        if (!by_text.contains(at)) order.push_back(at);
        by_text[at].add(*value);
        numbers = numbers && quantity_of(at).has_value();
    }
    const std::string caption =
        fmt::format("{} against {}: mean over the other settings, lowest to highest ({} points done).", key, axis.key,
                    std::count_if(rows.begin(), rows.end(), [](const auto& r) { return r.status == "done"; }));
    if (!numbers || order.size() < 2) {
        report::TextTable table{fmt::format("{} by {}", key, axis.key), caption, {axis.key, "points", "mean", "lowest", "highest"}, {}};
        for (const auto& at : order) {
            const Spread& s = by_text[at];
            table.rows.push_back(
                {at, std::to_string(s.n), fmt::format("{:.4g}", s.mean()), fmt::format("{:.4g}", s.lo), fmt::format("{:.4g}", s.hi)});
        }
        return table;
    }
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return quantity_of(a)->first < quantity_of(b)->first; });
    report::Series series;
    series.name = key;
    for (const auto& at : order) {
        const Spread& s = by_text[at];
        series.x.push_back(quantity_of(at)->first);
        series.y.push_back(s.mean()), series.lo.push_back(s.lo), series.hi.push_back(s.hi);
    }
    const std::string unit = quantity_of(order[0])->second;
    Chart chart;
    chart.title = fmt::format("{} by {}", key, axis.key), chart.caption = caption;
    report::ChartView view;
    view.x_label = axis.key + (unit.empty() ? "" : " (" + unit + ")"), view.y_label = key;
    view.log_x = axis.is_log && series.x.front() > 0;
    view.series.push_back(std::move(series));
    chart.views.push_back(std::move(view));
    return chart;
}

std::optional<report::HeatTable> over_two(const Sweep& sweep, const std::string& key, const std::vector<SweepRow>& rows) {
    const auto axes = shown_axes(sweep);
    if (axes.size() < 2 || sweep.spec.search != SweepSearch::grid) return std::nullopt;
    const SweepAxis &a = *axes[0], &b = *axes[1];
    if (a.values.size() < 2 || b.values.size() < 2 || a.values.size() > 40 || b.values.size() > 40) return std::nullopt;
    report::HeatTable table;
    table.title = fmt::format("{} over {} and {}", key, a.key, b.key);
    table.caption = sweep.axes.size() > 2 ? "Means over the other settings." : "Each field is one point; blank where it is not done.";
    table.row_title = a.key, table.column_title = b.key;
    table.rows = a.values, table.columns = b.values;
    for (const auto& va : a.values)
        for (const auto& vb : b.values) {
            Spread s;
            for (const auto& row : rows)
                if (row.status == "done" && setting_text(sweep, row, a) == va && setting_text(sweep, row, b) == vb)
                    if (const auto v = number_of(row, key)) s.add(*v);
            table.values.push_back(s.n > 0 ? s.mean() : std::nan(""));
        }
    return table;
}

/// Points that are done and differ in nothing but their seed.
struct Group {
    std::vector<std::string> settings;
    std::vector<Spread> results;  ///< in the order of shown_results
    int n = 0;
    std::int64_t first = 0;           ///< the first point's id
    std::vector<std::string> single;  ///< of a group of one: its results as texts, also those that are no numbers
};

std::vector<Group> groups_of(const Sweep& sweep, const std::vector<SweepRow>& rows) {
    const auto keys = shown_results(sweep);
    std::vector<Group> groups;
    std::map<std::vector<std::string>, std::size_t> place;
    for (const auto& row : rows) {
        if (row.status != "done") continue;
        std::vector<std::string> settings;
        for (const auto* axis : shown_axes(sweep)) settings.push_back(setting_text(sweep, row, *axis));
        auto at = settings;
        if (seed_axis(sweep) == nullptr) at.push_back(std::to_string(row.id));  // a random search may draw the same point twice
        const auto [found, fresh] = place.try_emplace(at, groups.size());
        if (fresh) groups.push_back({settings, std::vector<Spread>(keys.size()), 0, row.id, {}});
        Group& group = groups[found->second];
        ++group.n;
        group.single.clear();
        for (std::size_t k = 0; k < keys.size(); ++k) {
            group.single.push_back(text_of(row, keys[k]));
            if (const auto value = number_of(row, keys[k])) group.results[k].add(*value);
        }
    }
    const double sign = sweep.spec.goal == SweepGoal::min ? 1 : -1;
    const auto rank = [&](const Group& g) { return g.results[0].n > 0 ? std::pair{0, sign * g.results[0].mean()} : std::pair{1, 0.0}; };
    std::stable_sort(groups.begin(), groups.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return groups;
}

/// Point, settings, results; of seeds together: settings, mean, lowest to highest, n.
std::vector<std::string> cells_of(const Sweep& sweep, const Group& group) {
    std::vector<std::string> out;
    const bool together = seed_axis(sweep) != nullptr;
    if (!together) out.push_back(std::to_string(group.first));
    out.insert(out.end(), group.settings.begin(), group.settings.end());
    if (!together) {
        out.insert(out.end(), group.single.begin(), group.single.end());
        return out;
    }
    for (const auto& s : group.results) {
        out.push_back(s.n > 0 ? fmt::format("{:.4g}", s.mean()) : "");
        out.push_back(s.n > 1 ? fmt::format("{:.4g} to {:.4g}", s.lo, s.hi) : "");
    }
    out.push_back(std::to_string(group.n));
    return out;
}
std::vector<std::string> header_of(const Sweep& sweep) {
    const bool together = seed_axis(sweep) != nullptr;
    std::vector<std::string> out;
    if (!together) out.push_back("point");
    for (const auto* axis : shown_axes(sweep)) out.push_back(axis->key);
    for (const auto& key : shown_results(sweep)) {
        out.push_back(together ? key + ", mean" : key);
        if (together) out.push_back("spread");
    }
    if (together) out.push_back("n");
    return out;
}

std::string aligned(const std::vector<std::vector<std::string>>& lines) {
    std::vector<std::size_t> width;
    for (const auto& line : lines)
        for (std::size_t c = 0; c < line.size(); ++c) {
            if (c == width.size()) width.push_back(0);
            width[c] = std::max(width[c], line[c].size());
        }
    std::string out;
    for (const auto& line : lines) {
        std::string text;
        for (std::size_t c = 0; c < line.size(); ++c) text += fmt::format("{:<{}}  ", line[c], width[c]);
        out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
}

int count(const std::vector<SweepRow>& rows, const std::string& status) {
    return static_cast<int>(std::count_if(rows.begin(), rows.end(), [&](const auto& r) { return r.status == status; }));
}

/// Whether a result never changes where only this axis does, and there is such a place.
bool stays_the_same(const Sweep& sweep, const SweepAxis& axis, const std::string& key, const std::vector<SweepRow>& rows) {
    std::map<std::vector<std::string>, std::map<std::string, double>>
        by_others;  // settings of the other axes -> value of this one -> result
    for (const auto& row : rows) {
        const auto value = number_of(row, key);
        if (row.status != "done" || !value) continue;
        std::vector<std::string> others;
        for (const auto& other : sweep.axes)
            if (other.key != axis.key) others.push_back(text_of(row, other.key));
        by_others[others][text_of(row, axis.key)] = *value;
    }
    bool compared = false;
    for (const auto& [others, results] : by_others)
        for (const auto& [at, value] : results) {
            if (value != results.begin()->second) return false;
            compared = compared || results.size() > 1;
        }
    return compared;
}

}  // namespace

std::string sweep_table(const Sweep& sweep, const std::vector<SweepRow>& rows, std::size_t most) {
    std::vector<std::vector<std::string>> lines{header_of(sweep)};
    for (const auto& group : groups_of(sweep, rows))
        if (lines.size() <= most) lines.push_back(cells_of(sweep, group));
    std::string out = lines.size() > 1 ? aligned(lines) : "";
    out += fmt::format("{} done, {} failed, {} open\n", count(rows, "done"), count(rows, "failed"), count(rows, "open"));
    for (const auto& row : rows)
        if (row.status == "failed") out += fmt::format("point {}: {}\n", row.id, row.error);
    return out;
}

std::string sweep_csv(const Sweep& sweep, const std::vector<SweepRow>& rows, const std::vector<std::string>& result_columns) {
    std::vector<CsvValue> head{std::string("id"), std::string("status"), std::string("wall_s"), std::string("rank")};
    for (const auto& axis : sweep.axes) head.emplace_back(axis.key);
    for (const auto& name : result_columns) head.emplace_back(name);
    head.emplace_back(std::string("error"));
    std::string out = csv_line(head);
    for (const auto& row : rows) {
        std::vector<CsvValue> line{row.id, row.status, row.wall_s};
        if (row.rank >= 0) line.emplace_back(row.rank);
        else line.emplace_back(std::string());
        const auto add = [&](const std::string& key) {
            const auto it = row.values.find(key);
            if (it == row.values.end()) line.emplace_back(std::string());
            else std::visit([&](const auto& v) { line.emplace_back(v); }, it->second);
        };
        for (const auto& axis : sweep.axes) add(axis.key);
        for (const auto& name : result_columns) add(name);
        line.emplace_back(row.error);
        out += csv_line(line);
    }
    return out;
}

std::string unchanged_bill(const Sweep& sweep, const std::vector<SweepRow>& rows) {
    std::set<std::string> bill;  // energies, areas, times, powers of the model; not what a computer took
    for (const auto& row : rows)
        for (const auto& [key, value] : row.values) {
            const bool unit = key.ends_with("_J") || key.ends_with("_m2") || key.ends_with("_s") || key.ends_with("_W");
            if (unit && key != "wall_s" && number_of(row, key).value_or(0) != 0) bill.insert(key);
        }
    std::string out;
    for (const auto& axis : sweep.axes) {
        bill.erase(axis.key);
        if (axis.key == "experiment.seed") continue;
        std::vector<std::string> flat;
        for (const auto& key : bill)
            if (stays_the_same(sweep, axis, key, rows)) flat.push_back(key);
        if (flat.empty()) continue;
        out += fmt::format("{}`{}` changes nothing in {}.", out.empty() ? "" : " ", axis.key,
                           flat.size() == bill.size() ? "the bill (" + join(flat) + ")" : join(flat));
    }
    return out;
}

report::ReportInput sweep_report(const Sweep& sweep, const std::vector<SweepRow>& rows, const std::string& command) {
    report::ReportInput input;
    input.title = "Sweep " + sweep.spec.name;
    input.intro = sweep.spec.doc.empty()
                      ? fmt::format("{} points of {} that differ in {}.", rows.size(), sweep.spec.base,
                                    shown_axes(sweep)[0]->key + (shown_axes(sweep).size() > 1 ? " and other settings" : ""))
                      : sweep.spec.doc;
    input.facts = {
        {"base", sweep.spec.base},
        {"points", fmt::format("{} done, {} failed, {} open", count(rows, "done"), count(rows, "failed"), count(rows, "open"))},
        {"objective", fmt::format("{}, better {}", sweep.spec.objective, sweep.spec.goal == SweepGoal::min ? "small" : "large")}};
    if (const auto flat = unchanged_bill(sweep, rows); !flat.empty()) input.intro += "\n\n" + flat;
    if (const auto* seeds = seed_axis(sweep))
        input.facts.push_back({"seeds", fmt::format("{} of each point, drawn together as mean and range",
                                                    seeds->is_range && seeds->values.empty() ? std::string("several")
                                                                                             : std::to_string(seeds->values.size()))});
    report::TextTable table{"Best points",
                            fmt::format("By {}{}.", sweep.spec.objective,
                                        seed_axis(sweep) != nullptr ? ": means over seeds, lowest to highest, number of seeds" : ""),
                            header_of(sweep),
                            {}};
    for (const auto& group : groups_of(sweep, rows))
        if (table.rows.size() < 20) table.rows.push_back(cells_of(sweep, group));
    input.figures.push_back(std::move(table));
    for (const auto& key : shown_results(sweep)) {
        for (const auto* axis : shown_axes(sweep)) input.figures.push_back(against(sweep, *axis, key, rows));
        if (auto heat = over_two(sweep, key, rows)) input.figures.push_back(std::move(*heat));
    }
    report::TextTable failed{"Failed points", "What each said last.", {"point", "settings", "error"}, {}};
    for (const auto& row : rows) {
        if (row.status != "failed") continue;
        std::vector<std::string> settings;
        for (const auto& axis : sweep.axes) settings.push_back(axis.key + "=" + setting_text(sweep, row, axis));
        failed.rows.push_back({std::to_string(row.id), join(settings), row.error});
    }
    if (!failed.rows.empty()) input.figures.push_back(std::move(failed));
    input.reproduce_commands = {command};
    return input;
}

}  // namespace ganbar::study
