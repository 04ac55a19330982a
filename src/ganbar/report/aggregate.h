// Runs into groups (one variant, several seeds) and groups into charts and tables.
#pragma once
#include <string>
#include <vector>

#include "ganbar/report/figure.h"
#include "ganbar/report/run_folder.h"

namespace ganbar::report {

struct Group {
    std::string name;
    std::vector<const RunData*> runs;
    int slot = 0;  ///< colour
};
std::vector<Group> groups_of(const std::vector<RunData>& runs);

/// Mean and range of a value over the runs that have it.
struct Spread {
    int n = 0;
    double mean = 0, lo = 0, hi = 0;
};
Spread spread_of(const std::vector<double>& values);
/// Half of the 95% interval of the mean (Student's t); 0 for fewer than two values.
double half_width_95(const std::vector<double>& values);
/// "1.2 mJ (1.1 mJ to 1.4 mJ)"; the mean alone where all are one, "–" where there is none.
std::string spread_text(const Spread& s, const std::string& unit = "");
/// Of a numeric key of summary.json.
Spread summary_spread(const Group& group, const std::string& key);
/// Of a key of hardware.json's totals.
Spread total_spread(const Group& group, const std::string& key);

using TableOf = Table RunData::*;
/// One column over rounds: mean over the runs that reached a round, band lowest to highest. Empty x when no run has the column.
/// More than `max_points` rounds are averaged in equal stretches; the band then covers each stretch.
Series group_series(const Group& group, TableOf table, const std::string& column, std::size_t max_points = 1200);
/// The same with a mean cumulative energy (J) at each round as x: that of weight updates, or another column of metrics.csv. Empty when the
/// runs do not record it.
Series over_energy(const Group& group, const Series& by_round, const std::string& column = "cumulative_update_energy_J");

std::vector<Chart> training_charts(const std::vector<Group>& groups);
std::vector<Chart> quality_charts(const std::vector<Group>& groups);
std::vector<Chart> energy_charts(const std::vector<Group>& groups);
/// Columns of metrics.csv that the charts above do not show.
std::vector<Chart> other_charts(const std::vector<Group>& groups);
/// Share of cells by conductance, one chart per layer, a frame per recorded round (first run of each group).
std::vector<Chart> histogram_charts(const std::vector<Group>& groups);

/// Accounts of hardware.json, averaged over the group's runs, in path order.
std::vector<Account> mean_accounts(const Group& group);

/// Two ways to book the energy of weight updates: all of them, or one update of every whole epoch (the last) for all of it.
struct Booking {
    Spread every_update_J, one_per_epoch_J;  ///< n = 0 where metrics.csv lacks the columns
};
Booking energy_booking(const Group& group);

/// Settings of run.toml that are not the same in all groups: "section.key" and its text per group (first run of each).
struct SettingDifference {
    std::string key;
    std::vector<std::string> values;
};
std::vector<SettingDifference> setting_differences(const std::vector<Group>& groups);

}  // namespace ganbar::report
