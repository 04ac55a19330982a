// The table of a sweep: one SQLite file, one row a point, with its settings and all its results. Several processes may work on it at once.
#pragma once
#include <filesystem>
#include <memory>
#include <optional>

#include "ganbar/study/sweep_work.h"

struct sqlite3;

namespace ganbar::study {

struct SweepRow {
    std::int64_t id = 0;
    std::string status;  ///< open, done, failed
    std::string error;
    double wall_s = 0;
    std::int64_t rank = -1;                    ///< who did it; -1: nobody yet
    std::map<std::string, SweepValue> values;  ///< settings and results by column
};
/// Where the run of a point of an experiments' sweep lies.
std::filesystem::path point_folder(const std::filesystem::path& sweep, std::size_t point);

/// A setting or result as a finite number; none where it is a text, or missing.
std::optional<double> number_of(const SweepRow& row, const std::string& key);

class SweepStore {
public:
    /// Opens or makes the file and enters points that are not in it yet. ConfigError when it holds another sweep: the points in it must be
    /// the first ones of this sweep. DataError when the file cannot be used.
    SweepStore(const std::filesystem::path& file, const Sweep& sweep);
    ~SweepStore();
    SweepStore(const SweepStore&) = delete;
    SweepStore& operator=(const SweepStore&) = delete;
    std::vector<SweepRow> rows() const;
    std::vector<std::string> result_columns() const;  ///< in the order they first came
    void record(std::size_t point, const PointResult& result, int rank);

private:
    void exec(const std::string& sql) const;
    void enter_identity(const Sweep& sweep) const;
    void enter_settings(const Sweep& sweep) const;
    sqlite3* db_ = nullptr;
    std::string file_;
    std::vector<std::string> axes_;
};

/// A table as it stands, for who looks on: opened for reading only, and made by nobody who looks.
struct SweepTable {
    std::string base, objective;  ///< tables of earlier versions do not say the objective: ""
    bool is_estimate = false, is_max = false;
    std::vector<std::string> axes;  ///< keys, in order
    std::vector<SweepRow> rows;
};
/// DataError when the file cannot be read, and while another process is putting something in it for longer than half a second.
SweepTable read_sweep_table(const std::filesystem::path& file);

}  // namespace ganbar::study
