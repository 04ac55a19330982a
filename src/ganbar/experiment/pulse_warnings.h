// What a user should know before a run whose pulses leave the range on which its device model was fitted.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// A sentence each: amplitudes (with annealing and the ramps of closed loops) and widths beyond the model's fit, and the ends of its
/// window.
std::vector<std::string> pulse_warnings(const Experiment& e);

}  // namespace ganbar
