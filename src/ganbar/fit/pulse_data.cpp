#include "ganbar/fit/pulse_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "ganbar/config/node.h"
#include "ganbar/fit/csv_lines.h"
#include "ganbar/fit/header.h"

namespace ganbar::fit {
namespace {

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

bool is_gap(std::string_view s) {
    std::string key;
    for (const char c : s) key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return key.empty() || key == "nan" || key == "na" || key == "n/a" || key == "-" || key == "--" || key == "null" || key == "#n/a";
}

class Reader {
public:
    Reader(std::string_view text, const std::string& file, const ReadOptions& options) : o_(options), lines_(text, file) {
        data_.file = file;
    }

    PulseData read() {
        header();
        std::vector<std::string_view> cells;
        while (lines_.next()) {
            if (lines_.line().starts_with('#')) continue;
            lines_.cut(cells);
            while (cells.size() > columns_.size() && cells.back().empty()) cells.pop_back();
            if (cells.size() != columns_.size())
                throw DataError(fmt::format("the row has {} cells and the header {}; expected one a column", cells.size(), columns_.size()),
                                lines_.at(std::min(cells.size(), columns_.size())));
            row(cells);
        }
        if (entries_.empty()) throw DataError("there are no rows below the header; expected one for each pulse", {data_.file});
        arrange();
        return std::move(data_);
    }

private:
    struct Entry {
        PulseRow row;
        double pulse = 0;
        bool planned = false;  ///< amplitude from the plan, once the order is known
        int line = 0;          ///< of the file
    };

    void header() {
        do {
            if (!lines_.next())
                throw DataError("the file is empty; expected a header such as device,cycle,pulse,v_V,t_s,g_S", {data_.file});
        } while (lines_.line().starts_with('#') && lines_.line().find_first_of(",;\t") == std::string_view::npos);
        for (read_columns(); is_title() && lines_.next(); read_columns())
            data_.notes.push_back(fmt::format("\"{}\" is not used: it stands above the header", columns_.front().name));
        for (std::size_t i = 0; i < columns_.size(); ++i) place(i);
        check_header();
        for (const auto& [what, column] : {std::pair{Quantity::voltage, &data_.v_column}, std::pair{Quantity::width, &data_.t_column}})
            if (const auto at = where_.find(what); at != where_.end()) *column = static_cast<int>(at->second) + 1;
        note_header();
    }
    void read_columns() {
        lines_.choose_separator();
        std::vector<std::string_view> cells;
        lines_.cut(cells);
        while (!cells.empty() && cells.back().empty()) cells.pop_back();
        columns_ = read_header({cells.begin(), cells.end()}, o_.unit, lines_.at(0));
    }
    /// A line of a single cell that names no quantity, above one of several cells.
    bool is_title() const { return columns_.size() == 1 && columns_.front().what == Quantity::none && lines_.cells_follow(); }
    void place(std::size_t i) {
        const auto what = columns_[i].what;
        if (what == Quantity::none) return data_.notes.push_back("column \"" + columns_[i].name + "\" is not used");
        if (what == Quantity::conductance || what == Quantity::resistance || what == Quantity::current) return measured_.push_back(i);
        if (!columns_[i].repetition.empty() || !where_.emplace(what, i).second)
            throw DataError(
                "column \"" + columns_[i].name + "\" says the same as another; expected each of device, cycle, pulse, v and t once",
                lines_.at(i));
    }
    void check_header() const {
        if (measured_.empty())
            throw DataError(
                "no column holds what was measured; expected g_uS, r_kohm, i_uA or the like, or one column a cycle with a unit: \"cycle1 "
                "(uS)\"",
                lines_.at(0));
        for (const auto i : measured_)
            if (measured_.size() > 1 && columns_[i].repetition.empty() && columns_[i].device.empty())
                throw DataError("column \"" + columns_[i].name +
                                    "\" is a second one of a measured quantity; expected one, or repetitions with numbers: g_uS_1, g_uS_2",
                                lines_.at(i));
        const auto of_device = [&](std::size_t i) { return !columns_[i].device.empty(); };
        if (std::any_of(measured_.begin(), measured_.end(), of_device) &&
            (where_.contains(Quantity::device) || !std::all_of(measured_.begin(), measured_.end(), of_device)))
            throw DataError("column \"" + columns_[measured_.front()].name +
                                "\" is one device's, and others are not; expected one column a "
                                "device, or a column \"device\"",
                            lines_.at(measured_.front()));
        if (o_.sweep && !where_.contains(Quantity::voltage))
            throw DataError("no column holds the voltage; expected v_V and i_A of I-V sweeps", lines_.at(0));
        if (!o_.unit.empty() && std::all_of(measured_.begin(), measured_.end(), [&](std::size_t i) { return columns_[i].unit_in_name; }))
            throw ConfigError(
                "--unit " + o_.unit + " has nothing to say here: column \"" + columns_[measured_.front()].name + "\" has a unit of its own",
                lines_.at(measured_.front()));
        if (o_.width_s && where_.contains(Quantity::width))
            throw ConfigError("--width has nothing to say here: the file has widths of its own", lines_.at(where_.at(Quantity::width)));
        if (!o_.plan.empty() && where_.contains(Quantity::voltage))
            throw ConfigError("--pulses has nothing to say here: the file has amplitudes of its own",
                              lines_.at(where_.at(Quantity::voltage)));
        const bool current = columns_[measured_.front()].what == Quantity::current;
        if (o_.read_V && !current)
            throw ConfigError("--read-voltage has nothing to say here: the file holds no currents", lines_.at(measured_.front()));
        if (o_.read_V && where_.contains(Quantity::read_voltage))
            throw ConfigError("--read-voltage has nothing to say here: the file has read voltages of its own",
                              lines_.at(where_.at(Quantity::read_voltage)));
        if (o_.sweep && !current)
            throw DataError("column \"" + columns_[measured_.front()].name + "\" is no current; expected v_V and i_A of I-V sweeps",
                            lines_.at(measured_.front()));
        if (o_.sweep) return;
        if (current && !o_.read_V && !where_.contains(Quantity::read_voltage))
            throw DataError("currents need the voltage they were read at; expected a column v_read_V, or --read-voltage",
                            lines_.at(measured_.front()));
        if (!where_.contains(Quantity::voltage) && o_.plan.empty())
            throw DataError("no column holds the pulses' amplitude; expected v_V, or --pulses \"100 x 1.0 V,100 ns; 100 x -1.2 V,100 ns\"",
                            lines_.at(0));
        if (!where_.contains(Quantity::width) && !o_.width_s && (o_.plan.empty() || where_.contains(Quantity::voltage)))
            throw DataError("no column holds the pulses' width; expected t_s, t_ns or the like, or --width \"100 ns\"", lines_.at(0));
    }
    bool by_device() const { return !columns_[measured_.front()].device.empty(); }
    void note_header() {
        const char c = lines_.separator();
        data_.notes.push_back(std::string("separator: ") + (c == ';' ? "semicolon" : c == '\t' ? "tab" : "comma"));
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].si[0] != '\0' && !columns_[i].has_unit &&
                (o_.unit.empty() || std::find(measured_.begin(), measured_.end(), i) == measured_.end()))
                data_.notes.push_back("column \"" + columns_[i].name + "\" has no unit and is taken as SI");
        if (measured_.size() > 1)
            data_.notes.push_back(fmt::format("{} columns are read as {}", measured_.size(), by_device() ? "devices" : "repetitions"));
    }

    double number(std::string_view s, std::size_t column) {
        if (lines_.separator() != ',') {
            comma_ = comma_ || s.find(',') != std::string_view::npos, point_ = point_ || s.find('.') != std::string_view::npos;
            if (comma_ && point_)
                throw DataError(
                    fmt::format("\"{}\" in column \"{}\": this file has commas and points in its numbers; expected one of them, before "
                                "the decimals",
                                std::string(s.substr(0, 40)), columns_[column].name),
                    lines_.at(column));
        }
        char small[64];
        if (s.find(',') != std::string_view::npos && lines_.separator() != ',' && s.size() < sizeof small) {
            if (std::count(s.begin(), s.end(), ',') > 1 || s.find('.') != std::string_view::npos) refuse(s, column);
            std::copy(s.begin(), s.end(), small);
            std::replace(small, small + s.size(), ',', '.');
            s = {small, s.size()};
        }
        if (s.starts_with('+')) s.remove_prefix(1);
        double value = 0;
        const auto [end, fault] = std::from_chars(s.data(), s.data() + s.size(), value);
        if (fault != std::errc{} || end != s.data() + s.size() || !std::isfinite(value)) refuse(s, column);
        return value;
    }
    [[noreturn]] void refuse(std::string_view s, std::size_t column) const {
        throw DataError(fmt::format("\"{}\" in column \"{}\" is not a number; expected one like 1.5e-4, or an empty cell for a gap",
                                    std::string(s.substr(0, 40)), columns_[column].name),
                        lines_.at(column));
    }
    double value(const std::vector<std::string_view>& cells, Quantity what, double otherwise) {
        const auto it = where_.find(what);
        if (it == where_.end()) return otherwise;
        return is_gap(cells[it->second]) ? gap : number(cells[it->second], it->second) * columns_[it->second].scale;
    }
    double conductance(const std::vector<std::string_view>& cells, std::size_t i) {
        if (is_gap(cells[i])) return gap;
        const double x = number(cells[i], i) * columns_[i].scale;
        if (o_.sweep) {
            const double v = value(cells, Quantity::voltage, gap);
            if (std::abs(v) >= 0.01) plausible(std::abs(x / v), cells[i], i);
            return x;
        }
        if (columns_[i].what == Quantity::conductance) {
            if (x < 0)
                throw DataError(fmt::format("the conductance {} is negative; expected 0 or more", std::string(cells[i])), lines_.at(i));
            return plausible(x, cells[i], i);
        }
        if (columns_[i].what == Quantity::resistance) {
            if (x <= 0) throw DataError(fmt::format("the resistance {} is not above 0", std::string(cells[i])), lines_.at(i));
            return plausible(1 / x, cells[i], i);
        }
        const double v = value(cells, Quantity::read_voltage, o_.read_V.value_or(gap));
        if (std::isnan(v) || v == 0)
            throw DataError("the read voltage of this row is missing or 0; expected the voltage the current was read at", lines_.at(i));
        if (x / v < 0)
            throw DataError(fmt::format("the current {} has another sign than its read voltage of {} V", std::string(cells[i]), v),
                            lines_.at(i));
        return plausible(x / v, cells[i], i);
    }
    /// No memristor of a crossbar conducts 1 S: a number that says so has lost its unit.
    double plausible(double g_S, std::string_view written, std::size_t i) const {
        if (g_S > 1)
            throw DataError(fmt::format("{} in column \"{}\" makes a conductance of {:.4g} S; a unit may be missing from the header (g_uS, "
                                        "r_kohm, i_uA), or give --unit uS",
                                        std::string(written), columns_[i].name, g_S),
                            lines_.at(i));
        return g_S;
    }

    std::int32_t device(const std::vector<std::string_view>& cells) {
        const auto it = where_.find(Quantity::device);
        if (it != where_.end() && cells[it->second].empty()) throw DataError("the device's name is missing", lines_.at(it->second));
        return device(it == where_.end() ? "1" : std::string(cells[it->second]));
    }
    std::int32_t device(const std::string& name) {
        if (name == last_device_) return last_index_;
        last_device_ = name;
        const auto [at, fresh] = index_.emplace(name, static_cast<std::int32_t>(data_.devices.size()));
        if (fresh) data_.devices.push_back(name);
        return last_index_ = at->second;
    }
    void row(const std::vector<std::string_view>& cells) {
        Entry e;
        if (!by_device()) e.row.device = device(cells);
        const auto whole = [&](Quantity q) {
            const double x = value(cells, q, 0);
            if (std::isnan(x) || std::abs(x) > 1e9) throw DataError("the number is missing or too large", lines_.at(where_.at(q)));
            return x;
        };
        e.row.cycle = static_cast<std::int32_t>(whole(Quantity::cycle));
        e.pulse = whole(Quantity::pulse);
        e.planned = !where_.contains(Quantity::voltage);
        const double v = value(cells, Quantity::voltage, 0);
        e.row.v_V = std::isnan(v) ? 0 : v;
        if (std::abs(e.row.v_V) > 100)
            throw DataError(fmt::format("an amplitude of {} V is beyond 100 V; a unit may be missing from the header (v_mV)", e.row.v_V),
                            lines_.at(where_.at(Quantity::voltage)));
        const double t = value(cells, Quantity::width, o_.width_s.value_or(0));
        if (t < 0 || (e.row.v_V != 0 && !e.planned && !o_.sweep && !(t > 0)))
            throw DataError("the width of this pulse is missing or not above 0",
                            lines_.at(where_.contains(Quantity::width) ? where_.at(Quantity::width) : 0));
        e.row.t_s = std::isnan(t) ? 0 : t;
        if (const auto w = where_.find(Quantity::width); w != where_.end() && e.row.t_s >= 1 && !columns_[w->second].has_unit)
            throw DataError(
                fmt::format("a pulse of {} s in a column without a unit; expected the unit in the header (t_ns, t_us, t_s)", e.row.t_s),
                lines_.at(w->second));
        e.line = e.row.line = lines_.number();
        for (std::size_t k = 0; k < measured_.size(); ++k) {
            if (by_device()) e.row.device = device(columns_[measured_[k]].device);
            else if (measured_.size() > 1) e.row.cycle = static_cast<std::int32_t>(k);
            e.row.g_S = conductance(cells, measured_[k]);
            data_.n_gaps += std::isnan(e.row.g_S);
            entries_.push_back(e);
        }
    }
    /// Where the file has pulse numbers and no cycles, a number that does not go on begins a cycle, if numbers come back at all.
    void count_cycles() {
        if (!where_.contains(Quantity::pulse) || where_.contains(Quantity::cycle) || (measured_.size() > 1 && !by_device())) return;
        std::set<std::pair<std::int32_t, double>> seen;
        if (std::all_of(entries_.begin(), entries_.end(), [&](const Entry& e) { return seen.emplace(e.row.device, e.pulse).second; }))
            return;
        std::map<std::int32_t, std::pair<double, std::int32_t>> last;  // by device: pulse number, cycle
        std::size_t n = 0;
        for (auto& e : entries_) {
            const auto [at, fresh] = last.try_emplace(e.row.device, e.pulse, 0);
            if (!fresh && e.pulse <= at->second.first) ++at->second.second, ++n;
            at->second.first = e.pulse, e.row.cycle = at->second.second;
        }
        data_.notes.push_back(fmt::format(
            "pulse numbers begin anew {} times: read as cycles of the same device; name a column \"device\" where they are other devices",
            n));
    }
    /// A sweep whose current runs against its voltage was measured at the other terminal, or is no I-V. Offsets near 0 V, below 2% of the
    /// sweep's largest current, are the instrument's.
    void check_directions() {
        std::map<std::pair<std::int32_t, std::int32_t>, double> most_A;
        for (const auto& e : entries_)
            if (!std::isnan(e.row.g_S))
                most_A[{e.row.device, e.row.cycle}] = std::max(most_A[{e.row.device, e.row.cycle}], std::abs(e.row.g_S));
        for (const auto& e : entries_)
            if (e.row.v_V * e.row.g_S < 0 && std::abs(e.row.g_S) > 0.02 * most_A[{e.row.device, e.row.cycle}])
                throw DataError(fmt::format("the current of {:.4g} A has another sign than its voltage of {:.4g} V; expected the current "
                                            "into the device, which has the voltage's sign",
                                            e.row.g_S, e.row.v_V),
                                {data_.file, e.line,
                                 static_cast<int>(measured_[measured_.size() < 2 ? 0
                                                            : by_device()        ? static_cast<std::size_t>(e.row.device)
                                                                                 : static_cast<std::size_t>(e.row.cycle)]) +
                                     1});
    }
    /// Device by device, cycle by cycle, pulse by pulse; rows that do not say stay in the file's order.
    void arrange() {
        if (o_.sweep) check_directions();
        count_cycles();
        std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
            return std::tie(a.row.device, a.row.cycle, a.pulse) < std::tie(b.row.device, b.row.cycle, b.pulse);
        });
        std::int64_t length = 0, k = 0;
        bool starts_with_read = false;
        for (const auto& p : o_.plan) length += p.count;
        data_.rows.reserve(entries_.size());
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            auto& e = entries_[i];
            if (i == 0 || e.row.device != entries_[i - 1].row.device || e.row.cycle != entries_[i - 1].row.cycle)
                k = 0, starts_with_read = e.planned && length > 0 && plan_leaves_first_row(i, length);
            else if (where_.contains(Quantity::pulse)) k += pulses_between(entries_[i - 1], e);
            if (e.planned && length > 0) {
                if (e.pulse == 0 && k == 0 && where_.contains(Quantity::pulse)) e.row.v_V = 0;  // pulse 0: the read before the first pulse
                else if (std::exchange(starts_with_read, false)) e.row.v_V = 0;
                else {
                    std::int64_t at = k++ % length;
                    for (const auto& p : o_.plan) {
                        if (at < p.count) {
                            e.row.v_V = p.voltage.si, e.row.t_s = p.width.si;
                            break;
                        }
                        at -= p.count;
                    }
                }
            }
            data_.rows.push_back(e.row);
        }
        if (data_.n_gaps > 0) data_.notes.push_back(fmt::format("{} reads are missing", data_.n_gaps));
        if (farthest_ > 1)
            data_.notes.push_back(fmt::format("reads lie up to {} pulses apart; only a change by one pulse is a step", farthest_));
    }
    /// Whether the rows of the cycle that begins at `first` are a read and whole turns of the plan. DataError where they are neither that
    /// nor whole turns nor a part of one.
    bool plan_leaves_first_row(std::size_t first, std::int64_t length) const {
        if (where_.contains(Quantity::pulse)) return false;
        std::size_t end = first;
        while (end < entries_.size() && entries_[end].row.device == entries_[first].row.device &&
               entries_[end].row.cycle == entries_[first].row.cycle)
            ++end;
        const auto n = static_cast<std::int64_t>(end - first);
        if (n <= length || n % length == 0) return false;
        if ((n - 1) % length == 0) return true;
        throw DataError(
            fmt::format("device {}, cycle {} has {} rows, --pulses {} pulses; expected as many, a multiple, or one row more: the "
                        "read before the first pulse",
                        data_.devices[static_cast<std::size_t>(entries_[first].row.device)], entries_[first].row.cycle, n, length),
            {data_.file, entries_[first].line, 1});
    }
    /// Pulses without a row between two rows of a cycle. What they did together is no step: a gap stands for them.
    std::int64_t pulses_between(const Entry& before, const Entry& e) {
        const double apart = e.pulse - before.pulse;
        if (apart == 0)
            throw DataError(
                fmt::format("device {}, cycle {}, pulse {} stands in line {} already; expected each once, or a column \"cycle\"",
                            data_.devices[static_cast<std::size_t>(e.row.device)], e.row.cycle, e.pulse, before.line),
                {data_.file, e.line, static_cast<int>(where_.at(Quantity::pulse)) + 1});
        const auto missing = static_cast<std::int64_t>(std::ceil(apart)) - 1;
        if (missing <= 0) return 0;
        PulseRow gap_row = e.row;
        gap_row.g_S = gap;
        data_.rows.push_back(gap_row);
        data_.n_gaps += static_cast<std::size_t>(missing);
        farthest_ = std::max(farthest_, missing + 1);
        return missing;
    }

    const ReadOptions& o_;
    Lines lines_;
    PulseData data_;
    std::vector<Column> columns_;
    std::map<Quantity, std::size_t> where_;
    std::vector<std::size_t> measured_;
    std::vector<Entry> entries_;
    std::map<std::string, std::int32_t> index_;
    std::string last_device_;
    std::int32_t last_index_ = 0;
    std::int64_t farthest_ = 1;
    bool comma_ = false, point_ = false;  ///< seen before decimals
};

}  // namespace

PulseData parse_pulses(std::string_view text, const std::string& file, const ReadOptions& options) {
    return Reader(text, file, options).read();
}

PulseData read_pulses(const std::filesystem::path& path, const ReadOptions& options) {
    if (std::filesystem::is_directory(path)) throw DataError("is a folder; expected a CSV of measured pulses", {path.string()});
    std::ifstream in(path, std::ios::binary);
    if (!in) throw DataError("cannot read the file; expected a CSV of measured pulses", {path.string()});
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    return parse_pulses(text, path.string(), options);
}

}  // namespace ganbar::fit
