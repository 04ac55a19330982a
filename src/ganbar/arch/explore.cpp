#include "ganbar/arch/explore.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "ganbar/arch/estimates.h"
#include "ganbar/arch/pareto.h"
#include "ganbar/arch/schedule_memo.h"
#include "ganbar/core/parallel.h"

namespace ganbar::arch {
namespace {

constexpr std::size_t chunk = 64;  ///< designs of one item of work

DesignPoint summary_of(const Estimate& e, double bits_lost) {
    return {.latency_s = e.iteration_latency_s,
            .energy_J = e.energy_J(),
            .area_m2 = e.area_total_m2(),
            .n_arrays = e.n_arrays,
            .utilisation = e.utilisation(),
            .macs_executed = e.macs_executed,
            .writes = e.writes,
            .conversions = e.conversions,
            .bits_lost = bits_lost};
}

bool within(const DesignPoint& p, const Limits& limits) {
    if (!p.runs) return false;
    if (limits.area_m2 && !(p.area_m2 > 0 && p.area_m2 <= *limits.area_m2)) return false;
    return (!limits.latency_s || p.latency_s <= *limits.latency_s) && (!limits.power_W || p.power_W() <= *limits.power_W);
}

/// What the model does not follow, per axis: a value other than the machine's own, where no bits are lost.
std::vector<std::string> warnings_of(const Accelerator& machine, const std::vector<DesignAxis>& axes) {
    std::vector<std::string> out = machine.warnings();
    const std::vector<ParamRow> own = machine.params();
    const auto is_own = [&](const DesignAxis& a, std::uint32_t level) {
        return std::any_of(own.begin(), own.end(),
                           [&](const ParamRow& p) { return p.info.name == a.params.front() && p.value == a.values[level]; });
    };
    for (const DesignAxis& a : axes)
        for (std::uint32_t level = 0; level < a.values.size(); ++level) {
            if (is_own(a, level)) continue;
            const auto changed = with_design(machine, {a}, std::span(&level, 1));
            if (changed->bits_lost() > machine.bits_lost()) continue;  // said point by point
            for (const std::string& w : changed->warnings())
                if (std::find(out.begin(), out.end(), w) == out.end()) out.push_back(w);
            break;  // other values would be told the same
        }
    return out;
}

void estimate_all(const Accelerator& machine, Exploration& out) {
    const std::size_t n = out.designs.size();
    out.points.resize(n);
    std::vector<std::string> unfit(n / chunk + 1);
    out.workload.schedules = std::make_shared<ScheduleMemo>();
    parallel_for(unfit.size(), [&](std::size_t c) {
        Estimate e;
        for (std::size_t i = c * chunk; i < std::min(n, (c + 1) * chunk); ++i) {
            try {
                const auto design = with_design(machine, out.axes, out.designs.row(i));
                design->estimate(out.workload, e);
                out.points[i] = summary_of(e, design->bits_lost());
            } catch (const ConfigError& fault) {
                out.points[i].runs = false;
                if (unfit[c].empty()) unfit[c] = fault.what();
            }
        }
    });
    out.workload.schedules.reset();
    for (const std::string& why : unfit)
        if (out.unfit.empty()) out.unfit = why;
}

}  // namespace

std::size_t Exploration::n_fit() const {
    return std::size_t(std::count_if(points.begin(), points.end(), [](const DesignPoint& p) { return p.fits; }));
}

std::vector<std::string> Exploration::settings(std::size_t point) const {
    std::vector<std::string> out;
    for (std::size_t a = 0; a < axes.size(); ++a)
        for (const std::string& p : axes[a].params) {
            std::string value = value_text(axes[a].info, axes[a].values[designs.row(point)[a]]);
            std::erase(value, '"');
            out.push_back(machine + "." + p + "=" + value);
        }
    return out;
}

void find_front(Exploration& e) {
    std::vector<Objectives> objectives;
    std::vector<double> loss;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < e.points.size(); ++i) {
        DesignPoint& p = e.points[i];
        p.fits = within(p, e.limits);
        if (!p.fits || std::isnan(e.loss[i])) continue;
        objectives.push_back({p.latency_s, p.energy_J, p.area_m2}), loss.push_back(e.loss[i]), which.push_back(i);
    }
    e.front.clear();
    for (const std::size_t k : pareto_front(objectives, loss)) e.front.push_back(which[k]);
}

/// A parameter that is set is the same in all designs: the usual axes that vary it go, and what is said of that. ConfigError where it is an
/// axis by its user's own word.
static std::string drop_set_axes(std::vector<DesignAxis>& axes, const ExploreRequest& request) {
    std::string gone;
    for (const std::string& name : parameters_set(request.machine, request.overrides)) {
        const auto varies = [&](const DesignAxis& a) { return std::find(a.params.begin(), a.params.end(), name) != a.params.end(); };
        if (std::none_of(axes.begin(), axes.end(), varies)) continue;
        if (!request.axes.empty()) throw ConfigError(request.machine + "." + name + " is set and an axis; expected one of both");
        gone += (gone.empty() ? "" : ", ") + name;
        std::erase_if(axes, varies);
    }
    return gone.empty() ? "" : gone + " is set: all designs share it, and the usual axis that varies it is left out";
}

Exploration explore(const AcceleratorRegistry& registry, const Gan& gan, const ExploreRequest& request) {
    const AcceleratorEntry& entry = registry.get(request.machine);
    if (request.most_points < 1) throw ConfigError("no design to look at; expected --points of at least 1");
    config::Node root;
    for (const auto& text : request.overrides) config::apply_override(root, text);
    const std::unique_ptr<Accelerator> machine = entry.make(root.table(request.machine));
    config::reject_unused(root, {{"", {request.machine}}, {request.machine, entry.param_names}});
    Exploration out;
    const Task task = request.task.value_or(gan.has_discriminator() ? Task::training : Task::generation);
    out.workload = lower(gan, task, request.batch.value_or(gan.batch), request.steps_d.value_or(gan.steps_d));
    out.machine = request.machine, out.entry = std::make_shared<const AcceleratorEntry>(entry);
    out.params = machine->params(), out.limits = request.limits;
    for (const std::string& text : request.axes) out.axes.push_back(read_axis(text, request.machine, out.params));
    if (request.axes.empty()) out.axes = default_axes(out.params);
    const std::string shared = drop_set_axes(out.axes, request);
    if (out.axes.empty())
        throw ConfigError(request.machine + " is bought as it is and has no usual axes; expected --axis, for example --axis " +
                          entry.param_names.front() + "=...");
    out.designs = make_designs(out.axes, request.most_points, request.seed);
    out.warnings = warnings_of(*machine, out.axes);
    if (!shared.empty()) out.warnings.push_back(shared);
    estimate_all(*machine, out);
    if (std::none_of(out.points.begin(), out.points.end(), [](const DesignPoint& p) { return p.runs; }))
        throw ConfigError("no design runs it: " + out.unfit);
    try {
        Estimate e;
        machine->estimate(out.workload, e);
        out.as_set = summary_of(e, machine->bits_lost());
        out.as_set->fits = within(*out.as_set, out.limits);
    } catch (const ConfigError&) {  // designs with more arrays may run it all the same
    }
    for (const DesignPoint& p : out.points) out.loss.push_back(p.bits_lost);
    find_front(out);
    return out;
}

}  // namespace ganbar::arch
