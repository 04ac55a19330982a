#include "ganbar/arch/reproduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "ganbar/core/root_sum_square.h"

namespace ganbar::arch {
namespace {

struct Outcome {
    Estimate estimate;
    Uncertainty uncertainty;
};
Outcome measure(const Accelerator& machine, const AcceleratorEntry& entry, const Workload& w) {
    Outcome m;
    machine.estimate(w, m.estimate);
    m.uncertainty = uncertainty(machine, entry.swings, w, m.estimate);
    return m;
}

/// rival / subject; the logs of both intervals add as squares.
Interval ratio(const Interval& rival, const Interval& subject) {
    const auto log_of = [](double a, double b) { return std::log(a / b); };
    const double down = root_sum_square(log_of(rival.value, rival.lo), log_of(subject.hi, subject.value)),
                 up = root_sum_square(log_of(rival.hi, rival.value), log_of(subject.value, subject.lo));
    const double value = rival.value / subject.value;
    return {value, value * std::exp(-down), value * std::exp(up)};
}

/// "28 % of its peak in convolutions, 28 % in fully connected layers", or "" where efficiency is a result.
std::string assumed_efficiency(const Accelerator& machine) {
    std::string out;
    for (const ParamRow& p : machine.params())
        if (p.info.name == "efficiency") out = fmt::format("{:.3g} % of its peak in convolutions", 100 * std::get<double>(p.value));
        else if (p.info.name == "efficiency_fc")
            out += fmt::format(", {:.3g} % in fully connected layers", 100 * std::get<double>(p.value));
    return out;
}

}  // namespace

double TornadoBar::reach() const { return std::abs(std::log(speed_hi / speed_lo)) + std::abs(std::log(energy_hi / energy_lo)); }

Contest make_contest(const ReproductionContext& context, const std::string& benchmark, const std::string& subject,
                     const std::string& rival) {
    Contest c;
    c.benchmark = benchmark;
    const Gan gan = context.network(benchmark);
    c.workload = lower(gan, Task::training, context.batch > 0 ? context.batch : gan.batch, 1);
    c.subject_entry = &context.registry.get(subject), c.rival_entry = &context.registry.get(rival);
    c.subject = c.subject_entry->make(nullptr), c.rival = c.rival_entry->make(nullptr);
    return c;
}

std::vector<Contest> contests_on(const ReproductionContext& context, const std::vector<std::string>& benchmarks, const std::string& subject,
                                 const std::string& rival, const std::vector<std::pair<std::string, Value>>& settings) {
    std::vector<Contest> out;
    for (const auto& b : benchmarks) {
        Contest c = make_contest(context, b, subject, rival);
        for (const auto& [name, value] : settings) c.subject = c.subject->with(name, value);
        out.push_back(std::move(c));
    }
    return out;
}

ReproductionRow row_of(const Contest& c, const std::string& rival, const std::string& basis) {
    const Outcome s = measure(*c.subject, *c.subject_entry, c.workload), r = measure(*c.rival, *c.rival_entry, c.workload);
    return {c.benchmark,
            rival,
            basis,
            ratio(r.uncertainty.latency_s, s.uncertainty.latency_s),
            ratio(r.uncertainty.energy_J, s.uncertainty.energy_J),
            s.estimate.area_total_m2(),
            r.estimate.area_total_m2(),
            s.estimate.utilisation(),
            r.estimate.utilisation(),
            assumed_efficiency(*c.rival)};
}

ReproductionMean mean_of(const std::vector<ReproductionRow>& rows, const std::string& rival, const std::string& basis,
                         const std::string& quantity, double published, const std::string& source) {
    ReproductionMean m{rival, basis, quantity, 0, 0, 0, 0, published, source, 0};
    double n = 0;
    for (const auto& r : rows) {
        if (r.rival != rival || r.basis != basis) continue;
        const Interval& i = quantity == "speed" ? r.speed : r.energy;
        m.geometric += std::log(i.value), m.arithmetic += i.value, m.lo += std::log(i.lo), m.hi += std::log(i.hi), ++n;
    }
    m.geometric = std::exp(m.geometric / n), m.arithmetic /= n, m.lo = std::exp(m.lo / n), m.hi = std::exp(m.hi / n);
    return m;
}

std::pair<double, double> mean_ratios(const std::vector<Contest>& contests, const std::string& machine, const std::string& param,
                                      const Value* value) {
    double speed = 0, energy = 0;
    Estimate s, r;
    for (const Contest& c : contests) {
        (value && machine == "subject" ? c.subject->with(param, *value)->estimate(c.workload, s) : c.subject->estimate(c.workload, s));
        (value && machine == "rival" ? c.rival->with(param, *value)->estimate(c.workload, r) : c.rival->estimate(c.workload, r));
        speed += std::log(r.iteration_latency_s / s.iteration_latency_s), energy += std::log(r.energy_J() / s.energy_J());
    }
    const double n = double(contests.size());
    return {std::exp(speed / n), std::exp(energy / n)};
}

double mean_area_m2(const std::vector<Contest>& contests) {
    double area = 0;
    Estimate e;
    for (const Contest& c : contests) c.subject->estimate(c.workload, e), area += std::log(e.area_total_m2());
    return std::exp(area / double(contests.size()));
}

LadderStep rung(const std::string& label, const std::vector<Contest>& contests) {
    const auto [speed, energy] = mean_ratios(contests);
    return {label, speed, energy, mean_area_m2(contests)};
}

const LadderStep& rung_named(const Reproduction& r, const std::string& label, const std::string& below) {
    const auto named = [](const std::string& name) { return [&name](const LadderStep& l) { return l.label == name; }; };
    auto at = r.ladder.begin();
    if (!below.empty()) at = std::find_if(at, r.ladder.end(), named(below));
    at = std::find_if(at, r.ladder.end(), named(label));
    if (at == r.ladder.end())
        throw std::out_of_range(r.name + " has no rung \"" + label + "\"" + (below.empty() ? "" : " below \"" + below + "\""));
    return *at;
}

const ReproductionMean& mean_named(const Reproduction& r, const std::string& rival, const std::string& basis, const std::string& quantity) {
    const auto at = std::find_if(r.means.begin(), r.means.end(),
                                 [&](const auto& m) { return m.rival == rival && m.basis == basis && m.quantity == quantity; });
    if (at == r.means.end()) throw std::out_of_range(r.name + " has no mean of " + quantity + " over " + rival + ", " + basis);
    return *at;
}

std::vector<TornadoBar> tornado_of(const std::vector<Contest>& contests, const std::string& subject, const std::string& rival) {
    std::vector<TornadoBar> bars;
    for (const auto& [side, name] : {std::pair<std::string, std::string>{"subject", subject}, {"rival", rival}}) {
        const AcceleratorEntry& entry = side == "subject" ? *contests.front().subject_entry : *contests.front().rival_entry;
        for (const Swing& s : entry.swings) {
            TornadoBar bar{name, s.param, "", "", 1, 1, 1, 1};
            for (const ParamRow& row : entry.defaults)
                if (row.info.name == s.param) bar.lo = value_text(row.info, s.lo), bar.hi = value_text(row.info, s.hi);
            std::tie(bar.speed_lo, bar.energy_lo) = mean_ratios(contests, side, s.param, &s.lo);
            std::tie(bar.speed_hi, bar.energy_hi) = mean_ratios(contests, side, s.param, &s.hi);
            bars.push_back(bar);
        }
    }
    std::stable_sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) { return a.reach() > b.reach(); });
    return bars;
}

}  // namespace ganbar::arch
