// Random bits by sampling the telegraph noise of single cells (the idea of Kim et al., "Nano-intrinsic true random number generation").
// A cell has one trap: while it is filled the cell passes I (1 - depth). The read current is averaged over t_int and compared with a
// reference half-way between the two levels; bit = 1 while the trap is filled.
//   P(filled at t + T | s at t) = q + (s - q) exp(-T / tau),  q = tau_e / (tau_c + tau_e),  1/tau = 1/tau_c + 1/tau_e   (Machlup 1954)
//   noise of a read: sigma^2 = (4 kB T G + 2 q_e F I) / (2 t_int) + comparator noise; a trap may flip during t_int: that is neglected,
//   so t_int should stay well below tau. Neighbouring samples of a cell correlate by exp(-T / tau).
// No numbers of a generator on this stack are published: cells, traps and circuit are assumptions.
#pragma once
#include <memory>

#include "ganbar/bits/bit_generator.h"
#include "ganbar/core/param.h"

namespace ganbar {

struct TelegraphTrngParams {
    std::int64_t n_cells = 64;
    Siemens conductance{225e-6};
    Volt v_read{0.1};
    Second t_int{100e-9}, t_sample{100e-6};
    double depth_lo = 0.005, depth_hi = 0.01;
    Second tau_lo{1e-6}, tau_hi{100e-6};
    double screening = 0.1, reference_error = 0.05;
    bool thermal = true, shot = true;
    Kelvin temperature{300};
    double fano = 1;
    Ampere comparator_noise{10e-9};
    Joule comparator_energy{1e-13};
    SquareMetre cell_area{0.36e-12}, comparator_area{500e-12};
    static Schema<TelegraphTrngParams> schema();
    static const char* doc();
};
/// ConfigError when a range is upside down.
std::unique_ptr<BitGenerator> make_telegraph_trng(const TelegraphTrngParams& params, const Rng& chip, const Rng& selection,
                                                  const Rng& noise);

}  // namespace ganbar
