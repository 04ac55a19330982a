#include "ganbar/device/device_pulses.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "ganbar/core/stop.h"

namespace ganbar {
namespace {

/// SI value of a bare number or a quantity. Bare numbers above `most` are refused with the unit that was probably meant.
double number_or_quantity(std::string text, const std::string& unit, const std::string& what, double most, const std::string& meant) {
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    double value = 0;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, fault] = std::from_chars(begin, text.data() + text.size(), value);
    const bool plain = fault == std::errc{} && end == text.data() + text.size();
    if (!plain) return config::parse_quantity(text, unit, what, {});
    if (value > most)
        throw ConfigError(fmt::format("a bare {} is taken as {} {}; write \"{} {}\" if you mean that, or \"{} {}\"", text, text, unit, text,
                                      meant, text, unit));
    return value;
}

void check_range(const CellPulse& pulse, const std::string& said) {
    if (!std::isfinite(pulse.voltage.si) || std::abs(pulse.voltage.si) > 100 || pulse.voltage.si == 0)
        throw ConfigError(said + ": the voltage is out of range; expected up to 100 V, above 0 to set, below 0 to reset");
    if (!std::isfinite(pulse.width.si) || pulse.width.si <= 0 || pulse.width.si > 1e6)
        throw ConfigError(said + ": the width is out of range; expected above 0 s, up to 1e6 s");
}

}  // namespace

double parse_conductance(const std::string& text) {
    double value = 0;
    try {
        value = number_or_quantity(text, "S", "the conductance", 1, "uS");
    } catch (const ConfigError& e) {
        throw ConfigError("--from \"" + text + "\" is not a conductance: " + e.what() +
                          "; expected siemens, for example 150e-6 or \"150 uS\"");
    }
    if (!std::isfinite(value) || value < 0)
        throw ConfigError("--from \"" + text + "\" is not a conductance; expected 0 or more siemens, for example 150e-6 or \"150 uS\"");
    return value;
}

CellPulse parse_pulse(const std::string& text) {
    const auto comma = text.find(',');
    const std::string expected = "; expected VOLTAGE,WIDTH in volts and seconds, for example 0.8,1e-7 or \"-0.8 V,100 ns\"";
    if (comma == std::string::npos || text.find(',', comma + 1) != std::string::npos)
        throw ConfigError("--pulse \"" + text + "\" is not a pair" + expected);
    CellPulse pulse;
    try {
        pulse = {{number_or_quantity(text.substr(0, comma), "V", "the voltage", 1e300, "mV")},
                 {number_or_quantity(text.substr(comma + 1), "s", "the width", 1, "ns")}};
    } catch (const ConfigError& e) {
        throw ConfigError("--pulse \"" + text + "\": " + e.what() + expected);
    }
    check_range(pulse, "--pulse \"" + text + "\"");
    return pulse;
}

namespace {

std::string in_microsiemens(double g_S) { return fmt::format("{:.6g} uS", g_S * 1e6); }

/// The start that was asked for, checked against what the model holds.
void check_start(const CellQuestion& question, double asked, CellAnswer& answer) {
    if (!std::isfinite(asked) || asked < 0 || asked > 1e6)
        throw ConfigError(fmt::format("--from {} is not a conductance; expected siemens, for example 150e-6 or \"150 uS\"", asked));
    const auto [lo, hi] = answer.window;
    if (asked >= lo.si * (1 - 1e-6) && asked <= hi.si * (1 + 1e-6)) return;
    if (std::abs(answer.start_S - asked) > 1e-4 * asked || asked > 1)
        throw ConfigError(fmt::format("--from {} lies outside what {} can hold; expected {} to {}", in_microsiemens(asked), question.model,
                                      in_microsiemens(lo.si), in_microsiemens(hi.si)));
    const auto open = [](const ParamRow& row) { return row.info.name == "window" && row.value == Value{std::string("off")}; };
    if (std::none_of(answer.used.begin(), answer.used.end(), open))
        answer.warnings.push_back(fmt::format("the start at {} lies outside the window of {}, {} to {}", in_microsiemens(asked),
                                              question.model, in_microsiemens(lo.si), in_microsiemens(hi.si)));
}

void warn_once(CellAnswer& answer, const std::vector<std::string>& lines) {
    for (const auto& line : lines)
        if (std::find(answer.warnings.begin(), answer.warnings.end(), line) == answer.warnings.end()) answer.warnings.push_back(line);
}

/// Applies the whole sequence `count` times to the array's only cell.
void apply_pulses(DeviceArray& cell, const CellQuestion& question, const std::optional<Coverage>& coverage, CellAnswer& answer) {
    const auto now = [&cell] {
        float value = 0;
        cell.conductance(0, std::span(&value, 1));
        return double{value};
    };
    const Rng draws = Rng(question.seed).stream("device pulses");
    double before = answer.start_S;
    for (std::int64_t round = 0; round < question.count; ++round) {
        stop_point();
        for (const auto& pulse : question.pulses) {
            const std::int8_t sign = pulse.voltage.si > 0 ? 1 : -1;
            const PulsePair pair{sign > 0 ? pulse.voltage : -pulse.voltage, sign > 0 ? -pulse.voltage : pulse.voltage, pulse.width};
            const auto bill = cell.program(0, std::span(&sign, 1), pair, question.energy, draws.stream("pulse", answer.g_S.size()));
            const double after = now();
            if (!std::isfinite(after) || !std::isfinite(bill.energy_J))
                throw NumericError(fmt::format(
                    "{}: a pulse of {} V and {} s from {:.6g} S has no finite result ({} S, {} J); lower the voltage or the width",
                    question.model, pulse.voltage.si, pulse.width.si, before, after, bill.energy_J));
            answer.pulses.push_back(pulse);
            answer.g_S.push_back(after);
            answer.delta_g_S.push_back(after - before);
            answer.energy_J.push_back(bill.energy_J);
            if (coverage && round == 0 && after != before) warn_once(answer, beyond(*coverage, question.model, pulse.voltage, pulse.width));
            before = after;
        }
    }
}

}  // namespace

DeviceSpec expected_cell(const DeviceRegistry& devices, const CellQuestion& question) {
    const DeviceEntry& entry = devices.get(question.model);
    const auto given = question.table != nullptr ? question.table->clone() : std::make_unique<config::Node>();
    config::Node& node = *given;
    node.leaves.erase("model");
    for (const auto& assignment : question.settings) config::apply_override(node, assignment);
    switch_variation_off(entry, node);
    DeviceSpec spec = entry.bind(&node);
    spec.model = question.model;
    config::reject_unused(node, {{"", entry.param_names}});
    return spec;
}

bool moves(const DeviceSpec& device, Volt v, Second width) {
    constexpr std::size_t n = 16;
    const auto cells = device.make(n);
    const auto [lo, hi] = cells->window();
    std::vector<float> before(n), after(n);
    cells->fabricate(std::vector<float>(n, static_cast<float>(0.5 * (lo.si + hi.si))), Rng(1));
    cells->conductance(0, before);
    cells->program_at(0, std::vector<float>(n, static_cast<float>(v.si)), width, EnergyRule::ohmic, Rng(2));
    cells->conductance(0, after);
    return before != after;
}

std::vector<std::string> beyond_fit(const DeviceSpec& device, Volt v, Second width) {
    if (!device.coverage || v.si == 0) return {};
    const auto lines = beyond(*device.coverage, device.model, v, width);
    return lines.empty() || moves(device, v, width) ? lines : std::vector<std::string>{};
}

CellAnswer pulse_cell(const DeviceRegistry& devices, const CellQuestion& question) {
    for (const auto& pulse : question.pulses) check_range(pulse, fmt::format("a pulse of {} V, {} s", pulse.voltage.si, pulse.width.si));
    CellAnswer answer;
    const DeviceSpec spec = expected_cell(devices, question);
    const auto cell = spec.make(1);
    answer.used = spec.params;
    answer.window = cell->window();
    if (question.count < 1 || question.count > 10'000'000) throw ConfigError("--count is out of range; expected 1 to 10000000");
    const double asked = question.from_S.value_or(answer.window.g_min.si);
    auto g = static_cast<float>(std::clamp(asked, 0.0, 1e6));
    cell->fabricate(std::span(&g, 1), Rng(question.seed));
    cell->conductance(0, std::span(&g, 1));
    answer.start_S = double{g};
    check_start(question, asked, answer);
    if (spec.coverage) warn_once(answer, beyond(*spec.coverage, question.model, Siemens{asked}));
    apply_pulses(*cell, question, spec.coverage, answer);
    return answer;
}

}  // namespace ganbar
