#include "ganbar/noise/read_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "ganbar/noise/series.h"

namespace ganbar::noise {
namespace {

using namespace literals;

ReadNoiseParams quiet() {
    ReadNoiseParams p;
    p.thermal = false;
    return p;
}

struct Moments {
    double mean = 0, variance = 0, kurtosis = 0;
};
Moments moments(const std::vector<double>& x) {
    Moments m;
    for (const double v : x) m.mean += v / static_cast<double>(x.size());
    for (const double v : x) m.variance += std::pow(v - m.mean, 2) / static_cast<double>(x.size());
    for (const double v : x) m.kurtosis += std::pow(v - m.mean, 4) / static_cast<double>(x.size());
    m.kurtosis /= m.variance * m.variance;
    return m;
}

std::vector<double> series(ReadNoise& noise, double v, float i, std::size_t n, Second dt) {
    std::vector<double> out(n);
    float noisy = 0;
    for (auto& x : out) {
        noise.advance(dt);
        noise.read(v, {&i, 1}, {&noisy, 1});
        x = static_cast<double>(noisy);
    }
    return out;
}

TEST(ReadNoise, OffIsExact) {
    ReadNoise noise(quiet(), 3, Rng(1));
    const std::vector<float> i{1e-5f, 2e-5f, -3e-5f};
    std::vector<float> out(3);
    noise.advance(1_s);
    noise.read(0.1, i, out);
    EXPECT_EQ(out, i);
}

TEST(ReadNoise, WhiteVariancesFollowJohnsonAndSchottky) {
    const double g = 225e-6, v = 0.1;
    const std::size_t n = 100000;
    for (const bool shot : {false, true}) {
        ReadNoiseParams p = quiet();
        p.thermal = !shot, p.shot = shot, p.fano = 0.5;
        ReadNoise noise(p, 1, Rng(2));
        const Moments m = moments(series(noise, v, static_cast<float>(g * v), n, 1_us));
        const double want = (shot ? 2 * constants::elementary_charge_C * 0.5 * g * v : 4 * constants::boltzmann_J_per_K * 300 * g) * 1e8;
        EXPECT_NEAR(m.variance / want, 1, 5 * std::sqrt(2.0 / n));
        EXPECT_NEAR(m.kurtosis, 3, 5 * std::sqrt(24.0 / n));
        EXPECT_NEAR(m.mean / (g * v), 1, 1e-4);
    }
    EXPECT_NEAR(std::sqrt(4 * constants::boltzmann_J_per_K * 300 * 150e-6 * 1e8), 16e-9, 1e-9);  // device facts: 16 nA at 150 uS, 100 MHz
}

TEST(ReadNoise, FlickerHasSlopeMinusOneAndTheLevelAskedFor) {
    ReadNoiseParams p = quiet();
    p.flicker = true, p.flicker_rms = 0.01;
    p.flicker_lo = {1}, p.flicker_hi = {1e5};
    ReadNoise noise(p, 1, Rng(3));
    const double i = 2e-5, dt = 5e-6;
    const std::size_t segment = 8192;
    const auto spectrum = welch(series(noise, 0.1, static_cast<float>(i), 400'000, {dt}), dt, segment);
    // Least squares of log S over log f between 100 Hz and 10 kHz, well inside both limits and the sampling.
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, ratio = 0;
    for (std::size_t k = 1; k < spectrum.size(); ++k) {
        const double f = static_cast<double>(k) / (static_cast<double>(segment) * dt);
        if (f < 100 || f > 10000) continue;
        const double x = std::log(f), y = std::log(spectrum[k]);
        ++n, sx += x, sy += y, sxx += x * x, sxy += x * y;
        ratio += spectrum[k] / noise.spectrum_A2_per_Hz(0, i, 0.1, f);
    }
    EXPECT_NEAR((n * sxy - sx * sy) / (n * sxx - sx * sx), -1, 0.05);
    EXPECT_NEAR(ratio / n, 1, 0.06);
}

TEST(ReadNoise, FlickerVarianceIsStationaryForAnyStep) {
    ReadNoiseParams p = quiet();
    p.flicker = true, p.flicker_rms = 0.01;
    for (const double dt : {1e-9, 1e-3, 100.0}) {
        ReadNoise noise(p, 3000, Rng(4));
        for (int k = 0; k < 5; ++k) noise.advance({dt});
        std::vector<double> shift(3000);
        for (std::size_t k = 0; k < shift.size(); ++k) shift[k] = noise.relative_shift(k);
        EXPECT_NEAR(std::sqrt(moments(shift).variance), 0.01, 0.01 * 5 / std::sqrt(2 * 3000.0)) << dt;
    }
}

TEST(ReadNoise, TrapsDwellExponentiallyAndGiveALorentzian) {
    ReadNoiseParams p = quiet();
    p.telegraph = true, p.traps_per_cell = 1;
    p.trap_depth_lo = p.trap_depth_hi = 0.01;
    p.trap_tau_lo = {20e-6}, p.trap_tau_hi = {200e-6};
    std::uint64_t seed = 0;
    const auto one_trap = [&] {
        for (;; ++seed) {
            ReadNoise noise(p, 1, Rng(seed));
            if (noise.traps().size() == 1) return noise;
        }
    };
    ReadNoise noise = one_trap();
    const auto trap = noise.traps()[0];
    const double dt = 2e-6, i = 2e-5;
    const std::size_t n = 1'000'000, segment = 4096;
    std::vector<double> x(n), dwell_filled, dwell_empty;
    double run = 0;
    bool last = noise.filled(0);
    float in = static_cast<float>(i), out = 0;
    for (auto& s : x) {
        noise.advance({dt});
        noise.read(0.1, {&in, 1}, {&out, 1});
        s = static_cast<double>(out);
        EXPECT_NEAR(s, noise.filled(0) ? i * 0.99 : i, 1e-11);
        if (noise.filled(0) != last) {
            (last ? dwell_filled : dwell_empty).push_back(run * dt);
            run = 0;
            last = noise.filled(0);
        }
        ++run;
    }
    // Sampled every dt, a stay in a state is geometric; P(leave in a step) follows from both rates.
    const double rate = 1 / trap.tau_c_s + 1 / trap.tau_e_s, mix = -std::expm1(-rate * dt);
    const auto check = [&](const std::vector<double>& dwell, double leave) {
        const double mean = dt / leave;
        double sum = 0, beyond = 0;
        for (const double d : dwell) sum += d, beyond += d > 2 * mean;
        const auto count = static_cast<double>(dwell.size());
        ASSERT_GT(count, 1000);
        EXPECT_NEAR(sum / count / mean, 1, 5 / std::sqrt(count));
        const double p_beyond = std::pow(1 - leave, std::floor(2 * mean / dt));
        EXPECT_NEAR(beyond / count, p_beyond, 5 * std::sqrt(p_beyond / count));
    };
    check(dwell_filled, mix * trap.tau_c_s / (trap.tau_c_s + trap.tau_e_s));
    check(dwell_empty, mix * trap.tau_e_s / (trap.tau_c_s + trap.tau_e_s));
    const auto spectrum = welch(x, dt, segment);
    double ratio = 0, m = 0;
    for (std::size_t k = 3; k < 200; ++k, ++m)  // up to 24 kHz, where sampling aliases little
        ratio += spectrum[k] / noise.spectrum_A2_per_Hz(0, i, 0.1, static_cast<double>(k) / (static_cast<double>(segment) * dt));
    EXPECT_NEAR(ratio / m, 1, 0.05);
}

TEST(ReadNoise, TrapsRememberBetweenReads) {
    ReadNoiseParams p = quiet();
    p.telegraph = true, p.traps_per_cell = 1;
    p.trap_tau_lo = p.trap_tau_hi = {1e-3};
    for (const double dt : {1e-5, 1e-3}) {  // correlation exp(-dt (1/tau_c + 1/tau_e))
        ReadNoise noise(p, 20000, Rng(6));
        std::vector<std::uint8_t> before;
        for (std::size_t k = 0; k < noise.traps().size(); ++k) before.push_back(noise.filled(k));
        noise.advance({dt / 2});
        noise.advance({dt / 2});
        double same = 0;
        for (std::size_t k = 0; k < before.size(); ++k) same += before[k] == noise.filled(k);
        const auto n = static_cast<double>(before.size());
        EXPECT_NEAR(same / n, 0.5 + 0.5 * std::exp(-2 * dt / 1e-3), 5 * 0.5 / std::sqrt(n));
    }
}

TEST(ReadNoise, StateRestores) {
    ReadNoiseParams p;
    p.flicker = p.telegraph = true;
    ReadNoise a(p, 50, Rng(7)), b(p, 50, Rng(7));
    a.advance(1_ms);
    b.restore(a.state());
    for (std::size_t k = 0; k < 50; ++k) EXPECT_EQ(a.relative_shift(k), b.relative_shift(k));
    EXPECT_THROW(b.restore(std::vector<float>(3)), DataError);
    p.flicker_lo = {1e8};
    EXPECT_THROW(ReadNoise(p, 1, Rng(0)), ConfigError);
}

}  // namespace
}  // namespace ganbar::noise
