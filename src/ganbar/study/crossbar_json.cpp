#include "ganbar/study/crossbar_json.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "ganbar/config/node.h"

namespace ganbar::study {
namespace {

using nlohmann::json;

/// One object of the input: required and optional keys, and none else.
class Object {
public:
    Object(const JsonText& text, const json& value, std::string pointer, std::vector<std::string> known)
        : text_(text), value_(value), pointer_(std::move(pointer)), known_(std::move(known)) {
        if (!value_.is_object())
            throw fault("", (pointer_.empty() ? "the input" : pointer_.substr(1)) + " is not an object; expected {\"key\": value, ...}");
        for (const auto& item : value_.items())
            if (std::find(known_.begin(), known_.end(), item.key()) == known_.end()) {
                const std::string near = nearest_name(item.key(), known_);
                throw fault(item.key(), fmt::format("unknown key \"{}\"{} (known: {})", item.key(),
                                                    near.empty() ? "" : "; did you mean \"" + near + "\"?", join(known_)));
            }
    }
    bool has(const std::string& key) const { return value_.contains(key); }
    const json& get(const std::string& key, const char* expected) const {
        if (!has(key)) throw fault("", fmt::format("key \"{}\" is missing; expected {}", key, expected));
        return value_[key];
    }
    /// A number in SI or a text with a unit; `path` below this object, `name` for messages.
    double quantity(const json& v, const std::string& path, const std::string& name, const char* unit, const std::string& expected) const {
        if (v.is_number()) return v.get<double>();
        if (v.is_string()) return config::parse_quantity(v.get<std::string>(), unit, name, text_.where(pointer_ + "/" + path));
        throw fault(path, fmt::format("{} = {}; expected {}", name, v.dump(), expected));
    }
    Ohm resistance(const std::string& key) const {
        const char* expected = "a resistance >= 0, a number in ohm or a text such as \"2.5 ohm\"";
        const double r = quantity(get(key, expected), key, key, "ohm", expected);
        if (!(r >= 0)) throw fault(key, fmt::format("{} = {} ohm; expected {}", key, r, expected));
        return {r};
    }
    /// A coefficient of the cells' law, above 0 or, with zero_too, 0.
    double coefficient(const std::string& key, const char* unit, bool zero_too) const {
        const std::string expected = fmt::format("a number {} 0 in {}", zero_too ? ">=" : ">", unit);
        const double c = quantity(get(key, expected.c_str()), key, key, unit, expected);
        if (!(c > 0 || (zero_too && c == 0)))
            throw fault(key, fmt::format("{} = {}; expected {}, so that the current rises with the voltage", key, c, expected));
        return c;
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
        throw fault(key, fmt::format("{} = {}{}; expected one of {}", key, v.dump(), near.empty() ? "" : ", did you mean \"" + near + "\"?",
                                     join(names)));
    }
    Location place(const std::string& key) const { return text_.where(key.empty() ? pointer_ : pointer_ + "/" + key); }
    ConfigError fault(const std::string& key, const std::string& what) const { return ConfigError(what, place(key)); }

private:
    const JsonText& text_;
    const json& value_;
    std::string pointer_;
    std::vector<std::string> known_;
};

using Terminals = std::vector<std::optional<double>>;

Terminals terminals(const Object& in, const json& list, const std::string& path, const std::string& name, std::size_t n,
                    const std::string& expected) {
    if (!list.is_array()) throw in.fault(path, fmt::format("{} is not a list; expected {}", name, expected));
    if (list.size() != n) throw in.fault(path, fmt::format("{} has {} values; expected {}", name, list.size(), expected));
    Terminals out(n);
    for (std::size_t k = 0; k < n; ++k)
        if (!list[k].is_null())
            out[k] = in.quantity(list[k], fmt::format("{}/{}", path, k), fmt::format("{}[{}]", name, k), "V", "a voltage or null");
    return out;
}

/// One list of voltages, or a list of such lists.
std::vector<Terminals> biases(const Object& in, const std::string& key, std::size_t n, const char* lines, bool& many) {
    const std::string expected = fmt::format("a list of {} voltages (null = floating), one for each of the {}", n, lines);
    const json& list = in.get(key, expected.c_str());
    if (!list.is_array() || list.empty() || !list[0].is_array()) return {terminals(in, list, key, key, n, expected)};
    many = true;
    std::vector<Terminals> out;
    for (std::size_t k = 0; k < list.size(); ++k)
        out.push_back(terminals(in, list[k], fmt::format("{}/{}", key, k), fmt::format("{}[{}]", key, k), n, expected));
    return out;
}

std::vector<double> conductances(const Object& in, std::size_t rows, std::size_t cols) {
    const std::string expected = fmt::format("{} rows of {} conductances in siemens", rows, cols);
    const json& table = in.get("G", expected.c_str());
    if (!table.is_array() || table.size() != rows)
        throw in.fault("G", table.is_array() ? fmt::format("G has {} rows; expected {}", table.size(), expected)
                                             : "G is not a list; expected " + expected);
    std::vector<double> g;
    g.reserve(rows * cols);
    for (std::size_t i = 0; i < rows; ++i) {
        const std::string row = fmt::format("G/{}", i);
        if (!table[i].is_array()) throw in.fault(row, fmt::format("G[{}] is not a list; expected {}", i, expected));
        if (table[i].size() != cols) throw in.fault(row, fmt::format("G[{}] has {} values; expected {}", i, table[i].size(), expected));
        for (std::size_t j = 0; j < cols; ++j) {
            const json& v = table[i][j];
            const std::string path = fmt::format("{}/{}", row, j), name = fmt::format("G[{}][{}]", i, j);
            g.push_back(in.quantity(v, path, name, "S", "a conductance >= 0, a number in siemens or a text such as \"150 uS\""));
            if (!(g.back() >= 0)) throw in.fault(path, fmt::format("{} = {}; expected a conductance >= 0 in siemens", name, v.dump()));
        }
    }
    return g;
}

CellCurve curve(const Object& device, const std::string& law) {
    for (const char* key : {"c3", "b"})
        if (device.has(key) && law != (key[0] == 'c' ? "cubic" : "sinh"))
            throw device.fault(key, fmt::format("a {} device has no {}", law, key));
    if (law == "cubic") return {CellCurve::Kind::cubic, device.coefficient("c3", "1/V2", true)};
    if (law == "sinh") return {CellCurve::Kind::sinh, device.coefficient("b", "1/V", false)};
    return {};
}

/// One key of a selector, by its declaration.
void set_selector(const Object& device, const Param<Selector>& p, Selector& out) {
    const ParamInfo& info = p.info;
    if (info.type == ParamType::choice) return p.set(out, device.choice(info.name, info.choices));
    const std::string expected = info.unit.empty() ? "a number" : "a number in " + info.unit + " or a text with a unit";
    const json& value = device.get(info.name, expected.c_str());
    if (info.unit.empty() && !value.is_number())
        throw device.fault(info.name, fmt::format("{} = {}; expected {}", info.name, value.dump(), expected));
    const Value number = device.quantity(value, info.name, info.name, info.unit.c_str(), expected);
    check_value(info, number, device.place(info.name));
    p.set(out, number);
}

/// The memristors' law, and what is in series with them.
void device(const Object& in, const JsonText& text, CrossbarProblem& out) {
    if (!in.has("device")) return;
    const std::vector<std::string> laws{"linear", "cubic", "sinh"};
    std::vector<std::string> known{"c3", "b", "law"}, types = laws;
    const auto schema = Selector::schema();
    for (const auto& p : schema) known.push_back(p.info.name);
    types.insert(types.end(), cell_type_names().begin() + 1, cell_type_names().end());
    const Object device(text, in.get("device", "an object"), "/device", known);
    const std::string type = device.choice("type", types);
    const bool passive = std::find(laws.begin(), laws.end(), type) != laws.end();
    if (passive && device.has("law"))
        throw device.fault("law", fmt::format("a {} device has no law of its own; expected law with 1t1r, 1s1r or 1d1r", type));
    out.curve = curve(device, passive ? type : device.has("law") ? device.choice("law", laws) : "linear");
    Selector s;
    for (const auto& p : schema) {
        if (p.info.name == "type" && !passive) p.set(s, Value{type});
        if (p.info.type == ParamType::choice && p.info.name != "type" && device.has(p.info.name)) set_selector(device, p, s);
    }
    const auto own = s.keys();
    for (const auto& p : schema) {
        if (p.info.name == "type" || !device.has(p.info.name)) continue;
        if (std::find(own.begin(), own.end(), p.info.name) == own.end())
            throw device.fault(p.info.name, fmt::format("a {} device has no {}{}", type, p.info.name,
                                                        own.empty() ? "" : "; expected one of " + join(own)));
        if (p.info.type != ParamType::choice) set_selector(device, p, s);
    }
    out.selector = s;
}

/// Vg: one voltage for the gate line of each row, or a list of such lists.
std::vector<std::vector<double>> gates(const Object& in, std::size_t rows, bool& many) {
    const std::string expected = fmt::format("a list of {} voltages, one for the gate line of each row, or a list of such lists", rows);
    const json& all = in.get("Vg", expected.c_str());
    many = all.is_array() && !all.empty() && all[0].is_array();
    std::vector<std::vector<double>> out;
    for (std::size_t k = 0; k < (many ? all.size() : 1); ++k) {
        const json& list = many ? all[k] : all;
        const std::string path = many ? fmt::format("Vg/{}", k) : "Vg", name = many ? fmt::format("Vg[{}]", k) : "Vg";
        if (!list.is_array() || list.size() != rows)
            throw in.fault(path, fmt::format("{} {}; expected {}", name,
                                             list.is_array() ? fmt::format("has {} values", list.size()) : "is not a list", expected));
        out.emplace_back();
        for (std::size_t i = 0; i < rows; ++i)
            out.back().push_back(in.quantity(list[i], fmt::format("{}/{}", path, i), fmt::format("{}[{}]", name, i), "V", "a voltage"));
    }
    return out;
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

namespace {

/// The place of what validate() says of one bias: the line that floats, else the voltages.
std::string place_of(const std::string& message, const std::string& bias_w, const std::string& bias_b) {
    for (const auto& [words, path] : {std::pair{"word line ", bias_w}, {"bit line ", bias_b}})
        if (message.starts_with(words)) return path + "/" + std::to_string(std::atoi(message.c_str() + std::string(words).size()));
    return bias_w;
}

}  // namespace

CrossbarInput read_crossbar(const JsonText& text) {
    const Object in(text, text.root(), "", {"rows", "cols", "G", "device", "rw", "rb", "rdrv", "rsense", "ends", "Vw", "Vb", "Vg"});
    CrossbarInput out;
    CrossbarProblem& p = out.problem;
    p.rows = in.count("rows"), p.cols = in.count("cols");
    p.wires.rw = in.resistance("rw"), p.wires.rb = in.resistance("rb");
    p.wires.rdrv = in.resistance("rdrv"), p.wires.rsense = in.resistance("rsense");
    if (in.has("ends")) p.wires.ends = in.choice("ends", {"single", "both"}) == "both" ? Ends::both : Ends::single;
    device(in, text, p);
    bool many_g = false;
    std::vector<std::vector<double>> vg;
    if (p.selector.has_gate()) vg = gates(in, p.rows, many_g), p.gate_V = vg[0];
    else if (in.has("Vg")) throw in.fault("Vg", "these cells have no gate; expected Vg with {\"type\": \"1t1r\"} only");
    try {
        validate(p.selector);
    } catch (const ConfigError& e) {
        throw in.fault("device", e.what());
    }
    p.g_S = conductances(in, p.rows, p.cols);
    bool many_w = false, many_b = false;
    const auto vw = biases(in, "Vw", p.rows, "word lines", many_w), vb = biases(in, "Vb", p.cols, "bit lines", many_b);
    out.many = many_w || many_b || many_g;
    const std::size_t n = std::max({vw.size(), vb.size(), many_g ? vg.size() : 1});
    for (const auto& [name, many, size] : {std::tuple{"Vw", many_w, vw.size()}, {"Vb", many_b, vb.size()}, {"Vg", many_g, vg.size()}})
        if (many && size != n)
            throw in.fault(
                name, fmt::format("{} has {} lists of voltages, another has {}; expected as many, or one list for all", name, size, n));
    for (std::size_t k = 0; k < n; ++k) {
        out.biases.push_back({many_w ? vw[k] : vw[0], many_b ? vb[k] : vb[0], many_g ? vg[k] : std::vector<double>{}});
        p.vw_V = out.biases[k].vw_V, p.vb_V = out.biases[k].vb_V;
        if (many_g) p.gate_V = vg[k];
        try {
            validate(p);
        } catch (const ConfigError& e) {
            throw ConfigError(e.what(), text.where(place_of(e.what(), many_w ? fmt::format("/Vw/{}", k) : "/Vw",
                                                            many_b ? fmt::format("/Vb/{}", k) : "/Vb")));
        }
    }
    p.vw_V = out.biases[0].vw_V, p.vb_V = out.biases[0].vb_V;
    if (many_g) p.gate_V = vg[0];
    return out;
}

json to_json(const OperatingPoint& point, std::size_t rows, std::size_t cols, const Wanted& wanted) {
    json out{{"W", table(point.w_V, rows, cols)}, {"B", table(point.b_V, rows, cols)}, {"I_word_source", point.i_word_A},
             {"I_bit_terminal", point.i_bit_A},   {"power_W", point.power_W},          {"power_cells_W", point.cells_W},
             {"power_wires_W", point.wires_W},    {"iterations", point.iterations},    {"residual_A", point.residual_A}};
    if (wanted.cell_currents) out["I_cell"] = table(point.i_cell_A, rows, cols);
    if (wanted.internal_nodes) out["X"] = table(point.internal_V, rows, cols);
    return out;
}

}  // namespace ganbar::study
