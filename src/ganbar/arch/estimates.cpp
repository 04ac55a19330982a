#include "ganbar/arch/estimates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace ganbar::arch {

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

NamedEstimate run_one(const NamedMachine& named, const Workload& w, bool intervals) {
    NamedEstimate out;
    out.name = named.name;
    out.entry = named.entry;
    named.machine->estimate(w, out.estimate);
    out.params = named.machine->params(), out.warnings = named.machine->warnings();
    if (intervals) out.uncertainty = uncertainty(*named.machine, out.entry->swings, w, out.estimate);
    else {
        const auto point = [](double v) { return Interval{v, v, v}; };
        out.uncertainty = {
            point(out.estimate.iteration_latency_s), point(out.estimate.energy_J()), point(out.estimate.area_total_m2()), {}};
    }
    out.zero_skipping = arch::zero_skipping(*named.machine, w, out.estimate);
    return out;
}

}  // namespace

EstimateResult estimate_workload(Workload w, const std::vector<NamedMachine>& machines) {
    EstimateResult result;
    result.workload = std::move(w);
    for (const auto& m : machines) {
        try {
            result.estimates.push_back(run_one(m, result.workload, true));
        } catch (const ConfigError& e) {
            result.unfit.emplace_back(m.name, e.what());
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
            const auto& entry = registry.get(name);
            result.estimates.push_back(run_one({name, std::make_shared<const AcceleratorEntry>(entry), entry.make(root.table(name))}, result.workload, request.intervals));
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

}  // namespace ganbar::arch
