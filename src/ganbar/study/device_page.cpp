#include "ganbar/study/device_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "ganbar/fit/smooth.h"
#include "ganbar/fit/wild_reads.h"
#include "ganbar/report/number_text.h"

namespace ganbar::study {

using report::Chart;
using report::Finding;
using report::format_number;
using report::format_quantity;
using report::Series;
using report::TextTable;

namespace {

std::span<const double> curve(const fit::DeviceFit& f, const std::vector<double>& all, std::size_t at) {
    return std::span(all).subspan(at * f.g_S.size(), f.g_S.size());
}

/// Measured steps in 40 stretches of the conductance, mean with the band of one standard deviation, beside the table's curve.
Chart step_chart(const DeviceSheet& sheet, bool set) {
    const auto& f = sheet.fit;
    const auto& p = set ? f.set : f.reset;
    Chart chart;
    chart.title = set ? "Set steps" : "Reset steps";
    chart.caption =
        "Change of conductance by one pulse. Measured: means over stretches of the conductance with the standard deviation as a band, all "
        "devices. Table: the mean device.";
    report::ChartView view;
    view.x_label = "conductance before the pulse", view.x_unit = "S", view.y_label = "step", view.y_unit = "S";
    const auto steps = fit::steps_of(sheet.data);
    constexpr std::size_t n_bins = 40;
    for (const auto& group : steps.groups) {
        if ((group.v_V > 0) != set || group.t_s != p.t_s.front()) continue;
        std::vector<double> n(n_bins), x(n_bins), y(n_bins), yy(n_bins);
        for (const auto& s : group.steps) {
            const double u = (s.g_S - f.g_S.front()) / (f.g_S.back() - f.g_S.front());
            if (u < 0 || u > 1) continue;
            const auto b = std::min(n_bins - 1, static_cast<std::size_t>(u * n_bins));
            n[b] += 1, x[b] += s.g_S, y[b] += s.dg_S, yy[b] += s.dg_S * s.dg_S;
        }
        Series measured;
        measured.name = fmt::format("{:+.3g} V measured", group.v_V);
        for (std::size_t b = 0; b < n_bins; ++b) {
            if (n[b] < 3) continue;
            const double mean = y[b] / n[b], sigma = std::sqrt(std::max(0.0, yy[b] / n[b] - mean * mean));
            measured.x.push_back(x[b] / n[b]), measured.y.push_back(mean), measured.lo.push_back(mean - sigma),
                measured.hi.push_back(mean + sigma);
        }
        if (view.series.size() < 6) view.series.push_back(std::move(measured));
    }
    for (std::size_t k = 0; k < p.v_V.size() && k < 3; ++k) {
        const auto y = curve(f, p.mean_S, k);
        Series table;
        table.name = fmt::format("{:+.3g} V table", set ? p.v_V[k] : -p.v_V[k]), table.dashed = true;
        table.x = f.g_S, table.y = {y.begin(), y.end()};
        view.series.push_back(std::move(table));
    }
    chart.views.push_back(std::move(view));
    return chart;
}

Chart residual_chart(const DeviceSheet& sheet) {
    const auto& f = sheet.fit;
    Chart chart;
    chart.title = "Noise from pulse to pulse";
    chart.caption =
        "Standard deviation of a step about its device's mean step, read noise taken off; the table's noise_set and noise_reset.";
    chart.from_zero = true;
    report::ChartView view;
    view.x_label = "conductance before the pulse", view.x_unit = "S", view.y_label = "standard deviation of a step", view.y_unit = "S";
    for (const auto& [name, p] : {std::pair{"set", &f.set}, std::pair{"reset", &f.reset}}) {
        const auto y = curve(f, p->noise_S, p->main);
        view.series.push_back({name, f.g_S, {y.begin(), y.end()}, {}, {}});
    }
    chart.views.push_back(std::move(view));
    return chart;
}

/// The mean device under pulses of the verdict's amplitudes, up and down, beside the first device as measured.
Chart pulses_chart(const DeviceSheet& sheet) {
    const auto& f = sheet.fit;
    Chart chart;
    chart.title = "The device under pulses";
    chart.caption =
        "As measured (first device), and the table's mean device under equal pulses up, then down, as Manhattan's rule sends them.";
    report::ChartView view;
    view.x_label = "pulse", view.y_label = "conductance", view.y_unit = "S";
    Series measured;
    measured.name = fmt::format("device {} measured", sheet.data.devices.front());
    std::vector<std::size_t> wild;
    if (f.n_wild > 0) wild = fit::wild_reads(sheet.data), chart.caption += " Reads that were set aside are gaps.";
    for (std::size_t i = 0; i < sheet.data.rows.size() && sheet.data.rows[i].device == 0 && i < 2000; ++i) {
        const bool aside = std::binary_search(wild.begin(), wild.end(), i);
        measured.x.push_back(static_cast<double>(i)), measured.y.push_back(aside ? std::nan("") : sheet.data.rows[i].g_S);
    }
    const auto n = static_cast<std::size_t>(std::clamp(1.5 * std::max(sheet.verdict.levels_set, sheet.verdict.levels_reset), 10.0, 1000.0));
    Series mean;
    mean.name = "table, mean device", mean.dashed = true;
    double g = f.g_min_S;
    for (std::size_t k = 0; k <= 2 * n; ++k) {
        mean.x.push_back(static_cast<double>(k)), mean.y.push_back(g);
        const auto& p = k < n ? f.set : f.reset;
        g = std::clamp(g + fit::at_nodes(f.g_S, curve(f, p.mean_S, p.main), g), f.g_min_S, f.g_max_S);
    }
    view.series = {std::move(measured), std::move(mean)};
    chart.views.push_back(std::move(view));
    return chart;
}

TextTable numbers_table(const DeviceSheet& sheet) {
    const auto& f = sheet.fit;
    const auto& v = sheet.verdict;
    TextTable t;
    t.title = "Numbers";
    t.columns = {"quantity", "set", "reset"};
    t.rows = {{"main amplitude", format_quantity(f.set.v_V[f.set.main], "V"), format_quantity(-f.reset.v_V[f.reset.main], "V")},
              {"mean step over the window", format_quantity(v.set_step_S, "S"), format_quantity(-v.reset_step_S, "S")},
              {"largest over smallest step, middle 80% of the window", format_number(v.unevenness_set), format_number(v.unevenness_reset)},
              {"pulses across the window", format_number(v.levels_set), format_number(v.levels_reset)},
              {"spread between devices, mid-window", fmt::format("{:.1f}%", 100 * f.set.spread[f.g_S.size() / 2]),
               fmt::format("{:.1f}%", 100 * f.reset.spread[f.g_S.size() / 2])}};
    return t;
}

TextTable family_table(const std::vector<fit::FamilyFit>& families) {
    TextTable t;
    t.title = "Parametric laws beside the table";
    t.caption =
        "Fitted to the main amplitudes by Levenberg and Marquardt; BIC: smaller is better, differences below 2 say nothing. Lengths in "
        "units of the window. In brackets the middle 95% of the bootstrap.";
    t.columns = {"model", "law", "BIC over the least", "rms difference", "parameters"};
    double least =
        std::numeric_limits<double>::infinity();  // the first may have a little more: of laws that are not told apart, the simplest
    for (const auto& f : families) least = std::min(least, f.bic);
    for (const auto& f : families) {
        std::string list;
        for (const auto& p : f.parameters)
            list += fmt::format("{}{} = {} [{}, {}]", list.empty() ? "" : "; ", p.name, format_number(p.value), format_number(p.lo),
                                format_number(p.hi));
        t.rows.push_back({f.name, f.law, format_number(f.bic - least), fmt::format("{:.2f}%", 100 * f.rms), list});
    }
    return t;
}

std::string verdict_text(const DeviceSheet& sheet) {
    const auto& v = sheet.verdict;
    std::string text = fmt::format("- Rule: `{}`{}. {}\n", v.rule, v.feedback ? " with error feedback" : "", v.why);
    text += fmt::format("- Balance at the measured amplitudes: a set pulse moves {} times as far as a reset pulse.\n",
                        format_number(v.balance));
    text += v.symmetric_S ? fmt::format("- Symmetric point: {}, where both steps are equal.\n", format_quantity(*v.symmetric_S, "S"))
                          : "- Symmetric point: none in the window; one direction is stronger everywhere.\n";
    if (sheet.fit.set.v_V.size() > 1 || sheet.fit.reset.v_V.size() > 1)
        text += fmt::format("- Most balanced amplitudes within the data: {} and {}, with set over reset {}.\n",
                            format_quantity(v.v_set_V, "V"), format_quantity(v.v_reset_V, "V"), format_number(v.best_balance));
    else text += "- One amplitude of each sign was measured: other amplitudes may balance better, which these data cannot say.\n";
    text += fmt::format("- Noise of a pulse over its step: {}; spread between devices: {:.0f}%.\n", format_number(v.noise_to_step),
                        100 * v.spread);
    if (!sheet.runs.empty()) {
        const auto& s = sheet.runs.front().summary;
        text +=
            fmt::format("- Short training ({} rounds): Frechet distance {}, coverage {}, classifier accuracy {}.\n",
                        format_number(s.number("rounds").value_or(0)), format_number(s.number("frechet_distance").value_or(std::nan(""))),
                        format_number(s.number("coverage").value_or(std::nan(""))),
                        format_number(s.number("classifier_accuracy").value_or(std::nan(""))));
    }
    return text;
}

}  // namespace

std::string manhattan_keys(const std::vector<std::string>& sets) {
    const auto other = [](const std::string& set) { return set.starts_with("train.rule=") && set != "train.rule=manhattan"; };
    return std::any_of(sets.begin(), sets.end(), other) ? "train." : "train.manhattan.";
}

Experiment device_experiment(const DeviceSheet& sheet, const std::filesystem::path& toml, std::int64_t rounds,
                             const std::vector<std::string>& sets, const Context& context) {
    const auto& v = sheet.verdict;
    const std::string keys = manhattan_keys(sets);
    std::vector<std::string> all{fmt::format("train.rounds={}", rounds), fmt::format("{}v_set={:.5g} V", keys, v.v_set_V),
                                 fmt::format("{}v_reset={:.5g} V", keys, v.v_reset_V),
                                 fmt::format("train.snapshot_every={}", std::max<std::int64_t>(1, rounds / 4))};
    if (v.feedback || v.rule != "manhattan")
        for (const auto& text : {std::string("feedback=0.6"), std::string("feedback_scale=0.7"), std::string("verify_pulses=8"),
                                 fmt::format("verify_step={:.5g} S", std::min(std::max(v.set_step_S, v.reset_step_S),
                                                                              0.006 * (sheet.fit.g_max_S - sheet.fit.g_min_S)))})
            all.push_back(keys + text);
    all.insert(all.end(), sets.begin(), sets.end());
    return context.load(toml.string(), all);
}

report::RunData try_device(const DeviceSheet& sheet, const std::filesystem::path& toml, const std::filesystem::path& folder,
                           std::int64_t rounds, const std::vector<std::string>& sets, const Context& context) {
    context.train(device_experiment(sheet, toml, rounds, sets, context), folder, "a GAN on " + sheet.fit.name);
    return report::read_run(folder.string());
}

nlohmann::ordered_json device_json(const DeviceSheet& s) {
    const auto& v = s.verdict;
    nlohmann::ordered_json out{{"name", s.fit.name},
                               {"n_devices", s.fit.n_devices},
                               {"n_pulses", s.fit.n_steps},
                               {"n_outliers", s.fit.n_outliers},
                               {"n_wild_reads", s.fit.n_wild},
                               {"g_min_S", s.fit.g_min_S},
                               {"g_max_S", s.fit.g_max_S},
                               {"read_noise_S", s.fit.read_noise_S},
                               {"set_step_S", v.set_step_S},
                               {"reset_step_S", v.reset_step_S},
                               {"balance", v.balance},
                               {"symmetric_S", v.symmetric_S ? nlohmann::ordered_json(*v.symmetric_S) : nlohmann::ordered_json()},
                               {"levels_set", v.levels_set},
                               {"levels_reset", v.levels_reset},
                               {"noise_to_step", v.noise_to_step},
                               {"spread", v.spread},
                               {"main_v_set_V", s.fit.set.v_V[s.fit.set.main]},
                               {"main_v_reset_V", -s.fit.reset.v_V[s.fit.reset.main]},
                               {"v_set_V", v.v_set_V},
                               {"v_reset_V", v.v_reset_V},
                               {"best_balance", v.best_balance},
                               {"rule", v.rule},
                               {"feedback", v.feedback},
                               {"why", v.why}};
    for (const auto& f : s.families) {
        nlohmann::ordered_json one{{"model", f.name}, {"bic", f.bic}, {"rms", f.rms}};
        for (const auto& p : f.parameters) one["parameters"][p.name] = {{"value", p.value}, {"lo", p.lo}, {"hi", p.hi}};
        out["families"].push_back(std::move(one));
    }
    out["notes"] = s.fit.notes;
    return out;
}

report::ReportInput compose_device_page(const DeviceSheet& sheet) {
    const auto& f = sheet.fit;
    report::ReportInput input;
    input.title = "Device " + f.name;
    input.intro = fmt::format("{} pulses on {} device{}, read from `{}`: the fit that ganbar trains with, and what it means for training.",
                              f.n_steps, f.n_devices, f.n_devices == 1 ? "" : "s", f.file);
    input.facts = {{"window", format_quantity(f.g_min_S, "S") + " to " + format_quantity(f.g_max_S, "S")},
                   {"read noise", f.read_noise_S > 0 ? format_quantity(f.read_noise_S, "S") : "none seen"},
                   {"static I-V", f.iv.kind + ": " + f.iv.why},
                   {"reads set aside, steps left out", fmt::format("{}, {}", f.n_wild, f.n_outliers)}};
    input.runs = sheet.runs;
    input.findings.push_back({"Verdict for training", verdict_text(sheet), {numbers_table(sheet)}});
    input.findings.push_back(
        {"Data and fit", "", {step_chart(sheet, true), step_chart(sheet, false), residual_chart(sheet), pulses_chart(sheet)}});
    if (!sheet.families.empty()) input.findings.push_back({"Which law it resembles", "", {family_table(sheet.families)}});
    std::string notes;
    for (const auto& note : f.notes) notes += "- " + note + "\n";
    input.findings.push_back({"How the file was read", notes, {}});
    input.reproduce_commands = {fmt::format("ganbar device fit {} -o {}.toml", f.file, f.name),
                                fmt::format("ganbar train {}.toml", f.name)};
    return input;
}

}  // namespace ganbar::study
