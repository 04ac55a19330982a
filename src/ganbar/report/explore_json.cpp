#include "ganbar/report/explore_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/data/csv.h"
#include "ganbar/report/estimate_json.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {

using namespace arch;
using Json = nlohmann::ordered_json;

std::vector<std::pair<std::string, double>> design_figures(const Exploration& e, const DesignPoint& p) {
    const double batch = double(e.workload.batch);
    return {{"iteration_latency_s", p.latency_s},
            {"images_per_s", batch / p.latency_s},
            {"iteration_energy_J", p.energy_J},
            {"energy_per_image_J", p.energy_J / batch},
            {"area_m2", p.area_m2},
            {"power_W", p.power_W()},
            {"n_arrays", p.n_arrays},
            {"utilisation", p.utilisation},
            {"macs_executed", p.macs_executed},
            {"writes", p.writes},
            {"conversions", p.conversions},
            {"bits_lost", p.bits_lost}};
}

namespace {

bool measured(const Exploration& e) { return e.loss_name != "bits_lost"; }
bool loss_varies(const Exploration& e) {
    return std::any_of(e.front.begin(), e.front.end(), [&](std::size_t i) { return e.loss[i] != e.loss[e.front.front()]; });
}

Json point_json(const Exploration& e, const DesignPoint& p) {
    Json j = Json::object();
    for (const auto& [key, v] : design_figures(e, p)) j[key] = v;
    return j;
}

Json axes_json(const Exploration& e) {
    Json out = Json::array();
    for (const DesignAxis& a : e.axes) {
        Json values = Json::array();
        for (const Value& v : a.values) values.push_back(value_json(v));
        out.push_back({{"params", a.params}, {"unit", a.info.unit}, {"values", std::move(values)}});
    }
    return out;
}

}  // namespace

Json design_json(const Exploration& e, std::size_t point) {
    Json settings = Json::object();
    const auto row = e.designs.row(point);
    for (std::size_t a = 0; a < e.axes.size(); ++a)
        for (const std::string& p : e.axes[a].params) settings[p] = value_json(e.axes[a].values[row[a]]);
    Json j = {{"point", point}, {"settings", std::move(settings)}};
    j.update(point_json(e, e.points[point]));
    if (measured(e)) j[e.loss_name] = e.loss[point];
    return j;
}

Json explore_json(const Exploration& e) {
    Json j;
    j["accelerator"] = e.machine, j["network"] = e.workload.network, j["batch"] = e.workload.batch, j["steps_d"] = e.workload.steps_d;
    j["task"] = e.workload.task == Task::training ? "training" : "generation";
    j["axes"] = axes_json(e);
    Json limits = Json::object();
    if (e.limits.latency_s) limits["iteration_latency_s"] = *e.limits.latency_s;
    if (e.limits.area_m2) limits["area_m2"] = *e.limits.area_m2;
    if (e.limits.power_W) limits["power_W"] = *e.limits.power_W;
    j["limits"] = std::move(limits);
    const auto n_run = std::count_if(e.points.begin(), e.points.end(), [](const DesignPoint& p) { return p.runs; });
    j["n_combinations"] = e.designs.n_grid, j["sampled"] = e.designs.sampled, j["n_points"] = e.points.size();
    j["n_run"] = n_run, j["n_within_limits"] = e.n_fit();
    j["objectives"] = {"iteration_latency_s", "iteration_energy_J", "area_m2", e.loss_name};
    if (e.as_set) j["as_set"] = point_json(e, *e.as_set);
    if (!e.warnings.empty()) j["warnings"] = e.warnings;
    if (!e.unfit.empty()) j["does_not_run"] = e.unfit;
    if (measured(e)) j["training"] = e.training;
    for (const MeasuredLoss& m : e.measured)
        j["trainings"].push_back({{"design", m.design},
                                  {"settings", m.settings},
                                  {"n_runs", m.n_runs},
                                  {e.loss_name, m.n_runs > 0 ? Json(m.mean) : Json()},
                                  {"lowest", m.n_runs > 0 ? Json(m.lo) : Json()},
                                  {"highest", m.n_runs > 0 ? Json(m.hi) : Json()}});
    j["front"] = Json::array();
    for (const std::size_t i : e.front) j["front"].push_back(design_json(e, i));
    return j;
}

std::string explore_csv(const Exploration& e) {
    std::vector<CsvValue> line{std::string("point")};
    for (const DesignAxis& a : e.axes)
        for (const std::string& p : a.params) line.emplace_back(p);
    for (const auto& [key, v] : design_figures(e, {})) line.emplace_back(key);
    if (measured(e))
        for (const std::string& name : {e.loss_name, e.loss_name + "_lowest", e.loss_name + "_highest", std::string("trainings")})
            line.emplace_back(name);
    line.emplace_back(std::string("fits")), line.emplace_back(std::string("on_front"));
    std::string out = csv_line(line);
    std::vector<bool> on_front(e.points.size(), false);
    for (const std::size_t i : e.front) on_front[i] = true;
    for (std::size_t i = 0; i < e.points.size(); ++i) {
        const DesignPoint& p = e.points[i];
        line.assign(1, std::int64_t(i));
        const auto row = e.designs.row(i);
        for (std::size_t a = 0; a < e.axes.size(); ++a) {
            const Value& v = e.axes[a].values[row[a]];
            CsvValue cell = value_text(e.axes[a].info, v);
            if (std::holds_alternative<std::int64_t>(v)) cell = std::get<std::int64_t>(v);
            else if (std::holds_alternative<double>(v)) cell = std::get<double>(v);
            else if (std::holds_alternative<std::string>(v)) cell = std::get<std::string>(v);
            for (std::size_t k = 0; k < e.axes[a].params.size(); ++k) line.push_back(cell);
        }
        for (const auto& [key, v] : design_figures(e, p)) {
            if (p.runs) line.emplace_back(v);
            else line.emplace_back(std::string());
        }
        if (measured(e)) {
            const MeasuredLoss& m = e.measured[e.trained_as[i]];
            for (const double v : {m.mean, m.lo, m.hi}) line.emplace_back(v);
            line.emplace_back(std::int64_t(m.n_runs));
        }
        line.emplace_back(std::int64_t(p.fits)), line.emplace_back(std::int64_t(on_front[i]));
        out += csv_line(line);
    }
    return out;
}

std::vector<std::pair<std::string, std::size_t>> chosen_designs(const Exploration& e) {
    std::vector<std::pair<std::string, std::size_t>> out;
    if (e.front.empty()) return out;
    double best_loss = e.loss[e.front.front()];
    for (const std::size_t i : e.front) best_loss = std::min(best_loss, e.loss[i]);
    const auto least = [&](const char* name, auto value) {
        const DesignPoint* best = nullptr;
        std::size_t at = 0;
        for (const std::size_t i : e.front)
            if (e.loss[i] == best_loss && (best == nullptr || value(e.points[i]) < value(*best))) best = &e.points[i], at = i;
        out.emplace_back(name, at);
    };
    least("fastest", [](const DesignPoint& p) { return p.latency_s; });
    least("least energy", [](const DesignPoint& p) { return p.energy_J; });
    least("smallest", [](const DesignPoint& p) { return p.area_m2; });
    least("energy x time", [](const DesignPoint& p) { return p.energy_J * p.latency_s; });
    least("energy x time x area", [](const DesignPoint& p) { return p.energy_J * p.latency_s * p.area_m2; });
    return out;
}

std::string designs_text(const Exploration& e) {
    std::string out = fmt::format("{} designs", e.points.size());
    if (!e.designs.sampled) return out;
    out += fmt::format(", drawn as a Latin hypercube of {} from {} combinations", e.designs.n_drawn, count_text(e.designs.n_grid));
    return e.designs.n_drawn > e.points.size() ? out + ", equal ones once" : out;
}

std::string as_set_text(const Exploration& e) {
    if (!e.as_set || !e.as_set->fits || e.front.empty()) return "";
    const auto ahead = [&](auto value) {
        return std::all_of(e.front.begin(), e.front.end(), [&](std::size_t i) { return value(*e.as_set) < value(e.points[i]); });
    };
    std::vector<std::string> words;
    if (ahead([](const DesignPoint& p) { return p.latency_s; })) words.push_back("faster");
    if (ahead([](const DesignPoint& p) { return p.energy_J; })) words.push_back("lower in energy");
    if (ahead([](const DesignPoint& p) { return p.area_m2; })) words.push_back("smaller");
    if (words.empty()) return "";
    return fmt::format(
        "the machine as set is {} than every design on the front: it is not among the designs; more --points, or an --axis "
        "that holds its values, would find it",
        join(words, " and "));
}

std::string limits_text(const Limits& l) {
    std::vector<std::string> limits;
    if (l.area_m2) limits.push_back(fmt::format("{:.4g} mm2", *l.area_m2 * 1e6));
    if (l.power_W) limits.push_back(engineering(*l.power_W, "W"));
    if (l.latency_s) limits.push_back(engineering(*l.latency_s, "s"));
    return join(limits);
}

std::string design_text(const Exploration& e, std::size_t point) {
    std::vector<std::string> parts;
    const auto row = e.designs.row(point);
    for (std::size_t a = 0; a < e.axes.size(); ++a) {
        std::string value = value_text(e.axes[a].info, e.axes[a].values[row[a]]);
        std::erase(value, '"');
        parts.push_back(e.axes[a].name() + " = " + value);
    }
    return join(parts);
}

std::string loss_text(const Exploration& e) {
    if (!measured(e)) return "bits that the converters lack";
    return e.loss_name == "frechet_distance" ? "Fréchet distance" : label_of_key(e.loss_name);
}

namespace {

std::string text_row(const Exploration& e, const std::string& name, const DesignPoint& p, const std::string& loss,
                     const std::string& settings) {
    const double batch = double(e.workload.batch);
    return fmt::format("{:<22}{:>12}{:>14}{:>15}{:>10}{:>11}  {}\n", name, engineering(p.latency_s / batch, "s"),
                       engineering(p.energy_J / batch, "J"), fmt::format("{:.3g} mm2", p.area_m2 * 1e6), engineering(p.power_W(), "W"),
                       loss, settings);
}

}  // namespace

std::string explore_text(const Exploration& e) {
    std::string out = fmt::format("{} on {}: {} at batch {}\n", e.workload.network, e.machine,
                                  e.workload.task == Task::training ? "one training iteration" : "generation", e.workload.batch);
    for (const DesignAxis& a : e.axes) {
        std::vector<std::string> values;
        for (const Value& v : a.values) values.push_back(value_text(a.info, v));
        if (values.size() > 12) values.resize(12), values.push_back(fmt::format("... ({} values)", a.values.size()));
        out += fmt::format("  {:<28}{}\n", a.name(), join(values, " "));
    }
    out += designs_text(e);
    if (e.limits.any()) out += fmt::format("; {} within {}", e.n_fit(), limits_text(e.limits));
    out +=
        fmt::format("; {} that no other beats in time, energy, area{}\n\n", e.front.size(), loss_varies(e) ? " and " + loss_text(e) : "");
    const std::string column = measured(e) ? "distance" : "bits lost";
    out += fmt::format("{:<22}{:>12}{:>14}{:>15}{:>10}{:>11}\n", "", "time/image", "energy/image", "area", "power", column);
    const auto loss = [&](double v) { return fmt::format("{:.3g}", v); };
    if (e.as_set)
        out += text_row(e, "as set", *e.as_set, measured(e) ? "" : loss(e.as_set->bits_lost), e.as_set->fits ? "" : "(beyond the limits)");
    for (const auto& [name, i] : chosen_designs(e)) out += text_row(e, name, e.points[i], loss(e.loss[i]), design_text(e, i));
    if (measured(e)) out += fmt::format("\n{} (less is better) of trainings of {}: mean, lowest ... highest\n", loss_text(e), e.training);
    for (const MeasuredLoss& m : e.measured)
        out += fmt::format("{:<22}{:>12.4g}  {:.4g} ... {:.4g}, {} training{} with {}\n", m.design, m.mean, m.lo, m.hi, m.n_runs,
                           m.n_runs == 1 ? "" : "s", join(m.settings));
    if (e.front.empty()) out += "no design is within the limits\n";
    else if (loss_varies(e))
        out += measured(e) ? "designs above: the front's with the best " + loss_text(e) + "\n"
                           : std::string("designs above: the front's that lose no bit of their sums (adc_bits)\n");
    if (const std::string ahead = as_set_text(e); !ahead.empty()) out += ahead + "\n";
    if (!e.unfit.empty()) out += "some designs do not run it: " + e.unfit + "\n";
    for (const std::string& w : e.warnings) out += fmt::format("warning: {}.{}\n", e.machine, w);
    return out;
}

}  // namespace ganbar::report
