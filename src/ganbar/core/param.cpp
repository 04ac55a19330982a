#include "ganbar/core/param.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <map>

namespace ganbar {

const char* to_string(Kind kind) {
    switch (kind) {
        case Kind::published: return "published";
        case Kind::derived: return "derived";
        case Kind::assumed: return "assumed";
    }
    return "?";
}

namespace {

/// Which SI prefixes a unit takes: "3.6 ks" and "2 kV" are written without, "10 MHz" and "3 kohm" with.
bool takes_large_prefix(const std::string& unit) { return unit == "Hz" || unit == "ohm" || unit == "J" || unit == "W"; }
bool takes_prefix(const std::string& unit) {
    static const std::vector<std::string> with{"V", "A", "S", "ohm", "s", "Hz", "m", "m2", "F", "J", "W"};
    return std::find(with.begin(), with.end(), unit) != with.end();
}

/// digits * 10^exponent with one digit before the point, moved by `shift` places: ("15", 1) -> "15", ("15", 2) -> "150".
std::string moved_point(std::string digits, int shift) {
    while (digits.size() < static_cast<std::size_t>(shift) + 1) digits += '0';
    if (digits.size() > static_cast<std::size_t>(shift) + 1) digits.insert(static_cast<std::size_t>(shift) + 1, ".");
    return digits;
}

/// "150 uS": the shortest decimals that read back to the same double, with the prefix that leaves 1 to 999 before the point.
std::string number_text(double v, const std::string& unit) {
    const std::string plain = fmt::format("{}", v) + (unit.empty() ? "" : " " + unit);
    if (!takes_prefix(unit) || v == 0 || !std::isfinite(v)) return plain;
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::abs(v), std::chars_format::scientific).ptr;
    std::string digits(buffer, end);
    const auto e = digits.find('e');
    const int exponent = std::atoi(digits.c_str() + e + 1);
    digits.resize(e);
    std::erase(digits, '.');
    static const std::map<int, std::string> prefixes{{-18, "a"}, {-15, "f"}, {-12, "p"}, {-9, "n"}, {-6, "u"}, {-3, "m"},
                                                     {0, ""},    {3, "k"},   {6, "M"},   {9, "G"},  {12, "T"}};
    const int power = unit == "m2" ? 2 : 1, group = 3 * power;
    const int decade = (exponent >= 0 ? exponent / group : -((group - 1 - exponent) / group)) * group;
    const auto prefix = prefixes.find(decade / power);
    if (prefix == prefixes.end() || (decade >= 0 && !(decade > 0 && takes_large_prefix(unit)))) return plain;
    return (v < 0 ? "-" : "") + moved_point(digits, exponent - decade) + " " + prefix->second + unit;
}

/// A text as TOML writes it, in double quotes.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 32 || c == 127) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else out += c;
    }
    return out + "\"";
}

}  // namespace

static void check_range(const ParamInfo& info, double v, const Location& where) {
    if (std::isnan(v)) throw ConfigError(info.name + " is not a number", where);
    if (v < info.lo || v > info.hi)
        throw ConfigError(fmt::format("{} = {} is out of range; expected {} to {}", info.name, number_text(v, info.unit),
                                      number_text(info.lo, info.unit), number_text(info.hi, info.unit)),
                          where);
}

void check_value(const ParamInfo& info, const Value& value, const Location& where) {
    const auto wrong = [&](const char* expected) -> ConfigError {
        return ConfigError(fmt::format("{} has the wrong type; expected {}", info.name, expected), where);
    };
    switch (info.type) {
        case ParamType::boolean:
            if (!std::holds_alternative<bool>(value)) throw wrong("true or false");
            return;
        case ParamType::integer:
            if (!std::holds_alternative<std::int64_t>(value)) throw wrong("a whole number");
            check_range(info, static_cast<double>(std::get<std::int64_t>(value)), where);
            return;
        case ParamType::real:
            if (!std::holds_alternative<double>(value)) throw wrong("a number");
            check_range(info, std::get<double>(value), where);
            return;
        case ParamType::text:
            if (!std::holds_alternative<std::string>(value)) throw wrong("a text");
            return;
        case ParamType::choice: {
            if (!std::holds_alternative<std::string>(value)) throw wrong(("one of " + join(info.choices)).c_str());
            const auto& word = std::get<std::string>(value);
            if (std::find(info.choices.begin(), info.choices.end(), word) == info.choices.end()) {
                const std::string near = nearest_name(word, info.choices);
                throw ConfigError(fmt::format("{} = \"{}\" is not known; expected one of {}{}", info.name, word, join(info.choices),
                                              near.empty() ? "" : "; did you mean \"" + near + "\"?"),
                                  where);
            }
            return;
        }
        case ParamType::integers:
            if (!std::holds_alternative<std::vector<std::int64_t>>(value)) throw wrong("a list of whole numbers");
            for (const auto v : std::get<std::vector<std::int64_t>>(value)) check_range(info, static_cast<double>(v), where);
            return;
        case ParamType::reals:
            if (!std::holds_alternative<std::vector<double>>(value)) throw wrong("a list of numbers");
            for (const double v : std::get<std::vector<double>>(value)) check_range(info, v, where);
            return;
    }
}

std::string value_text(const ParamInfo& info, const Value& value) {
    const auto plain_real = [](double v) {
        std::string text = fmt::format("{}", v);
        if (text.find_first_of(".en") == std::string::npos) text += ".0";
        return text;
    };
    if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
    if (const auto* i = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *i);
    if (const auto* d = std::get_if<double>(&value)) return info.unit.empty() ? plain_real(*d) : "\"" + number_text(*d, info.unit) + "\"";
    if (const auto* s = std::get_if<std::string>(&value)) return quoted(*s);
    if (const auto* l = std::get_if<std::vector<std::int64_t>>(&value)) return fmt::format("[{}]", fmt::join(*l, ", "));
    std::vector<std::string> words;
    for (const double v : std::get<std::vector<double>>(value))
        words.push_back(info.unit.empty() ? plain_real(v) : quoted(number_text(v, info.unit)));
    return "[" + join(words) + "]";
}

std::string kind_of(const ParamRow& row) {
    if (row.is_default()) return to_string(row.info.source.kind);
    return row.said_by.starts_with("preset ") ? "preset" : "user";
}

std::string source_of(const ParamRow& row) {
    if (row.is_default()) return row.info.source.text;
    std::string text = value_text(row.info, *row.declared);
    if (text.size() > 2 && text.front() == '"') text = text.substr(1, text.size() - 2);
    const std::string who = row.said_by.starts_with("preset ") ? "by " + row.said_by : "for this run";
    return fmt::format("set {}; the default, {}, is {}{}", who, text, to_string(row.info.source.kind),
                       row.info.source.text.empty() ? "" : ": " + row.info.source.text);
}

}  // namespace ganbar
