// Training rules side by side: which rules the study of rules tries, and the settings among which each is tuned.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ganbar/study/context.h"

namespace ganbar::study {

/// One rule, and the settings of its own that it is tuned by: each the text of `--set`, in equal number for every rule. A step given as
/// "{part}" of the device's window is filled in by `filled`.
struct RuleTry {
    std::string name;          ///< as tables and folders call it
    std::string rule;          ///< train.rule
    std::string doc;           ///< what it is tuned by
    double digital_words = 0;  ///< numbers that it keeps for a weight from one update to the next
    std::vector<std::string> fixed;
    std::vector<std::vector<std::string>> settings;
};

const std::vector<RuleTry>& rule_grid();
/// Those called `names`, in that order; all when there are none. ConfigError with the nearest name.
std::vector<RuleTry> rules_called(const std::vector<std::string>& names);

/// A device of the study, as settings over the preset measured-device.
struct RuleDevice {
    std::string name;
    std::vector<std::string> sets;  ///< of the device and its pulses
};
/// Presets of devices by name, and nili2020 with satyam2022-balanced's amplitudes; none: a measured, a nearly symmetric and a very
/// asymmetric one. ConfigError with the nearest name.
std::vector<RuleDevice> devices_called(const std::vector<std::string>& names, const config::Presets& experiments);

/// Settings of one training but its seed and length: device, rule, fixed and tuned settings, steps in siemens of this device.
std::vector<std::string> settings_of(const RuleDevice& device, const RuleTry& rule, std::size_t setting, const Context& context);

}  // namespace ganbar::study
