// A leaf of the input as the value of one declared parameter.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ganbar/config/node.h"

namespace ganbar::config {
namespace {

using Leaf = Node::Leaf;

const char* what_it_is(const Leaf& leaf) {
    struct Name {
        const char* operator()(bool) const { return "true or false"; }
        const char* operator()(std::int64_t) const { return "a whole number"; }
        const char* operator()(double) const { return "a number"; }
        const char* operator()(const std::string&) const { return "a text"; }
        const char* operator()(const std::vector<std::int64_t>&) const { return "a list"; }
        const char* operator()(const std::vector<double>&) const { return "a list"; }
        const char* operator()(const std::vector<std::string>&) const { return "a list of texts"; }
    };
    return std::visit(Name{}, leaf.value);
}

[[noreturn]] void refuse(const ParamInfo& info, const Leaf& leaf, const std::string& expected) {
    throw ConfigError(fmt::format("{} is {}; expected {}", info.name, what_it_is(leaf), expected), leaf.where);
}

Value boolean(const ParamInfo& info, const Leaf& leaf) {
    if (const auto* b = std::get_if<bool>(&leaf.value)) return *b;
    if (const auto* s = std::get_if<std::string>(&leaf.value)) {
        if (*s == "on" || *s == "true") return true;
        if (*s == "off" || *s == "false") return false;
    }
    refuse(info, leaf, "true or false");
}

Value integer(const ParamInfo& info, const Leaf& leaf) {
    if (const auto* i = std::get_if<std::int64_t>(&leaf.value)) return *i;
    refuse(info, leaf, std::holds_alternative<double>(leaf.value) ? "a whole number, written without point or exponent" : "a whole number");
}

Value real(const ParamInfo& info, const Leaf& leaf) {
    const auto* s = std::get_if<std::string>(&leaf.value);
    if (!info.unit.empty()) {
        if (s) return parse_quantity(*s, info.unit, info.name, leaf.where);
        if (const auto* i = std::get_if<std::int64_t>(&leaf.value))
            return parse_quantity(std::to_string(*i), info.unit, info.name, leaf.where);
        if (const auto* d = std::get_if<double>(&leaf.value))
            return parse_quantity(fmt::format("{}", *d), info.unit, info.name, leaf.where);
        refuse(info, leaf, "a number with its unit, such as \"1 " + info.unit + "\"");
    }
    if (const auto* i = std::get_if<std::int64_t>(&leaf.value)) return static_cast<double>(*i);
    if (const auto* d = std::get_if<double>(&leaf.value)) return *d;
    refuse(info, leaf, s ? "a number without unit and quotes" : "a number");
}

Value word(const ParamInfo& info, const Leaf& leaf) {
    const auto has = [&](const std::string& name) {
        return std::find(info.choices.begin(), info.choices.end(), name) != info.choices.end();
    };
    if (const auto* s = std::get_if<std::string>(&leaf.value)) return *s;
    if (const auto* b = std::get_if<bool>(&leaf.value))
        for (const char* name : *b ? std::array{"on", "true"} : std::array{"off", "false"})
            if (has(name)) return std::string(name);
    if (const auto* i = std::get_if<std::int64_t>(&leaf.value); i && has(std::to_string(*i))) return std::to_string(*i);
    if (!leaf.raw.empty()) return leaf.raw;
    refuse(info, leaf, info.type == ParamType::text ? "a text in quotes" : "one of " + join(info.choices));
}

Value integers(const ParamInfo& info, const Leaf& leaf) {
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&leaf.value)) return *list;
    if (const auto* i = std::get_if<std::int64_t>(&leaf.value)) return std::vector<std::int64_t>{*i};
    refuse(info, leaf, "a list of whole numbers, for example [3, 5]");
}

Value reals(const ParamInfo& info, const Leaf& leaf) {
    std::vector<double> out;
    if (!info.unit.empty()) {
        if (const auto* list = std::get_if<std::vector<std::string>>(&leaf.value)) {
            for (const auto& text : *list) out.push_back(parse_quantity(text, info.unit, info.name, leaf.where));
            return out;
        }
        if (const auto* s = std::get_if<std::string>(&leaf.value)) return std::vector{parse_quantity(*s, info.unit, info.name, leaf.where)};
        const auto* none = std::get_if<std::vector<std::int64_t>>(&leaf.value);
        if (none && none->empty()) return out;
        refuse(info, leaf, "a list of numbers with their unit, for example [\"1 " + info.unit + "\"]");
    }
    if (const auto* list = std::get_if<std::vector<double>>(&leaf.value)) return *list;
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&leaf.value)) return std::vector<double>(list->begin(), list->end());
    if (const auto* i = std::get_if<std::int64_t>(&leaf.value)) return std::vector{static_cast<double>(*i)};
    if (const auto* d = std::get_if<double>(&leaf.value)) return std::vector{*d};
    refuse(info, leaf, "a list of numbers, for example [0.5, 1.0]");
}

Value typed(const ParamInfo& info, const Leaf& leaf) {
    switch (info.type) {
        case ParamType::boolean: return boolean(info, leaf);
        case ParamType::integer: return integer(info, leaf);
        case ParamType::real: return real(info, leaf);
        case ParamType::text:
        case ParamType::choice: return word(info, leaf);
        case ParamType::integers: return integers(info, leaf);
        case ParamType::reals: return reals(info, leaf);
    }
    throw std::logic_error("parameter " + info.name + " has no type");
}

}  // namespace

Value read_value(const ParamInfo& info, const Leaf& leaf) {
    Value value = typed(info, leaf);
    check_value(info, value, leaf.where);
    return value;
}

}  // namespace ganbar::config
