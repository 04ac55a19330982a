#include "ganbar/app/estimates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace ganbar::app {

using namespace arch;
using Json = nlohmann::ordered_json;

std::string network_path(const std::string& name_or_path, const config::Presets& presets) {
    const bool is_path = name_or_path.ends_with(".toml") || name_or_path.ends_with(".onnx") || name_or_path.find('/') != std::string::npos;
    return is_path ? name_or_path : presets.path(name_or_path);
}

Gan load_gan(const std::string& name_or_path, const config::Presets& presets, const std::string& discriminator) {
    if (name_or_path.ends_with(".onnx")) return onnx_gan(name_or_path, discriminator);
    if (!discriminator.empty()) throw ConfigError("--discriminator belongs to a generator's ONNX file; \"" + name_or_path + "\" describes both networks");
    const std::string path = network_path(name_or_path, presets);
    return read_gan(*config::load_toml(path), std::filesystem::path(path).stem().string());
}

namespace {

NamedEstimate run_one(const AcceleratorRegistry& registry, const std::string& name, const config::Node* table, const Workload& w,
                      bool intervals) {
    NamedEstimate out;
    out.name = name;
    out.entry = &registry.get(name);
    const auto machine = out.entry->make(table);
    machine->estimate(w, out.estimate);
    out.params = machine->params();
    if (intervals) out.uncertainty = uncertainty(*machine, out.entry->swings, w, out.estimate);
    else {
        const auto point = [](double v) { return Interval{v, v, v}; };
        out.uncertainty = {
            point(out.estimate.iteration_latency_s), point(out.estimate.energy_J()), point(out.estimate.area_total_m2()), {}};
    }
    out.zero_skipping = arch::zero_skipping(*machine, w, out.estimate);
    return out;
}

}  // namespace

EstimateResult estimate_workload(const AcceleratorRegistry& registry, Workload w, const std::vector<std::string>& names,
                                 const config::Node* tables) {
    EstimateResult result;
    result.workload = std::move(w);
    for (const auto& name : names) {
        const auto table = tables == nullptr ? nullptr : tables->table(name);
        try {
            result.estimates.push_back(run_one(registry, name, table, result.workload, true));
        } catch (const ConfigError& e) {
            result.unfit.emplace_back(name, e.what());
        }
    }
    return result;
}

EstimateResult run_estimates(const AcceleratorRegistry& registry, const Gan& gan, const EstimateRequest& request) {
    EstimateResult result;
    const Task task = request.task.value_or(gan.has_discriminator() ? Task::training : Task::generation);
    result.workload = lower(gan, task, request.batch.value_or(gan.batch), request.steps_d.value_or(gan.steps_d));
    const bool all = request.accelerators.size() == 1 && request.accelerators[0] == "all";
    const std::vector<std::string> names = all ? registry.names() : request.accelerators;
    if (names.empty()) throw ConfigError("no accelerator named; expected --on all, or some of " + join(registry.names()));
    config::Node root;
    for (const auto& text : request.overrides) config::apply_override(root, text);
    for (const auto& name : names) registry.get(name);  // unknown names are reported before anything runs
    for (const auto& name : names) {
        try {
            result.estimates.push_back(run_one(registry, name, root.table(name), result.workload, request.intervals));
        } catch (const ConfigError& e) {
            if (!all || root.tables.contains(name)) throw;
            result.unfit.emplace_back(name, e.what());
        }
    }
    std::map<std::string, std::vector<std::string>> known;
    known[""] = names;
    for (const auto& name : names) known[name] = registry.get(name).param_names;
    config::reject_unused(root, known);
    return result;
}

namespace {

Json value_json(const Value& v) {
    return std::visit([](const auto& x) { return Json(x); }, v);
}
Json energies(const PerComponent& v) {
    Json out = Json::object();
    for (std::size_t c = 0; c < n_components; ++c)
        if (v[c] != 0) out[to_string(static_cast<Component>(c))] = v[c];
    return out;
}
Json interval(const Interval& i) { return Json::array({i.lo, i.hi}); }

Json layers_json(const Workload& w, const Estimate& e) {
    Json out = Json::array();
    for (std::size_t i = 0; i < w.ops.size(); ++i) {
        const Op& op = w.ops[i];
        out.push_back({{"network", op.generator ? "generator" : "discriminator"},
                       {"layer", w.layer(op).name},
                       {"phase", to_string(op.phase)},
                       {"pass", to_string(op.pass)},
                       {"cycles", e.ops[i].cycles},
                       {"macs_useful", e.ops[i].macs_useful},
                       {"macs_executed", e.ops[i].macs_executed},
                       {"energy_J", energies(e.ops[i].energy_J)}});
    }
    const Json idle = energies(e.idle_J);
    if (!idle.empty())
        out.push_back({{"network", ""},
                       {"layer", ""},
                       {"phase", "idle"},
                       {"pass", ""},
                       {"cycles", 0},
                       {"macs_useful", 0},
                       {"macs_executed", 0},
                       {"energy_J", idle}});
    return out;
}

/// What a speed-up over this machine rests on: the share of its peak it reaches, and the share its model assumes where that is a parameter.
Json efficiency_json(const NamedEstimate& n) {
    Json out = {{"reached", n.estimate.utilisation()}};
    for (const ParamRow& p : n.params)
        if (p.info.name == "efficiency") out["assumed"] = value_json(p.value), out["source"] = p.info.source.text;
    return out;
}

/// Every uncertain parameter alone at its low and high value: ratios of time, energy and area to the estimate, strongest first.
Json sensitivity_json(const NamedEstimate& n) {
    Json out = Json::array();
    for (const Influence& f : n.uncertainty.influences) {
        Json row = {{"name", f.param}, {"lo", value_json(f.lo)}, {"hi", value_json(f.hi)}};
        for (const ParamRow& p : n.params)
            if (p.info.name == f.param) row["lo_text"] = value_text(p.info, f.lo), row["hi_text"] = value_text(p.info, f.hi);
        row["latency_ratio"] = {f.latency_lo, f.latency_hi}, row["energy_ratio"] = {f.energy_lo, f.energy_hi}, row["area_ratio"] = {f.area_lo, f.area_hi};
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace

Json estimate_json(const Workload& w, const NamedEstimate& n) {
    const Estimate& e = n.estimate;
    const double energy = e.energy_J(), batch = double(w.batch);
    Json j;
    j["accelerator"] = n.name, j["network"] = w.network, j["batch"] = w.batch;
    j["iteration_cycles"] = e.iteration_cycles;
    j["iteration_latency_s"] = e.iteration_latency_s;
    j["images_per_s"] = batch / e.iteration_latency_s;
    j["iteration_energy_J"] = energy;
    j["energy_per_image_J"] = energy / batch;
    j["area_m2"] = e.area_total_m2();
    j["power_W"] = energy / e.iteration_latency_s;
    j["macs_useful"] = e.macs_useful, j["macs_executed"] = e.macs_executed, j["macs_zero_inserted"] = e.macs_zero_inserted;
    j["utilisation"] = e.utilisation();
    j["task"] = w.task == Task::training ? "training" : "generation";
    j["steps_d"] = w.steps_d, j["cycle_s"] = e.cycle_s, j["n_arrays"] = e.n_arrays;
    j["platform"] = n.entry->platform, j["scope"] = n.entry->scope;
    j["published_for_training"] = n.entry->trains;
    j["interval"] = {{"iteration_latency_s", interval(n.uncertainty.latency_s)},
                     {"iteration_energy_J", interval(n.uncertainty.energy_J)},
                     {"area_m2", interval(n.uncertainty.area_m2)}};
    if (n.zero_skipping)
        j["zero_skipping"] = {
            {"macs_ratio", n.zero_skipping->macs}, {"latency_ratio", n.zero_skipping->latency}, {"energy_ratio", n.zero_skipping->energy}};
    j["efficiency"] = efficiency_json(n);
    j["sensitivity"] = sensitivity_json(n);
    j["area_by_component_m2"] = energies(e.area_m2);
    j["layers"] = layers_json(w, e);
    j["assumptions"] = Json::array();
    for (const ParamRow& p : n.params)
        j["assumptions"].push_back({{"name", p.info.name},
                                    {"value", value_json(p.value)},
                                    {"unit", p.info.unit},
                                    {"source", p.info.source.text},
                                    {"kind", to_string(p.info.source.kind)}});
    return j;
}

Json estimates_json(const EstimateResult& result) {
    Json out = Json::array();
    for (const auto& n : result.estimates) out.push_back(estimate_json(result.workload, n));
    return out;
}

std::string engineering(double value, const std::string& unit) {
    if (value == 0) return "0 " + unit;
    static const std::pair<double, const char*> prefixes[] = {{1e12, "T"}, {1e9, "G"},  {1e6, "M"},  {1e3, "k"},   {1, ""},
                                                              {1e-3, "m"}, {1e-6, "µ"}, {1e-9, "n"}, {1e-12, "p"}, {1e-15, "f"}};
    for (const auto& [scale, prefix] : prefixes)
        if (std::abs(value) >= scale * 0.9995) return fmt::format("{:.3g} {}{}", value / scale, prefix, unit);
    return fmt::format("{:.3g} {}", value, unit);
}

std::string estimates_table(const EstimateResult& result) {
    const Workload& w = result.workload;
    const auto span = [](const Interval& i, double batch, const char* unit) {
        return fmt::format("{} ... {}", engineering(i.lo / batch, unit), engineering(i.hi / batch, unit));
    };
    std::string out =
        fmt::format("{}: {} at batch {}", w.network, w.task == Task::training ? "one training iteration" : "generation", w.batch);
    if (w.task == Task::training) out += fmt::format(", {} D step{} per G step", w.steps_d, w.steps_d == 1 ? "" : "s");
    const MacTotals t = totals(w);
    out += fmt::format("\nmultiplications per image: {} useful, {} zero-free, {} zero-inserted\n\n",
                       engineering(t.useful / double(w.batch), ""), engineering(t.deformed / double(w.batch), ""),
                       engineering(t.zero_inserted / double(w.batch), ""));
    out += fmt::format("{:<12}{:<6}{:>12}  {:<24}{:>12}  {:<24}{:>12}{:>9}{:>10}{:>8}\n", "accelerator", "", "time/image", "",
                       "energy/image", "", "area", "power", "executed", "use");
    auto rows = result.estimates;
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.estimate.iteration_latency_s < b.estimate.iteration_latency_s; });
    bool extended = false;
    for (const auto& n : rows) {
        const Estimate& e = n.estimate;
        const double batch = double(w.batch), energy = e.energy_J();
        const bool beyond = w.task == Task::training && !n.entry->trains;
        extended = extended || beyond;
        out += fmt::format("{:<12}{:<6}{:>12}  {:<24}{:>12}  {:<24}{:>12}{:>9}{:>10}{:>7.2f}%\n", n.name, n.entry->platform.substr(0, 5),
                           engineering(e.iteration_latency_s / batch, "s"), span(n.uncertainty.latency_s, batch, "s"),
                           engineering(energy / batch, "J"), span(n.uncertainty.energy_J, batch, "J"),
                           fmt::format("{:.3g} mm2", e.area_total_m2() * 1e6), engineering(energy / e.iteration_latency_s, "W"),
                           engineering(e.macs_executed / batch, ""), 100 * e.utilisation());
        if (beyond) out.insert(out.size() - 1, " *");
    }
    if (extended) out += "* published for inference only; its training passes are our extension\n";
    for (const auto& [name, reason] : result.unfit) out += fmt::format("{:<12}does not run it: {}\n", name, reason);
    out +=
        "ranges: the uncertain parameters of each model (--json lists all with their sources); scopes differ, see `ganbar describe "
        "accelerator NAME`\n";
    bool head = false;
    for (const auto& n : rows) {
        if (!n.zero_skipping || n.zero_skipping->macs < 1.0005) continue;
        if (!head) out += "\nwhat skipping inserted zeros saves at the same number of arrays or units: multiplications / time / energy\n";
        head = true;
        out += fmt::format("{:<12}{:>8.2f}x{:>8.2f}x{:>8.2f}x\n", n.name, n.zero_skipping->macs, n.zero_skipping->latency,
                           n.zero_skipping->energy);
    }
    return out;
}

}  // namespace ganbar::app
