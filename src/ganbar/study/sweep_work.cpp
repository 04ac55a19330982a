#include "ganbar/study/sweep_work.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <set>

#include "ganbar/core/stop.h"
#include "ganbar/experiment/experiment.h"
#include "ganbar/report/estimate_json.h"
#include "ganbar/run/environment.h"
#include "ganbar/run/results.h"
#include "ganbar/run/run.h"
#include "ganbar/study/child_process.h"

namespace ganbar::study {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> all_settings(const Sweep& sweep, const std::vector<std::string>& own) {
    auto out = sweep.set;
    out.insert(out.end(), own.begin(), own.end());
    return out;
}

/// What an estimate is asked for: the network and the machine are settings like any other.
struct EstimatePlan {
    std::string network;
    arch::EstimateRequest request;
};
EstimatePlan plan_of(const Sweep& sweep, const std::vector<std::string>& settings) {
    EstimatePlan plan{sweep.spec.base, {}};
    const auto whole = [](const std::string& key, const std::string& text) {
        std::size_t end = 0;
        arch::Int value = 0;
        try {
            value = std::stoll(text, &end);
        } catch (const std::exception&) {  // end stays at 0
        }
        if (end == 0 || end != text.size() || value < 1)
            throw ConfigError(fmt::format("{} = \"{}\" is not a whole number from 1", key, text));
        return value;
    };
    for (const auto& s : all_settings(sweep, settings)) {
        const std::size_t at = s.find('=');
        if (at == std::string::npos) throw ConfigError(fmt::format("\"{}\" is no setting; expected key=value", s));
        const std::string key = s.substr(0, at), value = s.substr(at + 1);
        if (key == "on") plan.request.accelerators = {value};
        else if (key == "network") plan.network = value;
        else if (key == "batch") plan.request.batch = whole(key, value);
        else if (key == "steps_d") plan.request.steps_d = whole(key, value);
        else if (key == "task" && (value == "training" || value == "generation"))
            plan.request.task = value == "training" ? arch::Task::training : arch::Task::generation;
        else if (key.find('.') != std::string::npos) plan.request.overrides.push_back(s);
        else
            throw ConfigError(
                fmt::format("{} = \"{}\" means nothing to an estimate; expected on, network, batch, steps_d, task = training or "
                            "generation, or a parameter such as regan.steps_per_cycle",
                            key, value));
    }
    if (plan.request.accelerators.size() != 1 || plan.request.accelerators[0] == "all")
        throw ConfigError("an estimate needs one accelerator; expected an axis \"on\", or set = [\"on=regan\"]");
    plan.request.intervals = false;
    return plan;
}

nlohmann::ordered_json estimate(const Sweep& sweep, const std::vector<std::string>& settings, const SweepTargets& targets) {
    const EstimatePlan plan = plan_of(sweep, settings);
    return report::estimates_json(
               arch::run_estimates(targets.registries.accelerators, arch::load_gan(plan.network, targets.networks), plan.request))
        .at(0);
}

void add_values(const nlohmann::ordered_json& object, PointResult& result) {
    for (const auto& [key, value] : object.items()) {
        if (value.is_boolean()) result.values.emplace_back(key, std::int64_t{value.get<bool>()});
        else if (value.is_number_integer()) result.values.emplace_back(key, value.get<std::int64_t>());
        else if (value.is_number()) result.values.emplace_back(key, value.get<double>());
        else if (value.is_string()) result.values.emplace_back(key, value.get<std::string>());
        else if (value.is_array() && (value.empty() || value[0].is_primitive())) result.values.emplace_back(key, value.dump());
    }
}

class Stopping final : public RunObserver {
public:
    explicit Stopping(const std::function<bool()>& stop) : stop_(stop) {}
    bool stop() override { return stop_ && stop_(); }

private:
    const std::function<bool()>& stop_;
};

void train_here(const Sweep& sweep, const std::vector<std::string>& settings, const fs::path& folder, const SweepTargets& targets,
                PointResult& result) {
    GANBAR_ASSERT(targets.places != nullptr);
    Stopping observer(targets.stop);
    const Experiment experiment = load_experiment(sweep.spec.base, targets.experiments, all_settings(sweep, settings), targets.registries);
    result.done = run(experiment, *targets.places, {folder, fs::exists(folder), false}, observer).finished;
    result.interrupted = !result.done;
    if (result.done) add_values(nlohmann::ordered_json::parse(read_text(folder / "summary.json")), result);
}

void train(const Sweep& sweep, const std::vector<std::string>& settings, const fs::path& folder, int n_threads, const SweepTargets& targets,
           PointResult& result) {
    std::vector<std::string> argv = {
        targets.program,           "train",      sweep.spec.base, "--out", fs::absolute(folder).string(), "--threads",
        std::to_string(n_threads), "--no-report"};
    for (const auto& s : all_settings(sweep, settings)) argv.insert(argv.end(), {"--set", s});
    if (fs::exists(folder)) argv.push_back("--resume");
    const ChildResult child = run_program(argv, fs::current_path(), targets.stop);
    if (child.exit_code != 0) {
        const int signal = child.exit_code - 128;
        result.interrupted = signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
        // A fault is the last thing a run says; the rest is its log.
        std::string text = child.errors;
        while (!text.empty() && text.back() == '\n') text.pop_back();
        text.erase(0, text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
        result.error = signal > 0 ? fmt::format("ended by signal {}", signal) : fmt::format("exit code {}: {}", child.exit_code, text);
        return;
    }
    add_values(nlohmann::ordered_json::parse(read_text(folder / "summary.json")), result);
    result.done = true;
}

}  // namespace

std::vector<std::string> check_point(const Sweep& sweep, const std::vector<std::string>& settings, const SweepTargets& targets) {
    const bool is_estimate = sweep.spec.kind == SweepKind::estimate;
    PointResult would_be;
    if (is_estimate) add_values(estimate(sweep, settings, targets), would_be);
    else
        add_values(
            summary_outline(load_experiment(sweep.spec.base, targets.experiments, all_settings(sweep, settings), targets.registries)),
            would_be);
    std::vector<std::string> names;
    for (const auto& [name, value] : would_be.values)
        if (!std::holds_alternative<std::string>(value)) names.push_back(name);
    return names;
}

PointResult work_on(const Sweep& sweep, std::size_t point, const fs::path& folder, int n_threads, const SweepTargets& targets) {
    PointResult result;
    const auto start = std::chrono::steady_clock::now();
    const auto settings = settings_of(sweep, point);
    try {
        if (sweep.spec.kind == SweepKind::experiment) {
            if (targets.program.empty()) train_here(sweep, settings, folder, targets, result);
            else train(sweep, settings, folder, n_threads, targets, result);
        } else {
            add_values(estimate(sweep, settings, targets), result);
            result.done = true;
        }
    } catch (const Stopped&) {
        result.interrupted = true;
    } catch (const std::exception& e) {
        result.error = e.what();
    }
    result.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

}  // namespace ganbar::study
