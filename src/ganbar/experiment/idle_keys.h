// Settings of the command line that change nothing as the others are.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// A line for each --set of [nonideal] whose switch is off, and of cells where weights are in software.
std::vector<std::string> idle_keys(const Experiment& experiment);

}  // namespace ganbar
