#include "ganbar/study/design_quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ganbar/experiment/workload_network.h"
#include "ganbar/run/run.h"

namespace ganbar::study {
namespace {

using namespace arch;
namespace fs = std::filesystem;
constexpr const char* objective = "frechet_distance";

struct QualityAxis {
    std::size_t axis;
    std::string key;  ///< of the experiment
};

std::vector<QualityAxis> axes_of(const Exploration& e) {
    std::vector<QualityAxis> out;
    for (std::size_t a = 0; a < e.axes.size(); ++a)
        for (const auto& [param, key] : quality_keys())
            if (std::find(e.axes[a].params.begin(), e.axes[a].params.end(), param) != e.axes[a].params.end()) out.push_back({a, key});
    if (!out.empty()) return out;
    std::vector<std::string> names;
    for (const auto& [param, key] : quality_keys()) names.push_back(param);
    throw ConfigError("no axis changes the quality of a training; expected an axis of " + join(names));
}

std::string setting_of(const QualityAxis& axis, const Value& value) {
    const Int v = std::get<Int>(value);
    return fmt::format("{}={}", axis.key, axis.key == "nonideal.levels" ? Int{1} << v : v);
}

/// The settings of a design that its training knows.
std::vector<std::string> settings_of_design(const Exploration& e, const std::vector<QualityAxis>& axes, std::size_t design) {
    std::vector<std::string> out;
    for (const QualityAxis& a : axes) out.push_back(setting_of(a, e.axes[a.axis].values[e.designs.row(design)[a.axis]]));
    return out;
}

void check_same_network(const Exploration& e, const QualityPlan& plan, const SweepTargets& targets) {
    const Gan gan = load_workload(plan.experiment, targets.networks, targets.experiments, targets.registries);
    const Workload trained = lower(gan, e.workload.task, e.workload.batch, e.workload.steps_d);
    const auto differs = [](const NetworkWork& a, const NetworkWork& b) { return a.n_weights != b.n_weights || a.depth != b.depth; };
    if (differs(trained.generator, e.workload.generator) || differs(trained.discriminator, e.workload.discriminator))
        throw ConfigError(
            fmt::format("{} trains another network ({:.0f} + {:.0f} weights) than {} ({:.0f} + {:.0f}); expected the same, for example "
                        "ganbar explore {} --train {}",
                        plan.experiment, trained.generator.n_weights, trained.discriminator.n_weights, e.workload.network,
                        e.workload.generator.n_weights, e.workload.discriminator.n_weights, plan.experiment, plan.experiment));
}

/// One run a combination and seed, checked before the first of them begins.
Sweep sweep_of(const std::vector<std::vector<std::string>>& combinations, const QualityPlan& plan, const SweepTargets& targets) {
    Sweep s;
    s.spec.base = plan.experiment, s.spec.objective = objective, s.spec.kind = SweepKind::experiment;
    s.set = plan.set;
    if (plan.rounds > 0) s.set.push_back(fmt::format("train.rounds={}", plan.rounds));
    const auto key = [](const std::string& setting) { return setting.substr(0, setting.find('=')); };
    const auto value = [](const std::string& setting) { return setting.substr(setting.find('=') + 1); };
    for (const std::string& setting : combinations.front()) s.axes.emplace_back().key = key(setting);
    s.axes.emplace_back().key = "experiment.seed";
    for (const auto& c : combinations)
        for (std::int64_t seed = 1; seed <= plan.seeds; ++seed) {
            auto& point = s.points.emplace_back();
            for (const std::string& setting : c) point.push_back(value(setting));
            point.push_back(std::to_string(seed));
        }
    for (std::size_t p = 0; p < s.points.size(); p += std::size_t(plan.seeds)) {
        const std::vector<std::string> results = check_point(s, settings_of(s, p), targets);
        if (std::find(results.begin(), results.end(), objective) == results.end())
            throw ConfigError(fmt::format("{} measures no {}; expected an experiment whose [evaluation] does", plan.experiment, objective));
    }
    return s;
}

fs::path folder_of(const QualityPlan& plan, const Sweep& s, std::size_t point) {
    std::string name = fmt::format("rounds-{}", plan.rounds);
    for (const std::string& setting : settings_of(s, point)) name += "_" + setting;
    std::replace(name.begin(), name.end(), '=', '-');
    return plan.out / name;
}

/// What of a design its training knows: "adc_bits = 6, cell_bits = 2".
std::string design_of(const Exploration& e, const std::vector<QualityAxis>& axes, std::size_t design) {
    std::vector<std::string> out;
    for (const QualityAxis& a : axes) {
        const DesignAxis& axis = e.axes[a.axis];
        out.push_back(axis.name() + " = " + value_text(axis.info, axis.values[e.designs.row(design)[a.axis]]));
    }
    return join(out);
}

std::string training_text(const QualityPlan& plan) {
    std::string out = plan.experiment;
    out += plan.rounds > 0 ? fmt::format(", {} rounds", plan.rounds) : ", as many rounds as it says";
    out += plan.seeds > 1 ? fmt::format(", seeds 1 to {}", plan.seeds) : ", seed 1";
    return plan.set.empty() ? out : out + ", " + join(plan.set);
}

double number_of(const PointResult& r) {
    for (const auto& [key, v] : r.values)
        if (key == objective) {
            if (const auto* d = std::get_if<double>(&v)) return *d;
            if (const auto* i = std::get_if<std::int64_t>(&v)) return double(*i);
        }
    return std::numeric_limits<double>::quiet_NaN();
}

MeasuredLoss loss_of(const std::vector<double>& values) {
    MeasuredLoss m;
    m.n_runs = values.size();
    if (values.empty()) return m;
    m.lo = *std::min_element(values.begin(), values.end()), m.hi = *std::max_element(values.begin(), values.end());
    m.mean = 0;
    for (const double v : values) m.mean += v / double(values.size());
    return m;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> quality_keys() {
    return {{"adc_bits", "tile.adc_bits"}, {"cell_bits", "nonideal.levels"}, {"input_bits", "tile.dac_bits"}};
}

void measure_quality(Exploration& e, const QualityPlan& plan, const SweepTargets& targets,
                     const std::function<void(const std::string&)>& say) {
    const std::vector<QualityAxis> axes = axes_of(e);
    check_same_network(e, plan, targets);
    std::map<std::vector<std::string>, std::size_t> index;
    std::vector<std::vector<std::string>> combinations;
    std::vector<std::string> designs;
    std::vector<std::size_t> combination(e.points.size());
    for (std::size_t i = 0; i < e.points.size(); ++i) {
        const auto settings = settings_of_design(e, axes, i);
        const auto [at, fresh] = index.emplace(settings, combinations.size());
        if (fresh) combinations.push_back(settings), designs.push_back(design_of(e, axes, i));
        combination[i] = at->second;
    }
    const Sweep sweep = sweep_of(combinations, plan, targets);
    fs::create_directories(plan.out);
    std::string fault;
    e.measured.clear();
    for (std::size_t c = 0; c < combinations.size(); ++c) {
        std::vector<double> values;
        for (std::size_t k = 0; k < std::size_t(plan.seeds); ++k) {
            const std::size_t point = c * std::size_t(plan.seeds) + k;
            const PointResult r = work_on(sweep, point, folder_of(plan, sweep, point), plan.threads, targets);
            if (r.interrupted)
                throw Interrupted(
                    fmt::format("stopped with {} of {} trainings done; the same command goes on", point, sweep.points.size()));
            const double v = number_of(r);
            const bool ok = r.done && std::isfinite(v);
            if (ok) values.push_back(v);
            else fault = r.error.empty() ? "no Frechet distance" : r.error;
            say(fmt::format("[{}/{}] {}: {} ({:.1f} s)", point + 1, sweep.points.size(), join(settings_of(sweep, point)),
                            ok ? fmt::format("{} {:.4g}", objective, v) : "failed: " + fault, r.wall_s));
        }
        e.measured.push_back(loss_of(values));
        e.measured.back().settings = combinations[c], e.measured.back().design = designs[c];
    }
    if (std::all_of(e.measured.begin(), e.measured.end(), [](const MeasuredLoss& m) { return m.n_runs == 0; }))
        throw DataError("every training failed: " + fault);
    for (std::size_t i = 0; i < e.points.size(); ++i) e.loss[i] = e.measured[combination[i]].mean;
    e.loss_name = objective, e.trained_as = std::move(combination), e.training = training_text(plan);
    find_front(e);
}

}  // namespace ganbar::study
