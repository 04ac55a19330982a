// One point of a sweep: checked before the sweep begins, then trained in a process of its own or estimated in this one.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <variant>

#include "ganbar/experiment/places.h"
#include "ganbar/study/sweep.h"

namespace ganbar::study {

struct SweepTargets {
    const config::Presets& experiments;
    const config::Presets& networks;
    const Registries& registries;
    std::string
        program{};  ///< what trains an experiment: `PROGRAM train ...` as ganbar's command line does; "": this process, with `places`
    std::function<bool()> stop{};  ///< asked while a point trains: true ends it at its next round, with a checkpoint
    const Places* places = nullptr;
};

using SweepValue = std::variant<std::int64_t, double, std::string>;
struct PointResult {
    bool done = false, interrupted = false;  ///< interrupted: asked to stop; the point stays open
    std::string error;                       ///< why not done
    double wall_s = 0;
    std::vector<std::pair<std::string, SweepValue>> values;  ///< the keys of summary.json, or of an estimate
};

/// ConfigError when the base does not take these settings. The names of the results that are numbers.
std::vector<std::string> check_point(const Sweep& sweep, const std::vector<std::string>& settings, const SweepTargets& targets);
/// Never throws for what the point itself does: its failure is a result. `folder`: of the run; taken up when it is there.
PointResult work_on(const Sweep& sweep, std::size_t point, const std::filesystem::path& folder, int n_threads, const SweepTargets& targets);

}  // namespace ganbar::study
