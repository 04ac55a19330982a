// Writing weights that were trained elsewhere into cells: pulses and reads until each cell shows what it should.
#pragma once
#include <cstdint>

#include "ganbar/core/update_rule.h"

namespace ganbar {

/// Adaptive write-verify (Alibart et al., Nanotechnology 23 (2012) 075201): a cell is read; while it shows too little it gets set pulses,
/// while it shows too much reset pulses, each `ramp` stronger than the one before; where the direction turns the amplitude starts anew.
struct TuneSpec {
    PulseShape pulse;
    Volt ramp{0.05};
    double tolerance = 0.01;        ///< of the window: nearer than this a cell is done
    std::int64_t max_pulses = 200;  ///< a cell
};

struct TuneReport {
    std::int64_t n_cells = 0, n_pulses = 0, n_unreached = 0;
    double sum_error2 = 0, largest_error = 0;  ///< what reads without noise show against the target, parts of the window
    double energy_J = 0;                       ///< pulses and reads
    double rms_error() const;
    void operator+=(const TuneReport& other);
};

}  // namespace ganbar
