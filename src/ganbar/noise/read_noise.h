// What a read of a memristor's current fluctuates by, cell by cell, with the memory that slow fluctuations have from read to read.
//   thermal    S_I = 4 kB T G                                white; Johnson, Nyquist 1928
//   shot       S_I = 2 q F |I|                               white; Schottky 1918, F = Fano factor
//   flicker    S_I = I^2 K / f,  K = rms^2 / ln(f_hi/f_lo)   between f_lo and f_hi; Hooge 1969
//   telegraph  I -> I (1 - depth) while a trap is filled; capture and emission times tau_c, tau_e exponential (Machlup 1954)
// All spectra are one-sided. White parts enter one read with the bandwidth B: variance S_I B. Flicker is a sum of relaxations with
// time constants spaced evenly in log tau from 1/(2 pi f_hi) to 1/(2 pi f_lo), each advanced exactly over any interval.
// Cycle-to-cycle write variation belongs to the device laws (device/models). Parameters of flicker and traps are assumptions: no
// spectrum of the Pt/Al2O3/TiO2-x/Ti/Pt stack is published.
#pragma once
#include <span>
#include <vector>

#include "ganbar/core/param.h"
#include "ganbar/core/rng.h"

namespace ganbar::noise {

struct ReadNoiseParams {
    bool thermal = true, shot = false, flicker = false, telegraph = false;
    Kelvin temperature{300};
    Hertz bandwidth{1e8};
    double fano = 1;
    double flicker_rms = 0.003;
    Hertz flicker_lo{1}, flicker_hi{1e7};
    std::int64_t flicker_per_decade = 3;
    double traps_per_cell = 0.1, trap_depth_lo = 0.005, trap_depth_hi = 0.01;
    Second trap_tau_lo{1e-6}, trap_tau_hi{1};
    static Schema<ReadNoiseParams> schema();
};

class ReadNoise {
public:
    struct Trap {
        std::uint32_t cell = 0;
        float depth = 0;
        double tau_c_s = 1, tau_e_s = 1;  ///< mean time until capture while empty, until emission while filled
    };
    /// Fluctuations of n_cells cells, at first in their stationary state. ConfigError when a range is upside down.
    ReadNoise(const ReadNoiseParams& params, std::size_t n_cells, const Rng& rng);

    /// Time passes.
    void advance(Second dt);
    /// Noisy currents of all cells for their noiseless ones (A) at v (V). Draws the white parts; the slow parts stay as advance() left
    /// them.
    void read(double v_V, std::span<const float> current_A, std::span<float> noisy_A);

    /// Relative deviation of a cell's current by flicker and traps now.
    double relative_shift(std::size_t cell) const { return (flicker_.empty() ? 0.0 : flicker_of(cell)) - trapped_[cell]; }
    const std::vector<Trap>& traps() const { return traps_; }
    bool filled(std::size_t trap) const { return filled_[trap] != 0; }
    /// One-sided spectral density of the current (A^2/Hz) that theory gives at frequency f for a cell with current I at v.
    double spectrum_A2_per_Hz(std::size_t cell, double current_A, double v_V, double f_Hz) const;

    /// Slow states, for checkpoints: flicker components, then traps.
    std::vector<float> state() const;
    void restore(std::span<const float> state);  ///< DataError when it does not fit

private:
    double flicker_of(std::size_t cell) const;
    void settle_traps();

    ReadNoiseParams p_;
    std::size_t n_cells_;
    Rng rng_;
    std::vector<double> flicker_tau_s_;
    double flicker_sigma_ = 0;    // of one relaxation
    std::vector<float> flicker_;  // [cell][component]
    std::vector<Trap> traps_;
    std::vector<std::uint8_t> filled_;
    std::vector<double> trapped_;  // per cell: loss by its filled traps
};

}  // namespace ganbar::noise
