#include "ganbar/fit/header.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "ganbar/config/node.h"

namespace ganbar::fit {
namespace {

struct Word {
    const char* text;
    Quantity what;
};
constexpr std::array<Word, 46> words{{{"device", Quantity::device},
                                      {"dev", Quantity::device},
                                      {"cell", Quantity::device},
                                      {"sample", Quantity::device},
                                      {"die", Quantity::device},
                                      {"dut", Quantity::device},
                                      {"deviceid", Quantity::device},
                                      {"devid", Quantity::device},
                                      {"cellid", Quantity::device},
                                      {"memristor", Quantity::device},
                                      {"cycle", Quantity::cycle},
                                      {"cyc", Quantity::cycle},
                                      {"repetition", Quantity::cycle},
                                      {"rep", Quantity::cycle},
                                      {"run", Quantity::cycle},
                                      {"trace", Quantity::cycle},
                                      {"sweep", Quantity::cycle},
                                      {"pulse", Quantity::pulse},
                                      {"pulsenumber", Quantity::pulse},
                                      {"pulseno", Quantity::pulse},
                                      {"n", Quantity::pulse},
                                      {"index", Quantity::pulse},
                                      {"number", Quantity::pulse},
                                      {"#", Quantity::pulse},
                                      {"pulse#", Quantity::pulse},
                                      {"pulseindex", Quantity::pulse},
                                      {"pulseid", Quantity::pulse},
                                      {"v", Quantity::voltage},
                                      {"voltage", Quantity::voltage},
                                      {"amplitude", Quantity::voltage},
                                      {"vpulse", Quantity::voltage},
                                      {"pulseamplitude", Quantity::voltage},
                                      {"pulsevoltage", Quantity::voltage},
                                      {"t", Quantity::width},
                                      {"width", Quantity::width},
                                      {"pulsewidth", Quantity::width},
                                      {"tpulse", Quantity::width},
                                      {"duration", Quantity::width},
                                      {"g", Quantity::conductance},
                                      {"conductance", Quantity::conductance},
                                      {"r", Quantity::resistance},
                                      {"resistance", Quantity::resistance},
                                      {"i", Quantity::current},
                                      {"current", Quantity::current},
                                      {"vread", Quantity::read_voltage},
                                      {"readvoltage", Quantity::read_voltage}}};

const char* si_of(Quantity q) {
    switch (q) {
        case Quantity::voltage:
        case Quantity::read_voltage: return "V";
        case Quantity::width: return "s";
        case Quantity::conductance: return "S";
        case Quantity::resistance: return "ohm";
        case Quantity::current: return "A";
        default: return "";
    }
}
bool measured(Quantity q) { return q == Quantity::conductance || q == Quantity::resistance || q == Quantity::current; }

std::string bare_word(std::string s) {
    const auto first = s.find_first_not_of(" \t\"_");
    if (first == std::string::npos) return "";
    return s.substr(first, s.find_last_not_of(" \t\"_") - first + 1);
}
std::string lower(std::string s) {
    for (char& c : s) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return s;
}
/// Micro signs of both code points as u, ohm signs as words.
std::string plain(std::string s) {
    constexpr std::array<std::pair<const char*, const char*>, 7> same{
        // the last as older programs write the micro sign, one byte of Latin-1
        {{"\u00b5", "u"}, {"\u03bc", "u"}, {"\u03a9", "ohm"}, {"\u2126", "ohm"}, {"Ohm", "ohm"}, {"OHM", "ohm"}, {"\xb5", "u"}}};
    for (const auto& [from, to] : same)
        for (auto at = s.find(from); at != std::string::npos; at = s.find(from)) s.replace(at, std::string(from).size(), to);
    return s;
}

/// Factor of a unit for a quantity; nothing when the text is no unit of it. "us" behind a conductance are microsiemens.
std::optional<double> scale_of(const std::string& unit, Quantity what) {
    const std::string si = si_of(what);
    for (const std::string& text :
         {unit, what == Quantity::conductance && unit.ends_with('s') ? unit.substr(0, unit.size() - 1) + "S" : unit,
          what == Quantity::resistance && unit.size() == 1 ? unit + "ohm" : unit, lower(unit)}) {
        try {
            return config::parse_quantity("1 " + text, si, "the column", {});
        } catch (const ConfigError&) {
        }
    }
    return std::nullopt;
}
std::optional<Quantity> quantity_of(const std::string& name) {
    std::string key;
    for (const char c : lower(name))
        if (c != '_' && c != ' ' && c != '-' && c != '.') key += c;
    for (const auto& word : words)
        if (key == word.text) return word.what;
    return std::nullopt;
}

/// Cuts "(uS)" or "[uS]" out of a name.
std::string take_bracket(std::string& name) {
    const auto open = name.find_first_of("([");
    const auto close = name.find_first_of(")]", open);
    if (open == std::string::npos || close == std::string::npos) return "";
    const std::string unit = bare_word(name.substr(open + 1, close - open - 1));
    name = bare_word(name.substr(0, open) + " " + name.substr(close + 1));
    return unit;
}
/// Cuts digits off the end of a name: which repetition it is.
std::string take_number(std::string& name) {
    auto cut = name.size();
    while (cut > 0 && std::isdigit(static_cast<unsigned char>(name[cut - 1]))) --cut;
    const std::string number = name.substr(cut);
    if (cut == 0) return "";
    name = bare_word(name.substr(0, cut));
    return number;
}

std::optional<Column> understand(const std::string& written);

/// "dev2_g_uS", "cell 7 R (kohm)": a measured quantity of the device that the name begins with.
std::optional<Column> of_one_device(const std::string& name) {
    const auto bar = name.find_first_of("_ ");
    if (bar == std::string::npos) return std::nullopt;
    const auto digits = [](const std::string& s) {
        return !s.empty() && std::all_of(s.begin(), s.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    std::string device = name.substr(0, bar), number, rest = bare_word(name.substr(bar + 1));
    std::string word = device;
    number = take_number(word);
    if (number.empty()) {  // "device 2 g_uS"
        const auto second = rest.find_first_of("_ ");
        if (second == std::string::npos || !digits(rest.substr(0, second))) return std::nullopt;
        device += " " + rest.substr(0, second), rest = bare_word(rest.substr(second + 1));
    }
    if (quantity_of(word) != Quantity::device) return std::nullopt;
    auto out = understand(rest);
    if (!out || !measured(out->what) || !out->repetition.empty() || !out->device.empty()) return std::nullopt;
    out->device = device, out->name = name;
    return out;
}

std::optional<Column> understand(const std::string& written) {
    Column out;
    out.name = bare_word(written);
    std::string name = plain(out.name);
    std::string unit = take_bracket(name);
    const auto take = [&](const std::string& text) {
        const auto what = quantity_of(text);
        if (what) out.what = *what;
        return what.has_value();
    };
    bool known = take(name);
    for (int attempt = 0; !known && attempt < 2; ++attempt) {
        if (attempt == 1) out.repetition = take_number(name);
        known = take(name);
        const auto bar = name.find_last_of("_ ");
        if (!known && unit.empty() && bar != std::string::npos && take(bare_word(name.substr(0, bar)))) {
            const std::string tail = name.substr(bar + 1);
            known = scale_of(tail, out.what).has_value();
            if (known) unit = tail;
        }
        if (attempt == 1 && out.repetition.empty()) break;
    }
    if (!known) return of_one_device(out.name);
    if (out.repetition.empty() || measured(out.what) || out.what == Quantity::device || out.what == Quantity::cycle) {
        if (unit.empty()) return out;
        out.has_unit = true;
        if (std::string(si_of(out.what)).empty()) {  // "cycle 1 (uS)": the unit says what the column holds
            for (const auto q : {Quantity::conductance, Quantity::resistance, Quantity::current})
                if (const auto scale = scale_of(unit, q); scale && !out.repetition.empty()) return out.what = q, out.scale = *scale, out;
            return std::nullopt;
        }
        if (const auto scale = scale_of(unit, out.what)) return out.scale = *scale, out;
        out.scale = 0;  // a unit of something else
        return out;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Column> read_header(const std::vector<std::string>& names, const std::string& unit, const Location& where) {
    std::vector<Column> out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Location here{where.file, where.line, static_cast<int>(i) + 1};
        const auto column = understand(names[i]);
        if (!column) {
            out.emplace_back();
            out.back().name = names[i];
            continue;
        }
        if (column->scale == 0)
            throw DataError("column \"" + column->name + "\" has a unit that is none of its quantity; expected " +
                                std::string(si_of(column->what)) + " with a prefix, for example " +
                                (column->what == Quantity::width         ? "t_ns"
                                 : column->what == Quantity::resistance  ? "r_kohm"
                                 : column->what == Quantity::current     ? "i_uA"
                                 : column->what == Quantity::conductance ? "g_uS"
                                                                         : "v_mV"),
                            here);
        out.push_back(*column);
        out.back().unit_in_name = column->has_unit;
    }
    if (!unit.empty() && !scale_of(plain(unit), Quantity::conductance) && !scale_of(plain(unit), Quantity::resistance) &&
        !scale_of(plain(unit), Quantity::current))
        throw ConfigError("--unit \"" + unit + "\" is no unit of a conductance, resistance or current; expected uS, kohm, uA or the like");
    const bool any_measured = std::any_of(out.begin(), out.end(), [](const Column& c) { return measured(c.what); });
    for (auto& column : out) {  // "cycle1;cycle2" with the unit given apart
        if (!any_measured && !unit.empty() && !column.repetition.empty() &&
            (column.what == Quantity::cycle || column.what == Quantity::device))
            for (const auto q : {Quantity::conductance, Quantity::resistance, Quantity::current})
                if (const auto scale = scale_of(plain(unit), q)) column.what = q, column.scale = *scale, column.has_unit = true;
        if (measured(column.what) && !column.has_unit && !unit.empty()) {
            const auto scale = scale_of(plain(unit), column.what);
            if (!scale)
                throw DataError("the unit \"" + unit + "\" is none of column \"" + column.name + "\"; expected " + si_of(column.what) +
                                    " with a prefix",
                                where);
            column.scale = *scale;
        }
        column.si = si_of(column.what);
    }
    return out;
}

}  // namespace ganbar::fit
