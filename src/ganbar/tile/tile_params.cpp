#include "ganbar/tile/tile_params.h"

namespace ganbar {
namespace {

/// What a tile says of its cells' transistors, as the circuit layer declares it: "type" as `cell`, the others as `cell_NAME`.
void add_cell(Schema<TileParams>& out) {
    for (auto& part : CellParams::schema()) {
        const std::string name = part.info.name;
        if (name != "type" && name != "r_on" && name != "g_off" && name != "v_gate" && name != "c_gate" && name != "active_area") continue;
        ParamInfo info = part.info;
        info.name = name == "type" ? "cell" : "cell_" + name;
        if (name == "type")
            info.choices = {"passive", "1t1r"}, info.doc =
                                                    "the memristor alone, or with a transistor on a gate line of its row: closed gates "
                                                    "keep the other rows from half-selection (needs wires.mode = exact)";
        out.push_back({info, [set = part.set](TileParams& t, const Value& v) { set(t.cell, v); },
                       [get = part.get](const TileParams& t) { return get(t.cell); }});
    }
}

}  // namespace

Schema<TileParams> TileParams::schema() {
    using namespace literals;
    using T = TileParams;
    Schema<T> out{
        param("rows", &T::rows, std::int64_t{1}, std::int64_t{4096}, "word lines of one crossbar",
              published("satyam2022, sec. II: 64 x 64 arrays")),
        param("cols", &T::cols, std::int64_t{1}, std::int64_t{4096}, "bit lines of one crossbar",
              published("satyam2022, sec. II: 64 x 64 arrays")),
        choice("mapping", &T::mapping, {"signed", "differential", "offset"}, "how cells encode signed weights",
               published("satyam2022, eq. 3: signed single cell")),
        choice("placement", &T::placement, {"blockwise", "per_layer", "per_layer_slack", "dense"}, "how partial blocks share crossbars",
               derived("per_layer_slack is the policy that gives the 54 arrays of satyam2022, sec. II")),
        choice("start", &T::start, {"weights", "uniform"}, "initial conductances: the mapped initial weights, or uniform over the window",
               assumed("not given in satyam2022")),
        choice("errors", &T::errors, {"arrays", "digital"},
               "errors go back through the same cells, or through digital copies of the weights",
               assumed("arrays; krestinskaya2020 is digital here (satyam2022, sec. I)")),
        param("sign_flips", &T::sign_flips,
              "signed mapping: the sign of a weight is a bit that flips when the weight passes through zero; otherwise it is frozen",
              assumed("frozen, as in satyam2022; krestinskaya2020 has an array of signs")),
        param("mac_energy", &T::mac_energy, Joule{0}, Joule{1e-6}, "energy of one digital multiplication and addition of an error",
              published("Horowitz, ISSCC 2014: 8 bits at 45 nm, 0.2 pJ and 0.03 pJ; memory traffic not in it")),
        param("sign_energy", &T::sign_energy, Joule{0}, Joule{1e-6}, "energy of writing one sign bit",
              assumed("a small static memory cell")),
        param("v_read", &T::v_read, 1_mV, Volt{1}, "largest read voltage",
              assumed("0.1 V: facts on this stack read at 0.1 V (Prezioso 2015); satyam2022 gives none")),
        param("t_read", &T::t_read, Second{1e-12}, 1_ms, "integration time of one read", assumed("as long as a programming pulse")),
        param("dac_bits", &T::dac_bits, std::int64_t{0}, std::int64_t{16}, "input converter resolution, sign included; 0 = ideal",
              assumed("8 bits as usual in the field; satyam2022 models no converters")),
        param("adc_bits", &T::adc_bits, std::int64_t{0}, std::int64_t{16}, "output converter resolution, sign included; 0 = ideal",
              assumed("8 bits as usual in the field; satyam2022 models no converters")),
        param("adc_headroom", &T::adc_headroom, 0.1, 10.0, "converter range over the largest current seen by each array",
              assumed("20% against clipping")),
        param("adc_noise_lsb", &T::adc_noise_lsb, 0.0, 16.0, "converter noise, rms, in steps of the converter", assumed("off")),
        param("adc_range", &T::adc_range, Ampere{0}, Ampere{1}, "fixed range of every converter; 0 = follow the largest current",
              assumed("ranged by the programmable gain of each array")),
        param("read_noise", &T::read_noise, "add the device model's read noise to every column current",
              published("satyam2022, sec. II: static characteristics including noise")),
        choice("energy", &T::energy, {"ohmic", "nonlinear"}, "energy of a pulse: V^2 G t, or V I(V) t with the static I-V",
               published("satyam2022, sec. III.B: V^2 G t")),
        param("yield", &T::yield, 0.0, 1.0, "fraction of cells that switch; the others are stuck",
              assumed("1; this stack reports about 0.99 (Kim 2021)")),
        param("stuck_high", &T::stuck_high, 0.0, 1.0, "fraction of stuck cells that sit at the upper end of the window", assumed("half")),
        param("adc", &T::adc, "kind of the output converters (ganbar list converters); ideal = none",
              published("ISAAC, ISCA 2016: successive approximation")),
        param("dac", &T::dac, "kind of the input converters (ganbar list converters); ideal = none", published("as used by MNSIM 2.0")),
        param("node_nm", &T::node_nm, std::int64_t{0}, std::int64_t{65},
              "technology node of the converters, 32, 45 or 65 nm; 0 = each as published (ADC 32 nm, DAC 40 nm)", assumed("as published")),
        param("adc_energy", &T::adc_energy, Joule{0}, Joule{1e-6},
              "energy of one output conversion, whatever its bits; 0 = by kind, bits and node (8 bits: 1.67 pJ)",
              derived("ISAAC, ISCA 2016, table I: 8 bits at 1.28 GS/s, 32 nm: 2 mW, rescaled by bits as for accelerators")),
        param("dac_energy", &T::dac_energy, Joule{0}, Joule{1e-6},
              "energy of one input conversion, whatever its bits; 0 = by kind, bits and node (8 bits: 0.291 pJ)",
              derived("8-bit DAC at 1 GS/s, 40 nm, as used by MNSIM 2.0; twice per bit as ISAAC's drivers")),
        param("adc_time", &T::adc_time, Second{0}, 1_ms,
              "time of one output conversion; one converter serves a crossbar, a faster one than published is several interleaved; 0 = by "
              "kind and bits (8 bits: 0.8 ns)",
              derived("ISAAC, ISCA 2016: 1.28 GS/s, one comparison per bit")),
        param("cell_area", &T::cell_area, SquareMetre{1e-18}, SquareMetre{1e-6}, "footprint of one cell",
              published("satyam2022, sec. III.C: 0.6 um x 0.6 um")),
        param("adc_area", &T::adc_area, SquareMetre{0}, SquareMetre{1e-6},
              "area of one output converter, whatever its bits; 0 = by kind, bits, rate and node (8 bits: 1200 um2)",
              derived("ISAAC, ISCA 2016, table I: 0.0096 mm2 for 8, rescaled by bits as for accelerators")),
        param("dac_area", &T::dac_area, SquareMetre{0}, SquareMetre{1e-6},
              "area of one input converter, whatever its bits; 0 = by kind, bits and node (8 bits: 438 um2)",
              derived("8-bit DAC, 40 nm, as used by MNSIM 2.0; twice per bit as ISAAC's drivers")),
    };
    add_cell(out);
    return out;
}

}  // namespace ganbar
