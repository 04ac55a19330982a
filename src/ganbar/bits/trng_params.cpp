// Parameters of the column-group comparator and of its noise.
#include "ganbar/bits/bit_circuit.h"
#include "ganbar/bits/trng.h"
#include "ganbar/noise/trap_params.h"

namespace ganbar {

namespace {
/// A real parameter of TrngParams::flicker_spectrum.
template <class Field>
Param<TrngParams> spectrum(std::string name, Field field, double lo, double hi, std::string unit, std::string doc, std::string why) {
    return {{std::move(name), ParamType::real, std::move(unit), lo, hi, {}, std::move(doc), assumed(std::move(why))},
            [field](TrngParams& p, const Value& v) { field(p.flicker_spectrum) = std::get<double>(v); },
            [field](const TrngParams& p) { return Value{field(p.flicker_spectrum)}; }};
}
}  // namespace

const char* TrngParams::doc() {
    return "Random bits by comparing the summed currents of two random halves of n_columns columns over n_rows random rows (satyam2022, "
           "sec. II, fig. 3). A write is n_reset reset pulses and n_set set pulses on every cell of the selected columns, all columns at "
           "once. "
           "Half-selected cells and settling are left out; wires act on reads where an experiment has them (wires.noise).";
}

Schema<TrngParams> TrngParams::schema() {
    using P = TrngParams;
    using namespace literals;
    Schema<P> out{
        param("size", &P::size, 2, LineSet::max_lines, "rows and columns of the array (N)",
              assumed("N is not printed; 64x64 is the array size of satyam2022 sec. II")),
        param("n_columns", &P::n_columns, 2, LineSet::max_lines, "columns picked for a bit (n), two halves",
              assumed("n is not printed; half of N gives the most choices")),
        param("n_rows", &P::n_rows, 1, LineSet::max_lines, "rows picked for a bit (m)",
              assumed("m is not printed; half of N gives the most choices")),
        param("vector_bits", &P::vector_bits, 1, 1'000'000, "bits of a noise vector, between writes when rewrite = every_vector",
              published("satyam2022, sec. II: noise input of 100 bits")),
        choice("rewrite", &P::rewrite, {"every_bit", "every_vector", "never"},
               "when cells are written again: selected columns before each bit, all columns before each vector, once",
               assumed("sec. II says \"in each iteration\" without saying what an iteration is")),
        choice("write_model", &P::write_model, {"moments", "pulses"},
               "simulation of writes that draw: mean and variance of each cell's written state, or every pulse",
               assumed("a choice of simulation, not of hardware")),
        param("fixed_selection", &P::fixed_selection, "the same columns and rows for every bit, to see what the array alone contributes",
              assumed("off: the paper selects anew")),
        param("v_set", &P::v_set, 0_V, 5_V, "set pulses of a write",
              assumed("top of the fitted range of nili2020; the paper prints no write pulse for the generator")),
        param("v_reset", &P::v_reset, Volt{-5}, 0_V, "reset pulses of a write", assumed("bottom of the fitted range of nili2020")),
        param("v_read", &P::v_read, 1_mV, 1_V, "read voltage on the picked rows",
              assumed("0.1 V as in tests of this technology; not printed")),
        param("t_pulse", &P::t_pulse, 1_ns, 1_s, "width of a write pulse", assumed("100 ns, the training pulse of satyam2022 sec. II")),
        param("t_int", &P::t_int, 1_ns, 1_s, "integration time of a read", assumed("100 ns; not printed")),
        param("n_set", &P::n_set, 0, 10000, "set pulses of a write",
              assumed("8 pulses take a mean nili2020 cell from 150 uS to about 225 uS, mid-window")),
        param("n_reset", &P::n_reset, 0, 10000, "reset pulses of a write, before the set pulses",
              assumed("40 pulses bring most nili2020 cells back to 150 uS from anywhere in the window")),
        param("read_noise_scale", &P::read_noise_scale, 0.0, 1e6, "factor on the device's read-noise variance; 0 = off",
              assumed("1: noise at the bandwidth the device model declares; ideal integration of white noise over t_int would give 1/(2 "
                      "t_int bandwidth)")),
        param("shot", &P::shot, "shot noise of the cells, variance 2 q fano I bandwidth",
              assumed("off: nili2020's noise term is thermal only")),
        param("fano", &P::fano, 0.0, 10.0, "Fano factor of shot noise",
              assumed("1: uncorrelated carriers, an upper limit for long filaments")),
        param("bandwidth", &P::bandwidth, 1_Hz, Hertz{1e12}, "noise bandwidth of a read, for shot noise",
              assumed("100 MHz, the bandwidth of the public nili2020 transcription")),
        param("flicker", &P::flicker, "1/f noise of the cells, with memory from bit to bit", assumed("off: not published for this stack")),
        spectrum(
            "flicker_rms", [](auto& f) -> auto& { return f.rms; }, 0.0, 1.0, "",
            "rms of 1/f noise relative to the current, from flicker_lo to flicker_hi",
            "0.3%; aihwkit advises about 1% short-term read noise for ReRAM"),
        spectrum(
            "flicker_lo", [](auto& f) -> auto& { return f.lo.si; }, 1e-6, 1e12, "Hz", "lowest frequency of 1/f noise", "1 Hz"),
        spectrum(
            "flicker_hi", [](auto& f) -> auto& { return f.hi.si; }, 1e-6, 1e12, "Hz", "highest frequency of 1/f noise", "10 MHz"),
        choice("observer", &P::observer, {"states", "chip"},
               "what the observer of the conditional min-entropy knows besides chip and selection: the states of traps and 1/f noise, or "
               "only their statistics",
               assumed("states: the cautious one")),
        param("full_scale", &P::full_scale, 1_mV, 10_V, "integrator output when a half reads at the top of the window",
              assumed("refers the comparator's volts to amperes")),
        param("comparator_offset", &P::comparator_offset, 0_V, 1_V, "standard deviation over chips of the comparator's offset",
              assumed("offset-cancelled comparator")),
        param("comparator_noise", &P::comparator_noise, 0_V, 1_V, "rms noise of a decision",
              assumed("input noise of a small dynamic comparator")),
        comparator_energy_param<P>("energy of integrators and comparator per decision"),
        param("telegraph", &P::telegraph, "random telegraph noise of traps",
              assumed("off: satyam2022 names it (sec. II) but gives no number")),
    };
    for (auto& p : noise::trap_params<P>()) out.push_back(std::move(p));
    const Schema<P> rest{
        choice("energy", &P::energy_rule, {"ohmic", "nonlinear"}, "energy rule of write pulses",
               published("satyam2022, sec. III.B: V^2 G t")),
        cell_area_param<P>(),
        param("periphery_area", &P::periphery_area, SquareMetre{0}, SquareMetre{1e-6},
              "area of two integrators and a comparator; what selects lines is not in it",
              assumed("1100 um2: two 0.5 pF capacitors and a small comparator")),
    };
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
}

}  // namespace ganbar
