// The pulses and conductances on which a device model's numbers were measured or fitted. Beyond them its formulas extrapolate, which
// commands say in a line.
#pragma once
#include <limits>
#include <string>
#include <vector>

#include "ganbar/core/units.h"

namespace ganbar {

/// Magnitudes of voltages. A side that the source leaves open is 0 or infinite.
struct Coverage {
    Volt set_lo{0}, set_hi{std::numeric_limits<double>::infinity()};
    Volt reset_lo{0}, reset_hi{std::numeric_limits<double>::infinity()};
    Second width_lo{0}, width_hi{std::numeric_limits<double>::infinity()};
    Siemens g_lo{0}, g_hi{std::numeric_limits<double>::infinity()};
    std::string source;  ///< of these bounds: a paper, or how they follow from one
};

/// What of a pulse (v > 0 sets) that moves cells lies beyond, a sentence each; none where nothing does. A pulse below a threshold, which
/// moves nothing, is not asked about.
std::vector<std::string> beyond(const Coverage& coverage, const std::string& model, Volt v, Second width);
/// The same of a conductance.
std::vector<std::string> beyond(const Coverage& coverage, const std::string& model, Siemens g);

}  // namespace ganbar
