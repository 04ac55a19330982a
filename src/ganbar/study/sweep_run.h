// Works through a sweep: the points that fall to one of several processes, several at once, into a table that all of them share.
#pragma once
#include "ganbar/study/context.h"
#include "ganbar/study/sweep_store.h"

namespace ganbar::study {

struct SweepRun {
    std::filesystem::path folder;                   ///< sweep.sqlite, runs/, at the end sweep.csv and report.html
    int rank = 0, n_ranks = 1;                      ///< this process takes the points rank, rank + n_ranks, ...
    int ranks_here = 1;                             ///< of the ranks, those that share this machine's cores
    int jobs = 1;                                   ///< points worked on at once
    bool retry = false;                             ///< failed points too
    std::string command;                            ///< what makes the page again
    std::function<void(const std::string&)> say{};  ///< hears a line a point
};

/// The table after the work, in order of points; `targets.stop` or other ranks may have left some open. With none open, sweep.csv and
/// report.html are written. DataError: the folder cannot be used; ConfigError: it holds another sweep, or another process works in it as
/// this rank.
std::vector<SweepRow> run_sweep(const Sweep& sweep, const SweepTargets& targets, const SweepRun& run);

std::size_t n_of(const std::vector<SweepRow>& rows, const std::string& status);

/// run_sweep for a study, which needs every training: Interrupted where some are left, DataError where one failed.
void run_whole_sweep(const Sweep& sweep, const SweepTargets& targets, const SweepRun& run);

/// The trainings of a study as a sweep in a folder: check_settings, which may also stand alone before a first one, and run_whole_sweep.
void check_trainings(const Sweep& sweep, const StudyOptions& options, const Context& context);
void train_all(const Sweep& sweep, const std::filesystem::path& folder, const std::string& command, const StudyOptions& options,
               const Context& context);

}  // namespace ganbar::study
