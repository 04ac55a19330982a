// Generators that sample single cells, and the slow noise of the column comparator.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "ganbar/bits/trng.h"
#include "ganbar/bits/trng_switching_cell.h"
#include "ganbar/bits/trng_telegraph_cell.h"
#include "ganbar/bits/trng_thermal_cell.h"
#include "ganbar/core/parallel.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

std::unique_ptr<BitGenerator> telegraph(const TelegraphTrngParams& p, int seed = 1) {
    return make_telegraph_trng(p, Rng(seed), Rng(2), Rng(3));
}
std::unique_ptr<BitGenerator> switching(const SwitchingTrngParams& p, int seed = 1) {
    return make_switching_trng(p, Rng(seed), Rng(2), Rng(3));
}
std::unique_ptr<BitGenerator> thermal(const ThermalTrngParams& p, int seed = 1) { return make_thermal_trng(p, Rng(seed), Rng(2), Rng(3)); }

std::vector<std::unique_ptr<BitGenerator>> one_of_each() {
    std::vector<std::unique_ptr<BitGenerator>> out;
    out.push_back(telegraph({}));
    out.push_back(switching({}));
    ThermalTrngParams t;
    t.n_channels = 3, t.interference = Ampere{2e-9};
    out.push_back(thermal(t));
    return out;
}

double share(const std::vector<std::uint8_t>& bits) {
    return std::accumulate(bits.begin(), bits.end(), 0.0) / static_cast<double>(bits.size());
}
double correlation(const std::vector<std::uint8_t>& bits, std::size_t lag) {
    const double mean = share(bits);
    double sum = 0, square = 0;
    for (std::size_t i = 0; i < bits.size(); ++i) {
        square += (bits[i] - mean) * (bits[i] - mean);
        if (i + lag < bits.size()) sum += (bits[i] - mean) * (bits[i + lag] - mean);
    }
    return sum / square;
}

TEST(CellTrng, ThreadsPiecesAndRestoreDoNotMatter) {
    const std::size_t n = 3000;
    for (std::size_t which = 0; which < 3; ++which) {
        std::vector<std::uint8_t> reference(n);
        auto whole = std::move(one_of_each()[which]);
        whole->bits(reference);
        set_threads(3);
        auto pieces = std::move(one_of_each()[which]);
        std::vector<std::uint8_t> out(n), tail(n - 1001);
        pieces->bits(std::span(out).first(1));
        pieces->bits(std::span(out).subspan(1, 1000));
        const auto saved = pieces->state();
        pieces->bits(std::span(out).subspan(1001));
        EXPECT_EQ(out, reference) << which;
        EXPECT_DOUBLE_EQ(pieces->cost().energy_J(), whole->cost().energy_J()) << which;
        auto later = std::move(one_of_each()[which]);
        later->restore(saved);
        later->bits(tail);
        EXPECT_TRUE(std::equal(tail.begin(), tail.end(), reference.begin() + 1001)) << which;
        EXPECT_THROW(later->restore(std::span(saved).first(20)), DataError);
        set_threads(2);
    }
}

// The bits must come as often as the generator says an observer could have foretold them.
TEST(CellTrng, ProbabilitiesAreCalibrated) {
    for (auto& generator : one_of_each()) {
        const std::size_t n = 200'000;
        std::vector<std::uint8_t> bits(n);
        std::vector<double> odds(n);
        generator->bits(bits, odds);
        std::vector<double> expected(20), variance(20), seen(20);
        for (std::size_t i = 0; i < n; ++i) {
            const auto bin = std::min<std::size_t>(19, static_cast<std::size_t>(20 * odds[i]));
            expected[bin] += odds[i], variance[bin] += odds[i] * (1 - odds[i]), seen[bin] += bits[i];
        }
        double chi2 = 0, degrees = 0;
        for (std::size_t b = 0; b < 20; ++b)
            if (variance[b] > 10) chi2 += std::pow(seen[b] - expected[b], 2) / variance[b], ++degrees;
        EXPECT_GE(degrees, 2);
        EXPECT_LT(chi2, degrees + 4 * std::sqrt(2 * degrees));
    }
}

TEST(CellTrng, RestartDrawsAnew) {
    for (auto& generator : one_of_each()) {
        std::vector<std::uint8_t> first(2000), second(2000), again(2000);
        generator->bits(first);
        generator->restart(Rng(2), Rng(44));
        generator->bits(second);
        generator->restart(Rng(2), Rng(3));
        generator->bits(again);
        EXPECT_EQ(first, again);
        double distance = 0;
        for (std::size_t i = 0; i < first.size(); ++i) distance += first[i] != second[i];
        EXPECT_NEAR(distance / 2000, 0.5, 0.08);
    }
}

TEST(TelegraphTrng, FollowsTheTwoStateLaw) {
    // One cell without other noise: share of ones tau_e / (tau_c + tau_e), correlation exp(-T / tau) from sample to sample.
    TelegraphTrngParams p;
    p.n_cells = 1, p.thermal = p.shot = false, p.comparator_noise = {0}, p.reference_error = 0, p.screening = 0.5;
    p.tau_lo = p.tau_hi = {20e-6}, p.t_sample = {10e-6};
    std::vector<std::uint8_t> bits(400'000);
    telegraph(p)->bits(bits);
    const double rho = std::exp(-1.0);  // 10 us / (20 us / 2)
    EXPECT_NEAR(share(bits), 0.5, 4 * 0.5 * std::sqrt((1 + rho) / (1 - rho) / 4e5));
    for (std::size_t lag = 1; lag <= 4; ++lag) EXPECT_NEAR(correlation(bits, lag), std::pow(rho, static_cast<double>(lag)), 0.01) << lag;
}

TEST(TelegraphTrng, NoiseOfAReadFollowsItsFormula) {
    // A trap that is hardly ever seen to move, and a reference at the empty level: half of the decisions go either way only by noise.
    TelegraphTrngParams p;
    p.n_cells = 1, p.depth_lo = p.depth_hi = 1e-6, p.reference_error = 0, p.comparator_noise = {3e-9};
    std::vector<std::uint8_t> bits(100'000);
    std::vector<double> odds(bits.size());
    telegraph(p)->bits(bits, odds);
    const double sigma = std::sqrt((4 * 1.380649e-23 * 300 * 225e-6 + 2 * 1.602176634e-19 * 22.5e-6) / (2 * 100e-9) + 9e-18);
    // filled or empty, the middle is half a step (11.25 pA) away
    for (const double o : odds) EXPECT_NEAR(o, 0.5, 0.5 * std::erf(11.25e-12 / sigma / std::sqrt(2.0)) + 1e-12);
    EXPECT_NEAR(share(bits), 0.5, 4 * 0.5 / std::sqrt(1e5));
}

TEST(TelegraphTrng, RejectsWhatCannotBe) {
    TelegraphTrngParams p;
    p.t_sample = {1e-6};
    EXPECT_THROW(telegraph(p), ConfigError);  // 64 cells of 100 ns
    p = {};
    p.tau_lo = {1};
    EXPECT_THROW(telegraph(p), ConfigError);
    SwitchingTrngParams s;
    s.tau_0 = {100e-9};
    EXPECT_THROW(switching(s), ConfigError);
}

TEST(SwitchingTrng, HalfOfThePulsesSwitchAndCostWhatTheLawSays) {
    SwitchingTrngParams p;
    p.n_cells = 16, p.spread = 0.7, p.cycle_spread = 0, p.trim_step = {0};
    auto generator = switching(p);
    std::vector<std::uint8_t> bits(200'000);
    std::vector<double> odds(bits.size());
    generator->bits(bits, odds);
    for (const double o : odds) ASSERT_NEAR(o, 0.5, 1e-12);
    EXPECT_NEAR(share(bits), 0.5, 4 * 0.5 / std::sqrt(2e5));
    const auto cost = generator->cost();
    EXPECT_EQ(cost.accounts[2].second.n, static_cast<std::int64_t>(std::accumulate(bits.begin(), bits.end(), 0)));
    EXPECT_NEAR(cost.accounts[2].second.energy_J, 1.44 * 200e-6 * 100e-9 * static_cast<double>(cost.accounts[2].second.n), 1e-15);
    // Mean heat of a set pulse: V^2 (g_off E[min(w, t)] + g_on (t - E[min(w, t)])), E[min(w, t)] = tau (1 - exp(-t/tau)) = t / (2 ln 2).
    p.spread = 0;
    auto equal = switching(p);
    equal->bits(bits);
    const double v = p.half_V(p.tau_0.si), off_s = 100e-9 / (2 * std::numbers::ln2),
                 mean_J = v * v * (10e-6 * off_s + 200e-6 * (100e-9 - off_s));
    EXPECT_NEAR(equal->cost().accounts[0].second.energy_J / 2e5, mean_J, 0.01 * mean_J);
    EXPECT_NEAR(cost.time_s, 12500 * 200e-9 + 2e5 * 100e-9, 1e-12);
}

TEST(SwitchingTrng, SpreadAndMemoryShow) {
    SwitchingTrngParams p;
    p.n_cells = 256, p.trim = SwitchingTrngParams::Trim::common, p.spread = 0.5, p.cycle_spread = 0;
    std::vector<std::uint8_t> bits(256 * 50);
    std::vector<double> odds(bits.size());
    switching(p)->bits(bits, odds);
    double mean = 0, square = 0;  // ln tau of the cells: P = 1 - exp(-ln 2 exp(-x)), x ~ N(0, spread)
    for (std::size_t k = 0; k < 256; ++k) {
        const double x = -std::log(-std::log1p(-odds[k]) / std::numbers::ln2);
        mean += x / 256, square += x * x / 256;
    }
    EXPECT_NEAR(mean, 0, 4 * 0.5 / 16);
    EXPECT_NEAR(std::sqrt(square - mean * mean), 0.5, 4 * 0.5 / std::sqrt(512.0));
    p.n_cells = 1, p.spread = 0, p.trim_step = {0}, p.cycle_spread = 1, p.memory = 5;
    bits.resize(300'000);
    switching(p)->bits(bits);
    EXPECT_GT(correlation(bits, 1), 0.05);
    EXPECT_NEAR(correlation(bits, 6) / correlation(bits, 1), std::exp(-1.0), 0.12);
    p.memory = 0;
    switching(p)->bits(bits);
    EXPECT_NEAR(correlation(bits, 1), 0, 4 / std::sqrt(3e5));
}

TEST(ThermalTrng, OffsetAndBandwidthFollowTheory) {
    ThermalTrngParams p;
    p.n_channels = 1, p.comparator_noise = {0}, p.offset = {0}, p.t_sample = {10e-9};
    std::vector<std::uint8_t> bits(400'000);
    thermal(p)->bits(bits);
    const double rho = std::exp(-2 * std::numbers::pi * 0.1);
    EXPECT_NEAR(share(bits), 0.5, 0.005);
    for (std::size_t lag = 1; lag <= 3; ++lag)  // the arcsine law of a clipped Gaussian process
        EXPECT_NEAR(correlation(bits, lag), 2 / std::numbers::pi * std::asin(std::pow(rho, static_cast<double>(lag))), 0.01);
    p.offset = {3e-9}, p.t_sample = {1e-6}, p.n_channels = 64;
    const double sigma = std::sqrt(4 * 1.380649e-23 * 300 * 225e-6 * 2 * std::numbers::pi / 2 * 10e6);
    std::vector<double> odds(bits.size());
    thermal(p)->bits(bits, odds);
    double square = 0;  // of offset / sigma over channels, from P = Phi(-offset / sigma)
    for (std::size_t k = 0; k < 64; ++k) {
        double ones = 0;
        for (std::size_t i = k; i < bits.size(); i += 64) ones += bits[i];
        EXPECT_NEAR(ones, odds[k] * 6250, 5 * std::sqrt(6250 * 0.25));
        double lo = -5, hi = 5;  // inverts Phi
        for (int it = 0; it < 60; ++it) (0.5 * std::erfc((lo + hi) / 2 / std::sqrt(2.0)) > odds[k] ? lo : hi) = (lo + hi) / 2;
        square += lo * lo / 64;
    }
    EXPECT_NEAR(std::sqrt(square), 3e-9 / sigma, 4 * 3e-9 / sigma / std::sqrt(128.0));
}

// ---- slow noise of the columns

std::unique_ptr<DeviceArray> ideal_array(std::size_t n) { return test::make_array("nili2020", {{"d2d", std::string("off")}}, n * n); }

TEST(Flicker, VarianceAndMemoryOfTheField) {
    const FlickerField::Spectrum s{0.01, Hertz{10}, Hertz{1e6}, 3};
    FlickerField field(s, 16, {1e-6}, Rng(5));
    EXPECT_NEAR(field.total_variance(), 1e-4 * 16 / 15, 1e-9);  // the outer relaxations reach a little beyond the band
    const double slow = field.total_variance() - field.white_variance();
    const auto moment = [&](const Matrix& a, const Matrix& b) {
        double sum = 0;
        for (std::size_t r = 0; r < 16; ++r)
            for (std::size_t c = 0; c < 16; ++c) sum += static_cast<double>(a(r, c)) * static_cast<double>(b(r, c)) / 256;
        return sum;
    };
    // Autocovariance sum_k sigma^2 exp(-t / tau_k), averaged over 40 starts.
    for (const std::uint64_t bits : {0u, 10u, 200u}) {
        double got = 0, want = 0;
        for (std::uint64_t start = 0; start < 40; ++start) {
            FlickerField f(s, 16, {1e-6}, Rng(100 + start));
            f.advance(start);
            const Matrix before = f.shift();
            f.advance(start + bits);
            got += moment(before, f.shift()) / 40;
        }
        const int n = 16;
        for (int k = 0; k < n; ++k) {
            const double tau = std::pow(10.0, 5.0 * k / (n - 1)) / (2 * std::numbers::pi * 1e6);
            if (tau >= 1e-6 / 14) want += field.total_variance() / n * std::exp(-1e-6 * static_cast<double>(bits) / tau);
        }
        EXPECT_NEAR(got, want, 4 * slow * std::sqrt(2.0 / (40 * 256)) + 0.02 * slow) << bits;
    }
}

TEST(Flicker, DecidesAFixedSelectionAndIsRestored) {
    TrngParams p;
    p.size = 16, p.n_columns = p.n_rows = 8, p.comparator_noise = p.comparator_offset = {0}, p.read_noise_scale = 0,
    p.rewrite = RewritePolicy::never;
    p.fixed_selection = p.flicker = true;
    ArrayTrng a(p, ideal_array(16), Rng(1)), b(p, ideal_array(16), Rng(1));
    std::vector<std::uint8_t> bits(3000), tail(1000);
    a.bits(std::span(bits).first(2000));
    const auto saved = a.state();
    a.bits(std::span(bits).subspan(2000));
    b.restore(saved);
    b.bits(tail);
    EXPECT_TRUE(std::equal(tail.begin(), tail.end(), bits.begin() + 2000));
    EXPECT_GT(correlation(bits, 1), 0.2);  // 1/f noise remembers
    EXPECT_GT(share(bits), 0.02);
    EXPECT_LT(share(bits), 0.98);
}

// An observer who knows the chip but not the state of traps and 1/f noise: the same selections over many power cycles.
TEST(ArrayTrng, HiddenStatesAreCalibratedOverRestarts) {
    TrngParams p;
    p.size = 16, p.n_columns = p.n_rows = 8, p.comparator_offset = {0}, p.rewrite = RewritePolicy::never;
    p.flicker = p.telegraph = p.shot = true, p.traps_per_cell = 1, p.observer = Observer::chip, p.flicker_spectrum.rms = 0.02;
    ArrayTrng trng(p, ideal_array(16), TrngStreams(Rng(1), Rng(2), Rng(3)));
    const std::size_t n = 40, n_starts = 600;
    std::vector<double> ones(n, 0), odds(n);
    std::vector<std::uint8_t> bits(n);
    for (std::size_t s = 0; s < n_starts; ++s) {
        trng.restart(Rng(2), Rng(1000 + static_cast<std::uint64_t>(s)));
        trng.bits(bits, odds);
        for (std::size_t i = 0; i < n; ++i) ones[i] += bits[i];
    }
    double chi2 = 0, open = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (odds[i] < 0.02 || odds[i] > 0.98) continue;
        chi2 += std::pow(ones[i] - odds[i] * n_starts, 2) / (odds[i] * (1 - odds[i]) * n_starts), ++open;
    }
    EXPECT_GT(open, 20);
    EXPECT_LT(chi2, open + 6 * std::sqrt(2 * open) + 0.1 * open);  // bits of one start share slow states
}

TEST(ArrayTrng, RestartIsThatOfAFreshChipWithOtherNoise) {
    TrngParams p;
    p.size = 16, p.n_columns = p.n_rows = 8, p.telegraph = p.shot = true, p.rewrite = RewritePolicy::never;
    ArrayTrng one(p, ideal_array(16), TrngStreams(Rng(1), Rng(2), Rng(3))), two(p, ideal_array(16), TrngStreams(Rng(1), Rng(7), Rng(8)));
    std::vector<std::uint8_t> a(500), b(500);
    one.bits(a);
    one.restart(Rng(7), Rng(8));
    one.bits(a);
    two.bits(b);
    EXPECT_EQ(a, b);
    EXPECT_EQ(one.cost().n_bits, 1000);
}

TEST(ArrayTrng, ShotNoiseAddsItsVariance) {
    // Equal cells and one selection: P(1) = 1/2 whatever the noise; with an offset, P = Phi(-offset / sigma) gives sigma.
    TrngParams p;
    p.fixed_selection = true, p.rewrite = RewritePolicy::never, p.comparator_noise = {0}, p.read_noise_scale = 0, p.shot = true;
    std::vector<std::uint8_t> bits(10);
    std::vector<double> odds(10);
    ArrayTrng trng(p, ideal_array(64), Rng(4));
    trng.bits(bits, odds);
    double lo = -40, hi = 40;
    for (int it = 0; it < 200; ++it) (0.5 * std::erfc((lo + hi) / 2 / std::sqrt(2.0)) > odds[0] ? lo : hi) = (lo + hi) / 2;
    const double total_A = trng.cost().accounts[2].second.energy_J / 10 / (0.1 * 100e-9);
    EXPECT_NEAR(trng.offset_A() / lo, std::sqrt(2 * 1.602176634e-19 * 1e8 * total_A), 1e-3 * std::abs(trng.offset_A() / lo));
}

}  // namespace
}  // namespace ganbar
