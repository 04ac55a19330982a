// Each model against its own equation, solved or summed by other means, and the statistics of the draws.
#include <gtest/gtest.h>

#include <algorithm>

#include "ganbar/device/fast_math.h"
#include "ganbar/device/state_flow.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using namespace test;

TEST(FastMath, AgreesWithTheLibrary) {
    for (double x = -40; x < 40; x += 0.0137)
        EXPECT_NEAR(fast::exp(static_cast<float>(x)) / std::exp(static_cast<float>(x)), 1, 3e-6 + 1.2e-7 * std::abs(x));
    for (double x = 1e-12; x < 1e6; x *= 1.013)
        EXPECT_NEAR(fast::log2(static_cast<float>(x)), std::log2(static_cast<float>(x)), 2e-7 + 2e-7 * std::abs(std::log2(x)));
    EXPECT_EQ(fast::exp2(3), 8);
    EXPECT_EQ(fast::log2(1), 0);
}

/// Chi-square of N(0,1) over 64 equally likely bins, as a normal deviate (Wilson-Hilferty).
double normal_chi2_deviate(const std::vector<double>& z) {
    constexpr int bins = 64;
    std::vector<double> count(bins);
    for (const double x : z)
        ++count[std::min<std::size_t>(bins - 1, static_cast<std::size_t>(bins * 0.5 * std::erfc(-x / std::sqrt(2.0))))];
    const double expected = static_cast<double>(z.size()) / bins;
    double chi2 = 0;
    for (const double c : count) chi2 += (c - expected) * (c - expected) / expected;
    const double k = bins - 1;
    return (std::cbrt(chi2 / k) - (1 - 2 / (9 * k))) / std::sqrt(2 / (9 * k));
}
double correlation(const std::vector<double>& x, const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t k = 0; k < x.size(); ++k) sum += x[k] * y[k];
    return sum / static_cast<double>(x.size());
}

TEST(PulseDraws, AreNormalAndIndependent) {
    constexpr std::size_t n = 200000;
    std::vector<double> a(n), b(n), next(n);
    std::vector<PulseDraw> draws(n + 1), tail(n - 4);
    pulse_draws(Rng(3).key(), 0, draws);
    pulse_draws(Rng(3).key(), 5, tail);
    for (std::size_t k = 0; k < n; ++k) a[k] = draws[k].a, b[k] = draws[k].b, next[k] = draws[k + 1].a;
    EXPECT_EQ(tail[0].a, draws[5].a);  // the draw of a cell does not depend on where the range begins
    EXPECT_EQ(tail[1].b, draws[6].b);
    EXPECT_LT(normal_chi2_deviate(a), 4);
    EXPECT_LT(normal_chi2_deviate(b), 4);
    EXPECT_NEAR(correlation(a, b), 0, 5 / std::sqrt(n));
    EXPECT_NEAR(correlation(a, next), 0, 5 / std::sqrt(n));
    double radius4 = 0;  // a^2 + b^2 is exponential with mean 2: the second moment is 8
    for (std::size_t k = 0; k < n; ++k) radius4 += std::pow(a[k] * a[k] + b[k] * b[k], 2) / n;
    EXPECT_NEAR(radius4, 8, 5 * std::sqrt(320.0 / n));
}

TEST(PulseDraws, MapIsBoxMuller) {
    for (const std::uint32_t r : {0u, 7u, 1u << 20, 0x80000000u, 0xffffffffu})
        for (const std::uint32_t t : {0u, 0x12345678u, 0x40000000u, 0x9abcdef0u, 0xffffffffu}) {
            const auto [a, b] = fast::normal_pair(r, t);
            const double radius = std::sqrt(-2 * std::log((r + 0.5) * 0x1p-32));
            const double angle = (t >> 30) * 1.5707963267948966 + ((t & 0x3fffffffu) * 0x1p-30 - 0.5) * 1.5707963267948966;
            EXPECT_NEAR(a, radius * std::cos(angle), r == 0xffffffffu ? 4e-4 : 1e-5);  // u rounds to 1 there
            EXPECT_NEAR(b, radius * std::sin(angle), r == 0xffffffffu ? 4e-4 : 1e-5);
        }
}

TEST(DeviceDraws, Nili2020) {
    constexpr std::size_t n = 100000;
    auto array = make_array("nili2020", {}, n, 200e-6f, 21);
    const auto state = array->state();
    std::vector<double> z_static(n), z_dynamic(n);
    for (std::size_t k = 0; k < n; ++k) z_static[k] = state[3 * k + 1], z_dynamic[k] = state[3 * k + 2];
    EXPECT_LT(normal_chi2_deviate(z_static), 4);
    EXPECT_LT(normal_chi2_deviate(z_dynamic), 4);
    EXPECT_NEAR(correlation(z_static, z_dynamic), 0, 5 / std::sqrt(n));
}

// ---- integration of state variables

double logistic_error(float max_step) {  // dx/ds = 4 x (1 - x): x/(1 - x) grows as e^4s
    double worst = 0;
    for (const float x0 : {0.05f, 0.2f, 0.5f}) {
        const double odds = x0 / (1.0 - x0) * std::exp(4.0), exact = odds / (1 + odds);
        worst = std::max(worst, std::abs(flow(x0, 1.0f, max_step, [](float x) { return 4 * x * (1 - x); }) - exact));
    }
    return worst;
}

TEST(StateFlow, ConvergesWithOrderFour) {
    const double e4 = logistic_error(1.0f / 4), e8 = logistic_error(1.0f / 8), e16 = logistic_error(1.0f / 16);
    EXPECT_NEAR(std::log2(e4 / e8), 4, 0.6);
    EXPECT_NEAR(std::log2(e8 / e16), 4, 0.6);
    EXPECT_LT(logistic_error(0.02f), 1e-6);
}

TEST(Vteam, JoglekarWithPOneIsTheLogistic) {
    const Settings s{{"boundary", "joglekar"}, {"boundary_p", std::int64_t{1}}, {"k_off", 5e-4}};
    // reset at -0.5 V: rate k_off/d (0.5/0.02 - 1) = 4e6 1/s; 200 ns: dose 0.8
    const double g0 = 1 / (50 + 950 * 0.3), odds = 0.3 / 0.7 * std::exp(4 * 0.8), x = odds / (1 + odds);
    EXPECT_NEAR(step_of("vteam", s, g0, -0.5, 200e-9), 1 / (50 + 950 * x) - g0, 1e-5 * g0);
}

TEST(Vteam, HardBoundaryMovesByTheDose) {
    const double g0 = 1 / (50 + 950 * 0.3);
    EXPECT_NEAR(step_of("vteam", {}, g0, -0.5, 100e-9), 1 / (50 + 950 * 0.7) - g0, 1e-5 * g0);  // dose 0.4
    EXPECT_NEAR(step_of("vteam", {}, g0, 0.25, 1e-9), 1 / (50 + 950 * (0.3 - 10 * std::pow(0.25, 3) * 1e-9 / 3e-9)) - g0, 1e-5 * g0);
    EXPECT_EQ(step_of("vteam", {}, g0, 0.2, 1e-3), 0);  // at the threshold
    EXPECT_EQ(step_of("vteam", {}, g0, -0.02, 1e-3), 0);
    EXPECT_NEAR(step_of("vteam", {}, g0, -1, 1), 1e-3 - g0, 1e-8);  // and stops at the end
    Settings exponential{{"resistance", "exponential"}};
    const double g1 = 1 / (50 * std::pow(20, 0.3));
    EXPECT_NEAR(step_of("vteam", exponential, g1, -0.5, 100e-9), 1 / (50 * std::pow(20, 0.7)) - g1, 1e-5 * g1);
}

TEST(Vteam, BoundaryWindowsSlowTheApproach) {
    for (const char* window : {"joglekar", "biolek"}) {
        auto hard = make_array("vteam", {{"boundary", "hard"}}, 1, 1e-3f / 0.9f),
             soft = make_array("vteam", {{"boundary", window}}, 1, 1e-3f / 0.9f);
        const float v = -0.2f;
        for (auto* a : {hard.get(), soft.get()}) a->program_at(0, std::span(&v, 1), {50e-9}, EnergyRule::ohmic, Rng(1));
        EXPECT_GT(conductances(*soft)[0], conductances(*hard)[0]) << window;
        EXPECT_LT(conductances(*soft)[0], 1e-3 / 0.9) << window;
    }
    // Biolek lets a cell leave the end that Joglekar's window traps
    EXPECT_GT(step_of("vteam", {{"boundary", "biolek"}}, 1e-3, 0.25, 1e-9), 0);
    EXPECT_EQ(step_of("vteam", {{"boundary", "joglekar"}}, 1e-3, 0.25, 1e-9), 0);
}

/// Yakopcic's equation by small Euler steps in double precision.
double yakopcic_x(double x, double dose, double knee, double alpha) {
    const int n = 2000000;
    for (int i = 0; i < n; ++i) x += dose / n * (x < knee ? 1.0 : std::exp(-alpha * (x - knee)) * (1 - x) / (1 - knee));
    return x;
}

TEST(Yakopcic, EverySetFollowsItsEquation) {
    const struct {
        const char* set;
        double a1, a2, b, vp, vn, ap, an, xp, xn, alphap, alphan;
    } sets[] = {{"boise", .17, .17, .05, .16, .15, 4000, 4000, .3, .5, 1, 5},
                {"aguirre", 7e-5, 7e-5, 1.9, .4, .3, 1, 1, .9, .7, 3, 8},
                {"michigan", 3.7e-7, 4.35e-7, .7, 1.5, .5, .005, .08, .2, .5, 1.2, 3},
                {"hp_sine", .076, .06, 3, .9, .2, .1, 10, .15, .25, 1, 4}};
    for (const auto& s : sets) {
        const Settings set{{"set", s.set}};
        const double g = s.a1 * s.b * 0.25, v = s.vp + 0.7, w = s.vn + 0.7;
        const double t_up = 0.4 / (s.ap * (std::exp(v) - std::exp(s.vp))), t_down = 0.2 / (s.an * (std::exp(w) - std::exp(s.vn)));
        const float vf = static_cast<float>(v), wf = static_cast<float>(w);
        const double up = yakopcic_x(0.25, t_up * s.ap * (std::exp(double{vf}) - std::exp(s.vp)), s.xp, s.alphap);
        const double down = 1 - yakopcic_x(0.75, t_down * s.an * (std::exp(double{wf}) - std::exp(s.vn)), s.xn, s.alphan);
        EXPECT_NEAR(step_of("yakopcic", set, g, v, t_up) / (s.a1 * s.b), up - 0.25, 5e-6) << s.set;
        EXPECT_NEAR(step_of("yakopcic", set, g, -w, t_down) / (s.a1 * s.b), down - 0.25, 5e-6) << s.set;
        auto array = make_array("yakopcic", set, 1, static_cast<float>(g));
        EXPECT_NEAR(current_of(*array, 0.3) / (s.a1 * 0.25 * std::sinh(s.b * 0.3)), 1, 1e-6);
        EXPECT_NEAR(current_of(*array, -0.3) / (-s.a2 * 0.25 * std::sinh(s.b * 0.3)), 1, 1e-6);
        EXPECT_EQ(step_of("yakopcic", set, g, s.vp, t_up), 0);
        EXPECT_EQ(step_of("yakopcic", set, g, -0.999 * s.vn, t_down), 0);
    }
}

/// A dose of any size ends: at the bound where it suffices, else where the equation says.
TEST(Yakopcic, LongDosesEnd) {
    const double siemens = 0.17 * 0.05;
    EXPECT_NEAR(step_of("yakopcic", {}, 0.5 * siemens, 100, 1e-6), (0.99 - 0.5) * siemens, 1e-7 * siemens);
    EXPECT_NEAR(step_of("yakopcic", {}, 0.5 * siemens, -100, 1e-6), (0.01 - 0.5) * siemens, 1e-7 * siemens);
    const struct {
        const char* set;
        double g_S;
    } others[] = {{"aguirre", 5e-5}, {"michigan", 1e-7}, {"hp_sine", 0.1}};
    for (const auto& [set, g] : others) EXPECT_GT(step_of("yakopcic", {{"set", set}}, g, 100, 1e6), 0) << set;
    // So steep a slowing that a dose of 1e6 ends inside. The motion is separable: the dose is the integral of (1 - k) exp(alpha (y - k))/(1
    // - y).
    const Settings steep{{"alpha_p", 40.0}, {"x_max", 0.999}};
    const double dose = 1e6, t = dose / (4000 * (std::exp(1.0) - std::exp(0.16)));
    double y = 0.3, used = 0;
    for (const double dy = 1e-6; used < dose; y += dy) used += dy * 0.7 * std::exp(40 * (y + dy / 2 - 0.3)) / (1 - y - dy / 2);
    EXPECT_NEAR(step_of("yakopcic", steep, 0.3 * siemens, 1, t) / siemens, y - 0.3, 3e-6);
}

TEST(Yakopcic, LongDosesJoinShortOnes) {  // on both sides of the number of steps at which the method changes
    const Settings steep{{"alpha_p", 20.0}, {"x_max", 0.999}};
    const double siemens = 0.17 * 0.05, rate = 4000 * (std::exp(1.0) - std::exp(0.16));
    const double below = step_of("yakopcic", steep, 0.3 * siemens, 1, 399 / rate),
                 above = step_of("yakopcic", steep, 0.3 * siemens, 1, 401 / rate);
    EXPECT_GT(above, below);
    EXPECT_LT(above - below, 0.0005 * siemens);
}

TEST(Vteam, LongDosesEnd) {
    for (const char* boundary : {"hard", "joglekar", "biolek"})
        for (const double a : {1.0, 3.0, 100.0}) {
            const Settings s{{"boundary", boundary}, {"a_on", a}, {"a_off", a}, {"k_on", -1e12}, {"k_off", 1e12}};
            EXPECT_NEAR(step_of("vteam", s, 2e-3, 100, 1e6), 20e-3 - 2e-3, 1e-5) << boundary << a;
            EXPECT_NEAR(step_of("vteam", s, 2e-3, -100, 1e6), 1e-3 - 2e-3, 1e-5) << boundary << a;
        }
    EXPECT_EQ(step_of("vteam", {{"k_on", 0.0}, {"a_on", 100.0}}, 2e-3, 100, 1), 0);                  // nothing times infinity
    auto array = make_array("vteam", {{"c2c", 10.0}, {"k_on", -1e12}, {"a_on", 100.0}}, 64, 2e-3f);  // a draw may stop the pulse
    array->program(0, std::vector<std::int8_t>(64, 1), {{100}, {-100}, {1e6}}, EnergyRule::ohmic, Rng(3));
    for (const float g : conductances(*array)) EXPECT_TRUE(g >= 2e-3f * (1 - 1e-5f) && g <= 20.001e-3f) << g;
}

TEST(Yakopcic, OverridesComeAfterTheSet) {
    std::vector<ParamRow> used;
    make_array("yakopcic", {{"set", "aguirre"}, {"b", 2.5}}, 1, &used);
    for (const auto& row : used) {
        if (row.info.name == "b") {
            EXPECT_EQ(std::get<double>(row.value), 2.5);
        }
        if (row.info.name == "x_p") {
            EXPECT_EQ(std::get<double>(row.value), 0.9);
        }
    }
}

// ---- step models

TEST(SoftBounds, ApproachesItsBoundGeometrically) {
    auto array = make_array("soft_bounds", {}, 1, 160e-6f);
    for (int i = 0; i < 100; ++i) array->program(0, std::vector<std::int8_t>{1}, {{1}, {-1}, {1e-7}}, EnergyRule::ohmic, Rng(1));
    EXPECT_NEAR(conductances(*array)[0], 300e-6 - 140e-6 * std::pow(0.99, 100), 2e-9);
    for (int i = 0; i < 50; ++i) array->program(0, std::vector<std::int8_t>{-1}, {{1}, {-1}, {1e-7}}, EnergyRule::ohmic, Rng(1));
    EXPECT_NEAR(conductances(*array)[0], 150e-6 + (150e-6 - 140e-6 * std::pow(0.99, 100)) * std::pow(0.99, 50), 2e-9);
}

TEST(Wox, WritePulsesCrossTheRange) {
    auto array = make_array("wox", {}, 1, 4e-6f);
    for (int i = 0; i < 32; ++i) array->program(0, std::vector<std::int8_t>{1}, {{1}, {-1}, {1e-7}}, EnergyRule::ohmic, Rng(1));
    EXPECT_NEAR(conductances(*array)[0], 14.5e-6, 1e-10);
    for (int i = 0; i < 40; ++i) array->program(0, std::vector<std::int8_t>{1}, {{1}, {-1}, {1e-7}}, EnergyRule::ohmic, Rng(1));
    EXPECT_EQ(conductances(*array)[0], 25e-6f);
    EXPECT_NEAR(step_of("wox", {}, 10e-6, -0.9, 100e-9), -21e-6 / 64 / 2, 1e-11);
    EXPECT_EQ(step_of("wox", {}, 10e-6, 0.8, 1e-3), 0);
}

/// The nominal step of aihwkit's families at weight w, for the presets' printed numbers.
struct PulsedPreset {
    const char* model;
    const char* preset;
    double dw_min, up_down, w_max, w_min, shape_up, shape_down;  ///< shape: gamma of linear steps, A of exponential ones
};
const PulsedPreset pulsed_presets[] = {
    {"exp_step", "ReRamES", 0.00135, 0.259359, 1, -1, -1.18445, -0.081404},
    {"exp_step", "PCM", 0.01, 0, 2, 0, -27.235, -2.235},
    {"soft_bounds_reference", "ReRamSB", 0.002, 0, 1.25, -0.75, 1, 1},
    {"soft_bounds_reference", "ReRamArrayOM", 0.0949, 0, 1, -1, 1, 1},
    {"soft_bounds_reference", "ReRamArrayHfO2", 0.4622, 0, 1, -1, 1, 1},
    {"linear_step", "EcRam", 0.002, 0, 1.1724, -0.8276, 0.1153, 0.5085},
    {"linear_step", "EcRamMO", 2.8214e-4, 0, 1.1714, -0.8286, 0.4152, 0.7342},
    {"linear_step", "Capacitor", 0.005, 0, 1, -1, 0.05, 0.05},
    {"constant_step", "Idealized", 2e-4, 0, 1, -1, 0, 0},
    {"constant_step", "GokmenVlasov", 0.0016, 0, 1, -1, 0, 0},
};
double nominal_step(const PulsedPreset& p, bool up, double w) {
    const double size = up ? p.dw_min : -p.dw_min * (1 - p.up_down);
    if (std::string(p.model) != "exp_step") return size * (1 - (up ? p.shape_up * w / p.w_max : p.shape_down * w / p.w_min));
    const bool pcm = std::string(p.preset) == "PCM";
    const double z = 2 * w / (p.w_max - p.w_min) * (pcm ? -1 : -0.5) + (pcm ? 0 : -0.5), gamma = pcm ? 2.5 : 5;
    return size * std::max(0.0, up ? 1 - p.shape_up * std::exp(gamma * z) : 1 - p.shape_down * std::exp(-gamma * z));
}

TEST(PulsedFamilies, NominalStepsOfEveryPreset) {
    for (const auto& p : pulsed_presets) {
        const Settings s{{"preset", p.preset}, {"d2d", "off"}, {"c2c", 0.0}, {"write_noise", 0.0}, {"c2c_add", 0.0}};
        const double siemens = 150e-6 / (p.w_max - p.w_min);
        for (const double at : {0.1, 0.35, 0.5, 0.8}) {
            const double w = p.w_min + at * (p.w_max - p.w_min), g = 150e-6 + at * 150e-6;
            for (const bool up : {true, false}) {
                const double bounded = std::clamp(w + nominal_step(p, up, w), p.w_min, p.w_max) - w;
                EXPECT_NEAR(step_of(p.model, s, g, up ? 1 : -1, 1e-7), bounded * siemens, 1e-4 * std::abs(bounded) * siemens + 5e-11)
                    << p.preset << at << up;
            }
        }
    }
}

TEST(PulsedFamilies, PowStep) {
    const Settings s{{"d2d", "off"}, {"c2c", 0.0}, {"gamma_up", 1.7}, {"gamma_down", 0.6}, {"dw_min", 0.01}};
    EXPECT_NEAR(step_of("pow_step", s, 195e-6, 1, 1e-7), 0.01 * std::pow(0.7, 1.7) * 125e-6, 5e-11);
    EXPECT_NEAR(step_of("pow_step", s, 195e-6, -1, 1e-7), -0.01 * std::pow(0.3, 0.6) * 125e-6, 5e-11);
}

std::vector<double> steps(const std::string& model, const Settings& s, std::size_t n, double w_per_S, std::int8_t sign) {
    auto array = make_array(model, s, n, 225e-6f, 31);
    const auto before = conductances(*array);
    array->program(0, std::vector<std::int8_t>(n, sign), {{1}, {-1}, {1e-7}}, EnergyRule::ohmic, Rng(5));
    const auto after = conductances(*array);
    std::vector<double> out(n);
    for (std::size_t k = 0; k < n; ++k) out[k] = (double{after[k]} - before[k]) * w_per_S;
    return out;
}

TEST(PulsedFamilies, Spreads) {
    constexpr std::size_t n = 40000;
    const double w_per_S = 2 / 150e-6;
    const Settings quiet{{"preset", "GokmenVlasov"}, {"c2c", 0.0}};
    const Moments device = moments(steps("constant_step", quiet, n, w_per_S, 1));
    EXPECT_NEAR(device.mean, 0.0016, 2e-5);
    EXPECT_NEAR(device.deviation, 0.0016 * std::hypot(0.3, 0.01), 1e-5);
    const Moments cycle = moments(steps("constant_step", {{"preset", "GokmenVlasov"}, {"d2d", "off"}}, n, w_per_S, -1));
    EXPECT_NEAR(cycle.mean, -0.0016, 2e-5);
    EXPECT_NEAR(cycle.deviation, 0.0016 * 0.3, 1e-5);
    const Moments write = moments(steps("exp_step", {{"preset", "ReRamES"}, {"d2d", "off"}, {"c2c", 0.0}}, n, w_per_S, 1));
    EXPECT_NEAR(write.deviation, 75 * 0.00135, 2e-3);
    // cells start at w = 1 on the scale 0..2; seven standard deviations from either bound
    const Moments pcm = moments(steps("exp_step", {{"preset", "PCM"}, {"d2d", "off"}}, n, w_per_S, 1));
    const double d = 0.01 * (1 + 27.235 * std::exp(-2.5));
    EXPECT_NEAR(pcm.mean, d, 2e-3);
    EXPECT_NEAR(pcm.deviation, 0.6 * (d + 0.042 + 0.108 * 1.0), 2e-3);
}

TEST(PulsedFamilies, WriteNoiseDoesNotAccumulate) {
    auto array = make_array("soft_bounds_reference",
                            {{"preset", "ReRamSB"}, {"d2d", "off"}, {"c2c", 0.0}, {"dw_min", 1e-5}, {"write_noise", 5e3}}, 20000, 225e-6f);
    for (int i = 0; i < 10; ++i)
        array->program(0, std::vector<std::int8_t>(20000, i % 2 ? 1 : -1), {{1}, {-1}, {1e-7}}, EnergyRule::ohmic, Rng(5).stream("p", i));
    std::vector<double> g;
    for (const float x : conductances(*array)) g.push_back(x);
    EXPECT_NEAR(moments(g).deviation, 0.05 * 75e-6, 0.02 * 0.05 * 75e-6);
    EXPECT_NEAR(moments(g).mean, 225e-6, 2e-7);
}

TEST(PulsedFamilies, SymmetryPointIsSubtracted) {  // at the middle of the window up and down steps are equal for every cell
    const Settings s{{"preset", "ReRamArrayOM"}, {"c2c", 0.0}, {"write_noise", 0.0}, {"reference_std", 0.0}, {"dw_min", 0.001}};
    const auto up = steps("soft_bounds_reference", s, 2000, 1, 1), down = steps("soft_bounds_reference", s, 2000, 1, -1);
    for (std::size_t k = 0; k < up.size(); ++k) EXPECT_NEAR(up[k], -down[k], 1e-4 * std::abs(up[k]) + 6e-11);
    const Settings raw{{"preset", "ReRamArrayOM"}, {"c2c", 0.0},      {"write_noise", 0.0},
                       {"reference_std", 0.0},     {"dw_min", 0.001}, {"subtract_symmetry_point", false},
                       {"up_down_dtod", 0.5}};
    const auto up_raw = steps("soft_bounds_reference", raw, 2000, 1, 1), down_raw = steps("soft_bounds_reference", raw, 2000, 1, -1);
    std::vector<double> asymmetry;
    for (std::size_t k = 0; k < up_raw.size(); ++k) asymmetry.push_back((up_raw[k] + down_raw[k]) / (up_raw[k] - down_raw[k]));
    EXPECT_GT(moments(asymmetry).deviation, 0.1);
}

/// In both windows: conductances that single precision holds exactly, and those that it does not.
TEST(EveryModelAtItsBound, APulseThatCannotMoveTheCellIsIdle) {
    for (const auto& name : devices().names())
        for (const auto& window : {std::pair{"150 uS", "300 uS"}, std::pair{"17.3 uS", "91.7 uS"}}) {
            Settings s;
            for (const auto& row : devices().get(name).defaults) {
                if (row.info.name == "d2d") s["d2d"] = "off";
                if (row.info.name == "c2c" || row.info.name == "write_noise") s[row.info.name] = 0.0;
                if (row.info.name == "g_min") s["g_min"] = window.first;
                if (row.info.name == "g_max") s["g_max"] = window.second;
            }
            if (name == "table") s["g"] = std::vector<double>{17e-6, 100e-6, 200e-6, 300e-6, 301e-6};
            for (const bool top : {true, false}) {
                auto array = make_array(name, s, 3);
                const Window w = array->window();
                array->fabricate(std::vector<float>(3, static_cast<float>((top ? w.g_max : w.g_min).si)), Rng(1));
                const auto bill =
                    array->program(0, std::vector<std::int8_t>(3, top ? 1 : -1), {{1}, {-1.2}, {1e-7}}, EnergyRule::ohmic, Rng(2));
                EXPECT_EQ(bill.n_idle, 3) << name << ' ' << window.second << (top ? " top" : " bottom");
                EXPECT_EQ(bill.energy_J, 0) << name;
            }
        }
}

}  // namespace
}  // namespace ganbar
