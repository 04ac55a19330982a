// Random bits from the thermal noise of cells at zero bias: the noise current is amplified, sampled every t_sample and its sign taken.
//   variance of the sampled current  sigma^2 = (4 kB T G + S_amp) pi/2 f_c      (one pole at f_c; noise bandwidth pi/2 f_c; Nyquist 1928)
//   neighbouring samples correlate by  exp(-2 pi f_c t_sample)
//   bit = [ x + comparator noise > offset ],  offset: what the auto-zero leaves, spread over channels
// Without a bias there is neither shot nor 1/f noise of the cell. Interference from the supply, a sine of the given amplitude, can be
// added: it is known to the observer, as an attacker may have put it there. Circuit numbers are assumptions.
#pragma once
#include <memory>

#include "ganbar/bits/bit_generator.h"
#include "ganbar/core/param.h"

namespace ganbar {

struct ThermalTrngParams {
    std::int64_t n_channels = 1;
    Siemens conductance{225e-6};
    Kelvin temperature{300};
    Hertz bandwidth{10e6};
    Second t_sample{100e-9};
    double amplifier_noise_factor = 2;
    Ampere offset{0.05e-9}, comparator_noise{1e-9}, interference{0};
    Hertz interference_frequency{50};
    Watt amplifier_power{20e-6};
    Joule comparator_energy{1e-13};
    SquareMetre cell_area{0.36e-12}, amplifier_area{2000e-12}, comparator_area{100e-12};
    static Schema<ThermalTrngParams> schema();
    static const char* doc();
};
std::unique_ptr<BitGenerator> make_thermal_trng(const ThermalTrngParams& params, const Rng& chip, const Rng& selection, const Rng& noise);

}  // namespace ganbar
