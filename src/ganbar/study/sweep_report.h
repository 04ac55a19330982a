// What a sweep shows: a table on the terminal, a CSV, a page.
#pragma once
#include <filesystem>

#include "ganbar/report/report_input.h"
#include "ganbar/study/sweep_store.h"

namespace ganbar::study {

/// The best points, best first, as aligned text: settings, objective, further results; then what failed. Points that differ only in
/// experiment.seed are one line with means, spread and their number.
std::string sweep_table(const Sweep& sweep, const std::vector<SweepRow>& rows, std::size_t most = 20);
/// All rows, in order of points: id, status, wall_s, rank, settings, results, error.
std::string sweep_csv(const Sweep& sweep, const std::vector<SweepRow>& rows, const std::vector<std::string>& result_columns);
/// One sentence an axis on the energies, areas and times that never change where only that axis does; "" where all of them do.
std::string unchanged_bill(const Sweep& sweep, const std::vector<SweepRow>& rows);
/// The objective against every axis, and over the first two axes of a grid.
report::ReportInput sweep_report(const Sweep& sweep, const std::vector<SweepRow>& rows, const std::string& command);

}  // namespace ganbar::study
