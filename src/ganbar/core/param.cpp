#include "ganbar/core/param.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ganbar {

const char* to_string(Kind kind) {
    switch (kind) {
        case Kind::published: return "published";
        case Kind::derived: return "derived";
        case Kind::assumed: return "assumed";
    }
    return "?";
}

static std::string number_text(double v, const std::string& unit) {
    std::string text = fmt::format("{}", v);  // shortest text that reads back to the same double
    return unit.empty() ? text : text + " " + unit;
}

static void check_range(const ParamInfo& info, double v, const Location& where) {
    if (std::isnan(v)) throw ConfigError(info.name + " is not a number", where);
    if (v < info.lo || v > info.hi)
        throw ConfigError(fmt::format("{} = {} is out of range; expected {} to {}", info.name, number_text(v, info.unit),
                                      number_text(info.lo, info.unit), number_text(info.hi, info.unit)), where);
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
                                              near.empty() ? "" : "; did you mean \"" + near + "\"?"), where);
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
    if (const auto* s = std::get_if<std::string>(&value)) {
        std::string out = "\"";
        for (const char c : *s) out += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
        return out + "\"";
    }
    if (const auto* l = std::get_if<std::vector<std::int64_t>>(&value)) return fmt::format("[{}]", fmt::join(*l, ", "));
    std::vector<std::string> words;
    for (const double v : std::get<std::vector<double>>(value)) words.push_back(plain_real(v));
    return "[" + join(words) + "]";
}

}  // namespace ganbar
