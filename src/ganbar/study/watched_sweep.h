// A sweep as someone sees it who looks on while other processes work on it: its table and the run folders of the points that are being
// trained.
#pragma once
#include <filesystem>
#include <map>
#include <string>

#include "ganbar/run/watched_run.h"
#include "ganbar/study/sweep_store.h"

namespace ganbar::study {

bool is_sweep_folder(const std::filesystem::path& folder);

class WatchedSweep {
public:
    /// DataError when the folder holds no sweep.sqlite that can be read.
    explicit WatchedSweep(std::filesystem::path folder);
    /// All that the page shows, as one JSON object; as WatchedRun::look.
    std::string look();
    std::string title() const;
    /// The run folder of a point; it is there while the point trains, and afterwards where the sweep keeps its runs.
    std::filesystem::path point_folder(std::size_t point) const;

private:
    struct Point {
        RunProgress progress;
        RunState state = RunState::interrupted;
    };
    std::map<std::int64_t, Point> started() const;
    int n_workers() const;
    std::string points_json(const std::map<std::int64_t, Point>& started) const;

    std::filesystem::path folder_;
    SweepTable table_;
    std::string fault_;
};

}  // namespace ganbar::study
