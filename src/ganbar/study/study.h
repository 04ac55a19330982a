// Runs of one preset over the values of a setting and over seeds, and what a report says about them: the common part of reproductions
// that sweep.
#pragma once
#include <optional>

#include "ganbar/report/aggregate.h"
#include "ganbar/study/reproduce.h"

namespace ganbar::study {

struct SweepPoint {
    double x = 0;
    std::vector<std::string> sets;  ///< empty: the baseline, which all sweeps of a preset share
};
struct StudySweep {
    std::string key, title, x_label, x_unit;
    std::vector<SweepPoint> points;
    std::string note;  ///< below the chart
    bool log_x = false;
};

/// Which way a quality measure is better.
enum class Better : std::uint8_t { higher, lower };

class Study {
public:
    /// `name`: what is reproduced; `preset` and `sets` are common to all runs.
    Study(const ReproduceOptions& options, const Context& context, const std::string& name, std::string preset,
          std::vector<std::string> sets);
    /// Before the first training: the input is checked, then the folder is made. `own`: settings that trainings beside the sweeps vary.
    /// ConfigError where --set gives one of them or of the sweeps, or the seed.
    void begin(const std::vector<StudySweep>& sweeps, std::vector<std::string> own);
    /// Trains every point with seeds 1..options.seeds; a study that was interrupted goes on where it stopped.
    void play(const StudySweep& sweep);
    void train(const std::string& key, const std::string& label, const std::vector<std::string>& sets);

    static std::string key_of(const StudySweep& sweep, std::size_t point);
    const std::vector<report::RunData>& runs(const std::string& key) const { return runs_.at(key); }
    /// A number of summary.json, one value a seed.
    std::vector<double> values(const std::string& key, const std::string& name) const;
    std::vector<double> values(const StudySweep& sweep, std::size_t point, const std::string& name) const {
        return values(key_of(sweep, point), name);
    }
    /// Means over seeds with the band from lowest to highest.
    report::Series curve(const StudySweep& sweep, const std::string& measure, const std::string& name) const;
    /// The same generator inputs at every point, first seed.
    report::Gallery pictures(const StudySweep& sweep) const;
    report::TextTable table(const StudySweep& sweep, const std::vector<std::pair<std::string, std::string>>& measures) const;
    /// results.json and results.csv (sweep,x,seed,measures...) of all sweeps played, and of the trainings `beside` them, as sweeps of their
    /// own at 0.
    void write_results(const std::vector<std::string>& measures, const std::vector<std::string>& beside = {}) const;
    double cpu_wall_s() const { return wall_s_; }
    /// Rounds of every run: train.rounds after --set. ConfigError when that is 0.
    std::int64_t rounds() const;
    /// Whether the baseline has learned what the data look like: where it has not, noise and faults have nothing to spoil.
    bool learned() const;
    /// What repeats the study on a command line.
    std::string command() const;

private:
    Experiment experiment(const std::vector<std::string>& sets) const;

    const ReproduceOptions& o_;
    const Context& context_;
    std::string name_, preset_;
    std::vector<std::string> sets_;
    std::optional<StudyFolder> folder_;
    std::map<std::string, std::vector<report::RunData>> runs_;
    std::vector<StudySweep> sweeps_;
    double wall_s_ = 0;
};

/// Mean, and the standard error of the mean (0 for one value).
struct MeanError {
    double mean = 0, error = 0;
};
MeanError mean_error(const std::vector<double>& values);

/// Of a number of summary.json over the runs that have it, one run a seed.
report::Spread spread_of(const std::vector<report::RunData>& runs, const std::string& key);
/// "1.2 (1.1 to 1.4)" in units of 1/scale; the mean alone of one seed.
std::string ranged_text(const report::Spread& s, double scale);

/// Position of the best mean, and whether it lies inside the sweep and beats the first point by more than twice the error of the
/// difference.
struct Optimum {
    std::size_t at = 0;
    bool interior = false;
};
Optimum optimum_of(const std::vector<std::vector<double>>& by_point, Better better);
/// First point whose mean is worse than the first point's by the factor `limit` (lower is better) or below limit times it (higher is
/// better); size() when none is.
std::size_t breaks_at(const std::vector<std::vector<double>>& by_point, Better better, double limit);

}  // namespace ganbar::study
