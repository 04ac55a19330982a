#include "ganbar/run/run_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "ganbar/run/environment.h"

namespace ganbar {
namespace fs = std::filesystem;
namespace {

const std::vector<std::string> metric_columns = {"round",
                                                 "epoch",
                                                 "loss_d",
                                                 "loss_g",
                                                 "p_real",
                                                 "p_fake",
                                                 "pulses_set",
                                                 "pulses_reset",
                                                 "update_energy_J",
                                                 "cumulative_update_energy_J",
                                                 "read_energy_J",
                                                 "converter_energy_J",
                                                 "noise_energy_J",
                                                 "digital_energy_J",
                                                 "amplifier_energy_J",
                                                 "training_energy_J"};
const std::vector<std::string> quality_columns = {"round",
                                                  "classifier_accuracy",
                                                  "classifier_confidence",
                                                  "frechet_distance",
                                                  "precision",
                                                  "recall",
                                                  "density",
                                                  "coverage",
                                                  "mean_pairwise_distance",
                                                  "collapsed"};
const std::vector<std::string> histogram_columns = {"round", "layer", "bin_lo_S", "bin_hi_S", "count"};

/// Whole rows of a table whose first column is a round not after `round`; -1 when the file does not exist. A last line that a killed
/// run left unfinished does not count.
std::int64_t rows_until(const fs::path& path, std::int64_t round) {
    if (!fs::exists(path)) return -1;
    const std::string text = read_text(path);
    std::int64_t n = 0;
    for (std::size_t begin = text.find('\n') + 1, end; (end = text.find('\n', begin)) != std::string::npos && begin != 0; begin = end + 1)
        n += std::strtoll(text.c_str() + begin, nullptr, 10) <= round;
    return n;
}

CsvWriter open_table(const fs::path& path, const std::vector<std::string>& columns, std::int64_t round) {
    const std::int64_t keep = rows_until(path, round == 0 ? -1 : round);  // a run that starts anew writes round 0 again
    return keep < 0 ? CsvWriter::create(path, columns) : CsvWriter::resume(path, columns, static_cast<std::size_t>(keep));
}

/// metrics.csv of a run taken up after `round` has a row for each round until then; DataError where it was cut.
fs::path whole_metrics(const fs::path& path, std::int64_t round) {
    if (const std::int64_t n = std::max<std::int64_t>(0, rows_until(path, round)); round > 0 && n != round)
        throw DataError(
            fmt::format("{} has {} rows until round {}, where the checkpoint was made; expected one a round: it was cut or edited "
                        "after the run. Put it back, or train anew into another folder with --out",
                        path.string(), n, round));
    return path;
}

}  // namespace

RunTables::RunTables(const fs::path& folder, std::int64_t round, bool with_conductances)
    : metrics_(open_table(whole_metrics(folder / "metrics.csv", round), metric_columns, round)),
      quality_(open_table(folder / "quality.csv", quality_columns, round)) {
    if (!with_conductances) return;
    fs::create_directories(folder / "conductance");
    histogram_.emplace(open_table(folder / "conductance/histogram.csv", histogram_columns, round));
}

void RunTables::metrics(const Round& played) {
    const auto& [round, epoch, r, before, after] = played;
    metrics_.row({round, epoch, r.loss_d, r.loss_g, r.p_real, r.p_fake, after.n_set - before.n_set, after.n_reset - before.n_reset,
                  after.of(Part::update) - before.of(Part::update), after.of(Part::update), after.of(Part::read), after.of(Part::converter),
                  after.of(Part::noise), after.of(Part::digital), after.of(Part::amplifier), after.training_J()});
}

void RunTables::quality(std::int64_t round, const gan::Quality& q) {
    quality_.row({round, q.classifier_accuracy, q.classifier_confidence, q.frechet_distance, q.precision, q.recall, q.density, q.coverage,
                  q.mean_pairwise_distance, std::string(q.collapsed ? "true" : "false")});
}

void RunTables::histogram(std::int64_t round, const std::vector<HistogramRow>& rows) {
    for (const auto& row : rows) histogram_->row({round, row.layer, row.lo_S, row.hi_S, row.count});
}

void RunTables::sync() {
    metrics_.sync();
    quality_.sync();
    if (histogram_) histogram_->sync();
}

}  // namespace ganbar
