// One cell of a device model for a circuit simulator: its law (device/circuit_law.h) as a Verilog-A module, and as an ngspice deck whose
// behavioural twin of that module is written by a train of pulses.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "ganbar/circuit/crossbar_problem.h"
#include "ganbar/device/device_pulses.h"

namespace ganbar {

/// Pulses one after the other, each `width` long with a gap after it, through a resistance.
struct DeckPulses {
    std::vector<double> volts;
    Second width{100e-9}, gap{100e-9};
    Ohm series{0};
};

/// module `name`(p, n): the cell between p and n, its state an internal node; parameter start.
std::string verilog_a(const CircuitLaw& law, const std::string& name);
/// Modules of a crossbar's cells: `ganbar_memristor` (parameter g, its conductance) and, for cells with something in series,
/// `ganbar_selector`.
std::string verilog_a(const CrossbarProblem& crossbar);
/// A question to `ganbar device` as a deck, which carries the built-in device's answer in comments, and as a module. ConfigError for models
/// without a circuit law, pulses of several widths, more than 10000 pulses.
struct DeckOptions {
    Second gap{0};  ///< 0: as long as the pulses
    Ohm series{0};
};
struct DeviceTexts {
    std::string deck, module;           ///< deck: empty without pulses
    std::vector<std::string> warnings;  ///< as CellAnswer's
};
DeviceTexts device_texts(const DeviceRegistry& devices, const CellQuestion& question, const DeckOptions& options);

/// Prints g_0 before the first pulse and g_1, g_2, ... after each: small-signal conductance in S.
std::string pulse_deck(const CircuitLaw& law, const DeckPulses& train, const std::string& title);

}  // namespace ganbar
