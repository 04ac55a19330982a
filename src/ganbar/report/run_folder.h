// A run folder read back for reporting. Optional parts may be missing; a part that is there but malformed is a DataError.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ganbar::report {

/// A CSV file of numbers, by column. Empty cells are NaN, "true" and "false" 1 and 0.
struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<double>> data;                             ///< data[column][row]
    const std::vector<double>* find(const std::string& column) const;  ///< nullptr when absent
    std::size_t n_rows() const { return data.empty() ? 0 : data.front().size(); }
};
/// Reads one. A last line without its newline (a run that was killed) is dropped. Throws DataError with file:line.
Table read_csv(const std::string& path);

/// samples/NNNNNN.png or conductance/NNNNNN.png; the bytes stay on disk until the page is written.
struct Snapshot {
    std::int64_t round = 0;
    std::string path;
    std::uint64_t n_bytes = 0;
    std::uint32_t width = 0, height = 0;  ///< pixels, from the PNG header
};
/// Checks signature and header of a PNG file; `round` is left 0. Throws DataError.
Snapshot read_png_header(const std::string& path);

/// One bin of conductance/histogram.csv.
struct HistogramBin {
    std::int64_t round = 0;
    std::string layer;
    double lo_S = 0, hi_S = 0, count = 0;
};

/// One line of hardware.json's accounts, path "network/layer/phase/component" taken apart. Shorter paths leave parts empty.
struct Account {
    std::string network, layer, phase, component;
    double n = 0, energy_J = 0, busy_s = 0;
};
struct AreaPart {
    std::string component;
    double area_m2 = 0, n = 0;
};
struct Assumption {
    std::string name, value, unit, source, kind;  ///< kind: as kind_of gives it (core/param.h)
    std::optional<double> number;                 ///< when the value is a number (SI)
};

struct Hardware {
    std::vector<Account> accounts;
    std::vector<AreaPart> area;
    std::map<std::string, double> totals;  ///< keys end in their unit
    std::vector<Assumption> assumptions;
    /// Over the accounts of a phase, "update" for one; s.
    double busy_s(const std::string& phase) const;
    std::optional<double> total(const std::string& key) const;
    std::string accelerators_json;  ///< estimates of the accelerators the experiment names (accelerators.h); "" when it names none
};

struct Summary {
    std::map<std::string, double> numbers;  ///< every numeric key; keys end in their unit
    std::map<std::string, std::string> texts;
    std::vector<std::int64_t> classes;
    std::optional<bool> collapsed;
    std::string collapsed_reason;
    std::optional<double> number(const std::string& key) const;
    std::string text(const std::string& key) const;  ///< "" when absent
};

struct RunData {
    std::string folder;  ///< path as given
    std::string group;   ///< variant: runs of one group are drawn as one curve (mean, band from lowest to highest)
    std::string label;   ///< this run within its group, "seed 1"
    Summary summary;
    Table metrics, quality;
    std::vector<Snapshot> samples, conductance;  ///< ascending rounds
    std::vector<HistogramBin> histogram;
    Hardware hardware;
    std::string run_toml, log_text;
    std::vector<std::pair<std::string, std::string>> environment;  ///< env.json flattened, "cpu.model" -> text
};

/// Reads a run folder. group = summary's name (else the folder's), label = "seed N".
/// Throws DataError: no such folder, neither metrics.csv nor summary.json in it, a malformed part (file:line where there is one).
RunData read_run(const std::string& folder);
/// The last part of a path, with or without a slash behind it.
std::string folder_name(const std::string& folder);

/// Whole file as bytes; DataError when it cannot be read.
std::string read_file(const std::string& path);

}  // namespace ganbar::report
