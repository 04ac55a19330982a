// What a user who turns wires on should know before the run.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// A sentence each: pulses that a gate stops as soon as wires take anything from them; half-selected cells that move as much as was asked
/// for; batched programming that cannot be.
std::vector<std::string> wire_warnings(const Experiment& e);

}  // namespace ganbar
