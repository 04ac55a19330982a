// The tables of a run folder that grow while it trains (docs/run_folder.md): metrics.csv, quality.csv, conductance/histogram.csv.
#pragma once
#include <filesystem>
#include <optional>

#include "ganbar/data/csv.h"
#include "ganbar/experiment/session_records.h"
#include "ganbar/gan/metrics/quality.h"
#include "ganbar/run/pictures.h"

namespace ganbar {

class RunTables {
public:
    /// New tables, or those of a run taken up after `round`, cut back to it.
    RunTables(const std::filesystem::path& folder, std::int64_t round, bool with_conductances);
    void metrics(const Round& round);
    void quality(std::int64_t round, const gan::Quality& quality);
    void histogram(std::int64_t round, const std::vector<HistogramRow>& rows);
    void sync();

private:
    CsvWriter metrics_, quality_;
    std::optional<CsvWriter> histogram_;
};

}  // namespace ganbar
