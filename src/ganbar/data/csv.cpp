#include "ganbar/data/csv.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "ganbar/data/atomic_file.h"
#include "ganbar/data/bytes.h"

namespace ganbar {

namespace {

std::string header_line(const std::vector<std::string>& columns) { return csv_line(std::vector<CsvValue>(columns.begin(), columns.end())); }

void write_all(int fd, std::string_view text, const std::filesystem::path& path) {
    while (!text.empty()) {
        const auto put = ::write(fd, text.data(), text.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) throw DataError(fmt::format("cannot be written: {}", std::strerror(errno)), {path.string()});
        text.remove_prefix(static_cast<std::size_t>(put));
    }
}

int open_for_append(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) throw DataError(fmt::format("cannot be opened for appending: {}", std::strerror(errno)), {path.string()});
    return fd;
}

/// Position just after the line break that ends the row at `at`; npos when the row has no end. Breaks inside quotes do not count.
std::size_t end_of_row(std::string_view text, std::size_t at) {
    bool quoted = false;
    for (; at < text.size(); ++at) {
        if (text[at] == '"') quoted = !quoted;
        if (text[at] == '\n' && !quoted) return at + 1;
    }
    return std::string_view::npos;
}

/// Splits a table into rows of cells, keeping count of lines.
class CsvReader {
public:
    CsvReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}
    bool done() const { return at_ >= text_.size(); }
    int line() const { return line_; }
    std::vector<std::string> row() {
        std::vector<std::string> cells;
        do cells.push_back(cell());
        while (take(','));
        if (take('\r') && (done() || text_[at_] != '\n')) fail("a carriage return without a line feed");
        if (!done() && !take('\n')) fail(fmt::format("unexpected '{}' after a closing quote", text_[at_]));
        ++line_, line_start_ = at_;
        return cells;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw DataError(what + "; expected a table of comma-separated values", {file_, line_, static_cast<int>(at_ - line_start_) + 1});
    }
    bool take(char c) { return !done() && text_[at_] == c && ++at_ > 0; }
    std::string cell() {
        if (take('"')) return quoted();
        const std::size_t end = std::min(text_.find_first_of(",\n\r\"", at_), text_.size());
        std::string out(text_.substr(at_, end - at_));
        at_ = end;
        if (!done() && text_[at_] == '"') fail("a quote inside a cell that does not begin with one");
        return out;
    }
    std::string quoted() {
        std::string out;
        for (; !done(); ++at_) {
            if (text_[at_] == '\n') ++line_, line_start_ = at_ + 1;
            if (text_[at_] == '"') {
                ++at_;
                if (done() || text_[at_] != '"') return out;
            }
            out += text_[at_];
        }
        fail("a quote is not closed");
    }

    std::string_view text_;
    std::string file_;
    std::size_t at_ = 0, line_start_ = 0;
    int line_ = 1;
};

}  // namespace

std::string number_text(double value) {
    if (std::isnan(value)) return "nan";
    return fmt::format("{}", value);
}
std::string number_text_json(double value) { return std::isfinite(value) ? number_text(value) : "null"; }

std::string csv_text(const CsvValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
    if (const auto* real = std::get_if<double>(&value)) return number_text(*real);
    const auto& text = std::get<std::string>(value);
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

std::string csv_line(std::span<const CsvValue> values) {
    std::string out;
    for (std::size_t i = 0; i < values.size(); ++i) out += (i ? "," : "") + csv_text(values[i]);
    return out + '\n';
}

CsvWriter::CsvWriter(std::filesystem::path path, std::size_t n_columns, std::size_t n_rows, int fd)
    : path_(std::move(path)), n_columns_(n_columns), n_rows_(n_rows), fd_(fd) {}
CsvWriter::CsvWriter(CsvWriter&& other) noexcept
    : path_(std::move(other.path_)), n_columns_(other.n_columns_), n_rows_(other.n_rows_), fd_(std::exchange(other.fd_, -1)) {}
CsvWriter::~CsvWriter() {
    if (fd_ >= 0) ::close(fd_);
}

CsvWriter CsvWriter::create(const std::filesystem::path& path, const std::vector<std::string>& columns) {
    write_file(path, header_line(columns));
    return {path, columns.size(), 0, open_for_append(path)};
}

CsvWriter CsvWriter::resume(const std::filesystem::path& path, const std::vector<std::string>& columns, std::size_t n_rows) {
    const Bytes bytes = read_file(path);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::string header = header_line(columns);
    if (!text.starts_with(header))
        throw DataError("has another header than this run writes; it belongs to another version or run", {path.string()});
    std::size_t end = header.size();
    for (std::size_t r = 0; r < n_rows; ++r) {
        end = end_of_row(text, end);
        if (end == std::string_view::npos)
            throw DataError(fmt::format("has {} whole rows; the checkpoint needs {}", r, n_rows), {path.string()});
    }
    if (::truncate(path.c_str(), static_cast<off_t>(end)) != 0)
        throw DataError(fmt::format("cannot be cut back: {}", std::strerror(errno)), {path.string()});
    return {path, columns.size(), n_rows, open_for_append(path)};
}

void CsvWriter::row(std::span<const CsvValue> values) {
    GANBAR_ASSERT(fd_ >= 0 && values.size() == n_columns_);
    write_all(fd_, csv_line(values), path_);
    ++n_rows_;
}

void CsvWriter::sync() {
    if (::fsync(fd_) != 0 && errno != EINVAL)
        throw DataError(fmt::format("cannot be written to the disk: {}", std::strerror(errno)), {path_.string()});
}

std::size_t CsvTable::column(const std::string& name) const {
    for (std::size_t c = 0; c < columns.size(); ++c)
        if (columns[c] == name) return c;
    const std::string near = nearest_name(name, columns);
    throw DataError(
        fmt::format("has no column \"{}\"{} (columns: {})", name, near.empty() ? "" : "; did you mean \"" + near + "\"?", join(columns)),
        {file});
}

std::vector<double> CsvTable::numbers(const std::string& name) const {
    const std::size_t c = column(name);
    std::vector<double> out;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const std::string& cell = rows[r][c];
        double value = 0;
        const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (code != std::errc{} || end != cell.data() + cell.size()) {
            throw DataError(fmt::format("\"{}\" in column \"{}\" is not a number", cell, name), {file, lines[r], 1});
        }
        out.push_back(value);
    }
    return out;
}

CsvTable parse_csv(std::string_view text, const std::string& file) {
    CsvTable out;
    out.file = file;
    CsvReader reader(text, file);
    if (reader.done()) throw DataError("is empty; expected a table with a header line", {file});
    out.columns = reader.row();
    while (!reader.done()) {
        const int line = reader.line();
        auto cells = reader.row();
        if (cells.size() != out.columns.size())
            throw DataError(fmt::format("has {} cells; expected {} as in the header", cells.size(), out.columns.size()), {file, line, 1});
        out.rows.push_back(std::move(cells));
        out.lines.push_back(line);
    }
    return out;
}

CsvTable read_csv(const std::filesystem::path& path) {
    const Bytes bytes = read_file(path);
    return parse_csv({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

}  // namespace ganbar
