#include "ganbar/arch/estimates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>

#include "ganbar/core/file_ending.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/stop.h"
namespace ganbar::arch {

std::string network_path(const std::string& name_or_path, const config::Presets& presets) {
    return names_file(name_or_path, {".toml", ".onnx"}) ? name_or_path : presets.path(name_or_path);
}

Gan load_gan(const std::string& name_or_path, const config::Presets& presets, const std::string& discriminator) {
    if (has_ending(name_or_path, ".onnx")) return onnx_gan(name_or_path, discriminator);
    if (!discriminator.empty())
        throw ConfigError("--discriminator belongs to a generator's ONNX file; \"" + name_or_path + "\" describes both networks");
    const std::string path = network_path(name_or_path, presets);
    return read_gan(*config::load_toml(path), std::filesystem::path(path).stem().string());
}

std::vector<std::string> parameters_set(const std::string& machine, const std::vector<std::string>& overrides) {
    std::vector<std::string> out;
    for (const std::string& text : overrides) {
        std::string key = text.substr(0, text.find('='));
        std::erase_if(key, [](char c) { return c == ' ' || c == '\t'; });
        if (key.starts_with(machine + ".")) out.push_back(key.substr(machine.size() + 1));
    }
    return out;
}

namespace {

/// Swings of what is still uncertain: not of what the user knows; and those of a chip where the machine is on one.
std::vector<Swing> open_swings(const NamedMachine& m) {
    std::vector<Swing> swings = m.entry->swings;
    for (const ParamRow& p : m.machine->params())
        if (p.info.name == "chip_arrays" && std::get<Int>(p.value) > 0)
            swings.insert(swings.end(), m.entry->chip_swings.begin(), m.entry->chip_swings.end());
    std::erase_if(swings, [&](const Swing& s) { return std::find(m.set.begin(), m.set.end(), s.param) != m.set.end(); });
    return swings;
}

NamedEstimate run_one(const NamedMachine& named, const Workload& w, bool intervals) {
    NamedEstimate out;
    out.name = named.name;
    out.entry = named.entry;
    named.machine->estimate(w, out.estimate);
    out.params = named.machine->params(), out.warnings = named.machine->warnings();
    if (intervals) out.uncertainty = uncertainty(*named.machine, open_swings(named), w, out.estimate);
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
            result.estimates.push_back(run_one(m, result.workload, true));
        } catch (const ConfigError& e) {
            result.unfit.emplace_back(m.name, e.what());
        }
    }
    return result;
}

namespace {

/// A machine as asked for, and what the user said of it.
struct Asked {
    std::string name;
    std::shared_ptr<const AcceleratorEntry> entry;
    std::unique_ptr<Accelerator> machine;
    std::vector<std::string> set;
};

/// The least area and power that all machines which are bought whole keep; nothing where none runs the network.
std::optional<EqualSize> equal_size(const std::vector<Asked>& machines, const Workload& w) {
    EqualSize out;
    for (const Asked& a : machines) {
        if (!has_one_size(*a.machine, w)) continue;
        Estimate e;
        a.machine->estimate(w, e);
        const double area = e.area_total_m2(), power = e.energy_J() / e.iteration_latency_s;
        if (area > out.area_m2) out.area_m2 = area, out.area_of = a.name;
        if (power > out.power_W) out.power_W = power, out.power_of = a.name;
    }
    return out.area_m2 > 0 && out.power_W > 0 ? std::optional(out) : std::nullopt;
}

NamedEstimate sized_estimate(const Asked& a, const EstimateRequest& request, const EstimateResult& result) {
    const Workload& w = result.workload;
    std::unique_ptr<Accelerator> machine;
    if (result.equal) machine = filling(*a.machine, a.entry->chip, w, result.budget, result.equal->area_m2, a.set);
    else if (request.fixed_chip) machine = on_chip(*a.machine, a.entry->chip, w, result.budget, a.set);
    else machine = within_budget(*a.machine, w, result.budget, a.set);
    return run_one({a.name, a.entry, std::move(machine), a.set}, w, request.intervals);
}

/// What came of a machine.
struct Outcome {
    std::optional<NamedEstimate> estimate;
    AtEqualPower equal_power;
    std::exception_ptr refused;  ///< a ConfigError
};

/// Machines beside each other, and of each its two sizes. The last by name come first: among them is ZARA, whose simulated schedule takes
/// longest.
std::vector<Outcome> outcomes(const std::vector<Asked>& machines, const EstimateRequest& request, const EstimateResult& result) {
    std::vector<Outcome> out(machines.size());
    const std::size_t sizes = result.equal ? 2 : 1;
    parallel_for(sizes * machines.size(), [&](std::size_t item) {
        const std::size_t i = machines.size() - 1 - item / sizes;
        const Asked& a = machines[i];
        if (item % sizes == 1) out[i].equal_power = at_equal_power(*a.machine, a.entry->chip, result.workload, *result.equal, a.set);
        else try {
                out[i].estimate = sized_estimate(a, request, result);
            } catch (const ConfigError&) {
                out[i].refused = std::current_exception();
            }
    });
    return out;
}

/// Machines of the request; with "all", those that do not run the network go to `unfit`.
std::vector<Asked> asked_machines(const AcceleratorRegistry& registry, const std::vector<std::string>& names, config::Node& root,
                                  const EstimateRequest& request, bool all, bool equal, EstimateResult& result) {
    std::vector<Asked> out;
    for (const auto& name : names) try {
            const auto& entry = registry.get(name);
            Asked asked{name, std::make_shared<const AcceleratorEntry>(entry), entry.make(root.table(name)),
                        parameters_set(name, request.overrides)};
            Estimate as_given;  // a machine that does not run the network says so before any size is searched
            if (equal) asked.machine->estimate(result.workload, as_given);
            out.push_back(std::move(asked));
        } catch (const ConfigError& e) {
            if (!all || root.tables.contains(name)) throw;
            result.unfit.emplace_back(name, e.what());
        }
    return out;
}

}  // namespace

EstimateResult run_estimates(const AcceleratorRegistry& registry, const Gan& gan, const EstimateRequest& request) {
    EstimateResult result;
    const Task task = request.task.value_or(gan.has_discriminator() ? Task::training : Task::generation);
    result.workload = lower(gan, task, request.batch.value_or(gan.batch), request.steps_d.value_or(gan.steps_d));
    const bool all = request.accelerators.size() == 1 && request.accelerators[0] == "all";
    const std::vector<std::string> names = all ? registry.names() : request.accelerators;
    if (names.empty()) throw ConfigError("no accelerator named; expected --on all, or some of " + join(registry.names()));
    if (request.as_published && (request.budget.any() || request.fixed_chip))
        throw ConfigError(
            "as published is every machine at its own size; expected no limit of area, power or arrays and no chip beside it");
    config::Node root;
    for (const auto& text : request.overrides) config::apply_override(root, text);
    result.budget = request.budget, result.fixed_chip = request.fixed_chip;
    result.warnings = implausible_limits(request.budget);
    for (const auto& name : names) registry.get(name);  // unknown names are reported before anything runs
    const bool equal = all && !request.budget.any() && !request.fixed_chip && !request.as_published;
    const std::vector<Asked> machines = asked_machines(registry, names, root, request, all, equal, result);
    if (equal) result.equal = equal_size(machines, result.workload);
    if (result.equal) result.budget.area_m2 = result.equal->area_m2;
    std::vector<Outcome> found = outcomes(machines, request, result);
    for (std::size_t i = 0; i < found.size(); ++i) try {
            if (found[i].refused) std::rethrow_exception(found[i].refused);
            result.estimates.push_back(std::move(*found[i].estimate));
            if (result.equal) result.estimates.back().equal_power = std::move(found[i].equal_power);
        } catch (const ConfigError& e) {
            if (!all) throw ConfigError(machines[i].name + ": " + e.what());
            if (root.tables.contains(machines[i].name) && !result.budget.any()) throw;
            result.unfit.emplace_back(machines[i].name, e.what());
        }
    std::map<std::string, std::vector<std::string>> known;
    known[""] = names;
    for (const auto& name : names) known[name] = registry.get(name).param_names;
    config::reject_unused(root, known);
    return result;
}

}  // namespace ganbar::arch
