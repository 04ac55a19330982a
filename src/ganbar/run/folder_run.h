// A training that leaves a run folder behind (docs/run_folder.md), round by round.
#pragma once
#include <cstdio>
#include <filesystem>
#include <optional>

#include "ganbar/data/folder_lock.h"
#include "ganbar/run/checkpoint.h"
#include "ganbar/run/continuation.h"
#include "ganbar/run/run_observer.h"
#include "ganbar/run/run_tables.h"

namespace ganbar {

struct RunOptions {
    std::filesystem::path out;
    bool resume = false;
    bool report = true;  ///< write report.html at the end
};

class FolderRun {
public:
    /// Makes the folder, or takes it up from its newest checkpoint; with other rounds, or looked at more or less often, as
    /// changes_between() allows: then as if that had been asked for from the start. ConfigError: it exists and resume is off, it holds
    /// another experiment, or another process works in it; or there are more rounds already than are asked for. `observer` outlives the
    /// run.
    FolderRun(const Experiment& experiment, const Places& places, const RunOptions& options, RunObserver& observer);
    ~FolderRun();
    FolderRun(const FolderRun&) = delete;
    FolderRun& operator=(const FolderRun&) = delete;

    /// Plays a round, with the evaluation, pictures and checkpoint that are due after it; false when there was none left.
    bool advance();
    const Round& last() const { return last_; }
    const std::optional<gan::Quality>& last_quality() const { return last_quality_; }  ///< of the last round, where it was evaluated
    Session& session() { return session_; }
    const std::filesystem::path& folder() const { return folder_; }
    std::int64_t first_round() const { return first_; }  ///< rounds that were there when this process took the run up
    void checkpoint();                                   ///< now; without effect when the last round has one
    /// The files of a finished run: samples, hardware.json, summary.json, report.html.
    const gan::Quality& finish();
    double wall_s() const;  ///< of all processes that worked on it

private:
    void prepare();
    Changes changes_since() const;  ///< of earlier_toml_
    void take_up();
    std::optional<Checkpoint> checkpoint_to_go_on_from();
    void go_on_otherwise(const std::optional<Checkpoint>& from);
    std::int64_t map_every() const;
    void picture();
    void evaluate();
    void say(const std::string& line);
    void log(const std::string& line);
    bool due(std::int64_t every) const { return every > 0 && session_.round() % every == 0; }

    const double start_s_;
    const RunOptions options_;
    RunObserver& observer_;
    const std::filesystem::path folder_;
    std::vector<std::string> early_;  // said before the folder was there
    std::FILE* log_ = nullptr;
    Session session_;
    std::string toml_, identity_;
    std::string earlier_toml_;  // of the folder taken up, where it says otherwise
    std::optional<FolderLock> lock_;
    std::optional<RunTables> tables_;
    Round last_;
    std::optional<gan::Quality> last_quality_;
    gan::Quality final_quality_;
    std::int64_t first_ = 0, checkpointed_ = -1, counted_since_ = 0;  ///< the last: round from which the pulses of each cell are known
    double earlier_s_ = 0;
};

}  // namespace ganbar
