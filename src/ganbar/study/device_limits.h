// What about a device's steps limits a training on it, in a sentence.
#pragma once
#include <string>

#include "ganbar/device/device_registry.h"

namespace ganbar::study {

/// Of one pulse, from 2000 simulated cells: at mid-window unless said otherwise.
struct StepCharacter {
    double set_S = 0, reset_S = 0;  ///< mean change; reset_S < 0
    double noise = 0;               ///< standard deviation from pulse to pulse over |mean|, the larger of set and reset
    double spread = 0;              ///< standard deviation between devices over |mean|, likewise
    double unevenness = 0;          ///< largest over smallest mean step among 15%, 50% and 85% of the window, the larger of set and reset
    double pulses_across = 0;       ///< window over the larger mean step
};
StepCharacter step_character(const DeviceSpec& device, const PulsePair& pulses);

/// The limits that stand out: fewer than 30 pulses across the window, set and reset unequal by more than 1.5, noise above a step, devices
/// that differ by more than 30%, steps that change fourfold in the window. These limits are ours.
std::string limits_of(const StepCharacter& c);

}  // namespace ganbar::study
