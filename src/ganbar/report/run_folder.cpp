#include "ganbar/report/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "ganbar/core/error.h"

namespace ganbar::report {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
        if (c == separator) cells.emplace_back();
        else if (c != '\r') cells.back() += c;
    }
    return cells;
}

double parse_cell(const std::string& cell, const Location& where) {
    if (cell.empty()) return std::numeric_limits<double>::quiet_NaN();
    if (cell == "true") return 1;
    if (cell == "false") return 0;
    double value = 0;
    const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (fault != std::errc() || end != cell.data() + cell.size())
        throw DataError(fmt::format("\"{}\" is not a number; expected one, true, false or nothing between the commas", cell), where);
    return value;
}

struct CsvLine {
    std::vector<std::string> cells;
    Location where;
};

/// Header and data lines, all with as many cells as the header.
std::vector<CsvLine> read_lines(const std::string& path) {
    const std::string text = read_file(path);
    std::vector<CsvLine> lines;
    std::size_t begin = 0;
    for (int number = 1; begin < text.size(); ++number) {
        const std::size_t end = text.find('\n', begin);
        const bool whole = end != std::string::npos;
        CsvLine line{split(text.substr(begin, whole ? end - begin : end), ','), {path, number, 1}};
        begin = whole ? end + 1 : text.size();
        if (!whole && number > 1) break;  // killed while writing: the line may hold half a number
        if (!lines.empty() && line.cells.size() != lines.front().cells.size())
            throw DataError(fmt::format("{} cells; expected {} as in the first line", line.cells.size(), lines.front().cells.size()),
                            line.where);
        lines.push_back(std::move(line));
    }
    if (lines.empty()) throw DataError("is empty; expected a line of column names", {path, 0, 0});
    return lines;
}

json read_json(const std::string& path) {
    try {
        return json::parse(read_file(path));
    } catch (const json::parse_error& e) {
        throw DataError(fmt::format("is not valid JSON ({}); expected what a run writes", e.what()), {path, 0, 0});
    }
}

/// Runs `read` and turns a wrong type or a missing key of the JSON file into a DataError.
template <class F>
void with_json(const std::string& path, F read) {
    if (!fs::exists(path)) return;
    const json document = read_json(path);
    try {
        read(document);
    } catch (const json::exception& e) {
        throw DataError(fmt::format("has an unexpected shape ({}); expected what a run writes", e.what()), {path, 0, 0});
    }
}

std::string plain_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void flatten(const json& node, const std::string& prefix, std::vector<std::pair<std::string, std::string>>& out) {
    if (!node.is_object()) {
        out.emplace_back(prefix, plain_text(node));
        return;
    }
    for (const auto& [key, value] : node.items()) flatten(value, prefix.empty() ? key : prefix + "." + key, out);
}

Summary read_summary(const std::string& path) {
    Summary summary;
    with_json(path, [&](const json& document) {
        for (const auto& [key, value] : document.get<json::object_t>()) {
            if (key == "collapsed" && !value.is_null()) summary.collapsed = value.get<bool>();
            else if (key == "collapsed_reason") summary.collapsed_reason = value.is_null() ? "" : value.get<std::string>();
            else if (key == "classes" && value.is_array()) summary.classes = value.get<std::vector<std::int64_t>>();
            else if (value.is_number()) summary.numbers[key] = value.get<double>();
            else if (!value.is_null()) summary.texts[key] = plain_text(value);
        }
    });
    return summary;
}

/// "network/layer/phase/component"; with more parts the middle ones name the layer, with fewer the later fields stay empty.
Account read_account(const json& entry) {
    Account account;
    auto parts = split(entry.at("account").get<std::string>(), '/');
    account.network = parts.front();
    if (parts.size() >= 4) {
        account.component = parts.back();
        account.phase = parts[parts.size() - 2];
        parts.erase(parts.begin());
        parts.resize(parts.size() - 2);
        account.layer = join(parts, "/");
    } else {
        if (parts.size() > 1) account.component = parts.back();
        if (parts.size() > 2) account.phase = parts[1];
    }
    account.n = entry.value("n", 0.0);
    account.energy_J = entry.at("energy_J").get<double>();
    account.busy_s = entry.value("busy_s", 0.0);
    return account;
}

Assumption read_assumption(const json& entry, const std::string& path) {
    Assumption a;
    a.name = entry.at("name").get<std::string>();
    const json& value = entry.at("value");
    if (value.is_number()) a.number = value.get<double>();
    a.value = plain_text(value);
    a.unit = entry.value("unit", "");
    a.source = entry.value("source", "");
    a.kind = entry.at("kind").get<std::string>();
    static const std::set<std::string> kinds = {"published", "derived", "assumed", "preset", "user"};
    if (!kinds.contains(a.kind))
        throw DataError(fmt::format("assumption \"{}\" is of kind \"{}\"; expected published, derived or assumed, or preset or user for a "
                                    "value that is not the default",
                                    a.name, a.kind),
                        {path, 0, 0});
    return a;
}

Hardware read_hardware(const std::string& path) {
    Hardware hardware;
    with_json(path, [&](const json& document) {
        for (const auto& entry : document.value("accounts", json::array())) hardware.accounts.push_back(read_account(entry));
        for (const auto& entry : document.value("area", json::array()))
            hardware.area.push_back({entry.at("component").get<std::string>(), entry.at("area_m2").get<double>(), entry.value("n", 0.0)});
        const json totals = document.value("totals", json::object());  // items() must not outlive what it walks over
        for (const auto& [key, value] : totals.items())
            if (value.is_number()) hardware.totals[key] = value.get<double>();
        for (const auto& entry : document.value("assumptions", json::array())) hardware.assumptions.push_back(read_assumption(entry, path));
        if (document.contains("accelerators")) hardware.accelerators_json = document.at("accelerators").dump();
    });
    return hardware;
}

std::vector<Snapshot> read_snapshots(const fs::path& folder) {
    std::vector<Snapshot> snapshots;
    if (!fs::is_directory(folder)) return snapshots;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string stem = entry.path().stem().string();
        const bool numbered =
            !stem.empty() && stem.size() < 16 && std::all_of(stem.begin(), stem.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (!numbered || entry.path().extension() != ".png") continue;
        snapshots.push_back(read_png_header(entry.path().string()));
        snapshots.back().round = std::stoll(stem);
    }
    std::sort(snapshots.begin(), snapshots.end(), [](const Snapshot& a, const Snapshot& b) { return a.round < b.round; });
    return snapshots;
}

std::vector<HistogramBin> read_histogram(const std::string& path) {
    std::vector<HistogramBin> bins;
    if (!fs::exists(path)) return bins;
    const auto lines = read_lines(path);
    if (lines.front().cells != std::vector<std::string>{"round", "layer", "bin_lo_S", "bin_hi_S", "count"})
        throw DataError("has other columns than expected: round,layer,bin_lo_S,bin_hi_S,count", lines.front().where);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto& [cells, where] = lines[i];
        bins.push_back({static_cast<std::int64_t>(parse_cell(cells[0], where)), cells[1], parse_cell(cells[2], where),
                        parse_cell(cells[3], where), parse_cell(cells[4], where)});
        if (!(bins.back().hi_S > bins.back().lo_S)) throw DataError("bin ends at or before its start; expected bin_lo_S < bin_hi_S", where);
    }
    return bins;
}

std::string text_if_there(const fs::path& path) { return fs::exists(path) ? read_file(path.string()) : std::string(); }

}  // namespace

std::string folder_name(const std::string& folder) {
    const fs::path path = fs::path(folder).lexically_normal();
    return (path.has_filename() ? path.filename() : path.parent_path().filename()).string();
}

const std::vector<double>* Table::find(const std::string& column) const {
    const auto at = std::find(columns.begin(), columns.end(), column);
    return at == columns.end() ? nullptr : &data[static_cast<std::size_t>(at - columns.begin())];
}

Table read_csv(const std::string& path) {
    const auto lines = read_lines(path);
    Table table{lines.front().cells, {}};
    table.data.resize(table.columns.size());
    if (std::set<std::string>(table.columns.begin(), table.columns.end()).size() != table.columns.size())
        throw DataError("names a column twice; expected different names", lines.front().where);
    for (std::size_t i = 1; i < lines.size(); ++i)
        for (std::size_t c = 0; c < table.columns.size(); ++c) table.data[c].push_back(parse_cell(lines[i].cells[c], lines[i].where));
    return table;
}

Snapshot read_png_header(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    unsigned char head[24] = {};
    in.read(reinterpret_cast<char*>(head), sizeof head);
    static constexpr unsigned char signature[16] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
    if (!in || !std::equal(signature, signature + 16, head))
        throw DataError("is not a PNG image; expected the picture a run writes", {path, 0, 0});
    const auto number = [&](int at) {
        return std::uint32_t{head[at]} << 24 | std::uint32_t{head[at + 1]} << 16 | std::uint32_t{head[at + 2]} << 8 | head[at + 3];
    };
    return {0, path, fs::file_size(path), number(16), number(20)};
}

double Hardware::busy_s(const std::string& phase) const {
    double sum = 0;
    for (const auto& a : accounts)
        if (a.phase == phase) sum += a.busy_s;
    return sum;
}

std::optional<double> Hardware::total(const std::string& key) const {
    const auto at = totals.find(key);
    return at == totals.end() ? std::nullopt : std::optional<double>(at->second);
}

std::optional<double> Summary::number(const std::string& key) const {
    const auto at = numbers.find(key);
    return at == numbers.end() ? std::nullopt : std::optional<double>(at->second);
}

std::string Summary::text(const std::string& key) const {
    const auto at = texts.find(key);
    return at == texts.end() ? std::string() : at->second;
}

RunData read_run(const std::string& folder) {
    const fs::path path(folder);
    if (!fs::is_directory(path)) throw DataError("no such run folder; expected one that ganbar train made", {folder, 0, 0});
    if (!fs::exists(path / "metrics.csv") && !fs::exists(path / "summary.json"))
        throw DataError("is not a run folder: neither metrics.csv nor summary.json in it; expected one that ganbar train made",
                        {folder, 0, 0});
    RunData run;
    run.folder = folder;
    run.summary = read_summary((path / "summary.json").string());
    if (fs::exists(path / "metrics.csv")) {
        run.metrics = read_csv((path / "metrics.csv").string());
        if (!run.metrics.find("round"))
            throw DataError("has no column \"round\"; expected it first", {(path / "metrics.csv").string(), 1, 1});
    }
    if (fs::exists(path / "quality.csv")) {
        run.quality = read_csv((path / "quality.csv").string());
        if (!run.quality.find("round"))
            throw DataError("has no column \"round\"; expected it first", {(path / "quality.csv").string(), 1, 1});
    }
    run.samples = read_snapshots(path / "samples");
    run.conductance = read_snapshots(path / "conductance");
    run.histogram = read_histogram((path / "conductance" / "histogram.csv").string());
    run.hardware = read_hardware((path / "hardware.json").string());
    run.run_toml = text_if_there(path / "run.toml");
    run.log_text = text_if_there(path / "log.txt");
    with_json((path / "env.json").string(), [&](const json& document) { flatten(document, "", run.environment); });
    const std::string name = run.summary.text("name");
    run.group = name.empty() ? folder_name(folder) : name;
    const auto seed = run.summary.number("seed");
    run.label = seed ? fmt::format("seed {}", *seed) : folder_name(folder);
    return run;
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in || fs::is_directory(path)) throw DataError("cannot be read; check that the file is there and readable", {path, 0, 0});
    return text.str();
}

}  // namespace ganbar::report
