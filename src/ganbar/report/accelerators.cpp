#include "ganbar/report/accelerators.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ganbar/core/error.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {
namespace {

using Json = nlohmann::ordered_json;

void add(Parts& parts, const std::string& name, double value) {
    for (auto& [n, v] : parts)
        if (n == name) {
            v += value;
            return;
        }
    parts.emplace_back(name, value);
}

Spanned spanned(const Json& j, const std::string& key) {
    const auto& i = j.at("interval").at(key);
    return {j.at(key).get<double>(), i.at(0).get<double>(), i.at(1).get<double>()};
}

std::string plain(const Json& v, const std::string& unit) {
    if (v.is_number()) return format_quantity(v.get<double>(), unit, 4);
    return v.is_string() ? v.get<std::string>() : v.dump();
}

void read_layers(const Json& layers, AcceleratorResult& r) {
    for (const auto& l : layers) {
        const std::string pass = l.at("pass").get<std::string>(), phase = l.at("phase").get<std::string>();
        double energy = 0;
        for (const auto& [component, e] : l.at("energy_J").items()) {
            add(r.energy_by_component, component, e.get<double>());
            energy += e.get<double>();
        }
        add(r.energy_by_pass, pass.empty() ? phase : pass, energy);
        if (const double cycles = l.at("cycles").get<double>(); cycles > 0 && pass != "update") add(r.cycles_by_phase, phase, cycles);
    }
}

std::optional<EqualPowerRow> read_equal_power(const Json& j) {
    const auto p = j.find("equal_power");
    if (p == j.end()) return std::nullopt;
    EqualPowerRow r;
    r.limit_W = p->at("limit_W").get<double>(), r.limit_of = p->at("limit_of").get<std::string>(), r.unfit = p->value("does_not_fit", "");
    if (!r.unfit.empty()) return r;
    r.latency_s = p->at("iteration_latency_s").get<double>(), r.energy_J = p->at("iteration_energy_J").get<double>();
    r.area_m2 = p->at("area_m2").get<double>(), r.power_W = p->at("power_W").get<double>();
    return r;
}

AcceleratorResult read_one(const Json& j) {
    AcceleratorResult r;
    r.name = j.at("accelerator").get<std::string>();
    r.platform = j.value("platform", ""), r.scope = j.value("scope", "");
    r.published_for_training = j.value("published_for_training", true), r.training = j.value("task", "training") == "training";
    r.batch = j.at("batch").get<double>(), r.cycles = j.at("iteration_cycles").get<double>(), r.cycle_s = j.at("cycle_s").get<double>();
    r.power_W = j.at("power_W").get<double>(), r.utilisation = j.at("utilisation").get<double>();
    r.macs_useful = j.at("macs_useful").get<double>(), r.macs_executed = j.at("macs_executed").get<double>(),
    r.n_arrays = j.at("n_arrays").get<double>();
    r.latency_s = spanned(j, "iteration_latency_s"), r.energy_J = spanned(j, "iteration_energy_J"), r.area_m2 = spanned(j, "area_m2");
    r.peak_op_per_J = j.value("peak_op_per_J", 0.0), r.achieved_op_per_J = j.value("achieved_op_per_J", 0.0);
    r.peak_op_per_s_m2 = j.value("peak_op_per_s_m2", 0.0), r.achieved_op_per_s_m2 = j.value("achieved_op_per_s_m2", 0.0);
    r.power_density_W_m2 = j.value("power_density_W_m2", 0.0), r.warnings = j.value("warnings", r.warnings);
    if (const auto p = j.find("published_peak"); p != j.end())
        r.published_op_per_J = p->value("op_per_J", 0.0), r.published_op_per_s_m2 = p->value("op_per_s_m2", 0.0);
    if (const auto c = j.find("chip"); c != j.end() && c->contains("fixed")) {
        const Json& f = c->at("fixed");
        const auto of = [&](const char* key) { return f.at(key).get<double>(); };
        r.chip = {of("arrays"),      of("arrays_needed"), of("swaps"),        of("reprogram_s"),
                  of("reprogram_J"), of("drain_s"),       of("buffer_share"), of("bytes_dram")};
    }
    r.equal_power = read_equal_power(j);
    read_layers(j.at("layers"), r);
    for (const auto& [component, area] : j.at("area_by_component_m2").items())
        r.area_by_component.emplace_back(component, area.get<double>());
    if (const auto e = j.find("efficiency"); e != j.end() && e->contains("assumed")) r.assumed_efficiency = e->at("assumed").get<double>();
    if (const auto z = j.find("zero_skipping"); z != j.end())
        r.zero_skipping = {z->at("macs_ratio").get<double>(), z->at("latency_ratio").get<double>(), z->at("energy_ratio").get<double>()};
    for (const auto& s : j.value("sensitivity", Json::array()))
        r.sensitivity.push_back({s.at("name").get<std::string>(), s.value("lo_text", plain(s.at("lo"), "")),
                                 s.value("hi_text", plain(s.at("hi"), "")), s.at("latency_ratio").at(0).get<double>(),
                                 s.at("latency_ratio").at(1).get<double>(), s.at("energy_ratio").at(0).get<double>(),
                                 s.at("energy_ratio").at(1).get<double>()});
    for (const auto& a : j.value("assumptions", Json::array()))
        r.parameters.push_back({a.at("name").get<std::string>(), plain(a.at("value"), a.value("unit", "")), a.value("source", ""),
                                a.value("kind", "assumed")});
    r.rounds = j.value("rounds", 0.0), r.run_latency_s = j.value("run_latency_s", 0.0), r.run_energy_J = j.value("run_energy_J", 0.0);
    r.counts_of_the_run = j.value("counts_of_the_run", false);
    const Json counts = j.value("counts", Json::object());
    for (const auto& [name, n] : counts.items()) r.counts.emplace_back(name, n.get<double>());
    return r;
}

}  // namespace

const AcceleratorResult* AcceleratorSet::find(const std::string& name) const {
    const auto it = std::find_if(machines.begin(), machines.end(), [&](const auto& m) { return m.name == name; });
    return it == machines.end() ? nullptr : &*it;
}

AcceleratorSet read_accelerators(const std::string& json_text, const std::string& where) {
    AcceleratorSet set;
    try {
        for (const auto& entry : Json::parse(json_text)) {
            if (const auto reason = entry.find("does_not_run_it"); reason != entry.end())
                set.unfit.emplace_back(entry.at("accelerator").get<std::string>(), reason->get<std::string>());
            else set.machines.push_back(read_one(entry));
        }
    } catch (const nlohmann::json::exception& e) {
        throw DataError(fmt::format("estimates of accelerators are malformed: {}; expected what ganbar estimate --json prints", e.what()),
                        {where});
    }
    std::stable_sort(set.machines.begin(), set.machines.end(),
                     [](const auto& a, const auto& b) { return a.latency_s.value < b.latency_s.value; });
    if (!set.machines.empty()) set.baseline = set.find("gtx1080") ? "gtx1080" : set.machines.back().name;
    return set;
}

}  // namespace ganbar::report
