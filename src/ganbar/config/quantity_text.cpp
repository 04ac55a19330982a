// "100 ns" <-> 1e-7 s: the text of a physical quantity, with the dimension in every fault.
// Decimal texts are scaled by moving the decimal exponent, so "100 ns" and "1e-07 s" are the same double (one rounding).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "ganbar/config/node.h"

namespace ganbar::config {
namespace {

struct Unit {
    const char* symbol;  ///< as unit_symbol() of core/units.h writes it
    const char* kind;    ///< "a time"
    const char* example;
    int power;  ///< of a prefix: 2 for areas
};
constexpr std::array<Unit, 12> units{{
    {"V", "a voltage", "0.8 V", 1},
    {"A", "a current", "10 uA", 1},
    {"S", "a conductance", "150 uS", 1},
    {"ohm", "a resistance", "1.5 ohm", 1},
    {"s", "a time", "100 ns", 1},
    {"Hz", "a frequency", "10 MHz", 1},
    {"m", "a length", "30 nm", 1},
    {"m2", "an area", "3600 um2", 2},
    {"F", "a capacitance", "1 fF", 1},
    {"J", "an energy", "2 pJ", 1},
    {"W", "a power", "5 mW", 1},
    {"K", "a temperature", "300 K", 1},
}};
struct Prefix {
    const char* text;
    int exponent;
};
constexpr std::array<Prefix, 12> prefixes{{{"a", -18},
                                           {"f", -15},
                                           {"p", -12},
                                           {"n", -9},
                                           {"u", -6},
                                           {"\u00b5", -6},
                                           {"\u03bc", -6},
                                           {"m", -3},
                                           {"k", 3},
                                           {"M", 6},
                                           {"G", 9},
                                           {"T", 12}}};

/// Another way to write a unit: value * factor * 10^exponent + offset in SI.
struct Spelling {
    const char* text;
    const char* symbol;
    int exponent;
    double factor = 1, offset = 0;
};
constexpr std::array<Spelling, 7> spellings{{
    {"min", "s", 0, 60},
    {"h", "s", 0, 3600},
    {"eV", "J", 0, constants::elementary_charge_C},
    {"degC", "K", 0, 1, constants::zero_celsius_K},
    {"\u00b0C", "K", 0, 1, constants::zero_celsius_K},
    {"cm", "m", -2},
    {"cm2", "m2", -4},
}};

/// Writings of the same symbol.
std::string canonical(std::string text) {
    constexpr std::array<std::pair<const char*, const char*>, 5> same{
        {{"\u03a9", "ohm"}, {"\u2126", "ohm"}, {"Ohm", "ohm"}, {"^2", "2"}, {"\u00b2", "2"}}};
    for (const auto& [from, to] : same) {
        const auto at = text.find(from);
        if (at != std::string::npos && at + std::string(from).size() == text.size()) text.replace(at, std::string::npos, to);
    }
    return text;
}

const Unit* find_unit(const std::string& symbol) {
    for (const auto& u : units)
        if (symbol == u.symbol) return &u;
    return nullptr;
}

/// What a unit text says: the SI symbol and how to get there.
std::optional<Spelling> understand(const std::string& written, const Unit* wanted) {
    const std::string text = canonical(written);
    for (const auto& s : spellings)
        if (text == s.text) return s;
    if (const Unit* u = find_unit(text)) return Spelling{"", u->symbol, 0};
    if (wanted && text == wanted->symbol) return Spelling{"", wanted->symbol, 0};
    for (const auto& prefix : prefixes) {
        const std::string p = prefix.text;
        if (text.compare(0, p.size(), p) != 0) continue;
        const Unit* u = find_unit(text.substr(p.size()));
        if (!u && wanted && text.substr(p.size()) == wanted->symbol) u = wanted;
        if (u) return Spelling{"", u->symbol, prefix.exponent * u->power};
    }
    return std::nullopt;
}

constexpr int max_exponent = 1000;  ///< far beyond what a double holds, far below what an int holds

/// A decimal number times 10^exponent, rounded once.
std::optional<double> scaled(const std::string& number, int exponent) {
    if (number == "inf" || number == "+inf") return HUGE_VAL;
    if (number == "-inf") return -HUGE_VAL;
    std::string text = number;
    const auto e = number.find_first_of("eE");
    int written = 0;
    if (e != std::string::npos) {
        const char* first = number.data() + e + 1;
        if (*first == '+') ++first;
        if (std::from_chars(first, number.data() + number.size(), written).ec != std::errc{}) return std::nullopt;
        if (written > max_exponent || written < -max_exponent) return std::nullopt;
        text = number.substr(0, e);
    }
    text += "e" + std::to_string(written + exponent);
    const char* first = text.data() + (text[0] == '+' ? 1 : 0);
    double value = 0;
    const auto [end, fault] = std::from_chars(first, text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "100 ns" taken apart.
struct Written {
    std::string number, unit;
};

Written take_apart(const std::string& text) {
    const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    const auto is_sign = [&](std::size_t i) { return i < text.size() && (text[i] == '+' || text[i] == '-'); };
    const std::size_t start = std::min(text.find_first_not_of(' '), text.size());
    std::size_t i = is_sign(start) ? start + 1 : start;
    if (text.compare(i, 3, "inf") == 0) i += 3;
    while (is_digit(i) || (i < text.size() && text[i] == '.')) ++i;
    if (i > start && i < text.size() && (text[i] == 'e' || text[i] == 'E')) {  // an exponent only before digits: "2 eV", "2eV"
        const std::size_t digits = is_sign(i + 1) ? i + 2 : i + 1;
        if (is_digit(digits)) i = digits;
        while (is_digit(i)) ++i;
    }
    Written out{text.substr(start, i - start), text.substr(i)};
    out.unit.erase(0, std::min(out.unit.find_first_not_of(' '), out.unit.size()));
    out.unit.erase(out.unit.find_last_not_of(' ') + 1);
    return out;
}

}  // namespace

double parse_quantity(const std::string& text, const std::string& unit, const std::string& parameter, const Location& where) {
    const std::string plain_example = "1 " + unit;
    const Unit plain{unit.c_str(), "a quantity", plain_example.c_str(), 1};
    const Unit* wanted = find_unit(unit) ? find_unit(unit) : &plain;
    const auto fault = [&](const std::string& what) {
        return ConfigError(fmt::format("\"{}\" {}; {} is {}, for example \"{}\"", text, what, parameter, wanted->kind, wanted->example),
                           where);
    };
    const Written written = take_apart(text);
    if (written.number.empty()) throw fault("does not start with a number");
    if (!scaled(written.number, 0)) throw fault("does not start with a number that fits");
    if (written.unit.empty()) throw fault("has no unit");
    const auto meant = understand(written.unit, wanted);
    if (!meant) throw fault("has an unknown unit");
    if (std::string(meant->symbol) != wanted->symbol) throw fault(std::string("is ") + find_unit(meant->symbol)->kind);
    const auto value = scaled(written.number, meant->exponent);
    if (!value) throw fault("is beyond what a number can hold");
    return *value * meant->factor + meant->offset;
}

}  // namespace ganbar::config
