#include "ganbar/run/watched_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "ganbar/config/node.h"
#include "ganbar/core/error.h"
#include "ganbar/data/lock_holder.h"
#include "ganbar/report/group_runs.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/live_page.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/run_folder.h"
#include "ganbar/run/continuation.h"

namespace ganbar {
namespace fs = std::filesystem;
namespace {

using report::json_string;

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

/// Text of a small file; "" when it cannot be read.
std::string text_of(const fs::path& path) {
    try {
        return report::read_file(path.string());
    } catch (const DataError&) {
        return "";
    }
}

/// The number in front of the last whole line of a table; 0 while it has none.
std::int64_t last_round(const fs::path& table) {
    std::ifstream in(table, std::ios::binary);
    if (!in.seekg(0, std::ios::end)) return 0;
    const auto size = static_cast<std::int64_t>(in.tellg());
    const std::int64_t from = std::max<std::int64_t>(0, size - 8192);
    std::string tail(static_cast<std::size_t>(size - from), '\0');
    in.seekg(from);
    in.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    const std::size_t end = tail.rfind('\n');
    if (end == std::string::npos || end == 0) return 0;
    const std::size_t before = tail.rfind('\n', end - 1);
    return before == std::string::npos ? 0 : std::strtoll(tail.c_str() + before + 1, nullptr, 10);
}

std::int64_t whole(const std::map<std::string, std::string>& settings, const std::string& key) {
    const auto it = settings.find(key);
    return it == settings.end() ? 0 : std::strtoll(it->second.c_str(), nullptr, 10);
}

/// data.images of env.json, without reading the rest.
std::int64_t n_images(const fs::path& folder) {
    const std::string text = text_of(folder / "env.json"), key = "\"images\":";
    const std::size_t at = text.find(key);
    return at == std::string::npos ? 0 : std::strtoll(text.c_str() + at + key.size(), nullptr, 10);
}

std::int64_t rounds_of(const fs::path& folder) {
    const std::string toml = text_of(folder / "run.toml");
    if (toml.empty()) return 0;
    const auto settings = report::settings_of(toml);
    if (const auto rounds = whole(settings, "train.rounds"); rounds > 0) return rounds;
    const std::int64_t per_round = whole(settings, "train.batch") * whole(settings, "train.steps_d");
    return per_round > 0 ? whole(settings, "train.epochs") * (n_images(folder) / per_round) : 0;
}

std::string json_rounds(const std::vector<report::Snapshot>& pictures) {
    std::string out;
    for (const auto& p : pictures) out += (out.empty() ? "" : ",") + std::to_string(p.round);
    return "[" + out + "]";
}

using Facts = std::vector<std::pair<std::string, std::string>>;

void add_newest(Facts& facts, const report::Table& table, const char* column, const char* name) {
    const auto* values = table.find(column);
    if (values == nullptr || values->empty() || !std::isfinite(values->back())) return;
    const std::string unit = report::unit_of_key(column);
    if (!unit.empty() && values->back() == 0) return;  // an account that this run does not have
    facts.emplace_back(name, report::format_quantity(values->back(), unit));
}

std::string facts_json(const report::RunData& run) {
    Facts facts;
    add_newest(facts, run.metrics, "loss_d", "discriminator loss");
    add_newest(facts, run.metrics, "loss_g", "generator loss");
    add_newest(facts, run.metrics, "cumulative_update_energy_J", "energy of updates");
    add_newest(facts, run.metrics, "training_energy_J", "energy of training");
    add_newest(facts, run.quality, "coverage", "coverage");
    add_newest(facts, run.quality, "frechet_distance", "Fréchet distance");
    add_newest(facts, run.quality, "classifier_accuracy", "classifier accuracy");
    std::string out;
    for (const auto& [name, text] : facts) out += fmt::format("{}[{},{}]", out.empty() ? "" : ",", json_string(name), json_string(text));
    return "[" + out + "]";
}

}  // namespace

const char* to_string(RunState state) {
    return state == RunState::running ? "running" : state == RunState::finished ? "finished" : "interrupted";
}

RunState RunPulse::state_of(const fs::path& folder) {
    const fs::path lock = folder / ".lock";
    if (is_lock_held(lock)) {
        was_held_ = true;
        return RunState::running;
    }
    if (is_there(folder / "summary.json")) return RunState::finished;
    if (was_held_ || !is_there(lock)) return RunState::interrupted;
    std::error_code fault;
    const auto written = fs::last_write_time(folder / "metrics.csv", fault);
    const bool young = !fault && fs::file_time_type::clock::now() - written < std::chrono::seconds(30);
    return young ? RunState::running : RunState::interrupted;
}

RunProgress progress_of(const fs::path& folder) { return {last_round(folder / "metrics.csv"), rounds_of(folder)}; }

bool is_run_folder(const fs::path& folder) {
    for (const char* name : {"run.toml", "metrics.csv", "summary.json"})
        if (is_there(folder / name)) return true;
    return false;
}

WatchedRun::WatchedRun(fs::path folder) : folder_(std::move(folder)) {
    if (!is_run_folder(folder_))
        throw DataError("is not a run folder: none of run.toml, metrics.csv and summary.json in it; expected one that ganbar train made",
                        {folder_.string(), 0, 0});
}

std::string WatchedRun::title() const {
    try {
        const auto root = config::parse_toml(text_of(folder_ / "run.toml"), "run.toml");
        const config::Node* experiment = root->table("experiment");
        const auto* leaf = experiment == nullptr ? nullptr : experiment->leaf("name");
        const auto* name = leaf == nullptr ? nullptr : std::get_if<std::string>(&leaf->value);
        if (name != nullptr && !name->empty()) return *name;
    } catch (const ConfigError&) {  // no run.toml that can be read: the folder's name will do
    }
    return report::folder_name(fs::absolute(folder_).string());
}

/// Changes whenever something in the folder does that the page shows.
std::string WatchedRun::signature() const {
    std::string out;
    for (const char* name : {"metrics.csv", "quality.csv", "summary.json", "samples", "conductance", "conductance/histogram.csv"}) {
        std::error_code fault;
        const auto written = fs::last_write_time(folder_ / name, fault);
        const auto size = fs::is_directory(folder_ / name, fault) ? 0 : fs::file_size(folder_ / name, fault);
        out += fmt::format("{} {};", written.time_since_epoch().count(), fault ? 0 : size);
    }
    return out;
}

void WatchedRun::read() {
    const std::string now = signature();
    if (now == seen_) return;
    try {
        if (is_there(folder_ / "metrics.csv") || is_there(folder_ / "summary.json")) {
            const report::RunData run = report::read_run(folder_.string());
            body_ = fmt::format("\"charts\":{},\"samples\":{},\"conductance\":{},\"facts\":{}", report::live_charts(run),
                                json_rounds(run.samples), json_rounds(run.conductance), facts_json(run));
        } else if (!is_run_folder(folder_)) {
            throw DataError("is gone, or no run folder any more", {folder_.string(), 0, 0});
        }
        fault_.clear();
        seen_ = now;
    } catch (const Error& e) {  // a file that is being put in place; the next look tries again
        fault_ = e.what();
    } catch (const fs::filesystem_error& e) {
        fault_ = e.what();
    }
}

std::optional<double> WatchedRun::left_s(const RunProgress& progress) {
    const auto now = Clock::now();
    if (!first_ || progress.round < first_->second) first_ = {now, progress.round};
    const double seconds = std::chrono::duration<double>(now - first_->first).count();
    const auto played = static_cast<double>(progress.round - first_->second);
    if (played < 1 || seconds < 1 || progress.n_rounds <= progress.round) return std::nullopt;
    return seconds / played * static_cast<double>(progress.n_rounds - progress.round);
}

std::string WatchedRun::look() {
    const RunState state = pulse_.state_of(folder_);
    read();
    const RunProgress p = progress_of(folder_);
    std::string text = p.n_rounds > 0 ? fmt::format("round {} of {}", p.round, p.n_rounds) : fmt::format("round {}", p.round);
    if (state != RunState::running) first_.reset();
    else if (const auto left = left_s(p))
        text += *left < 90 ? fmt::format(", about {:.0f} s left", *left) : fmt::format(", about {:.0f} min left", *left / 60);
    if (state == RunState::interrupted) text += "; it goes on with --resume";
    return fmt::format("{{\"title\":{},\"state\":\"{}\",\"done\":{},\"total\":{},\"progress\":{},\"fault\":{},{}}}", json_string(title()),
                       to_string(state), p.round, std::max(p.n_rounds, p.round), json_string(text), json_string(fault_), body_);
}

std::optional<std::string> WatchedRun::picture(const std::string& kind, std::int64_t round) const {
    if (kind != "samples" && kind != "conductance") return std::nullopt;
    const std::string path = (folder_ / kind / fmt::format("{:06d}.png", round)).string();
    try {
        report::read_png_header(path);
        return report::read_file(path);
    } catch (const Error&) {
        return std::nullopt;
    } catch (const fs::filesystem_error&) {  // taken away between the two
        return std::nullopt;
    }
}

}  // namespace ganbar
