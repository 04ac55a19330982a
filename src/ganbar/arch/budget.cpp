#include "ganbar/arch/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace ganbar::arch {
namespace {

constexpr const char* const units = "units";
constexpr Int most = Int{1} << 30, most_units = Int{1} << 24;

/// The smallest n of lo ... hi for which `holds`, which stays true once it is; hi where it never is.
template <class Holds>
Int first(Int lo, Int hi, Holds holds) {
    while (lo < hi) {
        const Int middle = lo + (hi - lo) / 2;
        if (holds(middle)) hi = middle;
        else lo = middle + 1;
    }
    return lo;
}

std::optional<Int> integer_of(const Accelerator& machine, const std::string& name) {
    for (const ParamRow& row : machine.params())
        if (row.info.name == name) return std::get<Int>(row.value);
    return std::nullopt;
}

std::unique_ptr<Accelerator> same(const Accelerator& machine) {
    const std::vector<ParamRow> rows = machine.params();
    return machine.with(rows.front().info.name, rows.front().value);
}

/// Estimates of one machine with both targets of replication changed.
class Replication {
public:
    Replication(const Accelerator& machine, const Workload& w, const Budget& budget) : machine_(machine), w_(w), budget_(budget) {}
    std::unique_ptr<Accelerator> with(Int forward, Int gradient) const {
        return machine_.with(forward_target, Value{forward})->with(gradient_target, Value{gradient});
    }
    bool fits(Int forward, Int gradient) { return at(forward, gradient).fits; }
    double latency_s(Int forward, Int gradient) { return at(forward, gradient).latency_s; }

private:
    struct Tried {
        bool fits = false;
        double latency_s = 0;
    };
    /// A search asks for the same pair more than once, and a simulated schedule takes a millisecond.
    const Tried& at(Int forward, Int gradient) {
        const auto [place, fresh] = tried_.try_emplace({forward, gradient});
        if (fresh) {
            with(forward, gradient)->estimate(w_, e_);
            place->second = {beyond(e_, budget_).empty(), e_.iteration_latency_s};
        }
        return place->second;
    }

    const Accelerator& machine_;
    const Workload& w_;
    const Budget& budget_;
    Estimate e_;
    std::map<std::pair<Int, Int>, Tried> tried_;
};

struct Range {
    Int lo, hi;
};
struct Targets {
    Int forward, gradient;
};

/// A power of two beyond which a larger target drops no copy.
Int single_copies(const Accelerator& machine, const Workload& w) {
    const auto arrays = [&](Int n) { return machine.with(forward_target, Value{n})->with(gradient_target, Value{n})->arrays_needed(w); };
    const double least = arrays(most);
    Int n = 1;
    while (n < most && arrays(n) > least) n *= 2;
    return n;
}

/// A larger target never needs more of any limit and is never faster. So for every forward target the best gradient target is the smallest
/// that fits; growing the forward target slows one side and speeds the other, and the best is where the gradients stop being the slower
/// side.
Targets best_targets(Replication& r, Range forward, Range gradient) {
    const Int lowest = first(forward.lo, forward.hi, [&](Int f) { return r.fits(f, gradient.hi); });
    const auto gradient_for = [&](Int f) { return first(gradient.lo, gradient.hi, [&](Int g) { return r.fits(f, g); }); };
    const Int crossing = first(lowest, forward.hi, [&](Int f) { return r.latency_s(f, gradient_for(f)) <= r.latency_s(f, gradient.lo); });
    Targets best{crossing, gradient_for(crossing)};
    std::vector<Targets> others;
    if (crossing > lowest) others.push_back({crossing - 1, gradient_for(crossing - 1)});
    // one target for both, where that is allowed: never worse than it
    const Range both{std::max(forward.lo, gradient.lo), std::min(forward.hi, gradient.hi)};
    if (both.lo <= both.hi) {
        const Int t = first(both.lo, both.hi, [&](Int n) { return r.fits(n, n); });
        others.push_back({t, t});
    }
    for (const Targets& t : others)
        if (r.fits(t.forward, t.gradient) && r.latency_s(t.forward, t.gradient) < r.latency_s(best.forward, best.gradient)) best = t;
    return best;
}

/// Of a machine whose schedule is simulated, which takes a millisecond and need not be monotone: the best common target, then one side
/// larger or as large and the other as small as fits.
Targets targets_near_common(Replication& r, Range forward, Range gradient) {
    const Range both{std::max(forward.lo, gradient.lo), std::min(forward.hi, gradient.hi)};
    Targets common{forward.hi, gradient.hi};
    if (both.lo <= both.hi) common.forward = common.gradient = first(both.lo, both.hi, [&](Int n) { return r.fits(n, n); });
    Targets best = common;
    const auto try_one = [&](Targets t) {
        if (r.fits(t.forward, t.gradient) && r.latency_s(t.forward, t.gradient) < r.latency_s(best.forward, best.gradient)) best = t;
    };
    for (const Int times : {1, 2, 4}) {
        const Int f = std::min(forward.hi, times * common.forward), g = std::min(gradient.hi, times * common.gradient);
        try_one({f, first(gradient.lo, common.gradient, [&](Int n) { return r.fits(f, n); })});
        try_one({first(forward.lo, common.forward, [&](Int n) { return r.fits(n, g); }), g});
    }
    return best;
}

/// Copies that change nothing on the latency are given back: the largest targets that are as fast.
Targets without_idle_copies(Replication& r, Targets t, Range forward, Range gradient) {
    const double latency = r.latency_s(t.forward, t.gradient);
    const auto last = [](Int lo, Int hi, auto slower) {  // mostly close to lo
        Int step = 1;
        while (step < hi - lo && !slower(lo + step - 1)) step *= 2;
        const Int n = first(lo + step / 2, std::min(hi, lo + step - 1), slower);
        return slower(n) ? n - 1 : n;
    };
    const auto worse = [&](Int f, Int g) {
        return r.latency_s(f, g) > latency || !r.fits(f, g);
    };  // a simulated one may be faster and hotter
    if (t.forward < forward.hi) t.forward = last(t.forward + 1, forward.hi, [&](Int f) { return worse(f, t.gradient); });
    if (t.gradient < gradient.hi) t.gradient = last(t.gradient + 1, gradient.hi, [&](Int g) { return worse(t.forward, g); });
    return t;
}

std::unique_ptr<Accelerator> with_copies(const Accelerator& machine, const Workload& w, const Budget& budget, bool forward_fixed,
                                         bool gradient_fixed) {
    const Int top = single_copies(machine, w);
    const auto range = [&](const char* name, bool fixed) {
        const Int now = *integer_of(machine, name);
        return fixed ? Range{now, now} : Range{1, top};
    };
    const Range forward = range(forward_target, forward_fixed), gradient = range(gradient_target, gradient_fixed);
    Replication r(machine, w, budget);
    if (!r.fits(forward.hi, gradient.hi)) return r.with(forward.hi, gradient.hi);
    const Targets best = is_simulated(machine) ? targets_near_common(r, forward, gradient) : best_targets(r, forward, gradient);
    const Targets t = without_idle_copies(r, best, forward, gradient);
    return r.with(t.forward, t.gradient);
}

bool units_cost_area(const Accelerator& machine, const Workload& w) {
    const Int now = *integer_of(machine, units);
    Estimate e, twice;
    machine.estimate(w, e), machine.with(units, Value{std::min(most_units, 2 * now)})->estimate(w, twice);
    return twice.area_total_m2() > e.area_total_m2();
}

/// As many units as fit, less those that memory leaves idle. Where units cost no area the machine is as published: a budget could not
/// bound them.
std::unique_ptr<Accelerator> with_units(const Accelerator& machine, const Workload& w, const Budget& budget) {
    Estimate e;
    const auto at = [&](Int n) -> const Estimate& {
        machine.with(units, Value{n})->estimate(w, e);
        return e;
    };
    if (!units_cost_area(machine, w)) return same(machine);
    const Int too_many = first(1, most_units, [&](Int n) { return !beyond(at(n), budget).empty(); });
    const bool all_fit = beyond(at(too_many), budget).empty();
    const Int n = all_fit ? too_many : std::max<Int>(1, too_many - 1);
    const double fastest_s = at(n).iteration_latency_s;
    return machine.with(units, Value{first(1, n, [&](Int k) { return at(k).iteration_latency_s <= fastest_s; })});
}

}  // namespace

std::vector<std::string> implausible_limits(const Budget& budget) {
    constexpr double mm2 = 1e-6, wafer_m2 = 70'686 * mm2, least_m2 = 1e-3 * mm2, most_W = 100e3, least_W = 1e-6, most_arrays = 1e9;
    std::vector<std::string> out;
    const auto check = [&](const std::optional<double>& v, double lo, double hi, double unit_si, const char* unit, const char* beyond) {
        if (v && (*v < lo || *v > hi))
            out.push_back(fmt::format("a limit of {:.4g} {}; plausible are {:g} to {:g} {} ({})", *v / unit_si, unit, lo / unit_si,
                                      hi / unit_si, unit, beyond));
    };
    check(budget.area_m2, least_m2, wafer_m2, mm2, "mm2", "a wafer of 300 mm");
    check(budget.power_W, least_W, most_W, 1, "W", "a rack of servers");
    check(budget.n_arrays, 1, most_arrays, 1, "arrays or units", "ten thousand large chips");
    return out;
}

bool is_simulated(const Accelerator& machine) { return integer_of(machine, "stack_layers").has_value(); }

bool has_one_size(const Accelerator& machine, const Workload& w) {
    return machine.arrays_needed(w) <= 0 && !(integer_of(machine, units) && units_cost_area(machine, w));
}

std::string beyond(const Estimate& e, const Budget& budget) {
    constexpr double rounding = 1 + 1e-12;  // a machine's own size, printed in mm2 and read again, is its size
    const double area = e.area_total_m2(), power = e.iteration_latency_s > 0 ? e.energy_J() / e.iteration_latency_s : 0;
    if (budget.area_m2 && area <= 0) return "its area is not known";
    if (budget.area_m2 && area > *budget.area_m2 * rounding)
        return fmt::format("it needs {:.4g} mm2, the limit is {:.4g} mm2", area * 1e6, *budget.area_m2 * 1e6);
    if (budget.n_arrays && e.n_arrays > *budget.n_arrays)
        return fmt::format("it needs {:.0f} arrays or units, the limit is {:.0f}", e.n_arrays, *budget.n_arrays);
    if (budget.power_W && power > *budget.power_W * rounding)
        return fmt::format("it draws {:.4g} W, the limit is {:.4g} W", power, *budget.power_W);
    return {};
}

std::unique_ptr<Accelerator> within_budget(const Accelerator& machine, const Workload& w, const Budget& budget,
                                           const std::vector<std::string>& fixed) {
    if (!budget.any()) return same(machine);
    const auto is_fixed = [&](const char* name) { return std::find(fixed.begin(), fixed.end(), name) != fixed.end(); };
    std::unique_ptr<Accelerator> chosen;
    if (integer_of(machine, forward_target) && integer_of(machine, gradient_target))
        chosen = with_copies(machine, w, budget, is_fixed(forward_target), is_fixed(gradient_target));
    else if (integer_of(machine, units) && !is_fixed(units)) chosen = with_units(machine, w, budget);
    else chosen = same(machine);
    Estimate e, as_given;
    chosen->estimate(w, e);
    machine.estimate(w, as_given);  // an event-driven schedule is not monotone: what was given may be better than what was searched
    if (beyond(as_given, budget).empty() && (!beyond(e, budget).empty() || as_given.iteration_latency_s < e.iteration_latency_s))
        return same(machine);
    if (const std::string limit = beyond(e, budget); !limit.empty()) throw ConfigError("does not fit at its smallest: " + limit);
    return chosen;
}

}  // namespace ganbar::arch
