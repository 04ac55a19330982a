// What a study is handed, and its one way of training a run.
#pragma once
#include <filesystem>

#include "ganbar/config/preset.h"
#include "ganbar/run/run.h"

namespace ganbar::study {

struct Context {
    const config::Presets& experiments;
    const config::Presets& networks;
    const Registries& registries;
    const Places& places;
    RunObserver& observer;  ///< of every run; its stop() ends the study
    Log say;                ///< hears what is being worked on
    /// Trains into a folder, or takes up what is there; `label` is what the line about it begins with. Interrupted when the observer stops
    /// it.
    RunResult train(const Experiment& experiment, const std::filesystem::path& folder, const std::string& label) const;
};

/// ConfigError for a setting of --set that a study's own options give: rounds, epochs and seeds.
void check_sets(const std::vector<std::string>& sets);
/// ConfigError for a setting of --set that a study varies itself: its rows would have the names of other values. `own`: key=value texts.
void check_sets(const std::vector<std::string>& sets, const std::vector<std::string>& own);
/// Takes a folder for the study that `what` names; DataError where it holds another one.
void take_folder(const std::filesystem::path& folder, const std::string& what);

}  // namespace ganbar::study
