// Comma-separated tables: rows appended as they come, cut back for resume, read back as numbers. RFC 4180 quoting, "\n" ends,
// numbers in the shortest form that reads back to the same bits, independent of the locale.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ganbar/core/error.h"

namespace ganbar {

using CsvValue = std::variant<std::int64_t, double, std::string>;

std::string number_text(double value);        ///< shortest round-trip; "nan", "inf", "-inf"
std::string number_text_json(double value);   ///< the same; null where JSON has no number
std::string csv_text(const CsvValue& value);  ///< quoted when it holds a comma, quote or line break
std::string csv_line(std::span<const CsvValue> values);

/// Appends whole rows; each is handed to the system before row() returns, so a killed run loses none but the one being written.
class CsvWriter {
public:
    /// A new file with its header. DataError when it exists or the folder cannot be written.
    static CsvWriter create(const std::filesystem::path& path, const std::vector<std::string>& columns);
    /// An existing file cut back to its first `n_rows` rows. DataError when its header differs or it has fewer whole rows.
    static CsvWriter resume(const std::filesystem::path& path, const std::vector<std::string>& columns, std::size_t n_rows);
    ~CsvWriter();
    CsvWriter(CsvWriter&& other) noexcept;
    CsvWriter& operator=(CsvWriter&&) = delete;
    void row(std::span<const CsvValue> values);
    void row(std::initializer_list<CsvValue> values) { row(std::span(values.begin(), values.size())); }
    void sync();  ///< to the disk, before a checkpoint that relies on it
    std::size_t n_rows() const { return n_rows_; }

private:
    CsvWriter(std::filesystem::path path, std::size_t n_columns, std::size_t n_rows, int fd);
    std::filesystem::path path_;
    std::size_t n_columns_, n_rows_;
    int fd_;
};

/// A table with a header line. Every row has as many cells as the header.
struct CsvTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    std::vector<int> lines;  ///< the line in the file where each row begins
    std::string file;

    std::size_t column(const std::string& name) const;           ///< DataError with the nearest name
    std::vector<double> numbers(const std::string& name) const;  ///< DataError with the line of what is no number
};
CsvTable parse_csv(std::string_view text, const std::string& file);
CsvTable read_csv(const std::filesystem::path& path);

}  // namespace ganbar
