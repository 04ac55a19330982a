#include "ganbar/arch/estimates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "ganbar/core/stop.h"
namespace ganbar::arch {

std::string network_path(const std::string& name_or_path, const config::Presets& presets) {
    const bool is_path = name_or_path.ends_with(".toml") || name_or_path.ends_with(".onnx") || name_or_path.find('/') != std::string::npos;
    return is_path ? name_or_path : presets.path(name_or_path);
}

Gan load_gan(const std::string& name_or_path, const config::Presets& presets, const std::string& discriminator) {
    if (name_or_path.ends_with(".onnx")) return onnx_gan(name_or_path, discriminator);
    if (!discriminator.empty())
        throw ConfigError("--discriminator belongs to a generator's ONNX file; \"" + name_or_path + "\" describes both networks");
    const std::string path = network_path(name_or_path, presets);
    return read_gan(*config::load_toml(path), std::filesystem::path(path).stem().string());
}

namespace {

/// Parameters of a machine that the user has set.
std::vector<std::string> parameters_set(const std::string& machine, const std::vector<std::string>& overrides) {
    std::vector<std::string> out;
    for (const std::string& text : overrides) {
        std::string key = text.substr(0, text.find('='));
        std::erase_if(key, [](char c) { return c == ' ' || c == '\t'; });
        if (key.starts_with(machine + ".")) out.push_back(key.substr(machine.size() + 1));
    }
    return out;
}

/// Swings of what is still uncertain: not of what the user knows, nor of what a budget or a chip chose. Memory and mesh of a chip of fixed
/// size are uncertain, too.
std::vector<Swing> open_swings(const AcceleratorEntry& entry, const std::vector<std::string>& set, const EstimateRequest& request) {
    std::vector<Swing> swings = entry.swings;
    const auto has = [&](const char* name) {
        return std::find(entry.param_names.begin(), entry.param_names.end(), name) != entry.param_names.end();
    };
    if (request.fixed_chip && has("chip_arrays"))
        for (const Swing& s :
             {Swing{"dram_bit_energy", 4e-12, 40e-12}, Swing{"dram_bandwidth_B_per_s", 12.8e9, 102.4e9}, Swing{"link_B_per_s", 2e9, 16e9}})
            swings.push_back(s);
    const auto chosen = [&](const std::string& p) {
        return (request.budget.any() || request.fixed_chip) && (p == "steps_per_cycle" || p == "gradient_steps_per_cycle" || p == "units");
    };
    std::erase_if(swings, [&](const Swing& s) { return chosen(s.param) || std::find(set.begin(), set.end(), s.param) != set.end(); });
    return swings;
}

NamedEstimate run_one(const NamedMachine& named, const Workload& w, bool intervals, const std::vector<Swing>& swings) {
    NamedEstimate out;
    out.name = named.name;
    out.entry = named.entry;
    named.machine->estimate(w, out.estimate);
    out.params = named.machine->params(), out.warnings = named.machine->warnings();
    if (intervals) out.uncertainty = uncertainty(*named.machine, swings, w, out.estimate);
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
        stop_point();
        try {
            result.estimates.push_back(run_one(m, result.workload, true, m.entry->swings));
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
    result.budget = request.budget, result.fixed_chip = request.fixed_chip;
    for (const auto& name : names) registry.get(name);  // unknown names are reported before anything runs
    for (const auto& name : names) {
        try {
            const auto& entry = registry.get(name);
            const std::vector<std::string> set = parameters_set(name, request.overrides);
            const std::unique_ptr<Accelerator> asked = entry.make(root.table(name));
            NamedMachine machine{name, std::make_shared<const AcceleratorEntry>(entry),
                                 request.fixed_chip ? on_chip(*asked, entry.chip, result.workload, request.budget, set)
                                                    : within_budget(*asked, result.workload, request.budget, set)};
            result.estimates.push_back(run_one(machine, result.workload, request.intervals, open_swings(entry, set, request)));
        } catch (const ConfigError& e) {
            if (!all || (root.tables.contains(name) && !request.budget.any())) throw;
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
