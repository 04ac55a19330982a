// A training run from beginning to end, and a run folder read back.
#pragma once
#include "ganbar/run/folder_run.h"

namespace ganbar {

/// Work ended early because its observer asked for it; what is on the disk goes on from there (exit code 130, as after Ctrl-C).
struct Interrupted : Error {
    explicit Interrupted(const std::string& what) : Error(130, {}, what) {}
};

struct RunResult {
    std::filesystem::path folder;
    gan::Quality quality;
    double wall_s = 0;
    std::string headline;
    bool finished = true;  ///< false: the observer stopped it; its newest checkpoint is of the last round played
    std::int64_t round = 0, n_rounds = 0;
};

/// Trains (or goes on from the newest checkpoint) and leaves the run folder of docs/run_folder.md behind.
RunResult run(const Experiment& experiment, const Places& places, const RunOptions& options, RunObserver& observer);

/// An experiment and its trained model, from a run folder.
struct Trained {
    Experiment experiment;
    Model model;
    std::int64_t round = 0;
    std::vector<std::string> passed_over;  ///< newer checkpoints that are damaged, and why
};
/// From the newest sound checkpoint. DataError when there is none.
Trained load_run(const std::filesystem::path& folder, const Registries& registries);

}  // namespace ganbar
