// The analog periphery of krestinskaya2020's hybrid: operational amplifiers and what is built from them. The paper's schematics are not
// known to us, so every number but the technology's is ours and says so. One declaration a parameter.
#pragma once
#include "ganbar/core/param.h"

namespace ganbar::periphery {

enum class PeripheryKind : std::uint8_t { digital, analog };

struct PeripheryParams {
    PeripheryKind kind = PeripheryKind::digital;
    Volt v_unit{0.3}, v_supply{1.8}, v_swing{0.8}, opamp_offset{0}, offset_sigma{0}, diode_drop{0.05};
    double opamp_gain = 1000, slope_factor = 1.5, logit_scale = 0.25;
    Hertz opamp_bandwidth{10e6};
    Ampere opamp_current{1e-6}, tail_current{1e-6};
    Kelvin temperature{300};
    Ohm r_readout{50e3}, r_feedback{250e3}, r_switch{2e3}, r_switch_off{1e11}, r_leak{1e12};
    Farad c_hold{1e-12};
    Second t_slot{5e-6}, t_hold{100e-6};
    std::int64_t columns_per_amplifier = 0;
    double gain_max = 6.25, dropout = 0, gated_power = 0;
    bool dropout_at_inference = false, normalise = false;
    SquareMetre opamp_area{1000e-12}, switch_area{10e-12}, transistor_area{20e-12}, capacitor_area{1000e-12}, resistor_area{100e-12};

    static Schema<PeripheryParams> schema();
    /// n V_T of a transistor in weak inversion.
    double thermal_V() const { return slope_factor * constants::boltzmann_J_per_K * temperature.si / constants::elementary_charge_C; }
};

}  // namespace ganbar::periphery
