// Random telegraph noise: what is declared of traps, for reads of cells and for generators of bits alike.
#pragma once
#include "ganbar/core/param.h"

namespace ganbar::noise {

/// P has traps_per_cell, trap_depth_lo, trap_depth_hi, trap_tau_lo, trap_tau_hi.
template <class P>
Schema<P> trap_params() {
    using namespace literals;
    return {
        param("traps_per_cell", &P::traps_per_cell, 0.0, 10.0, "mean number of traps of a cell",
              assumed("one trap in ten cells at 150-300 uS")),
        param("trap_depth_lo", &P::trap_depth_lo, 0.0, 1.0, "smallest relative loss of current of a filled trap",
              assumed("0.5-1% at 3-7 kohm, from the trend that dR/R grows with R")),
        param("trap_depth_hi", &P::trap_depth_hi, 0.0, 1.0, "largest relative loss of current of a filled trap",
              assumed("as trap_depth_lo")),
        param("trap_tau_lo", &P::trap_tau_lo, 1_ns, Second{1e6}, "shortest mean time to capture or emission (log-uniform)",
              assumed("1 us to 1 s")),
        param("trap_tau_hi", &P::trap_tau_hi, 1_ns, Second{1e6}, "longest mean time to capture or emission", assumed("as trap_tau_lo")),
    };
}

}  // namespace ganbar::noise
