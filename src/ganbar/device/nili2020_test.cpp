// The founding model against its published equations, evaluated here on their own in double precision.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using namespace test;

const Settings bare{{"d2d", "off"}, {"window", "off"}, {"threshold", "0 V"}};

std::unique_ptr<DeviceArray> make(const Settings& settings, std::size_t n, float g_S, std::uint64_t seed = 1) {
    return make_array("nili2020", settings, n, g_S, seed);
}
double step(const Settings& settings, double g_S, double v_V, double t_s) { return step_of("nili2020", settings, g_S, v_V, t_s); }
double current(const DeviceArray& array, double v_V) { return current_of(array, v_V); }

struct StepPoint {
    double g_uS, v_V, dg_uS, half_digit;  ///< the last column is half a unit of the last printed digit
};

// Steps at 100 ns, no variation, worked out from the published equations by hand calculation (log10 of seconds).
TEST(Nili2020, StepsAtTheWorkingPoint) {
    const StepPoint points[] = {
        {75, 0.8, 0.54, .005},     {75, 0.9, 1.40, .005},     {75, 1.0, 3.41, .005},    {75, 1.15, 9.56, .005},   {150, 0.8, 0.46, .005},
        {150, 0.9, 1.20, .005},    {150, 1.0, 2.92, .005},    {150, 1.15, 8.69, .005},  {225, 0.8, 0.53, .005},   {225, 0.9, 1.34, .005},
        {225, 1.0, 3.25, .005},    {225, 1.15, 9.64, .005},   {75, -0.8, -.064, .0005}, {75, -1.0, -.69, .005},   {75, -1.2, -3.95, .005},
        {75, -1.5, -6.81, .005},   {150, -0.8, -.094, .0005}, {150, -1.0, -.97, .005},  {150, -1.2, -4.56, .005}, {150, -1.5, -6.78, .005},
        {225, -0.8, -.045, .0005}, {225, -1.0, -.46, .005},   {225, -1.2, -1.93, .005}, {225, -1.5, -2.71, .005}, {75, 0.4, .010, .0005},
        {150, 0.4, .009, .0005},   {225, 0.4, .011, .0005},   {75, .267, .003, .0005},  {150, .267, .002, .0005}, {225, .267, .003, .0005},
    };
    for (const auto& p : points)
        EXPECT_NEAR(step(bare, p.g_uS * 1e-6, p.v_V, 100e-9) * 1e6, p.dg_uS, p.half_digit + 0.01 * std::abs(p.dg_uS))
            << p.g_uS << " uS, " << p.v_V << " V";
    EXPECT_NEAR(step(bare, 150e-6, -0.93, 100e-9), -step(bare, 150e-6, 0.8, 100e-9), 0.04e-6);  // balance points
    EXPECT_NEAR(step(bare, 225e-6, -1.01, 100e-9), -step(bare, 225e-6, 0.8, 100e-9), 0.04e-6);
}

TEST(Nili2020, StepsOfLongPulses) {  // the checks that single out log10: 0.5 ms pulses, and the strongest reset of the fitted range
    EXPECT_NEAR(step(bare, 20e-6, 1.0, 0.5e-3) * 1e6, 71, 1);
    EXPECT_NEAR(step(bare, 65e-6, 1.0, 0.5e-3) * 1e6, 55, 1);
    EXPECT_NEAR(step(bare, 20e-6, -1.3, 0.5e-3) * 1e6, -6.9, 0.1);
    EXPECT_NEAR(step(bare, 65e-6, -1.3, 0.5e-3) * 1e6, -25, 0.5);
    EXPECT_NEAR(step(bare, 31e-6, -1.5, 0.1) * 1e6, -31, 0.5);
    EXPECT_NEAR(step(bare, 55e-6, -1.5, 0.1) * 1e6, -49, 0.5);
    EXPECT_NEAR(step(bare, 99e-6, -1.5, 0.1) * 1e6, -69, 0.5);
}

/// The published step in double precision, for a bin's constants.
double set_step(double c2, double c3, double c4, double v, double t) {
    return 1.55e-4 * (1 - std::tanh(-0.47 * (std::log10(t) - c2))) * (std::tanh(c3 * v - c4) + 1);
}
double reset_step(double c1, double c2, double c4, double v, double t) {
    return -0.89e-4 * (-1 - std::tanh(c1 * (std::log10(t) - c2))) * (std::tanh(6.2 * v - c4) - 1);
}

TEST(Nili2020, StepsInEveryBinAndAtTheEnds) {
    const double c2s[] = {-3.851, -3.769, -3.729, -3.517, -3.426, -3.373, -3.422, -3.572},
                 c3s[] = {9.369, 7.512, 6.801, 6.180, 5.946, 5.005, 4.936, 4.864};
    const double c4s[] = {10.400, 8.419, 7.582, 6.851, 6.558, 5.792, 5.840, 5.785}, c1r[] = {.89, .51, .34, .25, .23, .21, .22, .28};
    const double c2r[] = {8.96, 6.88, 4.93, 3.63, 2.91, 2.33, 1.93, 1.68},
                 c4r[] = {-10.90, -8.61, -8.14, -7.77, -7.42, -7.30, -7.10, -7.00};
    for (int bin = 0; bin < 8; ++bin) {
        for (const double inside : {0.01, 0.5, 0.99}) {
            const double g = std::pow(10, (bin + 2 + inside) / 4) * 1e-6;
            for (const double t : {1e-7, 3.3e-6, 1e-4}) {
                const double up = set_step(c2s[bin], c3s[bin], c4s[bin], 0.87, t),
                             down = reset_step(c1r[bin], c2r[bin], c4r[bin], -1.07, t);
                const double rounding = g * 1.2e-7;  // cells hold single precision
                EXPECT_NEAR(step(bare, g, 0.87, t), up, 1e-5 * up + rounding) << bin << " " << t;
                EXPECT_NEAR(step(bare, g, -1.07, t), std::max(down, -g), 1e-5 * g + rounding) << bin << " " << t;
            }
        }
    }
    EXPECT_NEAR(step(bare, 1e-6, 0.9, 1e-6), set_step(c2s[0], c3s[0], c4s[0], 0.9, 1e-6), 1e-11);  // outside: the nearest bin
    EXPECT_NEAR(step(bare, 500e-6, 0.9, 1e-6), set_step(c2s[7], c3s[7], c4s[7], 0.9, 1e-6), 1e-10);
}

TEST(Nili2020, TimeUnitIsAShiftOfTheMidpointsAtOneWidth) {
    const double c2_set[] = {-3.851, -3.769, -3.729, -3.517, -3.426, -3.373, -3.422, -3.572},
                 c2_reset[] = {8.96, 6.88, 4.93, 3.63, 2.91, 2.33, 1.93, 1.68};
    const struct {
        const char* unit;
        double l;
    } readings[] = {{"ns_log10", 2}, {"ns_ln", std::log(100)}};
    for (const auto& r : readings) {
        Settings named = bare, shifted = bare;
        named["time_unit"] = r.unit;
        std::vector<double> set, reset;
        for (const double c : c2_set) set.push_back(c - (r.l + 7));  // L - c2 at 100 ns, where L = log10(100 ns / s) is -7
        for (const double c : c2_reset) reset.push_back(c - (r.l + 7));
        shifted["c2_set"] = set, shifted["c2_reset"] = reset;
        for (int bin = 0; bin < 8; ++bin) {
            const double g = std::pow(10, (bin + 2.5) / 4) * 1e-6;
            for (const double v : {0.8, -0.8}) {
                const double want = step(shifted, g, v, 100e-9);
                EXPECT_NEAR(step(named, g, v, 100e-9), want, 1e-6 * std::abs(want) + g * 1.2e-7) << r.unit << " bin " << bin << " " << v;
            }
        }
    }
}

TEST(Nili2020, TimeUnitEntersTheStepAndNotTheSpread) {
    for (const double t : {1e-7, 5e-6, 1e-3}) {  // at other widths, from the equations; 150 uS lies in the bin of 100 to 178 uS
        const struct {
            const char* unit;
            double l;
        } readings[] = {{"s", std::log10(t)}, {"ns_log10", std::log10(t / 1e-9)}, {"ns_ln", std::log(t / 1e-9)}};
        for (const auto& r : readings) {
            Settings named = bare;
            named["time_unit"] = r.unit;
            const double up = 1.55e-4 * (1 - std::tanh(-0.47 * (r.l + 3.422))) * (std::tanh(4.936 * 0.8 - 5.840) + 1);
            const double down = -0.89e-4 * (-1 - std::tanh(0.22 * (r.l - 1.93))) * (std::tanh(-6.2 * 0.8 + 7.10) - 1);
            EXPECT_NEAR(step(named, 150e-6, 0.8, t), up, 1e-5 * up + 2e-11) << r.unit << " " << t;
            EXPECT_NEAR(step(named, 150e-6, -0.8, t), down, 1e-5 * std::abs(down) + 2e-11) << r.unit << " " << t;
        }
    }
    constexpr std::size_t n = 4000;
    std::vector<float> seconds(n), nanoseconds(n);
    for (auto* after : {&seconds, &nanoseconds}) {
        Settings s{{"d2d", "A"}, {"window", "off"}, {"time_unit", after == &seconds ? "s" : "ns_ln"}};
        auto array = make(s, n, 150e-6f, 5);
        array->program(0, std::vector<std::int8_t>(n, 1), {{0.8}, {-0.8}, {1e-7}}, EnergyRule::ohmic, Rng(2));
        array->conductance(0, *after);
    }
    const double a = step(bare, 150e-6, 0.8, 1e-7),
                 b = step({{"d2d", "off"}, {"window", "off"}, {"time_unit", "ns_ln"}}, 150e-6, 0.8, 1e-7);
    EXPECT_GT(b / a, 3);
    for (std::size_t k = 0; k < n; k += 131)
        EXPECT_NEAR((nanoseconds[k] - 150e-6) / b, (seconds[k] - 150e-6) / a, 1e-3) << k;  // the same cells, the same relative spread
}

TEST(Nili2020, InterpolationMeetsTheBinsAtTheirCentresAndIsContinuous) {
    Settings smooth = bare;
    smooth["bins"] = "interpolated";
    for (int bin = 0; bin < 8; ++bin) {
        const double centre = std::pow(10, (bin + 2.5) / 4) * 1e-6;
        EXPECT_NEAR(step(smooth, centre, 0.9, 1e-6), step(bare, centre, 0.9, 1e-6), 2e-4 * step(bare, centre, 0.9, 1e-6) + centre * 1.2e-7);
    }
    const double edge = 177.827941e-6, below = step(smooth, edge * 0.99999, -1.2, 1e-7), above = step(smooth, edge * 1.00001, -1.2, 1e-7);
    EXPECT_NEAR(below, above, 1e-9);
    EXPECT_NEAR(below, (step(bare, edge * 0.999, -1.2, 1e-7) + step(bare, edge * 1.001, -1.2, 1e-7)) / 2,
                2e-9);  // an edge lies midway on the log scale
    EXPECT_NEAR(step(smooth, 1e-6, 0.9, 1e-6), step(bare, 1e-6, 0.9, 1e-6), 1e-12);
}

TEST(Nili2020, StaticCurrent) {
    const double ratios[][2] = {{10, 1.50}, {50, 1.29}, {100, 1.31}, {150, 1.35}, {225, 1.41}, {300, 1.48}};  // G(0.4 V)/G(0.1 V)
    for (const auto& [g_uS, ratio] : ratios) {
        auto array = make(bare, 1, static_cast<float>(g_uS * 1e-6));
        EXPECT_NEAR(current(*array, 0.4) / current(*array, 0.1) / 4, ratio, 0.01 * ratio) << g_uS;
    }
    for (const double g_uS : {30.0, 100.0, 150.0, 225.0}) {  // G is the conductance at 0.1 V
        auto array = make(bare, 1, static_cast<float>(g_uS * 1e-6));
        EXPECT_NEAR(current(*array, 0.1) * 10 / (g_uS * 1e-6), 1, 0.0101) << g_uS;
    }
    Settings warm = bare;
    warm["temperature"] = "65 degC";
    const double g = 180e-6, a1 = -2.58e-6 + 0.977 * g + 1.166e-7 * 65, a3 = 1.18 * g + 6596 * g * g + 1.605e-3 * std::pow(65, -1.33);
    auto array = make(warm, 1, 180e-6f);
    EXPECT_NEAR(current(*array, -0.3), -(a1 * 0.3 + a3 * 0.027), 1e-6 * a1);
}

TEST(Nili2020, ThermalNoiseIsAVariance) {
    auto array = make(bare, 1, 150e-6f);
    float variance = 0;
    array->read_noise(0.1, 0, std::span(&variance, 1));
    EXPECT_NEAR(std::sqrt(variance), 16e-9, 0.5e-9);
    EXPECT_NEAR(variance / (4 * 1.380649e-23 * 298.15 * 1e8 * current(*array, 0.1) / 0.1), 1, 1e-6);
    float at_zero = 0, chord = 0;
    array->read_noise(0, 0, std::span(&at_zero, 1));
    array->chord_conductance(0, 0, std::span(&chord, 1));
    EXPECT_NEAR(at_zero / (4 * 1.380649e-23 * 298.15 * 1e8 * chord), 1, 1e-6);
    EXPECT_NEAR(chord, -2.58e-6 + 0.977 * 150e-6 + 1.166e-7 * 25, 1e-10);
}

TEST(Nili2020, PulseSpreadOfTheThreeReadings) {
    const struct {
        const char* mode;
        double set_150, set_225, reset_150, reset_225, half_digit;
    } table[] = {{"A", 1.32, 1.15, 0.18, 0.59, .005}, {"B", 0.04, 0.14, 0.05, 0.09, .005}, {"B_ns", 0.05, 0.05, 0.01, 0.02, .005}};
    constexpr std::size_t n = 40000;
    for (const auto& row : table) {
        const double expected[] = {row.set_150, row.set_225, row.reset_150, row.reset_225};
        for (int which = 0; which < 4; ++which) {
            const float g = which % 2 == 0 ? 150e-6f : 225e-6f;
            auto array = make({{"d2d", row.mode}, {"window", "off"}}, n, g, 5);
            const std::vector<std::int8_t> polarity(n, which < 2 ? 1 : -1);
            array->program(0, polarity, {{0.8}, {-0.8}, {1e-7}}, EnergyRule::ohmic, Rng(2));
            std::vector<float> after(n);
            array->conductance(0, after);
            std::vector<double> relative;
            const double mean = step(bare, g, which < 2 ? 0.8 : -0.8, 1e-7);
            for (const float a : after) relative.push_back((a - g) / mean);
            const Moments m = moments(relative);
            EXPECT_NEAR(m.mean, 1, 6 * expected[which] / std::sqrt(n) + 1e-3) << row.mode << which;
            EXPECT_NEAR(m.deviation, expected[which], row.half_digit + 0.02 * expected[which]) << row.mode << which;
        }
    }
}

TEST(Nili2020, ThresholdModeShiftsTheVoltageAxis) {
    constexpr std::size_t n = 20000;
    auto array = make({{"d2d", "threshold"}, {"window", "off"}, {"threshold_sigma", "20 mV"}}, n, 150e-6f, 3);
    array->program(0, std::vector<std::int8_t>(n, 1), {{0.8}, {-0.8}, {1e-7}}, EnergyRule::ohmic, Rng(2));
    const auto state = array->state();
    for (std::size_t k = 0; k < n; k += 997) {
        const double z = state[3 * k + 2];
        EXPECT_NEAR(state[3 * k] - 150e-6, set_step(-3.422, 4.936, 5.840, 0.8 - 0.02 * z, 1e-7), 3e-11);
    }
}

TEST(Nili2020, StaticSpread) {
    // relative deviation of I(0.1 V): 20, 12, 5.5, 1, 5, 15 %; the last three past the zero crossing of the parabola
    const double table[][3] = {{30, .20, .005}, {100, .12, .005}, {150, .055, .001}, {200, .01, .005}, {225, .05, .005}, {300, .15, .005}};
    constexpr std::size_t n = 20000;
    for (const auto& [g_uS, expected, half_digit] : table) {
        auto array = make({{"static_spread", "as_fitted"}}, n, static_cast<float>(g_uS * 1e-6), 11);
        std::vector<double> v(n, 0.1), i(n);
        array->current(0, v, i);
        const Moments m = moments(i);
        EXPECT_NEAR(m.deviation / m.mean, expected, half_digit + 0.02 * expected) << g_uS;
    }
    auto floored = make({}, n, 195e-6f, 11);
    std::vector<double> v(n, 0.1), i(n);
    floored->current(0, v, i);
    EXPECT_NEAR(moments(i).deviation / moments(i).mean, 0.02, 0.0015);  // the default floor where the parabola vanishes
}

TEST(Nili2020, ClampStopsReversalsOnly) {
    constexpr std::size_t n = 5000;
    auto free = make({{"window", "off"}}, n, 150e-6f), clamped = make({{"window", "off"}, {"clamp_nonneg", true}}, n, 150e-6f);
    const std::vector<std::int8_t> set(n, 1);
    const auto bill_free = free->program(0, set, {{0.8}, {-0.8}, {1e-7}}, EnergyRule::ohmic, Rng(1));
    const auto bill = clamped->program(0, set, {{0.8}, {-0.8}, {1e-7}}, EnergyRule::ohmic, Rng(1));
    EXPECT_GT(bill_free.n_reset, n / 10);  // P(z < -1/1.32) = 0.22
    EXPECT_EQ(bill.n_reset, 0);
    EXPECT_EQ(bill.n_set, bill_free.n_set);
    EXPECT_EQ(bill.n_idle, bill_free.n_reset);
}

TEST(Nili2020, GateAndWindow) {
    EXPECT_EQ(step({{"d2d", "off"}}, 200e-6, 0.799, 1e-7), 0);
    EXPECT_GT(step({{"d2d", "off"}}, 200e-6, 0.8, 1e-7), 0);
    EXPECT_EQ(step({{"d2d", "off"}}, 200e-6, -0.799, 1e-7), 0);
    EXPECT_LT(step({{"d2d", "off"}}, 200e-6, -0.8, 1e-7), 0);
    EXPECT_NEAR(step({{"d2d", "off"}}, 299.9e-6, 0.8, 1e-7), 0.1e-6, 3e-11);
    EXPECT_NEAR(step({{"d2d", "off"}}, 150.01e-6, -0.8, 1e-7), -0.01e-6, 3e-11);
    EXPECT_GT(step({{"d2d", "off"}}, 75e-6, 0.8, 1e-7), 0.5e-6);  // from outside a cell may come back, step by step
    EXPECT_LT(step({{"d2d", "off"}}, 75e-6, 0.8, 1e-7), 0.6e-6);
    EXPECT_EQ(step({{"d2d", "off"}}, 75e-6, -0.8, 1e-7), 0);  // but not go further out
    EXPECT_GT(step({{"d2d", "off"}, {"window", "off"}}, 310e-6, 0.8, 1e-7), 0);
    EXPECT_EQ(step({{"d2d", "off"}, {"window", "off"}}, 30e-6, -1.5, 0.1), -30e-6f);  // never below zero
}

TEST(Nili2020, CycleToCycleSpread) {
    constexpr std::size_t n = 20000;
    auto array = make({{"d2d", "off"}, {"c2c", 0.3}}, n, 200e-6f);
    array->program(0, std::vector<std::int8_t>(n, 1), {{0.8}, {-0.8}, {1e-7}}, EnergyRule::ohmic, Rng(9));
    std::vector<float> g(n);
    array->conductance(0, g);
    std::vector<double> relative;
    for (const float x : g) relative.push_back((x - 200e-6) / step(bare, 200e-6, 0.8, 1e-7));
    const Moments m = moments(relative);
    EXPECT_NEAR(m.mean, 1, 0.012);
    EXPECT_NEAR(m.deviation, 0.3, 0.008);
}

TEST(Nili2020, EnergyIsThePapersFormula) {
    auto array = make({{"d2d", "off"}}, 3, 0);
    array->set_conductance(0, std::vector<float>{150e-6f, 200e-6f, 300e-6f});
    const auto bill = array->program(0, std::vector<std::int8_t>{1, -1, 1}, {{0.8}, {-0.8}, {1e-7}}, EnergyRule::ohmic, Rng(1));
    EXPECT_NEAR(bill.energy_J, 0.64 * (150e-6 + 200e-6) * 1e-7, 1e-18);  // the third cell sits at the bound: free
    EXPECT_NEAR(bill.idle_energy_J, 0.64 * 300e-6 * 1e-7, 1e-18);
    EXPECT_EQ(bill.n_set, 1);
    EXPECT_EQ(bill.n_reset, 1);
    EXPECT_EQ(bill.n_idle, 1);
    auto nonlinear = make({{"d2d", "off"}}, 1, 190e-6f);
    const double expected = 0.8 * current(*nonlinear, 0.8) * 1e-7;
    const auto bill2 = nonlinear->program(0, std::vector<std::int8_t>{1}, {{0.8}, {-0.8}, {1e-7}}, EnergyRule::nonlinear, Rng(1));
    EXPECT_NEAR(bill2.energy_J / expected, 1, 1e-12);
    EXPECT_NEAR(bill2.energy_J / (0.64 * 190e-6 * 1e-7), 2.6,
                0.02);  // the cubic current at 0.8 V against the ohmic one at satyam2022's mean conductance
}

TEST(Nili2020, BadParametersAreNamed) {
    EXPECT_THROW(make({{"g_min", "300 uS"}, {"g_max", "150 uS"}}, 1, 2e-4f), ConfigError);
    EXPECT_THROW(make({{"temperature", "20 degC"}}, 1, 2e-4f), ConfigError);
    EXPECT_THROW(make({{"c2_set", std::vector<double>{1, 2}}}, 1, 2e-4f), ConfigError);
    auto array = make({}, 1, 2e-4f);
    const float v = 0.8f;
    EXPECT_THROW(array->program_at(0, std::span(&v, 1), {0}, EnergyRule::ohmic, Rng(1)), ConfigError);
}

// Keys of earlier versions say what they said; who speaks later wins, one voice says it one way.
TEST(Nili2020, OldWordsOfTheThreshold) {
    const auto bound = [](const std::string& table, const std::string& set) {
        auto root = config::parse_toml("[device]\n" + table, "test");
        root->set_origin("file test");
        if (!set.empty()) config::apply_override(*root, set);
        std::vector<std::string> known;
        const DeviceSpec spec = bind_device(root->table("device"), "device", "nili2020", test::devices(), &known);
        config::reject_unused(*root, {{"", {"device"}}, {"device", known}});
        for (const auto& row : spec.params)
            if (row.info.name == "threshold") return std::get<double>(row.value);
        return -1.0;
    };
    EXPECT_EQ(bound("", ""), 0.8);
    EXPECT_EQ(bound("gate = \"off\"", ""), 0);
    EXPECT_EQ(bound("gate = false\ngate_voltage = \"0.4 V\"", ""), 0);
    EXPECT_EQ(bound("gate = \"on\"\ngate_voltage = \"0.4 V\"", ""), 0.4);
    EXPECT_EQ(bound("gate = \"on\"", ""), 0.8);
    EXPECT_EQ(bound("threshold = \"0.5 V\"", "device.gate=off"), 0);
    EXPECT_EQ(bound("gate_voltage = \"0.5 V\"", "device.threshold=0.6 V"), 0.6);
    EXPECT_EQ(bound("threshold = \"0.5 V\"", "device.gate=on"), 0.5);
    for (const auto& [table, set, told] : {std::tuple{"gate = \"of\"", "", "test:2"},
                                           {"gate_voltage = \"6 V\"", "", "test:2"},
                                           {"gate_voltage = \"1 V\"\nthreshold = \"1 V\"", "", "test:2"}})
        try {
            bound(table, set);
            ADD_FAILURE() << table;
        } catch (const ConfigError& fault) {
            EXPECT_NE(std::string(fault.what()).find(told), std::string::npos) << fault.what();
        }
}

}  // namespace
}  // namespace ganbar
