#include "ganbar/study/watched_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/core/error.h"
#include "ganbar/data/lock_holder.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/run_folder.h"

namespace ganbar::study {
namespace fs = std::filesystem;
namespace {

using report::json_string;

constexpr std::size_t most_rows = 200;  // of the page's table

std::string cell_text(const SweepRow& row, const std::string& key) {
    const auto it = row.values.find(key);
    if (it == row.values.end()) return "–";
    if (const auto* text = std::get_if<std::string>(&it->second)) return *text;
    return report::format_quantity(*number_of(row, key), report::unit_of_key(key));
}

std::string objective_of(const SweepTable& table) {
    if (!table.objective.empty()) return table.objective;
    return table.is_estimate ? "iteration_latency_s" : "frechet_distance";
}

std::string json_texts(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : ",") + json_string(text);
    return "[" + out + "]";
}

std::size_t count(const SweepTable& table, const char* status) {
    return static_cast<std::size_t>(
        std::count_if(table.rows.begin(), table.rows.end(), [&](const SweepRow& r) { return r.status == status; }));
}

}  // namespace

bool is_sweep_folder(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "sweep.sqlite", ignored);
}

WatchedSweep::WatchedSweep(fs::path folder) : folder_(std::move(folder)), table_(read_sweep_table(folder_ / "sweep.sqlite")) {}

std::string WatchedSweep::title() const { return "Sweep " + report::folder_name(fs::absolute(folder_).string()); }

fs::path WatchedSweep::point_folder(std::size_t point) const { return study::point_folder(folder_, point); }

/// Open points whose folder is there: being trained, or left by a sweep that was stopped.
std::map<std::int64_t, WatchedSweep::Point> WatchedSweep::started() const {
    std::map<std::int64_t, Point> out;
    for (const auto& row : table_.rows) {
        if (row.status != "open") continue;
        const fs::path folder = point_folder(static_cast<std::size_t>(row.id));
        if (is_run_folder(folder)) out[row.id] = {progress_of(folder), RunPulse().state_of(folder)};
    }
    return out;
}

/// Processes of this machine that hold a lock of the sweep: .lock-RANK-of-N each.
int WatchedSweep::n_workers() const {
    int n = 0;
    std::error_code fault;
    for (fs::directory_iterator file(folder_, fault), end; !fault && file != end; file.increment(fault))
        n += file->path().filename().string().starts_with(".lock") && is_lock_held(file->path());
    return n;
}

std::string WatchedSweep::points_json(const std::map<std::int64_t, Point>& started) const {
    const std::string objective = objective_of(table_);
    std::vector<const SweepRow*> rows;
    for (const auto& row : table_.rows) rows.push_back(&row);
    // Done from the best on, then what trains now, then failed, then open.
    const auto rank = [&](const SweepRow& r) { return r.status == "done" ? 0 : started.contains(r.id) ? 1 : r.status == "failed" ? 2 : 3; };
    const auto value = [&](const SweepRow& r) {
        return number_of(r, objective)
            .value_or(table_.is_max ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity());
    };
    std::stable_sort(rows.begin(), rows.end(), [&](const SweepRow* a, const SweepRow* b) {
        if (rank(*a) != rank(*b)) return rank(*a) < rank(*b);
        return rank(*a) == 0 && (table_.is_max ? value(*a) > value(*b) : value(*a) < value(*b));
    });
    std::vector<std::string> columns = {"point", "state"};
    columns.insert(columns.end(), table_.axes.begin(), table_.axes.end());
    columns.push_back(objective);
    columns.emplace_back("time");
    std::string numbers, lines;
    for (std::size_t c = 0; c < columns.size(); ++c) numbers += fmt::format("{}{}", c ? "," : "", c != 1);
    for (std::size_t k = 0; k < std::min(rows.size(), most_rows); ++k) {
        const SweepRow& row = *rows[k];
        const auto at = started.find(row.id);
        std::string state = row.status;
        if (at != started.end()) {
            const auto& [progress, is] = at->second;
            state = fmt::format("{}, round {}{}", to_string(is), progress.round,
                                progress.n_rounds > 0 ? fmt::format(" of {}", progress.n_rounds) : "");
        } else if (row.status == "failed") {
            state = "failed: " + row.error;
        }
        std::vector<std::string> cells = {std::to_string(row.id), state};
        for (const auto& axis : table_.axes) cells.push_back(cell_text(row, axis));
        cells.push_back(cell_text(row, objective));
        cells.push_back(row.wall_s > 0 ? report::format_quantity(row.wall_s, "s") : "–");
        lines += fmt::format("{}{{\"id\":{},\"open\":{},\"best\":{},\"cells\":{}}}", k ? "," : "", row.id,
                             is_run_folder(point_folder(static_cast<std::size_t>(row.id))),
                             k == 0 && number_of(row, objective).has_value() && row.status == "done", json_texts(cells));
    }
    std::string caption = fmt::format("Points by {}, {} first.", objective, table_.is_max ? "highest" : "lowest");
    if (rows.size() > most_rows) caption += fmt::format(" {} of {} are shown.", most_rows, rows.size());
    return fmt::format("{{\"caption\":{},\"columns\":{},\"numbers\":[{}],\"rows\":[{}]}}", json_string(caption), json_texts(columns),
                       numbers, lines);
}

std::string WatchedSweep::look() {
    try {
        table_ = read_sweep_table(folder_ / "sweep.sqlite");
        fault_.clear();
    } catch (const Error& e) {  // being written, or gone: the last look stands
        fault_ = e.what();
    }
    const auto points = started();
    const int workers = n_workers();
    const auto training = static_cast<std::size_t>(
        std::count_if(points.begin(), points.end(), [](const auto& p) { return p.second.state == RunState::running; }));
    const std::size_t done = count(table_, "done"), failed = count(table_, "failed"), open = table_.rows.size() - done - failed;
    const char* state = open == 0 ? "finished" : workers > 0 || training > 0 ? "running" : "interrupted";
    std::string progress = fmt::format("{} done, {} failed, {} open of {} points", done, failed, open, table_.rows.size());
    if (training > 0) progress += fmt::format("; {} training now", training);
    if (open > 0 && workers == 0 && training == 0) progress += "; it goes on with the same command";
    std::string facts = fmt::format("[[\"base\",{}],[\"objective\",{}],[\"processes at work\",\"{}\"]]", json_string(table_.base),
                                    json_string(objective_of(table_)), workers);
    return fmt::format("{{\"title\":{},\"state\":\"{}\",\"done\":{},\"total\":{},\"progress\":{},\"fault\":{},\"facts\":{},\"points\":{}}}",
                       json_string(title()), state, done + failed, table_.rows.size(), json_string(progress), json_string(fault_), facts,
                       points_json(points));
}

}  // namespace ganbar::study
