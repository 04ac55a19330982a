#include "ganbar/device/device_pulses.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace ganbar {
namespace {

double number_or_quantity(std::string text, const std::string& unit, const std::string& what) {
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    double value = 0;
    const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
    const auto [end, fault] = std::from_chars(begin, text.data() + text.size(), value);
    const bool plain = fault == std::errc{} && end == text.data() + text.size();
    return plain ? value : config::parse_quantity(text, unit, what, {});
}

}  // namespace

double parse_conductance(const std::string& text) {
    try {
        return number_or_quantity(text, "S", "the conductance");
    } catch (const ConfigError&) {
        throw ConfigError("--from \"" + text + "\" is not a conductance; expected siemens, for example 150e-6 or \"150 uS\"");
    }
}

CellPulse parse_pulse(const std::string& text) {
    const auto comma = text.find(',');
    const std::string expected = "; expected VOLTAGE,WIDTH in volts and seconds, for example 0.8,1e-7 or \"-0.8 V,100 ns\"";
    if (comma == std::string::npos || text.find(',', comma + 1) != std::string::npos) throw ConfigError("--pulse \"" + text + "\" is not a pair" + expected);
    CellPulse pulse;
    try {
        pulse = {{number_or_quantity(text.substr(0, comma), "V", "the voltage")}, {number_or_quantity(text.substr(comma + 1), "s", "the width")}};
    } catch (const ConfigError& e) {
        throw ConfigError("--pulse \"" + text + "\": " + e.what() + expected);
    }
    if (!std::isfinite(pulse.voltage.si) || std::abs(pulse.voltage.si) > 100 || pulse.voltage.si == 0)
        throw ConfigError("--pulse \"" + text + "\": the voltage is out of range; expected up to 100 V, above 0 to set, below 0 to reset");
    if (!std::isfinite(pulse.width.si) || pulse.width.si <= 0 || pulse.width.si > 1e6)
        throw ConfigError("--pulse \"" + text + "\": the width is out of range; expected above 0 s, up to 1e6 s");
    return pulse;
}

CellAnswer pulse_cell(const DeviceRegistry& devices, const CellQuestion& question) {
    const DeviceEntry& entry = devices.get(question.model);
    config::Node node;
    for (const auto& assignment : question.settings) config::apply_override(node, assignment);
    switch_variation_off(entry, node);
    CellAnswer answer;
    const DeviceSpec spec = entry.bind(&node);
    const auto cell = spec.make(1);
    answer.used = spec.params;
    config::reject_unused(node, {{"", entry.param_names}});
    answer.window = cell->window();

    const double asked = question.from_S.value_or(answer.window.g_min.si);
    if (!std::isfinite(asked) || asked < 0 || asked > 1e3) throw ConfigError(fmt::format("--from {} is not a conductance; expected siemens, for example 150e-6", asked));
    if (question.count < 1 || question.count > 10'000'000) throw ConfigError("--count is out of range; expected 1 to 10000000");
    const auto g = static_cast<float>(asked);
    cell->fabricate(std::span(&g, 1), Rng(question.seed));
    const auto now = [&cell] {
        float value = 0;
        cell->conductance(0, std::span(&value, 1));
        return double{value};
    };
    answer.start_S = now();
    const bool in_window = asked >= answer.window.g_min.si * (1 - 1e-6) && asked <= answer.window.g_max.si * (1 + 1e-6);
    if (!in_window && std::abs(answer.start_S - asked) > 1e-4 * asked)
        throw ConfigError(fmt::format("--from {} lies outside what {} can hold; expected {:.6g} to {:.6g}", asked, question.model, answer.window.g_min.si, answer.window.g_max.si));

    const Rng draws = Rng(question.seed).stream("device pulses");
    double before = answer.start_S;
    for (std::int64_t round = 0; round < question.count; ++round) {
        for (const auto& pulse : question.pulses) {
            const std::int8_t sign = pulse.voltage.si > 0 ? 1 : -1;
            const PulsePair pair{sign > 0 ? pulse.voltage : -pulse.voltage, sign > 0 ? -pulse.voltage : pulse.voltage, pulse.width};
            const auto bill = cell->program(0, std::span(&sign, 1), pair, question.energy, draws.stream("pulse", answer.g_S.size()));
            answer.pulses.push_back(pulse);
            answer.g_S.push_back(now());
            answer.delta_g_S.push_back(answer.g_S.back() - before);
            answer.energy_J.push_back(bill.energy_J);
            before = answer.g_S.back();
        }
    }
    return answer;
}

}  // namespace ganbar
