// Transistors in cells, where they are modelled: pulses and reads through wires, one row at a time.
#pragma once
#include "ganbar/experiment/experiment.h"

namespace ganbar {

/// ConfigError at one of these places where tile.cell, its keys and [wires] do not go together.
void check_cells(const Experiment& experiment, const Location& tile, const Location& wires);

}  // namespace ganbar
