// Random bits from cells that are pulsed with a set probability of one half (the idea of Singh et al., arXiv 2211.03526: write-back and
// a pulse of 50% switching probability). A cell is off; a set pulse switches it on after an exponential waiting time
//   P(on after t) = 1 - exp(-t / tau),   tau = tau_0 exp(-V / V_0)          (Jo, Kim, Lu, Nano Lett. 9 (2009) 496; Gaba et al. 2013)
// it is read, and reset when it switched. bit = 1 when it switched. tau_0 varies from cell to cell (log-normal) and, with the filament's
// shape, from cycle to cycle: ln tau moves as an autoregressive process that forgets over `memory` cycles. The amplitude is trimmed cell
// by cell to P = 1/2 in steps of trim_step, or the same for all. The reset is taken as complete; read errors as none (on / off = 20).
// The form of the law is published; its numbers for passive Al2O3/TiO2-x cells are not: they are assumptions.
#pragma once
#include <memory>

#include "ganbar/bits/bit_generator.h"
#include "ganbar/core/param.h"

namespace ganbar {

struct SwitchingTrngParams {
    enum class Trim : std::uint8_t { common, per_cell };
    std::int64_t n_cells = 64;
    Siemens g_off{10e-6}, g_on{200e-6};
    Volt v_0{0.05};
    Second tau_0{1.0};
    Trim trim = Trim::per_cell;
    Volt trim_step{1e-3};
    double spread = 0.5, cycle_spread = 0.1, memory = 10;
    Volt v_reset{-1.2}, v_read{0.1};
    Second t_set{100e-9}, t_reset{100e-9}, t_int{100e-9};
    Joule comparator_energy{1e-13};
    SquareMetre cell_area{0.36e-12}, comparator_area{500e-12};
    static Schema<SwitchingTrngParams> schema();
    static const char* doc();
    /// Amplitude at which a cell with this tau_0 switches in half of the pulses.
    double half_V(double tau_0_s) const;
};
std::unique_ptr<BitGenerator> make_switching_trng(const SwitchingTrngParams& params, const Rng& chip, const Rng& selection,
                                                  const Rng& noise);

}  // namespace ganbar
