// Laws of the array bench: without wires nothing is lost; figures follow from one another; chips differ where devices do.
#include "ganbar/circuit/array_bench.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ganbar {
namespace {

DeviceRegistry& devices() {
    static DeviceRegistry registry{"device"};
    if (registry.names().empty()) register_builtin_devices(registry);
    return registry;
}

ArrayQuestion question(const std::string& model, std::int64_t rows, std::int64_t cols, double r_ohm) {
    ArrayQuestion q;
    q.spec.rows = rows, q.spec.cols = cols, q.spec.disturb_writes = 20;
    q.device = devices().get(model).bind(nullptr);
    q.device.model = model;
    q.wires = {{r_ohm}, {r_ohm}, {10 * r_ohm}, {10 * r_ohm}, Ends::single};
    return q;
}

TEST(ArrayBench, WithoutWiresNothingIsLost) {
    const auto a = measure_array(question("ideal", 12, 7, 0));
    EXPECT_NEAR(a.figure("read_share_least").mean(), 1, 1e-9);
    EXPECT_NEAR(a.figure("read_error_worst").mean(), 0, 1e-9);
    EXPECT_NEAR(a.figure("delivered_least").mean(), 1, 1e-5);
    EXPECT_NEAR(a.figure("half_selected_set_V").mean(), 0.4, 1e-5);
    EXPECT_NEAR(a.figure("write_wires_J").mean(), 0, 1e-6 * a.figure("write_energy_J").mean());
    for (const auto& p : a.by_active) EXPECT_NEAR(p.worst, 0, 1e-9);
}

TEST(ArrayBench, WiresTakeMoreTheLongerTheyAre) {
    double share = 1, delivered = 1, error = 0;
    for (const std::int64_t n : {4, 12, 36}) {
        const auto a = measure_array(question("nili2020", n, n, 2));
        EXPECT_LT(a.figure("read_share_mean").mean(), share);
        EXPECT_LT(a.figure("delivered_mean").mean(), delivered);
        EXPECT_GT(a.figure("read_error_rms").mean(), error);
        EXPECT_LE(a.figure("read_share_least").mean(), a.figure("read_share_mean").mean());
        EXPECT_LE(a.figure("delivered_least").mean(), a.figure("delivered_mean").mean());
        EXPECT_GT(a.figure("read_margin_grounded").mean(), a.figure("read_margin_floating").mean());
        share = a.figure("read_share_mean").mean(), delivered = a.figure("delivered_mean").mean(),
        error = a.figure("read_error_rms").mean();
    }
}

TEST(ArrayBench, PowerIsVoltageTimesColumnCurrents) {
    auto q = question("ideal", 9, 5, 1);
    q.g_S.assign(45, static_cast<float>(q.device.make(1)->window().g_max.si));
    const auto a = measure_array(q);
    double current_A = 0;
    for (std::size_t k = 0; k < 45; ++k) current_A += q.spec.v_read.si * a.read_share[k] * static_cast<double>(q.g_S[k]);
    EXPECT_NEAR(a.figure("read_power_W").mean(), q.spec.v_read.si * current_A, 1e-9 * a.figure("read_power_W").mean());
    EXPECT_NEAR(a.figure("read_energy_J").mean(), a.figure("read_power_W").mean() * q.spec.t_read.si, 1e-18);
    double rms = 0;
    for (const double e : a.column_error) rms += e * e / 5;
    EXPECT_NEAR(a.figure("read_error_rms").mean(), std::sqrt(rms), 1e-12);
    EXPECT_EQ(a.by_active.back().n, 9u);
    EXPECT_DOUBLE_EQ(a.by_active.back().rms, a.figure("read_error_rms").mean());
}

TEST(ArrayBench, ReadsAreOperatingPoints) {  // as solve has them for cubic cells of the same coefficients, at both voltages
    for (const auto& [v_read, error, power] : {std::tuple{0.1, 0.14363, 497e-6}, {0.4, 0.2492, 9.85e-3}}) {
        auto q = question("nili2020", 16, 16, 2.5);
        q.wires.rdrv = q.wires.rsense = Ohm{10};
        q.device =
            devices().get("nili2020").bind(config::parse_toml("d2d = \"off\"\nstatic_spread = \"off\"\ngate = \"off\"\n", "x.toml").get());
        q.spec.v_read = Volt{v_read};
        q.g_S.assign(256, 225e-6f);
        const auto a = measure_array(q);
        EXPECT_NEAR(a.figure("read_error_rms").mean(), error, 2e-4);
        EXPECT_NEAR(a.figure("read_power_W").mean() / power, 1, 2e-3);
    }
}

TEST(ArrayBench, LongerLinesSettleLater) {
    double last = 0;
    for (const std::int64_t n : {4, 16, 48}) {
        const auto a = measure_array(question("ideal", n, n, 5));
        EXPECT_GT(a.figure("read_settle_s").mean(), 2 * last);
        EXPECT_GT(a.figure("read_settle_s").mean(), a.figure("read_elmore_s").mean());
        last = a.figure("read_settle_s").mean();
    }
    auto none = question("ideal", 4, 4, 5);
    none.spec.c_node = Farad{0};
    EXPECT_THROW(measure_array(none).figure("read_settle_s"), ConfigError);
}

TEST(ArrayBench, ThirdOfTheVoltageStressesLess) {
    auto half = question("nili2020", 8, 8, 0), third = half;
    third.write.scheme = Scheme::third;
    const auto a = measure_array(half), b = measure_array(third);
    EXPECT_NEAR(a.figure("half_selected_set_V").mean(), half.spec.v_set.si / 2, 1e-4);
    EXPECT_NEAR(b.figure("half_selected_set_V").mean(), half.spec.v_set.si / 3, 1e-4);
    EXPECT_GT(b.figure("write_half_selected_J").mean(), 0);
}

TEST(ArrayBench, ChipsDifferAndRepeat) {
    auto q = question("nili2020", 6, 6, 1);
    q.spec.chips = 3;
    const auto a = measure_array(q), b = measure_array(q);
    const auto& f = a.figure("read_power_W");
    ASSERT_EQ(f.values.size(), 3u);
    EXPECT_LT(f.least(), f.most());
    EXPECT_EQ(f.values, b.figure("read_power_W").values);
    q.spec.chips = 1;
    EXPECT_EQ(measure_array(q).figure("read_power_W").values.front(), f.values.front());  // more chips leave the first as it is
}

TEST(ArrayBench, RefusesWhatDoesNotFit) {
    auto q = question("nili2020", 2, 2, 1);
    q.g_S = {1e-4f};
    EXPECT_THROW(measure_array(q), ConfigError);
    q.g_S.assign(4, 1.0f);  // siemens, far above the window
    EXPECT_THROW(measure_array(q), ConfigError);
    q.g_S.clear();
    q.spec.v_set = Volt{0};
    EXPECT_THROW(measure_array(q), ConfigError);
}

}  // namespace
}  // namespace ganbar
