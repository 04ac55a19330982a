#include "ganbar/app/crossbar_json.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <fstream>

namespace ganbar::app {
namespace {

using nlohmann::json;

/// One object of the input: required and optional keys, and none else.
class Object {
public:
    Object(const JsonText& text, const json& value, std::string pointer, std::vector<std::string> known)
        : text_(text), value_(value), pointer_(std::move(pointer)), known_(std::move(known)) {
        if (!value_.is_object()) throw fault("", (pointer_.empty() ? "the input" : pointer_.substr(1)) + " is not an object; expected {\"key\": value, ...}");
        for (const auto& item : value_.items())
            if (std::find(known_.begin(), known_.end(), item.key()) == known_.end()) {
                const std::string near = nearest_name(item.key(), known_);
                throw fault(item.key(), fmt::format("unknown key \"{}\"{} (known: {})", item.key(), near.empty() ? "" : "; did you mean \"" + near + "\"?", join(known_)));
            }
    }
    bool has(const std::string& key) const { return value_.contains(key); }
    const json& get(const std::string& key, const char* expected) const {
        if (!has(key)) throw fault("", fmt::format("key \"{}\" is missing; expected {}", key, expected));
        return value_[key];
    }
    double number(const std::string& key, const char* expected) const {
        const json& v = get(key, expected);
        if (!v.is_number()) throw fault(key, fmt::format("{} is not a number; expected {}", key, expected));
        return v.get<double>();
    }
    Ohm resistance(const std::string& key) const {
        const double r = number(key, "a resistance in ohm");
        if (!(r >= 0)) throw fault(key, fmt::format("{} = {} ohm; expected a resistance >= 0", key, r));
        return {r};
    }
    std::size_t count(const std::string& key) const {
        const json& v = get(key, "a whole number >= 1");
        if (!v.is_number_integer() || v.get<double>() < 1 || v.get<double>() > 65536)
            throw fault(key, fmt::format("{} = {}; expected a whole number from 1 to 65536", key, v.dump()));
        return v.get<std::size_t>();
    }
    std::string choice(const std::string& key, const std::vector<std::string>& names) const {
        const json& v = get(key, ("one of " + join(names)).c_str());
        if (v.is_string() && std::find(names.begin(), names.end(), v.get<std::string>()) != names.end()) return v.get<std::string>();
        const std::string near = v.is_string() ? nearest_name(v.get<std::string>(), names) : "";
        throw fault(key, fmt::format("{} = {}{}; expected one of {}", key, v.dump(), near.empty() ? "" : ", did you mean \"" + near + "\"?", join(names)));
    }
    ConfigError fault(const std::string& key, const std::string& what) const {
        return ConfigError(what, text_.where(key.empty() ? pointer_ : pointer_ + "/" + key));
    }

private:
    const JsonText& text_;
    const json& value_;
    std::string pointer_;
    std::vector<std::string> known_;
};

std::vector<std::optional<double>> terminals(const Object& in, const std::string& key, std::size_t n, const char* lines) {
    const std::string expected = fmt::format("a list of {} voltages (null = floating), one for each of the {}", n, lines);
    const json& list = in.get(key, expected.c_str());
    if (!list.is_array()) throw in.fault(key, key + " is not a list; expected " + expected);
    if (list.size() != n) throw in.fault(key, fmt::format("{} has {} values; expected {}", key, list.size(), expected));
    std::vector<std::optional<double>> out(n);
    for (std::size_t k = 0; k < n; ++k) {
        if (list[k].is_null()) continue;
        if (!list[k].is_number()) throw in.fault(fmt::format("{}/{}", key, k), fmt::format("{}[{}] = {}; expected a voltage or null", key, k, list[k].dump()));
        out[k] = list[k].get<double>();
    }
    return out;
}

std::vector<double> conductances(const Object& in, std::size_t rows, std::size_t cols) {
    const std::string expected = fmt::format("{} rows of {} conductances in siemens", rows, cols);
    const json& table = in.get("G", expected.c_str());
    if (!table.is_array() || table.size() != rows)
        throw in.fault("G", table.is_array() ? fmt::format("G has {} rows; expected {}", table.size(), expected) : "G is not a list; expected " + expected);
    std::vector<double> g;
    g.reserve(rows * cols);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string row = fmt::format("G/{}", i);
        if (!table[i].is_array()) throw in.fault(row, fmt::format("G[{}] is not a list; expected {}", i, expected));
        if (table[i].size() != cols) throw in.fault(row, fmt::format("G[{}] has {} values; expected {}", i, table[i].size(), expected));
        for (std::size_t j = 0; j < cols; ++j) {
            const json& v = table[i][j];
            if (!v.is_number() || !(v.get<double>() >= 0))
                throw in.fault(fmt::format("{}/{}", row, j), fmt::format("G[{}][{}] = {}; expected a conductance >= 0 in siemens", i, j, v.dump()));
            g.push_back(v.get<double>());
        }
    }
    return g;
}

CellCurve curve(const Object& in, const JsonText& text) {
    if (!in.has("device")) return {};
    const Object device(text, in.get("device", "an object"), "/device", {"type", "c3", "b"});
    const std::string type = device.choice("type", {"linear", "cubic", "sinh"});
    for (const char* key : {"c3", "b"})
        if (device.has(key) && type != (key[0] == 'c' ? "cubic" : "sinh")) throw device.fault(key, fmt::format("a {} device has no {}", type, key));
    if (type == "cubic") return {CellCurve::Kind::cubic, device.number("c3", "the cubic coefficient in 1/V^2")};
    if (type == "sinh") return {CellCurve::Kind::sinh, device.number("b", "the slope parameter in 1/V")};
    return {};
}

json table(const std::vector<double>& values, std::size_t rows, std::size_t cols) {
    json out = json::array();
    for (std::size_t i = 0; i < rows; ++i) {
        json row = json::array();
        for (std::size_t j = 0; j < cols; ++j) row.push_back(values[i * cols + j]);
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace

CrossbarProblem read_crossbar(const JsonText& text) {
    const Object in(text, text.root(), "", {"rows", "cols", "G", "device", "rw", "rb", "rdrv", "rsense", "ends", "Vw", "Vb"});
    CrossbarProblem p;
    p.rows = in.count("rows"), p.cols = in.count("cols");
    p.wires.rw = in.resistance("rw"), p.wires.rb = in.resistance("rb");
    p.wires.rdrv = in.resistance("rdrv"), p.wires.rsense = in.resistance("rsense");
    if (in.has("ends")) p.wires.ends = in.choice("ends", {"single", "both"}) == "both" ? Ends::both : Ends::single;
    p.curve = curve(in, text);
    p.g_S = conductances(in, p.rows, p.cols);
    p.vw_V = terminals(in, "Vw", p.rows, "word lines"), p.vb_V = terminals(in, "Vb", p.cols, "bit lines");
    try {
        validate(p);
    } catch (const ConfigError& e) {
        throw ConfigError(e.what(), text.where(""));
    }
    return p;
}

json to_json(const OperatingPoint& point, std::size_t rows, std::size_t cols) {
    return {{"W", table(point.w_V, rows, cols)}, {"B", table(point.b_V, rows, cols)}, {"I_word_source", point.i_word_A}, {"I_bit_terminal", point.i_bit_A},
            {"power_W", point.power_W}, {"power_cells_W", point.cells_W}, {"power_wires_W", point.wires_W},
            {"iterations", point.iterations}, {"residual_A", point.residual_A}};
}

void write_text(const std::string& path, const std::string& text) {
    if (path.empty()) {
        if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw DataError("cannot write to stdout");
        return;
    }
    std::ofstream out(path, std::ios::binary);
    out << text;
    out.close();
    if (!out) throw DataError("cannot write " + path);
}

}  // namespace ganbar::app
