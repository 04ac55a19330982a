// The trainings of satyam2022's variants and of its other readings, and the page that holds them against the paper.
#pragma once
#include <map>
#include <optional>

#include "ganbar/report/report_input.h"
#include "ganbar/study/reproduce.h"

namespace ganbar::study {

using report::ComparisonRow;
using report::Finding;
using report::RunData;

/// Of values over seeds: their mean; the mean with its range as text.
double mean_of_seeds(const std::vector<double>& v);
std::string spread_of_seeds(const std::vector<double>& v, int digits, double scale = 1);

struct SatyamVariant {
    std::string key, label, preset;
    std::vector<std::string> sets;
};

class Satyam {
public:
    Satyam(const ReproduceOptions& o, const Context& context) : o_(o), context_(context) {}

    void play();

private:
    const RunData& train(const SatyamVariant& v, std::int64_t seed, std::int64_t rounds);

    std::vector<double> values(const std::string& key, const std::string& name) const;
    /// A column of metrics.csv at a round (the last when the run is shorter), per seed.
    std::vector<double> at_round(const std::string& key, const std::string& column, std::size_t round) const;
    /// Energy of an update late in training over that early on.
    std::vector<double> trend(const std::string& key) const;

    // Kind of noise x coding of bits x variation x start, one seed each: what the paper leaves open.
    void compare_starts();

    void compare_balance();

    void all_digits();

    std::vector<ComparisonRow> comparison() const;

    std::string images() const { return runs_.at("trng")[0].summary.text("dataset"); }
    bool papers_images() const { return are_papers_images(images()); }

    /// "22 whole epochs of the 200 rounds": what the booking of one update an epoch counts.
    std::string epochs_text() const { return whole_epochs_text(runs_.at("prng")[0]); }

    report::Gallery other_readings() const;

    Finding images_finding() const;

    /// Figures 9 and 10 in the reading that shows their trends.
    std::string nanoseconds_text() const;

    std::vector<Finding> findings() const;

    void write();

    const ReproduceOptions& o_;
    const Context& context_;
    std::vector<SatyamVariant> literal_, other_, balanced_;
    std::map<std::string, std::vector<RunData>> runs_;
    std::vector<report::HeatTable> grids_;
    std::optional<report::Chart> balance_;
    std::vector<report::Gallery> digits_;
};

}  // namespace ganbar::study
