#include "ganbar/device/nonideal.h"

#include <gtest/gtest.h>

#include <numeric>

#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using test::moments;
constexpr float g_min = 4e-6f, g_max = 25e-6f, span = g_max - g_min;
const PulsePair pulses{{1.0}, {-1.0}, {100e-9}};

std::unique_ptr<DeviceArray> cells(const NonidealParams& p, std::size_t n, float g_S, std::uint64_t seed = 1,
                                   const test::Settings& s = {}) {
    auto array = with_nonidealities(test::make_array("wox", s, n), p);
    array->fabricate(std::vector<float>(n, g_S), Rng(seed));
    return array;
}
std::vector<double> wide(const std::vector<float>& v) { return {v.begin(), v.end()}; }

TEST(Nonideal, AllOffIsTheArrayItself) { EXPECT_EQ(dynamic_cast<NonidealArray*>(cells({}, 4, 10e-6f).get()), nullptr); }

TEST(Nonideal, SwitchedOnButWithoutEffectGivesTheSameConductancesAndBill) {
    NonidealParams p;
    p.endurance = 1e12;  // on, but nothing wears out here
    auto plain = cells({}, 300, 10e-6f), wrapped = cells(p, 300, 10e-6f);
    std::vector<std::int8_t> polarity(300);
    for (std::size_t k = 0; k < 300; ++k) polarity[k] = static_cast<std::int8_t>(k % 3) - 1;
    for (int n = 0; n < 40; ++n) {
        const auto a = plain->program(0, polarity, pulses, EnergyRule::ohmic, Rng(7).stream("round", n));
        const auto b = wrapped->program(0, polarity, pulses, EnergyRule::ohmic, Rng(7).stream("round", n));
        EXPECT_EQ(a.n_set, b.n_set);
        EXPECT_NEAR(a.energy_J, b.energy_J, 1e-6 * a.energy_J);
    }
    const auto a = test::conductances(*plain), b = test::conductances(*wrapped);
    for (std::size_t k = 0; k < 300; ++k) EXPECT_NEAR(a[k], b[k], 1e-6 * a[k]);
}

TEST(Nonideal, SpreadOfResistancesIsLogNormalAtBothEnds) {
    NonidealParams p;
    p.r_on_sigma = 0.2, p.r_off_sigma = 0.4;
    for (const bool on : {true, false}) {
        auto array = cells(p, 4000, 10e-6f);
        const std::vector<std::int8_t> polarity(4000, on ? 1 : -1);
        for (int n = 0; n < 80; ++n) array->program(0, polarity, pulses, EnergyRule::ohmic, Rng(1));
        std::vector<double> log_r;
        for (const float g : test::conductances(*array)) log_r.push_back(-std::log(g / (on ? g_max : g_min)));
        const auto m = moments(log_r);
        const double sigma = on ? 0.2 : 0.4;
        EXPECT_NEAR(m.mean, 0, 4 * sigma / std::sqrt(4000.0));
        EXPECT_NEAR(m.deviation, sigma, 4 * sigma / std::sqrt(8000.0));
    }
}

TEST(Nonideal, LevelsAreTheOnlyConductancesAndTheMeanMoveStays) {
    NonidealParams p;
    p.levels = 5;
    const std::size_t n = 20000;
    auto array = cells(p, n, g_min + 0.5f * span);
    const std::vector<std::int8_t> up(n, 1);
    array->program(0, up, pulses, EnergyRule::ohmic, Rng(3));
    double sum = 0;
    for (const float g : test::conductances(*array)) {
        const double at = (g - g_min) / span * 4;
        EXPECT_NEAR(at, std::nearbyint(at), 1e-4);
        sum += (g - g_min) / span - 0.5;
    }
    // One pulse moves a continuous cell by 1/64 of the window: a quarter of it with odds 1/16.
    EXPECT_NEAR(sum / n, 1.0 / 64, 4 * 0.25 * std::sqrt(1.0 / 16 * 15 / 16 / n));
}

TEST(Nonideal, WriteNoiseIsAnErrorOfEachWriteAndOfNothingElse) {
    NonidealParams p;
    p.write_noise = 0.03;
    auto array = cells(p, 8000, 14e-6f);
    std::vector<std::int8_t> polarity(8000, 0);
    std::fill(polarity.begin(), polarity.begin() + 4000, std::int8_t{1});
    array->program(0, polarity, pulses, EnergyRule::ohmic, Rng(5));
    const auto g = wide(test::conductances(*array));
    const auto written = moments({g.begin(), g.begin() + 4000}), left = moments({g.begin() + 4000, g.end()});
    EXPECT_NEAR(written.mean, 14e-6 + span / 64, 4 * 0.03 * span / std::sqrt(4000.0));
    EXPECT_NEAR(written.deviation, 0.03 * span, 4 * 0.03 * span / std::sqrt(8000.0));
    EXPECT_LT(left.deviation, 1e-12);
}

TEST(Nonideal, ReadNoiseAddsToTheModelsOwn) {
    NonidealParams p;
    p.read_noise = 0.05;
    auto array = cells(p, 2, 10e-6f, 1, {{"read_noise", 0.1}});
    float variance = 0;
    array->read_noise(0.1, 0, std::span(&variance, 1));
    const double model = 0.1 * 10e-6 * 0.1, own = 0.05 * span * 0.1;
    EXPECT_NEAR(variance, model * model + own * own, 1e-5 * variance);
}

TEST(Nonideal, StuckFractionsAndNoOtherCellSits) {
    NonidealParams p;
    p.stuck_on = 0.1, p.stuck_off = 0.25;
    const std::size_t n = 10000;
    auto array = cells(p, n, 14e-6f);
    for (int k = 0; k < 3; ++k) array->program(0, std::vector<std::int8_t>(n, 1), pulses, EnergyRule::ohmic, Rng(1));
    std::size_t on = 0, off = 0;
    for (const float g : test::conductances(*array)) on += std::abs(g - g_max) < 1e-9f, off += std::abs(g - g_min) < 1e-9f;
    EXPECT_NEAR(static_cast<double>(on), 0.1 * n, 4 * std::sqrt(0.09 * n));
    EXPECT_NEAR(static_cast<double>(off), 0.25 * n, 4 * std::sqrt(0.1875 * n));
}

TEST(Nonideal, DriftFollowsItsPowerLawOnTheShelfAndEndsWithAWrite) {
    NonidealParams p;
    p.drift = 0.05, p.t_shelf = {1e4};
    auto array = cells(p, 3, 10e-6f);
    EXPECT_FALSE(array->rest(false));
    EXPECT_NEAR(test::conductances(*array)[0], 10e-6, 1e-11);
    EXPECT_TRUE(array->rest(true));
    EXPECT_NEAR(test::conductances(*array)[0], 10e-6 * std::pow(1 + 1e4, -0.05), 1e-11);
    double v = 0.1, i = 0;
    array->current(0, std::span(&v, 1), std::span(&i, 1));
    EXPECT_NEAR(i / v, test::conductances(*array)[0], 1e-11);
    EXPECT_TRUE(array->rest(false));
    EXPECT_NEAR(test::conductances(*array)[0], 10e-6, 1e-11);
}

TEST(Nonideal, CellsAgeBetweenUpdatesUntilTheyAreWritten) {
    NonidealParams p;
    p.drift = 0.1, p.t_update = {10}, p.drift_start = {2};
    auto array = cells(p, 2, 20e-6f);
    for (int n = 0; n < 5; ++n) array->begin_update();
    const double aged = 20e-6 * std::pow(1 + 50.0 / 2, -0.1);
    EXPECT_NEAR(test::conductances(*array)[0], aged, 1e-11);
    const std::vector<std::int8_t> one{1, 0};
    array->program(0, one, pulses, EnergyRule::ohmic, Rng(1));
    EXPECT_NEAR(test::conductances(*array)[0], aged + span / 64, 1e-10);
    array->begin_update();
    EXPECT_NEAR(test::conductances(*array)[0], (aged + span / 64) * std::pow(1 + 10.0 / 2, -0.1), 1e-10);
    EXPECT_NEAR(test::conductances(*array)[1], 20e-6 * std::pow(1 + 60.0 / 2, -0.1), 1e-10);
}

TEST(Nonideal, WearFollowsTheWeibullLaw) {
    NonidealParams p;
    p.endurance = 50, p.endurance_shape = 3, p.worn = WornState::off;
    const std::size_t n = 5000;
    auto array = cells(p, n, 14e-6f);
    std::vector<std::int8_t> polarity(n);
    for (int k = 0; k < 40; ++k) {
        std::fill(polarity.begin(), polarity.end(), static_cast<std::int8_t>(k % 2 == 0 ? 1 : -1));
        array->program(0, polarity, pulses, EnergyRule::ohmic, Rng(static_cast<std::uint64_t>(k)));
    }
    const double dead = 1 - std::exp(-std::pow(40.0 / 50, 3));
    const auto worn = dynamic_cast<NonidealArray&>(*array).n_worn();
    EXPECT_NEAR(static_cast<double>(worn), dead * n, 4 * std::sqrt(dead * (1 - dead) * n) + 0.02 * dead * n);  // lives count whole pulses
    std::size_t at_bottom = 0;
    for (const float g : test::conductances(*array)) at_bottom += g == g_min;
    EXPECT_EQ(at_bottom, worn);
}

TEST(Nonideal, AnyCutIntoRangesGivesTheSame) {
    NonidealParams p;
    p.r_on_sigma = 0.2, p.levels = 30, p.write_noise = 0.02, p.drift = 0.02, p.t_update = {1}, p.endurance = 10;
    auto whole = cells(p, 500, 10e-6f), cut = cells(p, 500, 10e-6f);
    for (std::uint64_t n = 0; n < 20; ++n) {
        const std::vector<std::int8_t> polarity(500, n % 3 == 0 ? std::int8_t{-1} : std::int8_t{1});
        const Rng rng = Rng(9).stream("round", n);
        whole->begin_update(), cut->begin_update();
        whole->program(0, polarity, pulses, EnergyRule::ohmic, rng);
        for (std::size_t first = 0; first < 500; first += 125)
            cut->program(first, std::span(polarity).first(125), pulses, EnergyRule::ohmic, rng);
    }
    EXPECT_EQ(test::conductances(*whole), test::conductances(*cut));
}

TEST(Nonideal, StateSurvivesARoundTrip) {
    NonidealParams p;
    p.r_off_sigma = 0.3, p.drift = 0.02, p.drift_sigma = 0.01, p.t_update = {1}, p.endurance = 8;
    auto a = cells(p, 200, 10e-6f, 1), b = cells(p, 200, 12e-6f, 2);
    const std::vector<std::int8_t> up(200, 1);
    for (std::uint64_t n = 0; n < 6; ++n) a->begin_update(), a->program(0, up, pulses, EnergyRule::ohmic, Rng(n));
    b->restore(a->state());
    EXPECT_EQ(b->state(), a->state());
    auto c = a->clone();
    for (auto* array : {a.get(), b.get(), c.get()})
        for (std::uint64_t n = 0; n < 6; ++n) array->begin_update(), array->program(0, up, pulses, EnergyRule::ohmic, Rng(n));
    EXPECT_EQ(test::conductances(*a), test::conductances(*b));
    EXPECT_EQ(test::conductances(*a), test::conductances(*c));
    EXPECT_THROW(b->restore(std::vector<float>(7)), DataError);
}

TEST(Nonideal, APieceCutOutAndPastedBackIsTheArrayWithoutTheDetour) {
    NonidealParams p;
    p.r_on_sigma = 0.3, p.drift = 0.02, p.drift_sigma = 0.01, p.t_update = {1}, p.endurance = 4;
    auto whole = cells(p, 60, 10e-6f), other = whole->clone();  // 6 x 10
    for (std::uint64_t n = 0; n < 6; ++n) {
        whole->begin_update(), other->begin_update();
        auto part = other->cut(12, 10, 3, 5);
        const std::vector<std::int8_t> up(15, 1);
        for (std::size_t r = 0; r < 3; ++r) whole->program(12 + 10 * r, std::span(up).first(5), pulses, EnergyRule::ohmic, Rng(n));
        part->program(0, up, pulses, EnergyRule::ohmic, Rng(n));
        other->paste(12, 10, 3, 5, *part);
    }
    EXPECT_EQ(test::conductances(*whole), test::conductances(*other));
    EXPECT_EQ(dynamic_cast<NonidealArray&>(*whole).n_worn(), dynamic_cast<NonidealArray&>(*other).n_worn());
    EXPECT_GT(dynamic_cast<NonidealArray&>(*whole).n_worn(), 0u);
    EXPECT_EQ(whole->state(), other->state());
}

TEST(Nonideal, WaitingAgesCellsUntilTheyAreWritten) {
    NonidealParams p;
    p.drift = 0.1;
    auto a = cells(p, 4, 12e-6f);
    auto& aging = dynamic_cast<NonidealArray&>(*a);
    const std::size_t usual = a->state().size();
    EXPECT_TRUE(aging.wait({9}));
    EXPECT_TRUE(aging.wait({90}));
    EXPECT_NEAR(test::conductances(*a)[0], 12e-6 * std::pow(100, -0.1), 1e-11);
    const float again = 12e-6f;
    a->set_conductance(1, std::span(&again, 1));
    EXPECT_NEAR(test::conductances(*a)[1], 12e-6, 1e-11);
    EXPECT_EQ(a->state().size(), usual + 4);  // only chips that waited say so
    auto b = cells(p, 4, 10e-6f, 2);
    b->restore(a->state());
    EXPECT_EQ(test::conductances(*a), test::conductances(*b));
    EXPECT_EQ(test::conductances(*a), test::conductances(*a->clone()));
    EXPECT_EQ(test::conductances(*a), test::conductances(*a->cut(0, 2, 2, 2)));
    NonidealParams still;
    still.read_noise = 0.1;
    auto c = cells(still, 4, 12e-6f);
    EXPECT_FALSE(dynamic_cast<NonidealArray&>(*c).wait({9}));
}

TEST(Nonideal, ImpossibleSettingsAreFaults) {
    NonidealParams p;
    p.levels = 1;
    EXPECT_THROW(cells(p, 1, 10e-6f), ConfigError);
    p.levels = 0, p.stuck_on = 0.6, p.stuck_off = 0.6;
    EXPECT_THROW(cells(p, 1, 10e-6f), ConfigError);
}

}  // namespace
}  // namespace ganbar
