#include "ganbar/noise/read_noise.h"

#include <cmath>
#include <numbers>

#include "ganbar/noise/relaxations.h"
#include "ganbar/noise/trap_params.h"

namespace ganbar::noise {

Schema<ReadNoiseParams> ReadNoiseParams::schema() {
    using P = ReadNoiseParams;
    using namespace literals;
    Schema<P> out{
        param("thermal", &P::thermal, "thermal noise 4 kB T G", assumed("on: no cell is without it")),
        param("shot", &P::shot, "shot noise 2 q F I", assumed("off: nili2020's noise term is thermal only")),
        param("flicker", &P::flicker, "1/f noise of the conductance", assumed("off: not published for this stack")),
        param("telegraph", &P::telegraph, "random telegraph noise of traps", assumed("off: named in satyam2022 sec. II without a number")),
        param("temperature", &P::temperature, Kelvin{1}, Kelvin{1000}, "temperature of the cells", assumed("room temperature")),
        param("bandwidth", &P::bandwidth, 1_Hz, Hertz{1e12}, "noise bandwidth of one read",
              assumed("100 MHz, the bandwidth of the public nili2020 transcription")),
        param("fano", &P::fano, 0.0, 10.0, "Fano factor of shot noise",
              assumed("1: uncorrelated carriers, an upper limit for long filaments")),
        param("flicker_rms", &P::flicker_rms, 0.0, 1.0, "rms of 1/f noise relative to the current, from flicker_lo to flicker_hi",
              assumed("0.3%; aihwkit advises about 1% short-term read noise for ReRAM")),
        param("flicker_lo", &P::flicker_lo, Hertz{1e-6}, Hertz{1e12}, "lowest frequency of 1/f noise", assumed("1 Hz")),
        param("flicker_hi", &P::flicker_hi, Hertz{1e-6}, Hertz{1e12}, "highest frequency of 1/f noise", assumed("10 MHz")),
        param("flicker_per_decade", &P::flicker_per_decade, 1, 20, "relaxations per decade that make up 1/f noise",
              assumed("3: the spectrum is within 2% of 1/f")),
    };
    for (auto& p : trap_params<P>()) out.push_back(std::move(p));
    return out;
}

ReadNoise::ReadNoise(const ReadNoiseParams& params, std::size_t n_cells, const Rng& rng)
    : p_(params), n_cells_(n_cells), rng_(rng.stream("read")), trapped_(n_cells, 0) {
    if (p_.flicker_lo >= p_.flicker_hi) throw ConfigError("flicker_lo must be below flicker_hi");
    if (p_.trap_depth_lo > p_.trap_depth_hi) throw ConfigError("trap_depth_lo must not exceed trap_depth_hi");
    if (p_.trap_tau_lo > p_.trap_tau_hi) throw ConfigError("trap_tau_lo must not exceed trap_tau_hi");
    if (p_.flicker) {
        const Relaxations relaxations = flicker_relaxations(p_.flicker_rms, p_.flicker_lo, p_.flicker_hi, p_.flicker_per_decade);
        flicker_tau_s_ = relaxations.tau_s;
        flicker_sigma_ = relaxations.sigma;
        flicker_.resize(n_cells * flicker_tau_s_.size());
        Rng start = rng.stream("flicker");
        for (auto& x : flicker_) x = static_cast<float>(flicker_sigma_ * start.normal());
    }
    if (p_.telegraph) {
        const auto log_uniform = [this](Rng& r) {
            return p_.trap_tau_lo.si * std::pow(p_.trap_tau_hi.si / p_.trap_tau_lo.si, r.uniform());
        };
        for (std::size_t k = 0; k < n_cells; ++k) {
            Rng own = rng.stream("traps", k);
            for (double left = -std::log(own.uniform()); left < p_.traps_per_cell; left -= std::log(own.uniform())) {  // a Poisson number
                Trap t{static_cast<std::uint32_t>(k)};
                t.depth = static_cast<float>(p_.trap_depth_lo + (p_.trap_depth_hi - p_.trap_depth_lo) * own.uniform());
                t.tau_c_s = log_uniform(own), t.tau_e_s = log_uniform(own);
                traps_.push_back(t);
                filled_.push_back(own.uniform() < t.tau_e_s / (t.tau_c_s + t.tau_e_s));
            }
        }
        settle_traps();
    }
}

double ReadNoise::flicker_of(std::size_t cell) const {
    double sum = 0;
    const std::size_t n = flicker_tau_s_.size();
    for (std::size_t c = 0; c < n; ++c) sum += static_cast<double>(flicker_[cell * n + c]);
    return sum;
}

void ReadNoise::settle_traps() {
    std::fill(trapped_.begin(), trapped_.end(), 0.0);
    for (std::size_t k = 0; k < traps_.size(); ++k)
        if (filled_[k]) trapped_[traps_[k].cell] += static_cast<double>(traps_[k].depth);
}

void ReadNoise::advance(Second dt) {
    const std::size_t n = flicker_tau_s_.size();
    for (std::size_t c = 0; c < n; ++c) {  // Ornstein-Uhlenbeck, exact for any step
        const double keep = std::exp(-dt.si / flicker_tau_s_[c]),
                     fresh = flicker_sigma_ * std::sqrt(-std::expm1(-2 * dt.si / flicker_tau_s_[c]));
        for (std::size_t k = 0; k < n_cells_; ++k) {
            float& x = flicker_[k * n + c];
            x = static_cast<float>(keep * static_cast<double>(x) + fresh * rng_.normal());
        }
    }
    for (std::size_t k = 0; k < traps_.size(); ++k) {  // two-state Markov process, exact for any step
        const Trap& t = traps_[k];
        const double stationary = t.tau_e_s / (t.tau_c_s + t.tau_e_s), keep = std::exp(-dt.si * (1 / t.tau_c_s + 1 / t.tau_e_s));
        filled_[k] = rng_.uniform() < stationary + ((filled_[k] ? 1.0 : 0.0) - stationary) * keep;
    }
    if (!traps_.empty()) settle_traps();
}

void ReadNoise::read(double v_V, std::span<const float> current_A, std::span<float> noisy_A) {
    GANBAR_ASSERT(current_A.size() == n_cells_ && noisy_A.size() == n_cells_);
    const bool white = p_.thermal || p_.shot;
    for (std::size_t k = 0; k < n_cells_; ++k) {
        const double i = static_cast<double>(current_A[k]) * (1 + relative_shift(k));
        double density = 0;
        if (p_.thermal) density += 4 * constants::boltzmann_J_per_K * p_.temperature.si * std::abs(v_V == 0 ? 0 : i / v_V);
        if (p_.shot) density += 2 * constants::elementary_charge_C * p_.fano * std::abs(i);
        noisy_A[k] = static_cast<float>(white ? i + std::sqrt(density * p_.bandwidth.si) * rng_.normal() : i);
    }
}

double ReadNoise::spectrum_A2_per_Hz(std::size_t cell, double current_A, double v_V, double f_Hz) const {
    double s = 0;
    if (p_.thermal) s += 4 * constants::boltzmann_J_per_K * p_.temperature.si * std::abs(current_A / v_V);
    if (p_.shot) s += 2 * constants::elementary_charge_C * p_.fano * std::abs(current_A);
    if (p_.flicker && f_Hz >= p_.flicker_lo.si && f_Hz <= p_.flicker_hi.si)
        s += current_A * current_A * p_.flicker_rms * p_.flicker_rms / std::log(p_.flicker_hi.si / p_.flicker_lo.si) / f_Hz;
    for (const Trap& t : traps_) {
        if (t.cell != cell) continue;
        const double rate = 1 / t.tau_c_s + 1 / t.tau_e_s, jump = static_cast<double>(t.depth) * current_A;  // a Lorentzian
        s += 4 * jump * jump / ((t.tau_c_s + t.tau_e_s) * (rate * rate + std::pow(2 * std::numbers::pi * f_Hz, 2)));
    }
    return s;
}

std::vector<float> ReadNoise::state() const {
    std::vector<float> out(flicker_);
    for (const auto f : filled_) out.push_back(f);
    return out;
}

void ReadNoise::restore(std::span<const float> state) {
    if (state.size() != flicker_.size() + filled_.size()) throw DataError("the saved read noise does not fit these cells");
    std::copy_n(state.begin(), flicker_.size(), flicker_.begin());
    for (std::size_t k = 0; k < filled_.size(); ++k) filled_[k] = state[flicker_.size() + k] != 0;
    settle_traps();
}

}  // namespace ganbar::noise
