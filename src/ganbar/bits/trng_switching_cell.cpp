#include "ganbar/bits/trng_switching_cell.h"

#include <cmath>
#include <numbers>

#include "ganbar/bits/bit_circuit.h"
#include "ganbar/bits/cell_trng.h"

namespace ganbar {

double SwitchingTrngParams::half_V(double tau_0_s) const { return v_0.si * std::log(tau_0_s * std::numbers::ln2 / t_set.si); }

namespace {

struct SwitchingLaw {
    using P = SwitchingTrngParams;
    struct Cell {
        double v_V = 0, tau_s = 1;  ///< trimmed amplitude, and tau there without the filament's shape
        double shape = 0;           ///< of ln tau, in this cycle
    };
    static constexpr std::array<std::pair<const char*, bool>, 3> accounts{{{"set_pulse", true}, {"read", false}, {"reset_pulse", false}}};
    P p;

    std::size_t n_cells() const { return static_cast<std::size_t>(p.n_cells); }
    double keep() const { return p.memory > 0 ? std::exp(-1 / p.memory) : 0; }
    Cell cell(std::size_t, Rng chip) const {
        const double tau_0_s = p.tau_0.si * std::exp(p.spread * chip.normal());
        Cell c;
        c.v_V = p.half_V(p.trim == P::Trim::per_cell ? tau_0_s : p.tau_0.si);
        if (p.trim == P::Trim::per_cell && p.trim_step.si > 0) c.v_V = p.trim_step.si * std::round(c.v_V / p.trim_step.si);
        c.tau_s = tau_0_s * std::exp(-c.v_V / p.v_0.si);
        return c;
    }
    void start(Cell& c, IndexedWords& words) const { c.shape = p.cycle_spread * words.normal(); }
    Visit visit(Cell& c, IndexedWords& words, double* probability) const {
        const double a = keep();
        c.shape = a * c.shape + p.cycle_spread * std::sqrt(1 - a * a) * words.normal();
        const double tau_s = c.tau_s * std::exp(c.shape);
        if (probability) *probability = -std::expm1(-p.t_set.si / tau_s);
        const double wait_s = -tau_s * std::log(words.uniform());
        const bool on = wait_s < p.t_set.si;
        const double off_s = on ? wait_s : p.t_set.si, on_s = p.t_set.si - off_s;
        const double set_J = c.v_V * c.v_V * (p.g_off.si * off_s + p.g_on.si * on_s);
        const double read_J = p.v_read.si * p.v_read.si * (on ? p.g_on.si : p.g_off.si) * p.t_int.si + p.comparator_energy.si;
        const double reset_J = on ? p.v_reset.si * p.v_reset.si * p.g_on.si * p.t_reset.si : 0;
        return {on, {set_J, read_J, reset_J}, {1, 1, on ? 1 : 0}};
    }
    // All cells take their pulses at once, whole rounds of them; one comparator reads them in turn.
    double seconds(std::int64_t n_bits) const {
        const std::int64_t rounds = (n_bits + p.n_cells - 1) / p.n_cells;
        return static_cast<double>(rounds) * (p.t_set.si + p.t_reset.si) + static_cast<double>(n_bits) * p.t_int.si;
    }
    BitArea area() const { return {{"cells", static_cast<double>(p.n_cells) * p.cell_area.si}, {"comparator", p.comparator_area.si}}; }
};

}  // namespace

std::unique_ptr<BitGenerator> make_switching_trng(const SwitchingTrngParams& p, const Rng& chip, const Rng& selection, const Rng& noise) {
    if (p.g_off >= p.g_on) throw ConfigError("switching_trng: g_off must be below g_on");
    if (p.tau_0.si * std::numbers::ln2 <= p.t_set.si)
        throw ConfigError(
            "switching_trng: a cell with this tau_0 switches without a voltage in more than half of the pulses; expected tau_0 above t_set "
            "/ ln 2");
    return std::make_unique<CellTrng<SwitchingLaw>>(SwitchingLaw{p}, chip, selection, noise);
}

const char* SwitchingTrngParams::doc() {
    return "Random bits from cells pulsed with a set probability of one half: P(on) = 1 - exp(-t/tau), tau = tau_0 exp(-V/V_0); read, then "
           "reset "
           "when switched. tau_0 varies over cells, ln tau also from cycle to cycle with memory; the amplitude is trimmed cell by cell or "
           "common.";
}

Schema<SwitchingTrngParams> SwitchingTrngParams::schema() {
    using P = SwitchingTrngParams;
    using namespace literals;
    return {
        param("n_cells", &P::n_cells, std::int64_t{1}, std::int64_t{65536}, "cells that are pulsed at once and read in turn",
              assumed("a row of a 64 x 64 array")),
        param("g_off", &P::g_off, Siemens{1e-12}, Siemens{1}, "conductance of a cell that is off", assumed("100 kohm")),
        param("g_on", &P::g_on, Siemens{1e-12}, Siemens{1}, "conductance of a cell that is on", assumed("5 kohm")),
        param("v_0", &P::v_0, 1_mV, 10_V, "voltage by which tau falls to 1/e",
              assumed("50 mV; the exponential form is that of Jo, Kim, Lu 2009")),
        param("tau_0", &P::tau_0, 1_ns, Second{1e12}, "waiting time extrapolated to 0 V, median over cells",
              assumed("1 s: half of the cells switch within 100 ns at 0.79 V")),
        choice("trim", &P::trim, {"common", "per_cell"},
               "one amplitude for all cells, at which the median cell switches in half of the pulses; or one for each",
               assumed("per cell: the spread of tau_0 is far larger than a bias of 1% allows")),
        param("trim_step", &P::trim_step, 0_V, 1_V, "resolution of the trimmed amplitude; 0 = exact",
              assumed("1 mV, a 10-bit converter over 1 V")),
        param("spread", &P::spread, 0.0, 10.0, "standard deviation over cells of ln tau_0", assumed("0.5: 25 mV of switching voltage")),
        param("cycle_spread", &P::cycle_spread, 0.0, 10.0, "standard deviation over cycles of ln tau", assumed("0.1")),
        param("memory", &P::memory, 0.0, 1e6, "cycles over which ln tau forgets its shape; 0 = none", assumed("10 cycles")),
        param("v_reset", &P::v_reset, Volt{-10}, 0_V, "reset pulse of a cell that switched", assumed("1.2 V resets completely")),
        param("v_read", &P::v_read, 1_mV, 1_V, "read voltage", assumed("0.1 V, far below the switching voltage")),
        param("t_set", &P::t_set, 1_ns, 1_s, "width of the set pulse", assumed("100 ns, the training pulse of satyam2022 sec. II")),
        param("t_reset", &P::t_reset, 1_ns, 1_s, "width of the reset pulse", assumed("as the set pulse")),
        param("t_int", &P::t_int, 1_ns, 1_s, "time of a read", assumed("100 ns, as for the columns")),
        comparator_energy_param<P>(),
        cell_area_param<P>(),
        comparator_area_param<P>(),
    };
}

}  // namespace ganbar
