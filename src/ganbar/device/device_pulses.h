// What `ganbar device` computes: one cell of a model under a sequence of pulses.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ganbar/device/device_registry.h"

namespace ganbar {

struct CellPulse {
    Volt voltage;
    Second width;
};
/// "0.8,1e-7" (volts, seconds) or "0.8 V,100 ns". ConfigError for anything else, 0 V, widths of 0 or less, infinities, and bare widths
/// above 1 s, which are nanoseconds more often than meant.
CellPulse parse_pulse(const std::string& text);

/// "150e-6" (siemens) or "150 uS". ConfigError for anything else, and for bare numbers above 1, which are microsiemens more often than
/// meant.
double parse_conductance(const std::string& text);

struct CellQuestion {
    std::string model;
    std::vector<std::string> settings;  ///< key=value
    std::optional<double> from_S;       ///< the model's g_min when absent
    std::vector<CellPulse> pulses;      ///< the sequence
    std::int64_t count = 1;             ///< how often the whole sequence is applied
    std::uint64_t seed = 1;             ///< of the cell's draws, where the settings ask for variation
    EnergyRule energy = EnergyRule::ohmic;
    const config::Node* table = nullptr;  ///< the model's keys from a device file, below the settings
};
struct CellAnswer {
    double start_S = 0;
    std::vector<CellPulse> pulses;                 ///< one for each entry below
    std::vector<double> g_S, delta_g_S, energy_J;  ///< after, change by, and heat of each pulse; a pulse that moves nothing costs nothing
    std::vector<ParamRow> used;                    ///< the parameters in force
    Window window;
    std::vector<std::string> warnings;  ///< of pulses and conductances beyond what the model was fitted on, or outside its window
};
/// The expected cell: variation is off unless the settings ask for it. ConfigError for unknown models, keys and values, and for a start
/// outside what the model can hold. NumericError where a result is not finite.
CellAnswer pulse_cell(const DeviceRegistry& devices, const CellQuestion& question);

/// What of a pulse (v > 0 sets) lies beyond what the device was measured or fitted on, a sentence each; none for a pulse that leaves
/// mid-window cells as they are.
std::vector<std::string> beyond_fit(const DeviceSpec& device, Volt v, Second width);
/// Whether such a pulse moves any of a few cells in the middle of their window.
bool moves(const DeviceSpec& device, Volt v, Second width);

/// The model as pulse_cell() has it: the question's settings, variation off unless they ask for it.
DeviceSpec expected_cell(const DeviceRegistry& devices, const CellQuestion& question);

}  // namespace ganbar
