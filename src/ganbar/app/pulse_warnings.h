// What a user should know before a run whose pulses leave the range on which its device model was fitted.
#pragma once
#include "ganbar/app/experiment.h"

namespace ganbar::app {

/// A sentence each: amplitudes (with annealing and the ramps of closed loops) and widths beyond the model's fit, and the ends of its window.
std::vector<std::string> pulse_warnings(const Experiment& e, const DeviceRegistry& devices);

}  // namespace ganbar::app
