// A machine as a chip of fixed size: how many arrays it has, and which copies of the layers run a network fastest on them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ganbar/arch/budget.h"

namespace ganbar::arch {
namespace {

constexpr const char* size = "chip_arrays";
constexpr int doublings = 30;

const ParamRow* row_of(const std::vector<ParamRow>& rows, const std::string& name) {
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const ParamRow& r) { return r.info.name == name; });
    return at == rows.end() ? nullptr : &*at;
}

/// Its own, and powers of two up to where no copy is left to drop. They do not depend on the chip, so a larger chip is never slower.
std::vector<Int> targets(const Accelerator& machine, const Workload& w, const char* name, bool fixed) {
    const std::vector<ParamRow> rows = machine.params();
    const Int own = std::get<Int>(row_of(rows, name)->value);
    if (fixed) return {own};
    std::vector<Int> out{own};
    const double least = machine.with(name, Value{Int{1} << doublings})->arrays_needed(w);
    for (int i = 0; i <= doublings; ++i) {
        out.push_back(Int{1} << i);
        if (machine.with(name, Value{out.back()})->arrays_needed(w) <= least) break;
    }
    std::sort(out.rbegin(), out.rend());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

/// Forward and gradient.
using TargetPair = std::pair<Int, Int>;

/// What the same machine takes where every layer stays in its arrays, within the chip's area and, where that search is quick, its arrays:
/// networks that just fit want finer steps than powers of two.
std::vector<TargetPair> resident_targets(const Accelerator& machine, const Workload& w, double arrays, const Budget& limits,
                                         const std::vector<std::string>& fixed) {
    std::vector<Budget> budgets;
    if (limits.area_m2) budgets.push_back(limits);
    if (!is_simulated(machine) || budgets.empty()) budgets.push_back({.area_m2 = {}, .power_W = limits.power_W, .n_arrays = arrays});
    std::vector<TargetPair> out;
    const auto resident = machine.with(size, Value{Int{0}});
    for (const Budget& b : budgets) try {
            const std::vector<ParamRow> rows = within_budget(*resident, w, b, fixed)->params();
            const auto target = [&](const char* name) { return std::get<Int>(row_of(rows, name)->value); };
            out.emplace_back(target(forward_target), target(gradient_target));
        } catch (const ConfigError&) {  // it does not fit without loading
        }
    return out;
}

/// The fastest copies within the limits, of the largest targets that are as fast, `others` among them; null where none keeps them.
std::unique_ptr<Accelerator> fastest(const Accelerator& machine, const Workload& w, const Budget& limits, bool forward_fixed,
                                     bool gradient_fixed, const std::vector<TargetPair>& others, std::string& broken) {
    const std::vector<Int> forward = targets(machine, w, forward_target, forward_fixed),
                           gradient = targets(machine, w, gradient_target, gradient_fixed);
    const bool one_for_both = is_simulated(machine);  // which takes its time
    std::vector<TargetPair> tried;
    for (const Int f : forward)
        for (const Int g : gradient)
            if (!one_for_both || f == g || forward_fixed || gradient_fixed) tried.emplace_back(f, g);
    tried.insert(tried.end(), others.begin(), others.end());
    std::unique_ptr<Accelerator> best;
    double best_s = 0;
    Estimate e;
    for (const auto& [f, g] : tried) {
        auto one = machine.with(forward_target, Value{f})->with(gradient_target, Value{g});
        one->estimate(w, e);
        const std::string limit = beyond(e, limits);
        if (!limit.empty()) {
            if (broken.empty()) broken = limit;
            continue;
        }
        if (!best || e.iteration_latency_s < best_s * (1 - 1e-12)) best = std::move(one), best_s = e.iteration_latency_s;
    }
    return best;
}

double arrays_in(const Accelerator& machine, const Workload& w, double area_m2) {
    Estimate e;
    machine.estimate(w, e);
    const double each = at(e.area_m2, Component::crossbar) / e.n_arrays;
    return each > 0 ? std::floor(area_m2 / each) : 0;
}

}  // namespace

std::unique_ptr<Accelerator> on_chip(const Accelerator& machine, const Chip& chip, const Workload& w, const Budget& budget,
                                     const std::vector<std::string>& fixed, bool resident_too) {
    const std::vector<ParamRow> rows = machine.params();
    if (!row_of(rows, size)) return within_budget(machine, w, budget, fixed);
    const auto is_fixed = [&](const char* name) { return std::find(fixed.begin(), fixed.end(), name) != fixed.end(); };
    const double arrays = is_fixed(size)      ? double(std::get<Int>(row_of(rows, size)->value))
                          : budget.n_arrays   ? std::floor(*budget.n_arrays)
                          : budget.area_m2    ? arrays_in(machine, w, *budget.area_m2)
                          : chip.n_arrays > 0 ? chip.n_arrays
                                              : arrays_in(machine, w, chip.area_m2);
    const Budget limits{.area_m2 = budget.area_m2, .power_W = budget.power_W, .n_arrays = std::nullopt};
    std::string broken = "it holds no crossbar";
    if (arrays >= 1) {
        broken.clear();
        Budget own = limits;  // what --area would say of a chip as large
        if (!own.area_m2 && !budget.n_arrays && !is_fixed(size) && chip.area_m2 > 0) own.area_m2 = chip.area_m2;
        if (auto found = fastest(*machine.with(size, Value{Int(arrays)}), w, limits, is_fixed(forward_target), is_fixed(gradient_target),
                                 resident_too ? resident_targets(machine, w, arrays, own, fixed) : std::vector<TargetPair>{}, broken))
            return found;
    }
    throw ConfigError("does not fit: " + broken);
}

}  // namespace ganbar::arch
