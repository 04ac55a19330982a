#include "ganbar/arch/accelerator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "ganbar/core/parallel.h"
#include "ganbar/core/rng.h"

namespace ganbar::arch {

const char* to_string(Component c) {
    static const char* const names[n_components] = {"crossbar", "drive",    "conversion",    "accumulate", "cell_write", "activation",
                                                    "alu",      "mac_unit", "register_file", "inter_pe",   "buffer",     "link",
                                                    "dram",     "idle",     "board",         "reprogram"};
    return names[static_cast<std::size_t>(c)];
}

static double sum(const PerComponent& v) { return std::accumulate(v.begin(), v.end(), 0.0); }

double OpCost::energy_total_J() const { return sum(energy_J); }

double Estimate::energy_J() const {
    double e = sum(idle_J);
    for (const OpCost& op : ops) e += op.energy_total_J();
    return e;
}
double Estimate::area_total_m2() const { return sum(area_m2); }
double Estimate::power_density_W_m2() const {
    const double area = area_total_m2() * iteration_latency_s;
    return area > 0 ? energy_J() / area : 0;
}
double Estimate::lifetime_s() const { return writes_per_cell > 0 ? endurance / writes_per_cell * iteration_latency_s : 0; }
double Estimate::utilisation() const {
    const double slots = peak_macs_per_s * iteration_latency_s;
    return slots > 0 ? macs_useful / slots : 0;
}

std::vector<std::string> uncoupled_changes(const std::vector<Uncoupled>& uncoupled, const std::vector<ParamRow>& now,
                                           const std::vector<ParamRow>& published) {
    const auto changed = [&](const std::string& name) {
        for (std::size_t i = 0; i < now.size(); ++i)
            if (now[i].info.name == name) return now[i].value != published[i].value;
        return false;
    };
    std::vector<std::string> out;
    for (const Uncoupled& u : uncoupled) {
        if (!changed(u.param)) continue;
        std::string same;
        for (const std::string& c : u.companions)
            if (!changed(c)) same.append(same.empty() ? "" : ", ").append(c);
        if (!same.empty()) out.push_back(u.param + " was changed, " + same + " not: " + u.why);
    }
    return out;
}

void check_swings(const std::vector<Swing>& swings, const AcceleratorEntry& entry) {
    const auto in = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const Swing& s : swings) {
        if (!in(entry.param_names, s.param)) throw std::logic_error("a swing of " + s.param + ", which is no parameter of the machine");
        if (in(entry.choices, s.param)) throw std::logic_error("a swing of " + s.param + ", which is a design choice");
    }
}

std::vector<std::string> set_to_nothing(const std::vector<ParamRow>& now) {
    std::vector<std::string> out;
    for (const ParamRow& p : now) {
        if (p.info.unit.empty() || p.value != Value{0.0} || p.is_default()) continue;
        std::string was = value_text(p.info, *p.declared);
        std::erase(was, '"');
        out.push_back(fmt::format("{} is 0 {} in place of {}: {} is free", p.info.name, p.info.unit, was, p.info.doc));
    }
    return out;
}

std::string bits_lost_warning(double bits) {
    return fmt::format(
        "adc_bits is {:.3g} bit{} short of what the array adds up: sums are coarser, which time, energy and area do not show "
        "(what it costs in quality: ganbar explore --train)",
        bits, bits == 1 ? "" : "s");
}

void Estimate::reset(const Workload& w) {
    std::vector<OpCost> keep = std::move(ops);
    *this = Estimate{};
    ops = std::move(keep);
    ops.assign(w.ops.size(), OpCost{});
}

namespace {

using Ratios = std::array<double, 3>;  ///< latency, energy, area over the estimate's

Ratios ratios(const Accelerator& machine, const Workload& w, const Estimate& base) {
    thread_local Estimate e;
    machine.estimate(w, e);
    const double now[3] = {e.iteration_latency_s, e.energy_J(), e.area_total_m2()},
                 was[3] = {base.iteration_latency_s, base.energy_J(), base.area_total_m2()};
    Ratios out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = was[i] > 0 ? now[i] / was[i] : 1;
    return out;
}

/// The value at `share` of the way from low to high: by equal ratios where both are above zero, one of the two where they are not numbers.
Value drawn(const Swing& s, double share) {
    const auto at = [&](double lo, double hi) { return lo > 0 && hi > 0 ? lo * std::pow(hi / lo, share) : lo + share * (hi - lo); };
    if (const auto* lo = std::get_if<double>(&s.lo)) return at(*lo, std::get<double>(s.hi));
    if (const auto* lo = std::get_if<Int>(&s.lo)) return Int(std::llround(at(double(*lo), double(std::get<Int>(s.hi)))));
    return share < 0.5 ? s.lo : s.hi;
}

constexpr std::size_t n_draws = 32;
constexpr double tail = 0.05;  ///< of the draws that each end of an interval leaves out

/// A Latin hypercube over the swings: every parameter passes through all of its strata once.
std::vector<Ratios> joint_draws(const Accelerator& accelerator, const std::vector<Swing>& swings, const Workload& w, const Estimate& e) {
    const Rng root(1);
    std::vector<std::array<double, n_draws>> shares(swings.size());
    for (std::size_t s = 0; s < swings.size(); ++s) {
        Rng own = root.stream("uncertainty", s);
        std::array<std::size_t, n_draws> strata;
        std::iota(strata.begin(), strata.end(), std::size_t{0});
        for (std::size_t i = n_draws; i > 1; --i) std::swap(strata[i - 1], strata[own.below(i)]);
        for (std::size_t i = 0; i < n_draws; ++i) shares[s][i] = (double(strata[i]) + own.uniform()) / double(n_draws);
    }
    std::vector<Ratios> out(n_draws);
    parallel_for(n_draws, [&](std::size_t i) {
        std::unique_ptr<Accelerator> changed;
        for (std::size_t s = 0; s < swings.size(); ++s)
            changed = (changed ? *changed : accelerator).with(swings[s].param, drawn(swings[s], shares[s][i]));
        out[i] = changed ? ratios(*changed, w, e) : Ratios{1, 1, 1};
    });
    return out;
}

/// Of sorted values, between neighbours.
double quantile(const std::vector<double>& sorted, double share) {
    const double at = share * double(sorted.size() - 1);
    const auto below = std::size_t(at);
    return below + 1 < sorted.size() ? sorted[below] + (at - double(below)) * (sorted[below + 1] - sorted[below]) : sorted.back();
}

}  // namespace

Uncertainty uncertainty(const Accelerator& accelerator, const std::vector<Swing>& swings, const Workload& w, const Estimate& e) {
    Uncertainty u;
    for (const Swing& s : swings) {
        const Ratios lo = ratios(*accelerator.with(s.param, s.lo), w, e), hi = ratios(*accelerator.with(s.param, s.hi), w, e);
        u.influences.push_back({s.param, s.lo, s.hi, lo[0], hi[0], lo[1], hi[1], lo[2], hi[2]});
    }
    const auto weight = [](const Influence& f) {
        return std::abs(std::log(f.latency_hi / f.latency_lo)) + std::abs(std::log(f.energy_hi / f.energy_lo));
    };
    std::stable_sort(u.influences.begin(), u.influences.end(),
                     [&](const Influence& a, const Influence& b) { return weight(a) > weight(b); });
    const std::vector<Ratios> draws = joint_draws(accelerator, swings, w, e);
    const double base[3] = {e.iteration_latency_s, e.energy_J(), e.area_total_m2()};
    Interval* const out[3] = {&u.latency_s, &u.energy_J, &u.area_m2};
    for (std::size_t i = 0; i < 3; ++i) {
        std::vector<double> sorted;
        for (const Ratios& r : draws) sorted.push_back(r[i]);
        std::sort(sorted.begin(), sorted.end());
        // what is published may lie at the edge of what is plausible: the interval holds it in any case
        *out[i] = {base[i], base[i] * std::min(1.0, quantile(sorted, tail)), base[i] * std::max(1.0, quantile(sorted, 1 - tail))};
    }
    return u;
}

namespace {

bool has_param(const Accelerator& machine, const std::string& name, const std::string& word = "") {
    for (const ParamRow& row : machine.params())
        if (row.info.name == name)
            return word.empty() || std::find(row.info.choices.begin(), row.info.choices.end(), word) != row.info.choices.end();
    return false;
}

std::unique_ptr<Accelerator> with_target(const Accelerator& machine, Int steps) {
    return machine.with("steps_per_cycle", Value{steps})->with("gradient_steps_per_cycle", Value{steps});
}

}  // namespace

std::unique_ptr<Accelerator> within_arrays(const Accelerator& machine, const Workload& w, double n_arrays, bool zeros_inserted) {
    const Value same = machine.params().front().value;
    std::unique_ptr<Accelerator> base = machine.with(machine.params().front().info.name, same);
    if (zeros_inserted && has_param(*base, "zeros", "inserted")) base = base->with("zeros", std::string("inserted"));
    if (zeros_inserted && has_param(*base, "execution", "zero_inserted")) base = base->with("execution", std::string("zero_inserted"));
    if (!has_param(*base, "steps_per_cycle") || !has_param(*base, "gradient_steps_per_cycle")) return base;
    Int lo = 1, hi = Int{1} << 30;  // more steps need fewer arrays
    while (lo < hi) {
        const Int middle = lo + (hi - lo) / 2;
        if (with_target(*base, middle)->arrays_needed(w) <= n_arrays) hi = middle;
        else lo = middle + 1;
    }
    return with_target(*base, lo);
}

std::optional<ZeroSkipping> zero_skipping(const Accelerator& machine, const Workload& w, const Estimate& e) {
    if (!has_param(machine, "zeros", "inserted") && !has_param(machine, "execution", "zero_inserted")) return std::nullopt;
    // the machine itself is also put on the whole budget, so that both sides use it
    const double budget = machine.arrays_needed(w);
    Estimate own = e, plain;
    within_arrays(machine, w, budget)->estimate(w, own);
    within_arrays(machine, w, budget, true)->estimate(w, plain);
    return ZeroSkipping{plain.macs_executed / own.macs_executed, plain.iteration_latency_s / own.iteration_latency_s,
                        plain.energy_J() / own.energy_J()};
}

}  // namespace ganbar::arch
