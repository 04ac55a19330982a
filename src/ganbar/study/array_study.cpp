#include "ganbar/study/array_study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/data/csv.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/number_text.h"

namespace ganbar::study {
namespace {

using report::format_quantity;

constexpr const char* default_device = "nili2020";

template <class T>
void section(const config::Node& root, const char* name, T& target, std::map<std::string, std::vector<std::string>>& known) {
    for (auto& key : config::bind(root.table(name), T::schema(), target)) known[name].push_back(std::move(key));
}

/// A key of [cell] that this type of cell does not have would be without effect.
void check_cell(const config::Node& root, const Selector& s) {
    const auto table = root.tables.find("cell");
    if (table == root.tables.end()) return;
    auto own = s.keys();
    own.push_back("type");
    if (s.has_gate()) own.insert(own.end(), {"v_gate", "c_gate", "active_area"});
    for (const auto& [name, leaf] : table->second->leaves)
        if (leaf.used && std::find(own.begin(), own.end(), name) == own.end())
            throw ConfigError(
                fmt::format("cell.{} has no effect on {} cells; expected {}", name, cell_type_names()[static_cast<std::size_t>(s.type)],
                            own.size() > 1 ? "one of " + join(own) : "cells with a selector (cell.type = 1t1r, 1s1r or 1d1r)"),
                leaf.where);
}

/// Means over squares of a map, at most 32 a side.
report::HeatTable coarse(const std::vector<double>& values, std::size_t rows, std::size_t cols) {
    report::HeatTable t;
    const std::size_t n_r = std::min<std::size_t>(32, rows), n_c = std::min<std::size_t>(32, cols);
    for (std::size_t r = 0; r < n_r; ++r) t.rows.push_back(fmt::format("{}", r * rows / n_r));
    for (std::size_t c = 0; c < n_c; ++c) t.columns.push_back(fmt::format("{}", c * cols / n_c));
    for (std::size_t r = 0; r < n_r; ++r)
        for (std::size_t c = 0; c < n_c; ++c) {
            double sum = 0, n = 0;
            for (std::size_t i = r * rows / n_r; i < (r + 1) * rows / n_r; ++i)
                for (std::size_t j = c * cols / n_c; j < (c + 1) * cols / n_c; ++j) sum += values[i * cols + j], n += 1;
            t.values.push_back(sum / n);
        }
    t.row_title = "word line", t.column_title = "bit line", t.lo = 0, t.hi = 1;
    return t;
}

std::string of(const ArrayFigure& f) {
    const std::string least = format_quantity(f.least(), f.unit), most = format_quantity(f.most(), f.unit);
    if (least == most) return least;
    return fmt::format("{} ± {} ({} to {})", format_quantity(f.mean(), f.unit), format_quantity(report::half_width_95(f.values), f.unit),
                       least, most);
}

/// The figures that any of the arrays has, in order; cells of different types have some of their own.
std::vector<ArrayFigure> all_figures(const ArrayStudy& s) {
    std::vector<ArrayFigure> out;
    for (const auto& a : s.answers)
        for (const auto& f : a.figures)
            if (const auto same = std::find_if(out.begin(), out.end(), [&](const auto& o) { return o.key == f.key; }); same == out.end())
                out.push_back(f);
            else if (same->values.size() < f.values.size())
                same->values = f.values;  // over chips in one of them is over chips in the table
    return out;
}

const ArrayFigure* find(const ArrayAnswer& a, const std::string& key) {
    const auto it = std::find_if(a.figures.begin(), a.figures.end(), [&](const auto& f) { return f.key == key; });
    return it == a.figures.end() ? nullptr : &*it;
}

report::TextTable figures_table(const ArrayStudy& s) {
    report::TextTable t;
    t.title = "Figures", t.caption = s.inputs.front().question.spec.chips > 1
                                         ? "Mean over chips with its 95% interval (Student's t), and the range of the chips."
                                         : "Of one chip.";
    t.columns = {"figure"};
    if (s.values.empty()) t.columns.push_back("value");
    for (const auto& v : s.values) t.columns.push_back(v);
    t.columns.push_back("what it is");
    for (const auto& figure : all_figures(s)) {
        std::vector<std::string> row{report::label_of_key(figure.key)};
        for (const auto& a : s.answers) row.push_back(find(a, figure.key) ? of(*find(a, figure.key)) : "-");
        row.push_back(figure.doc);
        t.rows.push_back(std::move(row));
    }
    return t;
}

/// The figures that share an axis, against the values of the setting where these are numbers, else by position.
report::Chart curves(const ArrayStudy& s, const char* title, const char* caption, const char* y_label, const std::vector<const char*>& keys,
                     const std::vector<double>& x) {
    report::Chart chart;
    chart.title = title, chart.caption = caption;
    report::ChartView view{"",
                           s.key,
                           "",
                           y_label,
                           report::unit_of_key(keys.front()),
                           {},
                           std::all_of(x.begin(), x.end(), [](double v) { return v > 0; }) && x.back() > 8 * x.front()};
    for (const auto* key : keys) {
        report::Series series;
        series.name = report::label_of_key(key), series.x = x;
        const bool ranged = std::any_of(s.answers.begin(), s.answers.end(), [&](const auto& a) { return a.figure(key).values.size() > 1; });
        for (const auto& a : s.answers) {
            const auto& f = a.figure(key);
            series.y.push_back(f.mean());
            if (ranged) series.lo.push_back(f.least()), series.hi.push_back(f.most());
        }
        view.series.push_back(std::move(series));
    }
    chart.views = {view};
    return chart;
}

/// The numbers that texts begin with ("2.5 ohm", "64x64"); positions 1, 2, ... unless all do and ascend.
std::vector<double> places_of(const std::vector<std::string>& values) {
    std::vector<double> x;
    for (const auto& v : values) {
        char* end = nullptr;
        const double number = std::strtod(v.c_str(), &end);
        if (end == v.c_str() || (!x.empty() && number <= x.back())) break;
        x.push_back(number);
    }
    if (x.size() == values.size()) return x;
    x.clear();
    for (std::size_t k = 0; k < values.size(); ++k) x.push_back(static_cast<double>(k + 1));
    return x;
}

std::vector<report::Figure> maps(const ArrayInput& input, const ArrayAnswer& a) {
    const auto rows = static_cast<std::size_t>(input.question.spec.rows), cols = static_cast<std::size_t>(input.question.spec.cols);
    auto read = coarse(a.read_share, rows, cols);
    read.title = "What a read sees", read.caption =
                                         "A cell's current with all rows on over what it passes without wires. Word lines are driven at "
                                         "bit line 0; bit lines are sensed below the last word line.";
    auto write = coarse(a.delivered, rows, cols);
    write.title = "What a write delivers",
    write.caption = "Part of the amplitude on each cell while it is selected, random signs being written.";
    report::Chart errors;
    errors.title = "Error by rows that are on",
    errors.caption = "Of a column's current against ideal wires: rms over columns and random sets of rows, and the worst.";
    report::ChartView view{"", "active rows", "", "relative error", "", {}, true};
    report::Series rms, worst;
    rms.name = "rms", worst.name = "worst";
    for (const auto& p : a.by_active) rms.x.push_back(static_cast<double>(p.n)), rms.y.push_back(p.rms), worst.y.push_back(p.worst);
    worst.x = rms.x;
    view.series = {rms, worst}, errors.views = {view}, errors.from_zero = true;
    return {read, write, errors};
}

}  // namespace

ArrayInput load_array(const std::string& file, std::span<const std::string> settings, const config::Presets& presets,
                      const DeviceRegistry& devices, const config::Node* base) {
    const auto root = base != nullptr ? base->clone() : std::make_unique<config::Node>();
    if (!file.empty()) {
        const auto own = config::load_toml(file);
        own->set_origin("file " + file);
        config::merge(*root, *own);
    }
    for (const auto& s : settings) config::apply_override(*root, s);
    std::vector<std::string> files;
    config::insert_device_files(*root, presets, files);
    if (const auto train = root->tables.find("train");
        train != root->tables.end() && !files.empty()) {  // the pulses that the device was measured with
        for (const char* key : {"v_set", "v_reset", "t_pulse"})
            if (const auto leaf = train->second->leaves.find(key); leaf != train->second->leaves.end())
                root->child("array").leaves.emplace(key, leaf->second);
        root->tables.erase(train);
    }
    ArrayInput out;
    ArrayQuestion& q = out.question;
    std::map<std::string, std::vector<std::string>> known;
    known[""] = {"array", "device", "cell", "wires"};
    section(*root, "array", q.spec, known);
    section(*root, "cell", q.cell, known);
    check_cell(*root, q.cell.selector);
    section(*root, "wires", q.wires, known);
    section(*root, "wires", q.write, known);
    q.device = bind_device(root->table("device"), "device", default_device, devices, &known["device"]);
    config::reject_unused(*root, known);
    out.sections = {{"array", param_rows(ArraySpec::schema(), q.spec)},
                    {"device", q.device.params},
                    {"cell", param_rows(CellParams::schema(), q.cell)},
                    {"wires", param_rows(Wires::schema(), q.wires)}};
    auto rest = param_rows(WriteParams::schema(), q.write);
    out.sections.back().rows.insert(out.sections.back().rows.end(), rest.begin(), rest.end());
    return out;
}

report::ReportInput array_page(const ArrayStudy& s, const std::string& command) {
    const ArrayInput& input = s.inputs.front();
    const ArrayAnswer& a = s.answers.front();
    const auto& spec = input.question.spec;
    report::ReportInput page;
    const std::string cell = cell_type_names()[static_cast<std::size_t>(input.question.cell.selector.type)];
    page.title = fmt::format("{} x {} {} cells of {}", spec.rows, spec.cols, cell, input.question.device.model);
    if (!s.key.empty()) page.title = fmt::format("Arrays of {} against {}", input.question.device.model, s.key);
    page.intro = "One crossbar with exact wires: what a read sees of its cells, what a write delivers to them, what both cost.";
    const std::string at = s.values.empty() ? "" : fmt::format("At {} = {}: ", s.key, s.values.front());
    page.findings.push_back(
        {"Reads",
         at + fmt::format("With all rows on, a column's current is off by {} rms and by {} at worst; a cell carries {} of its current on "
                          "average. One read takes {} and {} from the word lines, converters not counted.",
                          of(a.figure("read_error_rms")), of(a.figure("read_error_worst")), of(a.figure("read_share_mean")),
                          of(a.figure("read_power_W")), of(a.figure("read_energy_J"))),
         {}});
    page.findings.push_back(
        {"Writes",
         at + fmt::format("A selected cell gets {} of the amplitude on average and {} at worst; a cell that was not meant sees up to {} "
                          "and {}, which after {} such pulses has moved it by {} of the window. One update of all cells takes {} and {}.",
                          of(a.figure("delivered_mean")), of(a.figure("delivered_least")), of(a.figure("half_selected_set_V")),
                          of(a.figure("half_selected_reset_V")), spec.disturb_writes, of(a.figure("disturb")),
                          of(a.figure("write_energy_J")), of(a.figure("write_time_s"))),
         {}});
    if (!s.values.empty()) {
        const ArrayAnswer& last = s.answers.back();
        page.findings.push_back(
            {"Against " + s.key,
             fmt::format("From {} to {} the error of a column's current goes from {} to {} (rms), what a write delivers at worst from {} "
                         "to {}, the margin of the farthest cell from {} to {}.",
                         s.values.front(), s.values.back(), of(a.figure("read_error_rms")), of(last.figure("read_error_rms")),
                         of(a.figure("delivered_least")), of(last.figure("delivered_least")), of(a.figure("read_margin_grounded")),
                         of(last.figure("read_margin_grounded"))),
             {}});
        const auto x = places_of(s.values);
        page.figures.push_back(curves(s, "Reads", "Against the setting; bands show the range over chips.", "share or relative error",
                                      {"read_share_mean", "read_share_least", "read_error_rms", "read_error_worst"}, x));
        page.figures.push_back(curves(s, "Writes", "Part of the amplitude, and what half-selection moves.", "share",
                                      {"delivered_mean", "delivered_least", "disturb"}, x));
        page.figures.push_back(curves(s, "Energy", "Of one read with all rows on, and of one update of all cells.", "energy",
                                      {"read_energy_J", "write_energy_J"}, x));
        page.figures.back() = [&] {
            auto chart = std::get<report::Chart>(page.figures.back());
            chart.log_y = true;
            return chart;
        }();
    }
    page.figures.push_back(figures_table(s));
    for (auto& figure : maps(input, a)) page.figures.push_back(std::move(figure));
    for (const auto& part : input.sections)
        for (const auto& row : part.rows)
            if (!row.is_default()) page.facts.emplace_back(part.path + "." + row.info.name, value_text(row.info, row.value));
    if (!s.warnings.empty()) page.findings.push_back({"What to know of these figures", "- " + join(s.warnings, "\n- ") + "\n", {}});
    page.reproduce_commands = {command};
    return page;
}

std::string array_csv(const ArrayStudy& s) {
    std::vector<CsvValue> head{CsvValue{s.key.empty() ? std::string("array") : s.key}};
    const auto figures = all_figures(s);
    for (const auto& f : figures) {
        head.emplace_back(f.key);
        if (f.values.size() > 1)
            for (const char* part : {"_least", "_most", "_half_width_95"}) head.emplace_back(f.key + part);
    }
    std::string text = csv_line(head);
    for (std::size_t k = 0; k < s.answers.size(); ++k) {
        std::vector<CsvValue> row{CsvValue{s.values.empty() ? std::string("1") : s.values[k]}};
        for (const auto& figure : figures) {
            const ArrayFigure* f = find(s.answers[k], figure.key);
            const std::size_t n = figure.values.size() > 1 ? 4 : 1;
            if (f == nullptr) row.insert(row.end(), n, CsvValue{std::string()});
            else row.emplace_back(f->mean());
            if (f != nullptr && n > 1 && f->values.size() == 1) row.insert(row.end(), n - 1, CsvValue{std::string()});
            else if (f != nullptr && n > 1)
                for (const double v : {f->least(), f->most(), report::half_width_95(f->values)}) row.emplace_back(v);
        }
        text += csv_line(row);
    }
    return text;
}

}  // namespace ganbar::study
