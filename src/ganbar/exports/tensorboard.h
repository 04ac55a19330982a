// A run as TensorBoard shows it while it trains.
#pragma once
#include <chrono>
#include <optional>

#include "ganbar/exports/event_file.h"
#include "ganbar/run/run_observer.h"

namespace ganbar::exports {

/// Scalars of every round (the columns of metrics.csv) and of every evaluation (those of quality.csv), the pictures that the run folder
/// gets (samples/, conductance/), and with every map of conductances a histogram of each weight matrix, in siemens. All else is passed on
/// to `next`, which outlives it. A run taken up writes a file of its own, from which the rounds that are played again count.
class TensorboardObserver final : public RunObserver {
public:
    /// `run`: the folder of the run; `resumed`: it may have been there before. Makes `folder`, and the file with the first event. DataError
    /// where it cannot.
    TensorboardObserver(RunObserver& next, const std::filesystem::path& folder, std::filesystem::path run, bool resumed);
    void on_message(const std::string& line) override { next_.on_message(line); }
    void on_round(const Session& session, const Round& round) override;
    void on_quality(const Session& session, const gan::Quality& quality) override;
    bool stop() override { return next_.stop(); }

private:
    void start(std::int64_t round, const Session& session);
    void pictures(std::int64_t round, const Session& session, Summary& summary) const;
    RunObserver& next_;
    const std::filesystem::path run_;
    const std::filesystem::path folder_;
    const bool resumed_;
    std::optional<EventFile> file_;  // with the first event: a run that does not begin leaves none
    std::chrono::steady_clock::time_point flushed_{};
};

}  // namespace ganbar::exports
