// Every circuit as a SPICE deck that ngspice runs in batch mode (`ngspice -b FILE`): the outside check on the behavioural curves.
// Amplifiers are one-pole macromodels whose swing diodes limit; pairs and mirrors are MOS transistors (level 3, weak inversion by NFS);
// rectifiers hold diodes, gates hold switches.
#pragma once
#include <iosfwd>
#include <span>
#include <string>

#include "ganbar/periphery/periphery_params.h"

namespace ganbar::periphery {

/// A deck with one instance of the circuit for each input; it prints "y_<i> = <volts>": the operating point, or for sample_hold and
/// column_read the output at the end of their time. Settings other than the parameters are the typical ones of circuits.h.
/// ConfigError with the nearest name for an unknown circuit, or when a setting cannot be built (a divider that would have to amplify).
void write_deck(const std::string& circuit, const PeripheryParams& p, std::span<const double> x_V, std::ostream& out);

}  // namespace ganbar::periphery
