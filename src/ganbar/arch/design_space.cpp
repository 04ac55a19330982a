#include "ganbar/arch/design_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_set>

#include "ganbar/config/node.h"
#include "ganbar/core/rng.h"

namespace ganbar::arch {
namespace {

constexpr std::size_t most_values = 10'000;
constexpr double most_combinations = 1e18;

std::vector<std::string> split(const std::string& text, char at) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c == at) out.emplace_back();
        else out.back() += c;
    }
    return out;
}

const ParamRow& row_of(const std::vector<ParamRow>& params, const std::string& name, const std::string& machine) {
    std::vector<std::string> names;
    for (const ParamRow& p : params) {
        if (p.info.name == name) return p;
        names.push_back(p.info.name);
    }
    const std::string near = nearest_name(name, names);
    throw ConfigError(fmt::format("{} has no parameter \"{}\" to explore{}; expected one of {}", machine, name,
                                  near.empty() ? "" : "; did you mean \"" + near + "\"?", join(names)));
}

Value read(const ParamInfo& info, const std::string& text, const Location& where) {
    config::Node node;
    try {
        config::apply_override(node, "v=" + text);
    } catch (const ConfigError&) {
        throw ConfigError(fmt::format("\"{}\" is no value of {}", text, info.name), where);
    }
    config::Node::Leaf leaf = *node.leaf("v");
    leaf.where = where;
    return config::read_value(info, leaf);
}

/// A point between two ends; whole numbers are rounded.
Value between(const Value& lo, const Value& hi, double share, bool logarithmic) {
    const auto number = [](const Value& v) { return std::holds_alternative<Int>(v) ? double(std::get<Int>(v)) : std::get<double>(v); };
    const double a = number(lo), b = number(hi);
    if (share == 0) return lo;
    if (share == 1) return hi;
    const double v = logarithmic ? a * std::pow(b / a, share) : a + share * (b - a);
    return std::holds_alternative<Int>(lo) ? Value{Int(std::llround(v))} : Value{v};
}

std::vector<Value> range(const ParamInfo& info, const std::vector<std::string>& parts, const Location& where) {
    const auto refuse = [&](const std::string& why) {
        return ConfigError(fmt::format("{}; expected FROM:TO:N or FROM:TO:N:log, for example 64:1024:5:log", why), where);
    };
    if (info.type != ParamType::integer && info.type != ParamType::real) throw refuse(info.name + " is not a number and has no range");
    if (parts.size() < 3 || parts.size() > 4) throw refuse(fmt::format("a range of {} parts", parts.size()));
    const bool logarithmic = parts.size() == 4;
    if (logarithmic && parts[3] != "log") throw refuse("\"" + parts[3] + "\" is no scale");
    std::size_t n = 0;
    const auto [end, fault] = std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), n);
    if (fault != std::errc() || end != parts[2].data() + parts[2].size() || n < 2 || n > most_values)
        throw refuse(fmt::format("\"{}\" is no number of values from 2 to {}", parts[2], most_values));
    const Value lo = read(info, parts[0], where), hi = read(info, parts[1], where);
    const auto positive = [](const Value& v) { return std::holds_alternative<Int>(v) ? std::get<Int>(v) > 0 : std::get<double>(v) > 0; };
    if (logarithmic && !(positive(lo) && positive(hi))) throw refuse("equal ratios need ends above 0");
    std::vector<Value> out;
    for (std::size_t i = 0; i < n; ++i) out.push_back(between(lo, hi, double(i) / double(n - 1), logarithmic));
    return out;
}

void drop_repeats(std::vector<Value>& values) {
    std::vector<Value> once;
    for (Value& v : values)
        if (std::find(once.begin(), once.end(), v) == once.end()) once.push_back(std::move(v));
    values = std::move(once);
}

struct DefaultAxis {
    std::vector<std::string> params;
    std::vector<Int> values;
};
const std::vector<DefaultAxis>& usual_axes() {
    static const std::vector<DefaultAxis> axes{{{"rows", "cols"}, {32, 64, 128, 256, 512, 1024}},
                                               {{"cell_bits"}, {1, 2, 4}},
                                               {{"dac_bits"}, {1, 2, 4}},
                                               {{"adc_bits"}, {0, 4, 5, 6, 7, 8}},
                                               {{"stack_layers"}, {1, 2, 4, 8}},
                                               {{"steps_per_cycle"}, {4, 9, 16, 25, 49, 100, 196, 400}},
                                               {{"gradient_steps_per_cycle"}, {16, 49, 128, 512, 1024}},
                                               {{"units"}, {64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384}},
                                               {{"buffer_bytes"}, {16384, 32768, 65536, 131072, 262144, 524288, 1048576, 4194304}}};
    return axes;
}

}  // namespace

DesignAxis read_axis(const std::string& text, const std::string& machine, const std::vector<ParamRow>& params) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
        throw ConfigError("--axis \"" + text +
                          "\" is no axis; expected NAME=VALUE,VALUE,... or NAME=FROM:TO:N, for example rows+cols=64,128,256");
    DesignAxis axis;
    for (std::string name : split(text.substr(0, equals), '+')) {
        std::erase(name, ' ');
        if (name.starts_with(machine + ".")) name.erase(0, machine.size() + 1);
        row_of(params, name, machine);
        axis.params.push_back(std::move(name));
    }
    const Location where{"--axis " + axis.name()};
    axis.info = row_of(params, axis.params.front(), machine).info;
    const std::string values = text.substr(equals + 1);
    if (values.find(':') != std::string::npos) axis.values = range(axis.info, split(values, ':'), where);
    else
        for (const std::string& v : split(values, ',')) axis.values.push_back(read(axis.info, v, where));
    if (axis.values.size() > most_values)
        throw ConfigError(fmt::format("{} values; expected at most {}", axis.values.size(), most_values), where);
    drop_repeats(axis.values);
    for (const std::string& name : axis.params) {
        const ParamInfo& info = row_of(params, name, machine).info;
        if (info.type != axis.info.type || info.unit != axis.info.unit)
            throw ConfigError(name + " and " + axis.info.name + " cannot take the same value; expected parameters of one kind", where);
        for (const Value& v : axis.values) check_value(info, v, where);
    }
    return axis;
}

std::vector<DesignAxis> default_axes(const std::vector<ParamRow>& params) {
    std::vector<DesignAxis> out;
    for (const DefaultAxis& usual : usual_axes()) {
        DesignAxis axis;
        std::vector<Int> own;
        for (const std::string& name : usual.params)
            for (const ParamRow& p : params)
                if (p.info.name == name) {
                    if (axis.params.empty()) axis.info = p.info;
                    axis.params.push_back(name), own.push_back(std::get<Int>(p.value));
                }
        if (axis.params.empty()) continue;
        std::vector<Int> values;
        for (const Int v : usual.values)
            if (double(v) >= axis.info.lo && double(v) <= axis.info.hi) values.push_back(v);
        const bool square = std::all_of(own.begin(), own.end(), [&](Int v) { return v == own.front(); });
        if (square && std::find(values.begin(), values.end(), own.front()) == values.end())
            values.insert(std::upper_bound(values.begin(), values.end(), own.front()), own.front());
        axis.values.assign(values.begin(), values.end());
        out.push_back(std::move(axis));
    }
    return out;
}

namespace {

void check_axes(const std::vector<DesignAxis>& axes) {
    std::set<std::string> seen;
    for (const DesignAxis& a : axes)
        for (const std::string& p : a.params)
            if (!seen.insert(p).second) throw ConfigError(p + " is on two axes; expected each parameter once", {"--axis " + a.name()});
}

void all_combinations(const std::vector<DesignAxis>& axes, Designs& out) {
    std::vector<std::uint32_t> row(axes.size(), 0);
    for (std::size_t i = 0, n = std::size_t(out.n_grid); i < n; ++i) {
        out.levels.insert(out.levels.end(), row.begin(), row.end());
        for (std::size_t a = axes.size(); a-- > 0;) {
            if (++row[a] < axes[a].values.size()) break;
            row[a] = 0;
        }
    }
}

void latin_hypercube(const std::vector<DesignAxis>& axes, std::size_t n, std::uint64_t seed, Designs& out) {
    const Rng root(seed);
    std::vector<std::uint32_t> draws(n * axes.size());
    std::vector<std::size_t> strata(n);
    for (std::size_t a = 0; a < axes.size(); ++a) {
        Rng own = root.stream("latin_hypercube", a);
        std::iota(strata.begin(), strata.end(), std::size_t{0});
        for (std::size_t i = n; i > 1; --i) std::swap(strata[i - 1], strata[own.below(i)]);
        const double n_values = double(axes[a].values.size());
        for (std::size_t i = 0; i < n; ++i)
            draws[i * axes.size() + a] =
                std::uint32_t(std::min(n_values - 1, std::floor((double(strata[i]) + own.uniform()) / double(n) * n_values)));
    }
    std::unordered_set<std::uint64_t> seen;
    for (std::size_t i = 0; i < n; ++i) {
        std::uint64_t id = 0;
        for (std::size_t a = 0; a < axes.size(); ++a) id = id * axes[a].values.size() + draws[i * axes.size() + a];
        if (!seen.insert(id).second) continue;
        const auto first = draws.begin() + std::ptrdiff_t(i * axes.size());
        out.levels.insert(out.levels.end(), first, first + std::ptrdiff_t(axes.size()));
    }
}

}  // namespace

Designs make_designs(const std::vector<DesignAxis>& axes, std::size_t most, std::uint64_t seed) {
    check_axes(axes);
    Designs out;
    out.n_axes = axes.size();
    for (const DesignAxis& a : axes) out.n_grid *= double(a.values.size());
    if (out.n_grid > most_combinations)
        throw ConfigError(fmt::format("the axes have {:.3g} combinations; expected at most {:.0e}", out.n_grid, most_combinations));
    out.sampled = out.n_grid > double(most);
    if (out.sampled) out.n_drawn = most, latin_hypercube(axes, most, seed, out);
    else all_combinations(axes, out);
    return out;
}

std::unique_ptr<Accelerator> with_design(const Accelerator& machine, const std::vector<DesignAxis>& axes,
                                         std::span<const std::uint32_t> levels) {
    std::unique_ptr<Accelerator> out;
    for (std::size_t a = 0; a < axes.size(); ++a)
        for (const std::string& p : axes[a].params) out = (out ? *out : machine).with(p, axes[a].values[levels[a]]);
    if (out) return out;
    const ParamRow same = machine.params().front();
    return machine.with(same.info.name, same.value);
}

}  // namespace ganbar::arch
