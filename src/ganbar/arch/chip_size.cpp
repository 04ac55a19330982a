// A machine as a chip of fixed size: how many arrays it has, and which copies of the layers run a network fastest on them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

/// The fastest copies within the limits, of the largest targets that are as fast; null where none keeps them.
std::unique_ptr<Accelerator> fastest(const Accelerator& machine, const Workload& w, const Budget& limits, bool forward_fixed,
                                     bool gradient_fixed, std::string& broken) {
    const std::vector<Int> forward = targets(machine, w, forward_target, forward_fixed),
                           gradient = targets(machine, w, gradient_target, gradient_fixed);
    const bool one_for_both = is_simulated(machine);  // which takes its time
    std::unique_ptr<Accelerator> best;
    double best_s = 0;
    Estimate e;
    for (const Int f : forward)
        for (const Int g : gradient) {
            if (one_for_both && f != g && !forward_fixed && !gradient_fixed) continue;
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
                                     const std::vector<std::string>& fixed) {
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
        if (auto found =
                fastest(*machine.with(size, Value{Int(arrays)}), w, limits, is_fixed(forward_target), is_fixed(gradient_target), broken))
            return found;
    }
    throw ConfigError("does not fit: " + broken);
}

}  // namespace ganbar::arch
