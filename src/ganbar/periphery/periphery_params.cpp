#include "ganbar/periphery/periphery_params.h"

namespace ganbar::periphery {

Schema<PeripheryParams> PeripheryParams::schema() {
    using namespace literals;
    using T = PeripheryParams;
    const char* unknown = "the paper's circuits are not known to us";
    return {
        choice("kind", &T::kind, {"digital", "analog"}, "activations in digital logic, or in the analog circuits below",
               assumed("digital, as in satyam2022; krestinskaya2020 is analog")),
        param("v_unit", &T::v_unit, 1_mV, Volt{10}, "voltage that stands for 1 in the networks",
              assumed("as much as fits three units into the swing")),
        param("logit_scale", &T::logit_scale, 1e-3, 1.0, "voltage of 1 at the discriminator's output over v_unit",
              assumed("logits up to 10 fit into the swing: beyond it no error would come back")),
        param("v_supply", &T::v_supply, 100_mV, Volt{10}, "supply voltage",
              derived("krestinskaya2020: 0.18 um CMOS, whose core supply is 1.8 V")),
        param("v_swing", &T::v_swing, 10_mV, Volt{10}, "amplifiers reach this far above and below the middle of the supply",
              assumed("0.1 V of headroom at both rails")),
        param("opamp_gain", &T::opamp_gain, 1.0, 1e9, "open-loop gain", assumed("60 dB, one two-stage amplifier in 0.18 um")),
        param("opamp_offset", &T::opamp_offset, Volt{-1}, Volt{1}, "input offset of every amplifier", assumed("none: trimmed")),
        param("offset_sigma", &T::offset_sigma, Volt{0}, Volt{1},
              "spread of the output offset between readout circuits, standard deviation", assumed("off")),
        param("diode_drop", &T::diode_drop, 1_mV, Volt{0.7}, "drop of a rectifier's diode at 1 uA; it takes this from the swing",
              assumed("a transistor steered by a comparator; a junction would take 0.5 V of 0.8 V")),
        param("opamp_bandwidth", &T::opamp_bandwidth, 1_Hz, Hertz{1e12}, "gain-bandwidth product",
              assumed("10 MHz at about a microampere")),
        param("opamp_current", &T::opamp_current, Ampere{1e-12}, 1_A, "supply current of one amplifier", assumed(unknown)),
        param("tail_current", &T::tail_current, Ampere{1e-12}, 1_A, "current of the differential pairs that make tanh and sigmoid",
              assumed("weak inversion, for low power")),
        param("slope_factor", &T::slope_factor, 1.0, 3.0, "subthreshold slope factor n of the pairs", assumed("1.5, usual in 0.18 um")),
        param("temperature", &T::temperature, 1_K, 1000_K, "of the pairs", assumed("27 degC")),
        param("r_readout", &T::r_readout, 1_ohm, Ohm{1e12}, "feedback resistor of the readout of a column",
              assumed("brings the current of a weight of 0.4 at 0.1 V to its voltage: v_unit 0.4/(21 uS 0.1 V)")),
        param("r_feedback", &T::r_feedback, 1_ohm, Ohm{1e12}, "resistor of the rectifiers, normalisers and summing amplifiers",
              assumed("R_OFF of the paper's cells: the same array can make it")),
        param("r_switch", &T::r_switch, Ohm{1e-3}, Ohm{1e9}, "resistance of a closed switch",
              assumed("a minimum transmission gate in 0.18 um")),
        param("r_switch_off", &T::r_switch_off, 1_ohm, Ohm{1e18}, "resistance of an open switch",
              assumed("leakage of ten picoamperes at a volt")),
        param("r_leak", &T::r_leak, 1_ohm, Ohm{1e18}, "leakage resistance of the hold capacitor", assumed("picoamperes at a volt")),
        param("c_hold", &T::c_hold, Farad{1e-18}, Farad{1e-3}, "hold capacitor", assumed("1 pF: kT/C noise of 64 uV")),
        param("t_slot", &T::t_slot, Second{1e-12}, 1_s, "time for the read of one column", assumed("12 time constants of the readout")),
        param("t_hold", &T::t_hold, Second{0}, 1_s, "time a sample is held", assumed("one pass over a hundred columns")),
        param("columns_per_amplifier", &T::columns_per_amplifier, std::int64_t{0}, std::int64_t{1} << 20,
              "columns that one readout serves in turn; 0 = all of a layer",
              published("satyam2022, sec. I, on krestinskaya2020: sequential reading of the outputs")),
        param("gain_max", &T::gain_max, 1.0, 1e6, "largest gain of a normaliser, 1 over it the smallest",
              derived("krestinskaya2020: R_OFF/R_ON = 6.25, the gain a programmed cell can set")),
        param("dropout", &T::dropout, 0.0, 0.99, "share of hidden neurons whose gate is open in a pass of training",
              assumed("off; krestinskaya2020 uses dropout throughout, its rate not known to us")),
        param("dropout_at_inference", &T::dropout_at_inference, "gates work outside training too",
              assumed("off; the same group's dropout nets (Proc. R. Soc. A 476:20200210) keep them on")),
        param("gated_power", &T::gated_power, 0.0, 1.0, "what a neuron takes whose gate is open, as a share of one that works",
              assumed("0: its amplifiers are switched off; the abstract gives lower power as a purpose of dropout, not how")),
        param("normalise", &T::normalise,
              "layers with batch norm pass a normaliser instead, whose mean and gain are set digitally from running statistics",
              assumed("off: batch norm stays digital")),
        param("opamp_area", &T::opamp_area, SquareMetre{0}, SquareMetre{1e-6}, "area of one amplifier", assumed(unknown)),
        param("switch_area", &T::switch_area, SquareMetre{0}, SquareMetre{1e-6}, "area of one switch", assumed(unknown)),
        param("transistor_area", &T::transistor_area, SquareMetre{0}, SquareMetre{1e-6}, "area of one transistor of a pair or mirror",
              assumed(unknown)),
        param("capacitor_area", &T::capacitor_area, SquareMetre{0}, SquareMetre{1e-6}, "area of the hold capacitor",
              assumed("1 fF/um2, as metal-insulator-metal capacitors in 0.18 um")),
        param("resistor_area", &T::resistor_area, SquareMetre{0}, SquareMetre{1e-6}, "area of one resistor", assumed(unknown)),
    };
}

}  // namespace ganbar::periphery
