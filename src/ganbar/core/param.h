// One declaration of a parameter (name, default, range, unit, source, kind, prose) feeds parsing, checks, help, docs and reports.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "ganbar/core/error.h"
#include "ganbar/core/units.h"

namespace ganbar {

/// How we know a number. published: printed in the source; derived: computed from published numbers; assumed: our choice.
enum class Kind : std::uint8_t { published, derived, assumed };
const char* to_string(Kind kind);

struct Source {
    std::string text;  ///< paper, equation, table; or the reason for an assumption
    Kind kind = Kind::assumed;
};
inline Source published(std::string text) { return {std::move(text), Kind::published}; }
inline Source derived(std::string text) { return {std::move(text), Kind::derived}; }
inline Source assumed(std::string text) { return {std::move(text), Kind::assumed}; }

/// A parameter's value, SI when it has a unit.
using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>, std::vector<double>>;

enum class ParamType : std::uint8_t { boolean, integer, real, choice, text, integers, reals };

struct ParamInfo {
    std::string name;
    ParamType type = ParamType::real;
    std::string unit;  ///< SI symbol; "" when the parameter carries no unit
    double lo = -std::numeric_limits<double>::infinity(), hi = std::numeric_limits<double>::infinity();  ///< inclusive
    std::vector<std::string> choices;
    std::string doc;
    Source source;
};

/// Checks type, range and choices; throws ConfigError naming the parameter and what was expected.
void check_value(const ParamInfo& info, const Value& value, const Location& where);
/// Text of a value as the config language writes it ("100 ns", 0.5, "off", [3, 5]); reads back to the same value.
std::string value_text(const ParamInfo& info, const Value& value);

template <class P>
struct Param {
    ParamInfo info;
    std::function<void(P&, const Value&)> set;
    std::function<Value(const P&)> get;
};
template <class P>
using Schema = std::vector<Param<P>>;

/// A quantity with unit; range given as quantities of the same dimension.
template <class P, int Kg, int M, int S, int A, int K>
Param<P> param(std::string name, Quantity<Kg, M, S, A, K> P::*member, Quantity<Kg, M, S, A, K> lo, Quantity<Kg, M, S, A, K> hi,
               std::string doc, Source source) {
    return {
        {std::move(name), ParamType::real, unit_symbol<Quantity<Kg, M, S, A, K>>(), lo.si, hi.si, {}, std::move(doc), std::move(source)},
        [member](P& p, const Value& v) { (p.*member).si = std::get<double>(v); },
        [member](const P& p) { return Value{(p.*member).si}; }};
}
/// A pure number.
template <class P>
Param<P> param(std::string name, double P::*member, double lo, double hi, std::string doc, Source source) {
    return {{std::move(name), ParamType::real, "", lo, hi, {}, std::move(doc), std::move(source)},
            [member](P& p, const Value& v) { p.*member = std::get<double>(v); },
            [member](const P& p) { return Value{p.*member}; }};
}
template <class P>
Param<P> param(std::string name, std::int64_t P::*member, std::int64_t lo, std::int64_t hi, std::string doc, Source source) {
    return {
        {std::move(name), ParamType::integer, "", static_cast<double>(lo), static_cast<double>(hi), {}, std::move(doc), std::move(source)},
        [member](P& p, const Value& v) { p.*member = std::get<std::int64_t>(v); },
        [member](const P& p) { return Value{p.*member}; }};
}
template <class P>
Param<P> param(std::string name, bool P::*member, std::string doc, Source source) {
    return {{std::move(name), ParamType::boolean, "", 0, 1, {}, std::move(doc), std::move(source)},
            [member](P& p, const Value& v) { p.*member = std::get<bool>(v); },
            [member](const P& p) { return Value{p.*member}; }};
}
template <class P>
Param<P> param(std::string name, std::string P::*member, std::string doc, Source source) {
    return {{std::move(name), ParamType::text, "", 0, 0, {}, std::move(doc), std::move(source)},
            [member](P& p, const Value& v) { p.*member = std::get<std::string>(v); },
            [member](const P& p) { return Value{p.*member}; }};
}
template <class P>
Param<P> param(std::string name, std::vector<std::int64_t> P::*member, std::int64_t lo, std::int64_t hi, std::string doc, Source source) {
    return {
        {std::move(name), ParamType::integers, "", static_cast<double>(lo), static_cast<double>(hi), {}, std::move(doc), std::move(source)},
        [member](P& p, const Value& v) { p.*member = std::get<std::vector<std::int64_t>>(v); },
        [member](const P& p) { return Value{p.*member}; }};
}
template <class P>
Param<P> param(std::string name, std::vector<double> P::*member, double lo, double hi, std::string doc, Source source) {
    return {{std::move(name), ParamType::reals, "", lo, hi, {}, std::move(doc), std::move(source)},
            [member](P& p, const Value& v) { p.*member = std::get<std::vector<double>>(v); },
            [member](const P& p) { return Value{p.*member}; }};
}
/// A closed set of names; the member is an enum whose values 0, 1, 2 ... are the positions in `names`.
template <class P, class E>
requires std::is_enum_v<E> Param<P> choice(std::string name, E P::*member, std::vector<std::string> names, std::string doc, Source source) {
    auto list = names;
    return {{std::move(name), ParamType::choice, "", 0, 0, std::move(names), std::move(doc), std::move(source)},
            [member, list](P& p, const Value& v) {
                for (std::size_t i = 0; i < list.size(); ++i)
                    if (list[i] == std::get<std::string>(v)) p.*member = static_cast<E>(i);
            },
            [member, list](const P& p) { return Value{list.at(static_cast<std::size_t>(p.*member))}; }};
}

/// A parameter's description without the struct it lives in, with its present value.
struct ParamRow {
    ParamInfo info;
    Value value;
    std::optional<Value> declared = {};  ///< the default, which info.source speaks of; none: `value` is it
    std::string said_by = {};            ///< who said the value: "preset NAME", "file x.toml", "--set"; "": nobody
    /// Whether info.source speaks of the value in use.
    bool is_default() const { return !declared || *declared == value; }
};
/// How the value in use is known: the declared kind ("published", "derived", "assumed") while it is the default, else who set it:
/// "preset" (a preset of ganbar's) or "user" (a file of the user's, --set).
std::string kind_of(const ParamRow& row);
/// The declared source; of another value than the default who set it, with the default, its kind and its source beside it.
std::string source_of(const ParamRow& row);

/// `defaults`: what the sources of `schema` speak of.
template <class P>
std::vector<ParamRow> param_rows(const Schema<P>& schema, const P& values, const P& defaults) {
    std::vector<ParamRow> rows;
    for (const auto& p : schema) rows.push_back({p.info, p.get(values), p.get(defaults), {}});
    return rows;
}
template <class P>
std::vector<ParamRow> param_rows(const Schema<P>& schema, const P& values) {
    return param_rows(schema, values, P{});
}

}  // namespace ganbar
