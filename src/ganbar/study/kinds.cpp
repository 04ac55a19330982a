#include "ganbar/study/kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>

namespace ganbar::study {
namespace {

constexpr std::size_t width = 110;  ///< of a line of prose

/// Words of `text` in lines of at most `width` characters, each after `indent`; its own line ends stay.
std::string wrapped(const std::string& text, const std::string& indent) {
    std::string out, line = indent;
    const auto flush = [&] {
        out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        line = indent;
    };
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : '\n';
        if (c != ' ' && c != '\n') {
            word += c;
            continue;
        }
        if (line.size() > indent.size() && line.size() + word.size() > width) flush();
        if (!word.empty()) line += word + " ";
        word.clear();
        if (c == '\n') flush();
    }
    return out;
}

/// A value without the quotes that only TOML needs: 150 uS.
std::string bare_text(const ParamInfo& info, const Value& value) {
    const std::string text = value_text(info, value);
    return text.size() >= 2 && text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}

std::string range_text(const ParamInfo& info) {
    switch (info.type) {
        case ParamType::boolean: return "true or false";
        case ParamType::choice: return join(info.choices, " | ");
        case ParamType::text: return "text";
        case ParamType::integer:
        case ParamType::integers: {
            const auto whole = [](double v) { return std::isfinite(v) ? fmt::format("{:.0f}", v) : fmt::format("{}", v); };
            const bool all = info.hi >= 9e18;
            return fmt::format("{}{} to {}", info.type == ParamType::integers ? "list of " : "", info.lo <= -9e18 ? "-inf" : whole(info.lo),
                               all ? "inf" : whole(info.hi));
        }
        case ParamType::real:
        case ParamType::reals: {
            ParamInfo one = info;
            one.type = ParamType::real;
            return (info.type == ParamType::reals ? "list of " : "") + bare_text(one, Value{info.lo}) + " to " +
                   bare_text(one, Value{info.hi});
        }
    }
    return "";
}

std::string table_text(const config::Section& section) {
    std::vector<std::array<std::string, 4>> cells;
    std::array<std::size_t, 4> widths{};
    for (const auto& row : section.rows)
        cells.push_back({row.info.name, bare_text(row.info, row.value), range_text(row.info), kind_of(row)});
    for (const auto& row : cells)
        for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = std::min<std::size_t>(std::max(widths[c], row[c].size()), 46);
    std::string out = section.path.empty() ? "" : "[" + section.path + "]\n";
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto& info = section.rows[i].info;
        const std::string source = source_of(section.rows[i]);
        out +=
            fmt::format("  {:{}}  {:{}}  {:{}}  {}\n", cells[i][0], widths[0], cells[i][1], widths[1], cells[i][2], widths[2], cells[i][3]);
        out += wrapped(info.doc + (source.empty() ? "" : " [" + source + "]"), "      ");
    }
    return out;
}

const char* type_name(ParamType type) {
    switch (type) {
        case ParamType::boolean: return "boolean";
        case ParamType::integer: return "integer";
        case ParamType::real: return "real";
        case ParamType::choice: return "choice";
        case ParamType::text: return "text";
        case ParamType::integers: return "integers";
        case ParamType::reals: return "reals";
    }
    return "";
}

nlohmann::ordered_json number(double v) { return std::isfinite(v) ? nlohmann::ordered_json(v) : nlohmann::ordered_json(nullptr); }

nlohmann::ordered_json param_json(const std::string& section, const ParamRow& row) {
    const auto& info = row.info;
    nlohmann::ordered_json out{{"name", section.empty() ? info.name : section + "." + info.name}, {"type", type_name(info.type)}};
    out["value"] = std::visit(
        [](const auto& v) -> nlohmann::ordered_json {
            if constexpr (std::is_same_v<std::decay_t<decltype(v)>, double>) return number(v);
            else return v;
        },
        row.value);
    out["unit"] = info.unit;
    const bool ranged = info.type != ParamType::boolean && info.type != ParamType::choice && info.type != ParamType::text;
    if (ranged) out["lo"] = number(info.lo), out["hi"] = number(info.hi);
    if (!info.choices.empty()) out["choices"] = info.choices;
    out["doc"] = info.doc;
    out["source"] = source_of(row);
    out["kind"] = kind_of(row);
    if (!row.is_default()) out["default"] = std::visit([](const auto& v) -> nlohmann::ordered_json { return v; }, *row.declared);
    return out;
}

}  // namespace

std::pair<std::string, const Kind*> find_kind(const Kinds& kinds, const std::string& word) {
    std::vector<std::string> names, all;
    for (const auto& [plural, kind] : kinds) {
        if (word == plural || word == kind.singular) return {plural, &kind};
        names.push_back(plural);
        all.push_back(plural);
        all.push_back(kind.singular);
    }
    const std::string near = nearest_name(word, all);
    throw ConfigError("unknown kind \"" + word + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") + "; expected one of " +
                      join(names));
}

std::string first_sentence(const std::string& text) {
    constexpr std::size_t longest = 100;
    std::string out = text.substr(0, text.find('\n'));
    for (std::size_t i = 0; i + 2 < out.size(); ++i)
        if (out[i] == '.' && out[i + 1] == ' ' && std::isupper(static_cast<unsigned char>(out[i + 2]))) out.resize(i);
    if (!out.empty() && out.back() == '.') out.pop_back();
    if (out.size() <= longest) return out;
    for (const char* marks : {";:", ","})  // a whole clause where there is one
        for (std::size_t i = longest; i > longest / 4; --i)
            if (out[i] == ' ' && std::string(marks).find(out[i - 1]) != std::string::npos) return out.substr(0, i - 1);
    return out.substr(0, out.rfind(' ', longest)) + " ...";
}

std::string describe_text(const std::string& singular, const std::string& name, const Description& d) {
    std::string out = singular + " " + name + "\n" + wrapped(d.text, "  ");
    std::size_t widest = 0;
    for (const auto& [what, text] : d.facts) widest = std::max(widest, what.size());
    if (!d.facts.empty()) out += "\n";
    for (const auto& [what, text] : d.facts) out += fmt::format("  {:{}}  {}\n", what, widest, text);
    for (const auto& section : d.sections) out += "\n" + table_text(section);
    if (!d.config.empty()) out += "\nas written, presets included:\n\n" + d.config;
    return out;
}

std::string describe_json(const std::string& singular, const std::string& name, const Description& d) {
    nlohmann::ordered_json out{{"kind", singular}, {"name", name}, {"text", d.text}};
    out["facts"] = nlohmann::ordered_json::object();
    for (const auto& [what, text] : d.facts) out["facts"][what] = text;
    out["parameters"] = nlohmann::ordered_json::array();
    for (const auto& section : d.sections)
        for (const auto& row : section.rows) out["parameters"].push_back(param_json(section.path, row));
    if (!d.config.empty()) out["config"] = d.config;
    return out.dump(1);
}

}  // namespace ganbar::study
