#include "ganbar/bits/trng_telegraph_cell.h"

#include <cmath>

#include "ganbar/bits/bit_circuit.h"
#include "ganbar/bits/cell_trng.h"
#include "ganbar/core/root_sum_square.h"

namespace ganbar {
namespace {

double normal_above(double x) { return 0.5 * std::erfc(x / std::sqrt(2.0)); }
struct TelegraphLaw {
    using P = TelegraphTrngParams;
    struct Cell {
        double depth = 0, occupancy = 0.5, keep = 0;  ///< exp(-t_sample / tau)
        double threshold_A = 0;                       ///< of the current's fall below the empty level
        std::uint64_t filled = 0;
    };
    static constexpr std::array<std::pair<const char*, bool>, 3> accounts{{{"read", true}, {"compare", false}, {"", false}}};
    P p;

    std::size_t n_cells() const { return static_cast<std::size_t>(p.n_cells); }
    double full_A() const { return p.conductance.si * p.v_read.si; }
    double sigma_A(double current_A) const {
        double density = 0;
        if (p.thermal) density += 4 * constants::boltzmann_J_per_K * p.temperature.si * p.conductance.si;
        if (p.shot) density += 2 * constants::elementary_charge_C * p.fano * current_A;
        return root_sum_square(std::sqrt(density / (2 * p.t_int.si)), p.comparator_noise.si);
    }
    Cell cell(std::size_t, Rng chip) const {
        const auto log_uniform = [&] { return p.tau_lo.si * std::pow(p.tau_hi.si / p.tau_lo.si, chip.uniform()); };
        Cell c;
        c.depth = p.depth_lo + (p.depth_hi - p.depth_lo) * chip.uniform();
        for (;;) {  // a cell whose trap is too seldom or too often filled is not used
            const double tau_c = log_uniform(), tau_e = log_uniform();
            c.occupancy = tau_e / (tau_c + tau_e);
            c.keep = std::exp(-p.t_sample.si * (1 / tau_c + 1 / tau_e));
            if (std::abs(c.occupancy - 0.5) <= p.screening) break;
        }
        c.threshold_A = c.depth * full_A() * (0.5 + p.reference_error * chip.normal());
        return c;
    }
    void start(Cell& c, IndexedWords& words) const { c.filled = words.uniform() < c.occupancy; }
    Visit visit(Cell& c, IndexedWords& words, double* probability) const {
        const double step_A = c.depth * full_A(), chance = c.occupancy + ((c.filled ? 1.0 : 0.0) - c.occupancy) * c.keep;
        if (probability) {
            const double if_filled = normal_above((c.threshold_A - step_A) / sigma_A(full_A() - step_A)),
                         if_empty = normal_above(c.threshold_A / sigma_A(full_A()));
            *probability = chance * if_filled + (1 - chance) * if_empty;
        }
        c.filled = words.uniform() < chance;
        const double current_A = full_A() - (c.filled ? step_A : 0);
        const double fall_A = full_A() - current_A + sigma_A(current_A) * words.normal();
        return {fall_A > c.threshold_A, {p.v_read.si * current_A * p.t_int.si, p.comparator_energy.si, 0}, {1, 1, 0}};
    }
    // One comparator serves all cells in turn.
    double seconds(std::int64_t n_bits) const {
        return static_cast<double>(n_bits) * std::max(p.t_sample.si / static_cast<double>(p.n_cells), p.t_int.si);
    }
    BitArea area() const { return {{"cells", static_cast<double>(p.n_cells) * p.cell_area.si}, {"comparator", p.comparator_area.si}}; }
};

}  // namespace

std::unique_ptr<BitGenerator> make_telegraph_trng(const TelegraphTrngParams& p, const Rng& chip, const Rng& selection, const Rng& noise) {
    if (p.depth_lo > p.depth_hi) throw ConfigError("telegraph_trng: depth_lo must not exceed depth_hi");
    if (p.tau_lo > p.tau_hi) throw ConfigError("telegraph_trng: tau_lo must not exceed tau_hi");
    if (p.t_sample.si < p.t_int.si * static_cast<double>(p.n_cells))
        throw ConfigError(
            "telegraph_trng: one comparator cannot read n_cells cells for t_int each within t_sample; expected t_sample >= n_cells t_int");
    return std::make_unique<CellTrng<TelegraphLaw>>(TelegraphLaw{p}, chip, selection, noise);
}

const char* TelegraphTrngParams::doc() {
    return "Random bits by sampling the random telegraph noise of single cells: each cell has a trap, its current is compared with a "
           "reference "
           "half-way between the two levels. Bits of one cell correlate by exp(-t_sample / tau); one comparator serves all cells in turn.";
}

Schema<TelegraphTrngParams> TelegraphTrngParams::schema() {
    using P = TelegraphTrngParams;
    using namespace literals;
    return {
        param("n_cells", &P::n_cells, std::int64_t{1}, std::int64_t{65536}, "cells that are sampled in turn",
              assumed("a row of a 64 x 64 array")),
        param("conductance", &P::conductance, Siemens{1e-9}, Siemens{1}, "conductance of the cells while the trap is empty",
              assumed("middle of the window of satyam2022")),
        param("v_read", &P::v_read, 1_mV, 1_V, "read voltage", assumed("0.1 V as in tests of this technology")),
        param("t_int", &P::t_int, 1_ns, 1_s, "time over which a read averages", assumed("100 ns, as for the columns")),
        param("t_sample", &P::t_sample, 1_ns, 1_s, "time between two samples of the same cell",
              assumed("the longest tau_c, so that the slowest trap's samples correlate by less than exp(-2)")),
        param("depth_lo", &P::depth_lo, 1e-6, 1.0, "smallest relative loss of current of a filled trap",
              assumed("0.5-1% at 3-7 kohm, from the trend that dR/R grows with R")),
        param("depth_hi", &P::depth_hi, 1e-6, 1.0, "largest relative loss of current of a filled trap", assumed("as depth_lo")),
        param("tau_lo", &P::tau_lo, 1_ns, Second{1e6}, "shortest mean time to capture or emission (log-uniform)", assumed("1 us")),
        param("tau_hi", &P::tau_hi, 1_ns, Second{1e6}, "longest mean time to capture or emission",
              assumed("100 us: slower cells are not used")),
        param("screening", &P::screening, 0.001, 0.5,
              "cells are used whose trap is filled for a share of the time within this of 1/2; 0.5 = every cell",
              assumed("cells are screened when the chip is tested")),
        param("reference_error", &P::reference_error, 0.0, 1.0, "spread over cells of the reference about the middle, relative to the step",
              assumed("5% of the step, a calibrated reference")),
        param("thermal", &P::thermal, "thermal noise of the cell", assumed("on: no cell is without it")),
        param("shot", &P::shot, "shot noise of the cell", assumed("on: the upper limit")),
        param("temperature", &P::temperature, Kelvin{1}, Kelvin{1000}, "temperature of the cells", assumed("room temperature")),
        param("fano", &P::fano, 0.0, 10.0, "Fano factor of shot noise", assumed("1: uncorrelated carriers")),
        param("comparator_noise", &P::comparator_noise, Ampere{0}, Ampere{1}, "rms of a decision, referred to the current",
              assumed("a tenth of the mean step's half")),
        comparator_energy_param<P>(),
        cell_area_param<P>(),
        comparator_area_param<P>(),
    };
}

}  // namespace ganbar
