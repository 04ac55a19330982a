// A run folder as someone sees it who looks on while another process trains in it. Looking reads files and nothing else: no lock, no write.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace ganbar {

enum class RunState : std::uint8_t { running, finished, interrupted };
const char* to_string(RunState state);

/// Tells a run that is at work from one that was ended early. Where its lock is not seen (a killed process; a process on another machine),
/// the run counts as running while metrics.csv is younger than half a minute, unless its lock was seen before.
class RunPulse {
public:
    RunState state_of(const std::filesystem::path& folder);

private:
    bool was_held_ = false;
};

struct RunProgress {
    std::int64_t round = 0, n_rounds = 0;  ///< n_rounds: 0 where the folder does not say
};
/// From the last line of metrics.csv and from run.toml; zeros where there is nothing to read yet. Cheap, however long the run.
RunProgress progress_of(const std::filesystem::path& folder);

bool is_run_folder(const std::filesystem::path& folder);

class WatchedRun {
public:
    /// DataError when `folder` is no run folder: none of run.toml, metrics.csv and summary.json in it.
    explicit WatchedRun(std::filesystem::path folder);
    /// All that the page shows (report/live_page.h), as one JSON object. What cannot be read at this moment is as it was at the last look,
    /// and "fault" says why. Calls must not overlap.
    std::string look();
    /// Bytes of samples/NNNNNN.png or conductance/NNNNNN.png; nothing where there is no such picture. `kind` is one of these two words.
    std::optional<std::string> picture(const std::string& kind, std::int64_t round) const;
    std::string title() const;

private:
    using Clock = std::chrono::steady_clock;
    std::string signature() const;
    void read();
    std::optional<double> left_s(const RunProgress& progress);

    std::filesystem::path folder_;
    RunPulse pulse_;
    std::string seen_, body_ = "\"charts\":[],\"samples\":[],\"conductance\":[],\"facts\":[]", fault_;
    std::optional<std::pair<Clock::time_point, std::int64_t>> first_;  ///< when the first look was, and the round it saw
};

}  // namespace ganbar
