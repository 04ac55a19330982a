// Pulses for a list of cells are the pulses of the whole range that is 0 V elsewhere: same bits, same bill, same wear, for every model;
// reads of a list are those of the range.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/device/counted_array.h"
#include "ganbar/device/nonideal.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

constexpr std::size_t n = 700;

std::unique_ptr<DeviceArray> made(const std::string& model, const std::string& table) {
    const auto node = config::parse_toml(table, "test");
    auto array = test::devices().get(model).make(node.get(), n);
    const Window w = array->window();
    std::vector<float> g(n);
    Rng rng(3);
    for (float& x : g) x = static_cast<float>(w.g_min.si + (w.g_max.si - w.g_min.si) * rng.uniform());
    array->fabricate(g, Rng(4));
    array->make_stuck(5, {0.5 * (w.g_min.si + w.g_max.si)});
    return array;
}

void expect_same(DeviceArray& whole, DeviceArray& listed, const std::string& where) {
    Rng rng(7);
    for (std::uint64_t phase = 0; phase < 6; ++phase) {
        std::vector<float> all(n, 0.0f), volts, before(n), after(n);
        std::vector<std::uint32_t> cells;
        for (std::size_t k = 0; k < n; ++k)
            if (rng.uniform() < 0.4) {
                all[k] = static_cast<float>(2.6 * (rng.uniform() - 0.5));
                cells.push_back(static_cast<std::uint32_t>(k)), volts.push_back(all[k]);
            }
        std::vector<std::uint8_t> moved(cells.size(), 7);
        listed.conductance(0, before);
        const PulseBill a = whole.program_at(0, all, {100e-9}, EnergyRule::nonlinear, Rng(phase)),
                        b = listed.program_listed(cells, volts, {100e-9}, EnergyRule::nonlinear, Rng(phase), moved);
        listed.conductance(0, after);
        for (std::size_t k = 0; k < cells.size(); ++k) ASSERT_EQ(moved[k] != 0, before[cells[k]] != after[cells[k]]) << where;
        EXPECT_EQ(a.n_set, b.n_set) << where;
        EXPECT_EQ(a.n_reset, b.n_reset) << where;
        EXPECT_EQ(a.n_idle, b.n_idle) << where;
        EXPECT_NEAR(a.energy_J, b.energy_J, 1e-12 * a.energy_J) << where;
    }
    EXPECT_EQ(whole.state(), listed.state()) << where;
}

// Some cells read alone show what they show among all, to the last bit.
void expect_same_reads(const DeviceArray& array, const std::string& where) {
    constexpr std::size_t first = 3, n_range = n - first;
    Rng rng(9);
    std::vector<std::uint32_t> cells;
    for (std::size_t k = 0; k < n_range; ++k)
        if (rng.uniform() < 0.3) cells.push_back(static_cast<std::uint32_t>(k));
    for (const double v : {0.0, 0.1, -0.4}) {
        std::vector<float> g(n_range), noise(n_range), some_g(n_range), some_noise(n_range);
        array.chord_conductance(v, first, g);
        array.read_noise(v, first, noise);
        array.read_listed(v, first, cells, some_g, some_noise);
        for (const std::uint32_t k : cells) {
            ASSERT_EQ(g[k], some_g[k]) << where << " cell " << k;
            ASSERT_EQ(noise[k], some_noise[k]) << where << " cell " << k;
        }
    }
}

TEST(ListedPulses, AreThePulsesOfTheRange) {
    for (const auto& [model, table] :
         std::vector<std::pair<std::string, std::string>>{{"nili2020", "threshold = \"0.4 V\""},
                                                          {"nili2020", "threshold = \"0 V\"\nc2c = 0.2"},
                                                          {"nili2020", "d2d = \"threshold\""},
                                                          {"nili2020", "bins = \"interpolated\"\nwindow = \"off\""},
                                                          {"nili2020", "d2d = \"B_ns\"\nclamp_nonneg = true"},
                                                          {"vteam", "d2d = \"on\""},
                                                          {"yakopcic", ""},
                                                          {"soft_bounds", "c2c = 0.3"},
                                                          {"exp_step", ""}}) {
        const auto whole = made(model, table), listed = made(model, table);
        expect_same(*whole, *listed, model + " " + table);
        expect_same_reads(*whole, model + " " + table);
    }
}

TEST(ListedPulses, WrappedArraysToo) {
    CountedArray whole(made("nili2020", "")), listed(made("nili2020", ""));
    expect_same(whole, listed, "counted");
    expect_same_reads(whole, "counted");
    EXPECT_EQ(whole.counts(), listed.counts());
    NonidealParams p;
    p.write_noise = 0.01, p.endurance = 1e3;
    const auto a = with_nonidealities(made("nili2020", ""), p), b = with_nonidealities(made("nili2020", ""), p);
    expect_same(*a, *b, "nonideal");
    expect_same_reads(*a, "nonideal");
    EXPECT_EQ(a->least_pulse_V(), 0);  // wear counts pulses that move nothing, too
}

// Below the voltage that a model names no cell moves; just above it some do.
TEST(ListedPulses, TheLeastPulseIsTheGate) {
    for (const auto& [model, table] :
         std::vector<std::pair<std::string, std::string>>{{"nili2020", "threshold = \"0.7 V\""}, {"linear_step", ""}}) {
        const auto array = made(model, table);
        const double least = array->least_pulse_V();
        ASSERT_GT(least, 0) << model;
        std::vector<float> before(n), after(n);
        array->conductance(0, before);
        for (const double sign : {1.0, -1.0})
            array->program_at(0, std::vector<float>(n, static_cast<float>(sign * least * 0.99999)), {100e-9}, EnergyRule::ohmic, Rng(1));
        array->conductance(0, after);
        EXPECT_EQ(before, after) << model;
        array->program_at(0, std::vector<float>(n, static_cast<float>(least * 1.00001)), {100e-9}, EnergyRule::ohmic, Rng(1));
        array->conductance(0, after);
        EXPECT_NE(before, after) << model;
    }
}

}  // namespace
}  // namespace ganbar
