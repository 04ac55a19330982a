#include "ganbar/bits/trng_thermal_cell.h"

#include <cmath>
#include <numbers>

#include "ganbar/bits/bit_circuit.h"
#include "ganbar/bits/cell_trng.h"
#include "ganbar/core/root_sum_square.h"

namespace ganbar {
namespace {

struct ThermalLaw {
    using P = ThermalTrngParams;
    struct Cell {
        double offset_A = 0, phase = 0;
        double x_A = 0;  ///< amplified noise at the last sample
        double t_s = 0;
    };
    static constexpr std::array<std::pair<const char*, bool>, 3> accounts{{{"amplifier", true}, {"compare", false}, {"", false}}};
    P p;

    std::size_t n_cells() const { return static_cast<std::size_t>(p.n_channels); }
    double sigma_A() const {
        return std::sqrt(4 * constants::boltzmann_J_per_K * p.temperature.si * p.conductance.si * p.amplifier_noise_factor *
                         std::numbers::pi / 2 * p.bandwidth.si);
    }
    Cell cell(std::size_t, Rng chip) const { return {p.offset.si * chip.normal(), 2 * std::numbers::pi * chip.uniform(), 0, 0}; }
    void start(Cell& c, IndexedWords& words) const { c.x_A = sigma_A() * words.normal(), c.t_s = 0; }
    Visit visit(Cell& c, IndexedWords& words, double* probability) const {
        const double keep = std::exp(-2 * std::numbers::pi * p.bandwidth.si * p.t_sample.si),
                     fresh_A = sigma_A() * std::sqrt(1 - keep * keep);
        c.t_s += p.t_sample.si;
        const double threshold_A =
            c.offset_A - p.interference.si * std::sin(2 * std::numbers::pi * p.interference_frequency.si * c.t_s + c.phase);
        if (probability) {
            const double sigma = root_sum_square(fresh_A, p.comparator_noise.si), margin = keep * c.x_A - threshold_A;
            *probability = sigma > 0 ? 0.5 * std::erfc(-margin / (sigma * std::sqrt(2.0))) : (margin > 0 ? 1.0 : 0.0);
        }
        c.x_A = keep * c.x_A + fresh_A * words.normal();
        const bool bit = c.x_A + p.comparator_noise.si * words.normal() > threshold_A;
        return {bit, {p.amplifier_power.si * p.t_sample.si, p.comparator_energy.si, 0}, {1, 1, 0}};
    }
    double seconds(std::int64_t n_bits) const { return static_cast<double>(n_bits) * p.t_sample.si / static_cast<double>(p.n_channels); }
    BitArea area() const {
        const auto n = static_cast<double>(p.n_channels);
        return {{"cells", n * p.cell_area.si}, {"amplifier", n * p.amplifier_area.si}, {"comparator", n * p.comparator_area.si}};
    }
};

}  // namespace

std::unique_ptr<BitGenerator> make_thermal_trng(const ThermalTrngParams& p, const Rng& chip, const Rng& selection, const Rng& noise) {
    return std::make_unique<CellTrng<ThermalLaw>>(ThermalLaw{p}, chip, selection, noise);
}

const char* ThermalTrngParams::doc() {
    return "Random bits from the sign of the amplified thermal noise of cells at zero bias, sigma^2 = 4 kB T G F pi/2 f_c; neighbouring "
           "samples "
           "correlate by exp(-2 pi f_c t_sample). A residual offset biases the bits.";
}

Schema<ThermalTrngParams> ThermalTrngParams::schema() {
    using P = ThermalTrngParams;
    using namespace literals;
    return {
        param("n_channels", &P::n_channels, std::int64_t{1}, std::int64_t{65536},
              "cells with an amplifier and a comparator of their own, sampled in turn", assumed("1")),
        param("conductance", &P::conductance, Siemens{1e-12}, Siemens{1}, "conductance of the cell",
              assumed("middle of the window of satyam2022")),
        param("temperature", &P::temperature, Kelvin{1}, Kelvin{1000}, "temperature of the cell", assumed("room temperature")),
        param("bandwidth", &P::bandwidth, 1_Hz, Hertz{1e12}, "corner frequency of the amplifier (one pole)",
              assumed("10 MHz, a small amplifier")),
        param("t_sample", &P::t_sample, 1_ns, 1_s, "time between two samples of a channel",
              assumed("100 ns: neighbours correlate by exp(-6.3) at 10 MHz")),
        param("amplifier_noise_factor", &P::amplifier_noise_factor, 1.0, 1e6,
              "noise power at the amplifier's input over that of the cell alone", assumed("2: the amplifier adds as much as the cell")),
        param("offset", &P::offset, Ampere{0}, Ampere{1},
              "spread over channels of the offset that the auto-zero leaves, referred to the current",
              assumed("0.05 nA, about half a percent of the noise")),
        param("comparator_noise", &P::comparator_noise, Ampere{0}, Ampere{1}, "rms of a decision, referred to the current",
              assumed("1 nA")),
        param("interference", &P::interference, Ampere{0}, Ampere{1}, "amplitude of a sine from the supply, referred to the current",
              assumed("none")),
        param("interference_frequency", &P::interference_frequency, Hertz{1e-3}, Hertz{1e12}, "its frequency", assumed("mains")),
        param("amplifier_power", &P::amplifier_power, Watt{0}, Watt{1}, "power of a channel's amplifier",
              assumed("20 uW, a 10 MHz transimpedance stage")),
        param("comparator_energy", &P::comparator_energy, Joule{0}, Joule{1e-6}, "energy of a decision",
              assumed("order of a dynamic comparator")),
        cell_area_param<P>(),
        param("amplifier_area", &P::amplifier_area, SquareMetre{0}, SquareMetre{1e-6}, "area of an amplifier with its auto-zero",
              assumed("2000 um2")),
        param("comparator_area", &P::comparator_area, SquareMetre{0}, SquareMetre{1e-6}, "area of a comparator", assumed("100 um2")),
    };
}

}  // namespace ganbar
