#include "ganbar/study/sweep_store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

namespace ganbar::study {
namespace {

constexpr int patience_ms = 60'000;  // for other processes that write
const std::vector<std::string> own_columns = {"id", "status", "error", "wall_s", "rank"};

std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

/// The value of a setting as its column holds it: a number where all values of its axis are numbers.
SweepValue setting_of(const SweepAxis& axis, const std::string& text) {
    if (!axis.is_number()) return text;
    std::int64_t whole = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (fault == std::errc() && end == text.data() + text.size()) return whole;
    return std::stod(text);
}

std::string column_type(const SweepAxis& axis) { return axis.is_number() ? " NUMERIC" : " TEXT"; }

std::string shown(const SweepValue& value) {
    return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

/// Tables of earlier versions hold every setting as text.
bool is_setting(const SweepValue& kept, const SweepAxis& axis, const std::string& text) {
    const SweepValue due = setting_of(axis, text);
    const auto number = [](const SweepValue& v) {
        return std::holds_alternative<double>(v) ? std::get<double>(v) : static_cast<double>(std::get<std::int64_t>(v));
    };
    if (const auto* old = std::get_if<std::string>(&kept)) return *old == text;
    return !std::holds_alternative<std::string>(due) && number(kept) == number(due);  // SQLite keeps 2.0 as 2
}

class Statement {
public:
    Statement(sqlite3* db, const std::string& sql, const std::string& file) : db_(db), file_(file) {
        if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK) fail();
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    void bind(int at, const SweepValue& value) {
        if (const auto* i = std::get_if<std::int64_t>(&value)) sqlite3_bind_int64(statement_, at, *i);
        else if (const auto* d = std::get_if<double>(&value)) sqlite3_bind_double(statement_, at, *d);
        else sqlite3_bind_text(statement_, at, std::get<std::string>(value).c_str(), -1, SQLITE_TRANSIENT);
    }
    bool step() {
        const int code = sqlite3_step(statement_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) fail();
        return code == SQLITE_ROW;
    }
    int n_columns() const { return sqlite3_column_count(statement_); }
    std::string name(int at) const { return sqlite3_column_name(statement_, at); }
    std::optional<SweepValue> value(int at) const {
        switch (sqlite3_column_type(statement_, at)) {
            case SQLITE_INTEGER: return sqlite3_column_int64(statement_, at);
            case SQLITE_FLOAT: return sqlite3_column_double(statement_, at);
            case SQLITE_TEXT: return std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement_, at)));
            default: return std::nullopt;
        }
    }

private:
    [[noreturn]] void fail() const {
        throw DataError(fmt::format("the table of the sweep cannot be used: {}", sqlite3_errmsg(db_)), {file_});
    }
    sqlite3* db_;
    std::string file_;
    sqlite3_stmt* statement_ = nullptr;
};

std::vector<SweepRow> rows_of(sqlite3* db, const std::string& file) {
    std::vector<SweepRow> out;
    Statement all(db, "SELECT * FROM runs ORDER BY id", file);
    while (all.step()) {
        SweepRow row;
        for (int c = 0; c < all.n_columns(); ++c) {
            const auto value = all.value(c);
            if (!value) continue;
            const std::string name = all.name(c);
            if (name == "id") row.id = std::get<std::int64_t>(*value);
            else if (name == "status") row.status = std::get<std::string>(*value);
            else if (name == "error") row.error = std::get<std::string>(*value);
            else if (name == "wall_s") row.wall_s = std::get<double>(*value);
            else if (name == "rank") row.rank = std::get<std::int64_t>(*value);
            else row.values[name] = *value;
        }
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace

std::filesystem::path point_folder(const std::filesystem::path& sweep, std::size_t point) {
    return sweep / "runs" / fmt::format("{:05d}", point);
}

std::optional<double> number_of(const SweepRow& row, const std::string& key) {
    const auto it = row.values.find(key);
    if (it == row.values.end()) return std::nullopt;
    if (const auto* i = std::get_if<std::int64_t>(&it->second)) return static_cast<double>(*i);
    if (const auto* d = std::get_if<double>(&it->second)) return std::isfinite(*d) ? std::optional(*d) : std::nullopt;
    return std::nullopt;
}

/// "train.batch=10 there, train.batch=20 here", "there without train.clip=1": the first part of one text that the other has not, beside the
/// other's with the same key.
static std::string difference(const std::string& held, const std::string& asked, char between) {
    const auto parts = [between](const std::string& text) {
        std::vector<std::string> out;
        std::istringstream stream(text);
        for (std::string part; std::getline(stream >> std::ws, part, between);) out.push_back(part);
        return out;
    };
    const auto lacks = [](const std::vector<std::string>& all, const std::string& part) {
        return std::find(all.begin(), all.end(), part) == all.end();
    };
    const auto before = parts(held), now = parts(asked);
    std::string there, here;
    for (const auto& part : now)
        if (lacks(before, part) && here.empty()) here = part;
    const auto key = [](const std::string& part) { return part.substr(0, part.find('=')); };
    for (const auto& part : before)
        if (lacks(now, part) && there.empty() && (here.empty() || key(part) == key(here))) there = part;
    if (there.empty() || here.empty())
        return there == here ? "in another order"
                             : fmt::format("{} without {}", there.empty() ? "there" : "here", there.empty() ? here : there);
    return fmt::format("{} there, {} here", there, here);
}

/// Base, settings of every point, and axes: with others it is another sweep.
void SweepStore::enter_identity(const Sweep& sweep) const {
    const std::string identity = fmt::format("{} {}\n{}\n{}", sweep.spec.kind == SweepKind::experiment ? "experiment" : "estimate",
                                             sweep.spec.base, join(sweep.set, "\n"), join(axes_));
    Statement known(db_, "SELECT value FROM sweep WHERE key = 'identity'", file_);
    if (known.step() && known.value(0) != SweepValue(identity))
        throw ConfigError(fmt::format("holds another sweep: {}; choose another folder with --out",
                                      difference(std::get<std::string>(*known.value(0)), identity, '\n')),
                          {file_});
    Statement keep(db_, "INSERT OR IGNORE INTO sweep VALUES('identity', ?)", file_);
    keep.bind(1, identity);
    keep.step();
}

/// What the named settings of axes stand for; more names may come later, none may change.
void SweepStore::enter_settings(const Sweep& sweep) const {
    for (const auto& axis : sweep.axes)
        for (const auto& [name, settings] : axis.settings) {
            const std::string key = fmt::format("settings {} {}", axis.key, name), stands_for = join(settings);
            Statement known(db_, "SELECT value FROM sweep WHERE key = ?", file_);
            known.bind(1, key);
            if (known.step() && known.value(0) != SweepValue(stands_for))
                throw ConfigError(
                    fmt::format("holds another sweep: {} of axis {} stands for other settings ({}); choose another folder with --out", name,
                                axis.key, difference(std::get<std::string>(*known.value(0)), stands_for, ',')),
                    {file_});
            Statement keep(db_, "INSERT OR IGNORE INTO sweep VALUES(?, ?)", file_);
            keep.bind(1, key);
            keep.bind(2, stands_for);
            keep.step();
        }
}

SweepStore::SweepStore(const std::filesystem::path& file, const Sweep& sweep) : file_(file.string()) {
    for (const auto& axis : sweep.axes) axes_.push_back(axis.key);
    if (sqlite3_open_v2(file_.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr) != SQLITE_OK) {
        const std::string why = sqlite3_errmsg(db_);
        sqlite3_close(db_);
        throw DataError(fmt::format("the table of the sweep cannot be opened: {}", why), {file_});
    }
    try {
        sqlite3_busy_timeout(db_, patience_ms);
        exec("BEGIN IMMEDIATE");
        std::string columns = "id INTEGER PRIMARY KEY, status TEXT NOT NULL, error TEXT, wall_s REAL, rank INTEGER";
        for (const auto& axis : sweep.axes) columns += ", " + quoted(axis.key) + column_type(axis);
        exec("CREATE TABLE IF NOT EXISTS runs(" + columns + ")");
        exec("CREATE TABLE IF NOT EXISTS sweep(key TEXT PRIMARY KEY, value TEXT)");
        enter_identity(sweep);
        for (const auto& [key, value] : {std::pair<std::string, std::string>{"objective", sweep.spec.objective},
                                         {"goal", sweep.spec.goal == SweepGoal::max ? "max" : "min"}}) {
            Statement say(db_, "INSERT OR REPLACE INTO sweep VALUES(?, ?)", file_);
            say.bind(1, key);
            say.bind(2, value);
            say.step();
        }
        enter_settings(sweep);
        const auto present = rows();
        if (present.size() > sweep.points.size())
            throw ConfigError(fmt::format("holds a sweep of {} points, this one has {}; choose another folder with --out", present.size(),
                                          sweep.points.size()),
                              {file_});
        for (std::size_t p = 0; p < sweep.points.size(); ++p) {
            if (p < present.size()) {
                for (std::size_t a = 0; a < axes_.size(); ++a)
                    if (!is_setting(present[p].values.at(axes_[a]), sweep.axes[a], sweep.points[p][a]))
                        throw ConfigError(fmt::format("holds another sweep: {} of its point {} is {} there, {} here; choose another folder "
                                                      "with --out",
                                                      axes_[a], p, shown(present[p].values.at(axes_[a])), sweep.points[p][a]),
                                          {file_});
                continue;
            }
            std::string marks;
            for (std::size_t a = 0; a < axes_.size(); ++a) marks += ", ?";
            std::string names;
            for (const auto& axis : axes_) names += ", " + quoted(axis);
            Statement insert(db_, "INSERT INTO runs(id, status" + names + ") VALUES(?, 'open'" + marks + ")", file_);
            insert.bind(1, static_cast<std::int64_t>(p));
            for (std::size_t a = 0; a < axes_.size(); ++a)
                insert.bind(static_cast<int>(a) + 2, setting_of(sweep.axes[a], sweep.points[p][a]));
            insert.step();
        }
        exec("COMMIT");
    } catch (...) {
        sqlite3_close_v2(db_);  // undoes what was not committed
        throw;
    }
}

SweepStore::~SweepStore() { sqlite3_close(db_); }

void SweepStore::exec(const std::string& sql) const { Statement(db_, sql, file_).step(); }

std::vector<std::string> SweepStore::result_columns() const {
    std::vector<std::string> out;
    Statement info(db_, "SELECT name FROM pragma_table_info('runs')", file_);
    while (info.step()) {
        const auto name = std::get<std::string>(*info.value(0));
        const auto is = [&](const std::vector<std::string>& list) { return std::find(list.begin(), list.end(), name) != list.end(); };
        if (!is(own_columns) && !is(axes_)) out.push_back(name);
    }
    return out;
}

std::vector<SweepRow> SweepStore::rows() const { return rows_of(db_, file_); }

void SweepStore::record(std::size_t point, const PointResult& result, int rank) {
    exec("BEGIN IMMEDIATE");
    try {
        const auto have = result_columns();
        std::vector<const std::pair<std::string, SweepValue>*> kept;
        for (const auto& value : result.values) {
            const auto is = [&](const std::vector<std::string>& list) {
                return std::find(list.begin(), list.end(), value.first) != list.end();
            };
            if (is(axes_) || is(own_columns)) continue;  // a setting that the summary repeats
            if (!is(have)) exec("ALTER TABLE runs ADD COLUMN " + quoted(value.first));
            kept.push_back(&value);
        }
        std::string sql = "UPDATE runs SET status = ?, error = ?, wall_s = ?, rank = ?";
        for (const auto* value : kept) sql += ", " + quoted(value->first) + " = ?";
        Statement update(db_, sql + " WHERE id = ?", file_);
        update.bind(1, std::string(result.done ? "done" : "failed"));
        update.bind(2, result.error);
        update.bind(3, result.wall_s);
        update.bind(4, std::int64_t{rank});
        int at = 5;
        for (const auto* value : kept) update.bind(at++, value->second);
        update.bind(at, static_cast<std::int64_t>(point));
        update.step();
        exec("COMMIT");
    } catch (...) {
        sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

/// "experiment BASE\nSETTING...\nAXIS, AXIS": the settings take no part here.
static void read_identity(const std::string& identity, SweepTable& table) {
    const std::size_t first = identity.find('\n'), last = identity.rfind('\n'), word = identity.find(' ');
    if (word == std::string::npos || first == std::string::npos || word > first) return;
    table.is_estimate = identity.starts_with("estimate ");
    table.base = identity.substr(word + 1, first - word - 1);
    std::string axes = identity.substr(last + 1);
    for (std::size_t at = 0; at < axes.size();) {
        const std::size_t end = std::min(axes.find(", ", at), axes.size());
        table.axes.push_back(axes.substr(at, end - at));
        at = end + 2;
    }
}

SweepTable read_sweep_table(const std::filesystem::path& file) {
    sqlite3* db = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_FULLMUTEX, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> owner(db, sqlite3_close_v2);
    if (opened != SQLITE_OK)
        throw DataError(fmt::format("the table of the sweep cannot be opened: {}", sqlite3_errmsg(db)), {file.string()});
    sqlite3_busy_timeout(db, 500);
    SweepTable table;
    Statement facts(db, "SELECT key, value FROM sweep", file.string());
    while (facts.step()) {
        const auto key = facts.value(0), value = facts.value(1);
        if (!key || !value || !std::holds_alternative<std::string>(*key) || !std::holds_alternative<std::string>(*value)) continue;
        const auto& text = std::get<std::string>(*value);
        if (std::get<std::string>(*key) == "identity") read_identity(text, table);
        else if (std::get<std::string>(*key) == "objective") table.objective = text;
        else if (std::get<std::string>(*key) == "goal") table.is_max = text == "max";
    }
    table.rows = rows_of(db, file.string());
    return table;
}

}  // namespace ganbar::study
