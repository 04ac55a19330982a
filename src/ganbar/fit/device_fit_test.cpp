// Pulses of simulated devices are fitted and compared with the devices they came from.
#include "ganbar/fit/device_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include <fmt/format.h>

#include "ganbar/fit/families.h"
#include "ganbar/fit/smooth.h"
#include "ganbar/fit/test_pulses.h"
#include "ganbar/fit/verdict.h"

namespace ganbar::fit {
namespace {

using ganbar::test::Settings;
using ganbar::test::step_of;
using test::Bench;
using test::measure;

TEST(Smooth, AscendingIsTheNearestAscendingSequence) {
    const std::vector<double> y{1, 3, 2, 4}, w{1, 1, 1, 1};
    EXPECT_EQ(ascending(y, w), (std::vector<double>{1, 2.5, 2.5, 4}));
    EXPECT_EQ(ascending(std::vector<double>{3, 1}, std::vector<double>{3, 1}), (std::vector<double>{2.5, 2.5}));
}
TEST(Smooth, FindsALineExactly) {
    Smoother s({0, 1, 2, 3, 4});
    for (int k = 0; k <= 40; ++k) s.add(0.1 * k, 2 + 3 * 0.1 * k);
    const auto y = s.solve();
    for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(y[i], 2 + 3.0 * static_cast<double>(i), 1e-6);
}

/// The fitted device, as a file gives it to an experiment, without variation.
DeviceSpec as_table(const DeviceFit& fit, bool variation = false) {
    auto root = config::parse_toml(device_toml(fit, "satyam2022-base"), "mine.toml");
    auto& device = root->child("device");
    if (!variation) device.leaves["d2d"].value = std::string("off"), device.leaves["c2c"].value = 0.0;
    return bind_device(&device, "device", "nili2020", ganbar::test::devices(), nullptr);
}
struct Case {
    const char* name;
    const char* model;
    Settings settings;
    PulsePair pulses{{1.0}, {-1.0}, {100e-9}};
    std::size_t n_each = 100, n_cycles = 1;  ///< 200 pulses a device in all
    Bench bench(std::uint64_t seed, std::size_t n_devices = 20) const { return {n_devices, n_each, n_cycles, pulses, seed}; }
};
const Case cases[] = {
    {"soft_bounds", "soft_bounds", {{"set_fraction", 0.03}, {"reset_fraction", 0.03}, {"c2c", 0.2}, {"d2d", "on"}, {"d2d_sigma", 0.15}}},
    {"ideal_like",
     "constant_step",
     {{"preset", "GokmenVlasov"}, {"c2c", 0.3}, {"dw_min", 0.012}, {"w_max_dtod", 0.0}, {"w_min_dtod", 0.0}, {"dw_min_dtod", 0.1}}},
    {"linear_step",
     "linear_step",
     {{"preset", "EcRam"}, {"dw_min", 0.02}, {"w_max_dtod", 0.0}, {"w_min_dtod", 0.0}, {"gamma_dtod", 0.0}, {"up_down_dtod", 0.0}}},
    {"pow_step",
     "pow_step",
     {{"gamma_up", 2.0},
      {"gamma_down", 1.5},
      {"dw_min", 0.03},
      {"c2c", 0.1},
      {"gamma_dtod", 0.0},
      {"w_max_dtod", 0.0},
      {"w_min_dtod", 0.0},
      {"dw_min_dtod", 0.1}}},
    {"vteam",
     "vteam",
     {{"r_on", "3 kohm"},
      {"r_off", "10 kohm"},
      {"v_on", "-0.5 V"},
      {"v_off", "0.5 V"},
      {"k_on", -3e-4},
      {"k_off", 3e-4},
      {"d2d", "on"},
      {"c2c", 0.1}}},
    // steps differ between devices by 50% (set) and 75% (reset), some never move, and 16 pulses cross the window
    {"nili2020", "nili2020", {{"d2d", "B"}, {"bins", "interpolated"}, {"c2c", 0.1}}, {{1.15}, {-1.5}, {100e-9}}},
    {"nili2020, five cycles", "nili2020", {{"d2d", "B"}, {"bins", "interpolated"}, {"c2c", 0.1}}, {{1.15}, {-1.5}, {100e-9}}, 20, 5},
};

/// One polarity of the fit beside the truth at 31 conductances, where there are data and no bound cuts a step.
struct Compared {
    std::vector<double> due, got;      ///< mean step of the expected device, of the fit
    std::vector<double> mean, spread;  ///< of the very devices that were measured, without noise
    std::vector<double> noise;         ///< from pulse to pulse, of the expected device
    std::vector<double> fit_spread, fit_noise;
    double largest = 0;
};
/// Steps of n cells of the model at one conductance.
std::vector<double> steps_at(const Case& c, const Settings& settings, std::size_t n, double g_S, bool up, std::uint64_t seed) {
    auto array = ganbar::test::make_array(c.model, settings, n);
    array->fabricate(std::vector<float>(n, static_cast<float>(g_S)), Rng(seed));
    const auto before = ganbar::test::conductances(*array);
    array->program(0, std::vector<std::int8_t>(n, up ? 1 : -1), c.pulses, EnergyRule::ohmic, Rng(9));
    const auto after = ganbar::test::conductances(*array);
    std::vector<double> out;
    for (std::size_t k = 0; k < n; ++k) out.push_back(double{after[k]} - double{before[k]});
    return out;
}
Compared compare(const DeviceFit& fit, const Case& c, std::uint64_t seed, bool up) {
    Settings noisy = c.settings, quiet = c.settings, off;
    if (std::string(c.model) == "nili2020") noisy["window"] = "off", quiet["window"] = "off";  // the law itself, not cut by a bound
    quiet["c2c"] = 0.0, off = quiet, off["d2d"] = "off", noisy["d2d"] = "off";
    const auto& p = up ? fit.set : fit.reset;
    Compared out;
    for (std::size_t i = 1; i < 32; ++i) {
        const double g = fit.g_min_S + (fit.g_max_S - fit.g_min_S) * static_cast<double>(i) / 32;
        if (g < p.data_lo_S[0] || g > p.data_hi_S[0]) continue;
        const double due = steps_at(c, off, 1, g, up, seed)[0];
        const auto each = ganbar::test::moments(steps_at(c, quiet, fit.n_devices, g, up, seed));
        if (std::string(c.model) != "nili2020" && std::abs(each.mean) * 1.5 > (up ? fit.g_max_S - g : g - fit.g_min_S)) continue;
        out.due.push_back(due), out.mean.push_back(each.mean), out.spread.push_back(each.deviation / std::abs(each.mean));
        out.got.push_back(at_nodes(fit.g_S, std::span(p.mean_S).first(fit.g_S.size()), g) *
                          (fit.log_normal ? std::exp(0.5 * std::pow(at_nodes(fit.g_S, p.spread, g), 2)) : 1));
        out.noise.push_back(ganbar::test::moments(steps_at(c, noisy, 1000, g, up, seed)).deviation);
        out.fit_spread.push_back(at_nodes(fit.g_S, p.spread, g)),
            out.fit_noise.push_back(at_nodes(fit.g_S, std::span(p.noise_S).first(fit.g_S.size()), g));
        out.largest = std::max(out.largest, std::abs(due));
    }
    return out;
}
/// Factor of b against a by least squares.
double factor(const std::vector<double>& a, const std::vector<double>& b) {
    double ab = 0, aa = 0;
    for (std::size_t i = 0; i < a.size(); ++i) ab += a[i] * b[i], aa += a[i] * a[i];
    return ab / aa;
}
double mean_ratio(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] / b[i] / static_cast<double>(a.size());
    return sum;
}
/// Largest difference of the table's mean step from the expected device's, over the largest step. 20 devices fix the mean of all devices no
/// better than their spread over sqrt(20): that common factor is taken out here and held against the mean of the devices measured.
double worst_step(const Compared& x) {
    const double off = factor(x.due, x.got);
    double worst = 0;
    for (std::size_t i = 0; i < x.due.size(); ++i) worst = std::max(worst, std::abs(x.got[i] / off - x.due[i]));
    return worst / x.largest;
}

TEST(DeviceFit, MeanNoiseAndSpreadComeBack) {
    for (const auto& c : cases)
        for (const std::uint64_t seed : {5u, 6u}) {
            const auto fit = fit_device(measure(c.model, c.settings, c.bench(seed)));
            for (const bool up : {true, false}) {
                const auto x = compare(fit, c, seed, up);
                const std::string where = std::string(c.name) + (up ? ", set, seed " : ", reset, seed ") + std::to_string(seed);
                ASSERT_GT(x.due.size(), 15u) << where;
                EXPECT_LT(worst_step(x), 0.03) << where;
                EXPECT_NEAR(factor(x.mean, x.got), 1, std::string(c.model) == "nili2020" ? 0.05 : 0.025) << where;
                EXPECT_NEAR(mean_ratio(x.fit_spread, x.spread), 1, std::string(c.model) == "nili2020" ? 0.2 : 0.15)
                    << where;  // of devices that never move only their number is known
                EXPECT_NEAR(mean_ratio(x.fit_noise, x.noise), 1, 0.15) << where;
            }
        }
}
TEST(DeviceFit, ManyDevicesFixTheMeanToo) {
    const Case& c = cases[6];
    const auto fit = fit_device(measure(c.model, c.settings, c.bench(5, 324)));
    for (const bool up : {true, false}) {
        const auto x = compare(fit, c, 5, up);
        EXPECT_LT(worst_step(x), 0.03);
        EXPECT_NEAR(factor(x.mean, x.got), 1,
                    up ? 0.02 : 0.08);  // a tenth never move by a reset pulse: how far below 0 they are is inferred
    }
    EXPECT_FALSE(fit.log_normal);  // some devices never move
    EXPECT_EQ(fit_device(measure(c.model, c.settings, c.bench(5, 20))).g_S.size(), 33u);
    EXPECT_GT(fit.g_S.size(), 33u);  // steps enough for more nodes
    EXPECT_LE(fit.g_S.size(), 97u);
}
/// Below 178 uS resets hardly differ between devices and tell no speed; a fifth never set, and so are never reset: neither may bend the
/// mean.
TEST(DeviceFit, DevicesOfVeryDifferentSpeedInLongCycles) {
    const ganbar::test::Settings law{{"d2d", "A"}, {"c2c", 0.1}, {"clamp_nonneg", true}};
    for (const std::uint64_t seed : {5u, 6u}) {
        const auto fit = fit_device(measure("nili2020", law, {150, 300, 1, {{0.83}, {-1.0}, {100e-9}}, seed}));
        const double step = -at_nodes(fit.g_S, std::span(fit.reset.mean_S).first(fit.g_S.size()), 240e-6);
        const double due = -step_of("nili2020", {{"d2d", "off"}, {"c2c", 0.0}}, 240e-6, -1.0, 100e-9);
        EXPECT_NEAR(step / due, 1.05, 0.15) << seed;
        EXPECT_NEAR(at_nodes(fit.g_S, fit.reset.spread, 240e-6), 0.74, 0.25) << seed;
        EXPECT_GT(fit.spread_correlation, 0.9) << seed;  // one place of a device in both
    }
}
TEST(DeviceFit, TheTableRunsAndMovesAsFitted) {
    const Case& c = cases[0];
    auto fit = fit_device(measure(c.model, c.settings, c.bench(5)));
    fit.name = "mine";
    const auto spec = as_table(fit, true);
    EXPECT_EQ(spec.model, "table");
    auto cell = spec.make(2000);
    cell->fabricate(std::vector<float>(2000, 200e-6f), Rng(3));
    cell->program(0, std::vector<std::int8_t>(2000, 1), c.pulses, EnergyRule::ohmic, Rng(4));
    double mean = 0;
    for (const float g : ganbar::test::conductances(*cell)) mean += (g - 200e-6) / 2000;
    EXPECT_NEAR(mean, at_nodes(fit.g_S, std::span(fit.set.mean_S).first(fit.g_S.size()), 200e-6), 0.05 * mean);
}
TEST(DeviceFit, OutliersAndReadNoiseDoNotSpoilIt) {
    auto data = measure("soft_bounds", {{"set_fraction", 0.03}, {"reset_fraction", 0.03}}, {20, 100, 1, {{1.0}, {-1.0}, {100e-9}}, 5});
    Rng rng(8);
    for (auto& row : data.rows) row.g_S += 2e-6 * rng.normal();
    for (std::size_t k = 50; k < data.rows.size(); k += 400) data.rows[k].g_S *= 3;
    const auto fit = fit_device(data);
    EXPECT_GE(fit.n_wild + fit.n_outliers, 5u);
    EXPECT_NEAR(fit.read_noise_S, 2e-6, 0.5e-6);
    const Case c{"noisy", "soft_bounds", {{"set_fraction", 0.03}, {"reset_fraction", 0.03}}};
    for (const bool up : {true, false}) EXPECT_LT(worst_step(compare(fit, c, 5, up)), 0.15);
}
TEST(DeviceFit, RefusesWhatCannotBeFitted) {
    EXPECT_THROW(fit_device(parse_pulses("v_V,t_s,g_uS\n1,1e-7,150\n", "x.csv")), DataError);
    std::string same = "v_V,t_s,g_uS\n", up = same;
    for (int k = 0; k < 100; ++k) same += k % 2 ? "1,1e-7,150\n" : "-1,1e-7,150\n", up += "1,1e-7," + std::to_string(100 + k) + "\n";
    EXPECT_THROW(fit_device(parse_pulses(same, "x.csv")), DataError);
    EXPECT_THROW(fit_device(parse_pulses(up, "x.csv")), DataError);  // no reset pulses
}

TEST(Families, TheOneThatMadeTheDataRanksFirst) {
    std::vector<Case> all(std::begin(cases), std::end(cases));
    std::erase_if(all, [](const Case& c) { return std::string(c.model) == "nili2020"; });
    all.push_back({"exp_step",
                   "exp_step",
                   {{"preset", "ReRamES"},
                    {"dw_min", 0.02},
                    {"c2c", 0.3},
                    {"write_noise", 0.0},
                    {"w_max_dtod", 0.0},
                    {"w_min_dtod", 0.0},
                    {"up_down_dtod", 0.0},
                    {"dw_min_dtod", 0.1}}});
    all.push_back({"yakopcic", "yakopcic", {{"d2d", "on"}, {"c2c", 0.1}}, {{1.0}, {-1.0}, {1e-5}}});
    for (const auto& c : all) {
        const auto data = measure(c.model, c.settings, c.bench(5));
        const auto ranked = fit_families(data, fit_device(data));
        ASSERT_FALSE(ranked.empty()) << c.name;
        std::string order;
        for (const auto& f : ranked) order += f.name + " " + std::to_string(f.bic) + "; ";
        EXPECT_EQ(ranked.front().name, c.model) << order;
        for (const auto& f : ranked)
            for (const auto& p : f.parameters) EXPECT_TRUE(p.lo <= p.value && p.value <= p.hi) << c.name << " " << f.name << " " << p.name;
    }
}
TEST(Families, SoftBoundsAreKnownWhereNoDeviceWasDrivenToItsEnd) {  // the bound used to be looked for within a seventh beyond what was seen
    for (const std::size_t n : {60, 100})
        for (const std::uint64_t seed : {1, 2, 3}) {
            const auto data = measure("soft_bounds", {{"set_fraction", 0.02}, {"reset_fraction", 0.02}, {"c2c", 0.2}},
                                      {20, n, 1, {{1.0}, {-1.0}, {100e-9}}, seed});
            const auto ranked = fit_families(data, fit_device(data));
            ASSERT_FALSE(ranked.empty());
            EXPECT_EQ(ranked.front().name, "soft_bounds") << n << " pulses, seed " << seed;
        }
}
TEST(Families, AreFittedToDevicesThatAreAllAlike) {
    const auto data = measure("ideal", {}, {20, 60, 1, {{1.0}, {-1.0}, {100e-9}}, 5});
    const auto ranked = fit_families(data, fit_device(data));
    ASSERT_FALSE(ranked.empty());
    EXPECT_EQ(ranked.front().name, "constant_step");
}
TEST(Families, IntervalsHoldTheTruth) {
    const auto data = measure("soft_bounds", {{"set_fraction", 0.03}, {"reset_fraction", 0.02}, {"c2c", 0.2}},
                              {20, 150, 1, {{1.0}, {-1.0}, {100e-9}}, 6});
    for (const auto& f : fit_families(data, fit_device(data))) {
        if (f.name != "soft_bounds") continue;
        EXPECT_NEAR(f.parameters[0].value, 0.03, 0.002);
        EXPECT_NEAR(f.parameters[2].value, 0.02, 0.002);
        EXPECT_LT(f.parameters[0].hi - f.parameters[0].lo, 0.01);
    }
}
TEST(Verdict, OfABalancedAndAnUnbalancedDevice) {
    const auto even = judge(fit_device(measure("soft_bounds", {{"set_fraction", 0.03}, {"reset_fraction", 0.03}}, {})));
    ASSERT_TRUE(even.symmetric_S);
    EXPECT_NEAR(*even.symmetric_S, 225e-6, 3e-6);
    EXPECT_EQ(even.rule, "manhattan");  // steps vary over the window
    EXPECT_TRUE(even.feedback);
    const auto uneven = judge(fit_device(measure("nili2020", {{"d2d", "off"}}, {20, 200, 1, {{0.9}, {-0.9}, {100e-9}}, 5})));
    EXPECT_GT(uneven.balance, 5);
    EXPECT_TRUE(uneven.feedback);
    const auto coarse =
        judge(fit_device(measure("constant_step", {{"preset", "GokmenVlasov"}, {"dw_min", 0.15}, {"dw_min_dtod", 0.0}}, {})));
    EXPECT_EQ(coarse.rule, "mixed_precision");
}
TEST(StaticIv, TellsTheFormsApart) {
    const auto sweep = [](auto current) {
        std::string text = "v_mV;i_uA\n";
        for (int k = -20; k <= 20; ++k) text += std::to_string(25 * k) + ";" + std::to_string(1e6 * current(0.025 * k)) + "\n";
        return fit_iv(text, "iv.csv");
    };
    EXPECT_EQ(sweep([](double v) { return 2e-4 * v; }).kind, "linear");
    const auto s = sweep([](double v) { return 2e-4 * std::sinh(4 * v) / 4; });
    EXPECT_EQ(s.kind, "sinh");
    EXPECT_NEAR(s.b, 4, 0.05);
    const auto p = sweep([](double v) { return 2e-4 * v * (1 + std::abs(v) / 0.3); });
    EXPECT_EQ(p.kind, "power");
    EXPECT_NEAR(p.power, 1, 0.01);
    EXPECT_NEAR(p.scale_V, 0.3, 0.01);
    EXPECT_THROW(fit_iv("v_V,g_uS\n1,2\n", "iv.csv"), DataError);
}

TEST(StaticIv, RefusesCurrentsAgainstTheirVoltageAndKeepsOffsets) {
    const auto fault = [](const std::string& text) {
        try {
            fit_iv(text, "iv.csv");
        } catch (const DataError& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    const auto sweep = [](double sign, double offset_uA, const char* head = "device,v_V,i_uA\n") {
        std::string text = head;
        for (int k = -10; k <= 10; ++k) text += fmt::format("a,{},{}\n", 0.1 * k, sign * 20 * k + offset_uA);
        return text;
    };
    EXPECT_EQ(fault(sweep(1, 0)), "");
    EXPECT_EQ(fault(sweep(1, 22)), "");  // at -0.1 V 1% of the largest, the wrong way: an offset of the instrument
    EXPECT_NE(fault(sweep(-1, 0)).find("iv.csv:2:3: the current of 0.0002 A has another sign than its voltage of -1 V"), std::string::npos)
        << fault(sweep(-1, 0));
    EXPECT_NE(fault(sweep(1, 30)).find("iv.csv:11:3: "), std::string::npos) << fault(sweep(1, 30));  // an offset of 15% is none
    EXPECT_NE(fault(sweep(1, 0) + "b,0.5,-0.001\n").find("iv.csv:23:3: "), std::string::npos);       // a sweep of its own, however small
    EXPECT_NE(fault(sweep(1, 0, "device,v_V,i\n")).find("a unit may be missing"), std::string::npos);
}

TEST(DeviceFit, ReversedSignsAreRefused) {
    std::string text = "v_V,t_s,g_uS\n";
    for (int k = 0; k < 60; ++k) text += "1,1e-7," + std::to_string(200 - k) + "\n";
    for (int k = 0; k < 60; ++k) text += "-1,1e-7," + std::to_string(141 + k) + "\n";
    try {
        fit_device(parse_pulses(text, "x.csv"));
        FAIL() << "set pulses that reset were taken";
    } catch (const DataError& e) {
        EXPECT_NE(std::string(e.what()).find("positive pulses lower the conductance"), std::string::npos) << e.what();
    }
}

}  // namespace
}  // namespace ganbar::fit
