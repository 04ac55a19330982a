// Transistors in cells, where they are modelled: pulses and reads through wires, one row at a time.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// ConfigError at the key where tile.cell, its keys and [wires] do not go together.
void check_cells(const Experiment& experiment);

}  // namespace ganbar
