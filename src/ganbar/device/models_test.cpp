// Laws that every registered model must obey. A new model file is covered without an edit here, but for its name in the list.
#include <gtest/gtest.h>

#include <set>

#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using namespace test;

constexpr std::size_t n_cells = 64;
const PulsePair strong{{1.2}, {-1.2}, {100e-9}};

Settings without_variation(const std::string& model) {
    Settings s;
    for (const auto& name : devices().get(model).param_names) {
        if (name == "d2d") s[name] = "off";
        if (name == "c2c" || name == "write_noise") s[name] = 0.0;
    }
    return s;
}

std::unique_ptr<DeviceArray> spread_out(const std::string& model, const Settings& settings, std::size_t n = n_cells) {
    auto array = make_array(model, settings, n);
    const Window w = array->window();
    std::vector<float> g(n);
    for (std::size_t k = 0; k < n; ++k)
        g[k] = static_cast<float>(w.g_min.si + (w.g_max.si - w.g_min.si) * static_cast<double>(k) / static_cast<double>(n - 1));
    array->fabricate(g, Rng(17));
    return array;
}
std::vector<std::int8_t> random_signs(std::size_t n, Rng& rng) {
    std::vector<std::int8_t> p(n);
    for (auto& x : p) x = static_cast<std::int8_t>(static_cast<int>(rng.below(3)) - 1);
    return p;
}
std::vector<float> random_voltages(std::size_t n, Rng& rng) {
    std::vector<float> v(n);
    for (auto& x : v) x = rng.below(8) == 0 ? 0.0f : static_cast<float>(3 * rng.uniform() - 1.5);
    return v;
}
PulseBill some_pulses(DeviceArray& array, std::uint64_t seed, EnergyRule rule = EnergyRule::ohmic, int rounds = 20) {
    Rng rng(seed);
    PulseBill bill;
    for (int i = 0; i < rounds; ++i) {
        bill += array.program(0, random_signs(array.size(), rng), strong, rule, rng.stream("pulse", 2 * i));
        bill += array.program_at(0, random_voltages(array.size(), rng), {200e-9}, rule, rng.stream("pulse", 2 * i + 1));
    }
    return bill;
}

class EveryModel : public ::testing::TestWithParam<std::string> {};

TEST(DeviceModels, GoldenListOfNames) {
    EXPECT_EQ(devices().names(), (std::vector<std::string>{"constant_step", "exp_step", "ideal", "linear_step", "nili2020", "pow_step",
                                                           "soft_bounds", "soft_bounds_reference", "table", "vteam", "wox", "yakopcic"}));
}

TEST_P(EveryModel, DeclaresItsParametersCompletely) {
    const auto& entry = devices().get(GetParam());
    EXPECT_GT(entry.doc.size(), 40u);
    std::set<std::string> names;
    ASSERT_EQ(entry.defaults.size(), entry.param_names.size());
    for (const auto& row : entry.defaults) {
        EXPECT_TRUE(names.insert(row.info.name).second) << row.info.name;
        EXPECT_GT(row.info.doc.size(), 8u) << row.info.name;
        EXPECT_GT(row.info.source.text.size(), 1u) << row.info.name;
        EXPECT_LT(row.info.lo, row.info.hi + (row.info.type == ganbar::ParamType::choice || row.info.type == ganbar::ParamType::text))
            << row.info.name;
        EXPECT_NO_THROW(check_value(row.info, row.value, {})) << row.info.name;  // the default lies in the range
    }
}

TEST_P(EveryModel, UsedParametersReadBack) {  // the resolved parameters of a run, given again, describe the same device
    std::vector<ParamRow> used, again;
    make_array(GetParam(), without_variation(GetParam()), 1, &used);
    Settings repeat;
    for (const auto& row : used) {
        if (const auto* v = std::get_if<double>(&row.value); v && !row.info.unit.empty()) {
            const auto text = value_text(row.info, row.value);
            repeat[row.info.name] = text.substr(1, text.size() - 2);
        } else {
            std::visit(
                [&](const auto& x) {
                    if constexpr (std::is_constructible_v<Setting, decltype(x)>) repeat[row.info.name] = x;
                },
                row.value);
        }
    }
    make_array(GetParam(), repeat, 1, &again);
    for (std::size_t i = 0; i < used.size(); ++i) EXPECT_EQ(used[i].value, again[i].value) << used[i].info.name;
}

TEST_P(EveryModel, StartsWhereAsked) {
    auto array = spread_out(GetParam(), without_variation(GetParam()));
    const Window w = array->window();
    const auto g = conductances(*array);
    for (std::size_t k = 0; k < n_cells; ++k)
        EXPECT_NEAR(g[k], w.g_min.si + (w.g_max.si - w.g_min.si) * static_cast<double>(k) / (n_cells - 1), 1e-5 * g[k] + 1e-6 * w.g_max.si);
    array->set_conductance(3, std::vector<float>{static_cast<float>(w.g_max.si), static_cast<float>(w.g_min.si)});
    EXPECT_NEAR(conductances(*array)[3], w.g_max.si, 1e-6 * w.g_max.si);
    EXPECT_NEAR(conductances(*array)[4], w.g_min.si, 1e-6 * w.g_max.si);
    const auto moved = conductances(*array);
    array->program(0, std::vector<std::int8_t>(n_cells, 1), strong, EnergyRule::ohmic, Rng(1));  // hidden state went along: no jump back
    const auto after = conductances(*array);
    for (std::size_t k = 0; k < n_cells; ++k) EXPECT_GE(after[k], moved[k]) << k;
}

TEST_P(EveryModel, StaysInItsWindowWithoutVariation) {
    auto array = spread_out(GetParam(), without_variation(GetParam()));
    const Window w = array->window();
    for (std::uint64_t round = 0; round < 20; ++round) {
        some_pulses(*array, round, EnergyRule::ohmic, 5);
        for (const float g : conductances(*array)) {
            EXPECT_GE(g, w.g_min.si * (1 - 1e-6));
            EXPECT_LE(g, w.g_max.si * (1 + 1e-6));
        }
    }
}

/// Whatever voltage and width: an answer, in the window, and the longer pulse moves no less.
TEST_P(EveryModel, StrongPulsesEndInTheWindow) {
    for (const double v : {1.0, 5.0, 20.0, 80.0, 100.0, -1.0, -5.0, -20.0, -80.0, -100.0}) {
        double before = 0;
        for (const double t : {1e-9, 1e-6, 1e-3, 1.0, 1e6}) {
            auto array = make_array(GetParam(), without_variation(GetParam()), 1);
            const Window w = array->window();
            const float middle = static_cast<float>(0.5 * (w.g_min.si + w.g_max.si)), at = static_cast<float>(v);
            array->fabricate(std::span(&middle, 1), Rng(1));
            array->program_at(0, std::span(&at, 1), {t}, EnergyRule::ohmic, Rng(2));
            const double g = conductances(*array)[0], moved = (v > 0 ? 1 : -1) * (g - double{middle});
            ASSERT_TRUE(std::isfinite(g)) << v << " V, " << t << " s";
            EXPECT_GE(g, w.g_min.si * (1 - 1e-6)) << v << " V, " << t << " s";
            EXPECT_LE(g, w.g_max.si * (1 + 1e-6)) << v << " V, " << t << " s";
            EXPECT_GE(moved, before - 1e-6 * w.g_max.si) << v << " V, " << t << " s";
            before = moved;
        }
    }
}

TEST_P(EveryModel, StaysPhysicalWithVariation) {
    auto array = spread_out(GetParam(), {});
    some_pulses(*array, 5, EnergyRule::ohmic, 100);
    for (const float g : conductances(*array)) EXPECT_TRUE(std::isfinite(g) && g >= 0) << g;
}

TEST_P(EveryModel, SetRaisesResetLowers) {
    auto array = spread_out(GetParam(), without_variation(GetParam()));
    const auto before = conductances(*array);
    array->program(0, std::vector<std::int8_t>(n_cells, 1), strong, EnergyRule::ohmic, Rng(1));
    const auto up = conductances(*array);
    array->program(0, std::vector<std::int8_t>(n_cells, -1), strong, EnergyRule::ohmic, Rng(1));
    const auto down = conductances(*array);
    for (std::size_t k = 0; k < n_cells; ++k) {
        if (k + 1 < n_cells) {
            EXPECT_GT(up[k], before[k]) << k;
        }
        if (k > 0) {
            EXPECT_LT(down[k], up[k]) << k;
        }
    }
}

TEST_P(EveryModel, WeakPulsesDoNothing) {
    auto array = spread_out(GetParam(), without_variation(GetParam()));
    double threshold_V = 2e-3;
    for (const auto& row : devices().get(GetParam()).defaults)
        if (row.info.name == "threshold") threshold_V = std::get<double>(row.value);
    const auto before = array->state();
    const double v = 0.999 * threshold_V;
    const auto bill = array->program(0, std::vector<std::int8_t>(n_cells, 1), {{v}, {-v}, {1e-3}}, EnergyRule::ohmic, Rng(1));
    const auto bill2 = array->program_at(0, std::vector<float>(n_cells, static_cast<float>(-v)), {1e-3}, EnergyRule::ohmic, Rng(1));
    EXPECT_EQ(array->state(), before);
    EXPECT_EQ(bill.n_idle + bill2.n_idle, 2 * static_cast<std::int64_t>(n_cells));
    EXPECT_EQ(bill.energy_J + bill2.energy_J, 0);
    EXPECT_GT(bill.idle_energy_J, 0);
}

TEST_P(EveryModel, SameStreamSameTrajectory) {
    auto a = spread_out(GetParam(), {}), b = spread_out(GetParam(), {});
    EXPECT_EQ(a->state(), b->state());
    some_pulses(*a, 9), some_pulses(*b, 9);
    EXPECT_EQ(a->state(), b->state());
}

TEST_P(EveryModel, StateRoundTripAndClone) {
    auto a = spread_out(GetParam(), {});
    some_pulses(*a, 1);
    a->make_stuck(7, a->window().g_min);
    auto b = make_array(GetParam(), {}, n_cells);
    b->restore(a->state());
    auto c = a->clone();
    some_pulses(*a, 2), some_pulses(*b, 2), some_pulses(*c, 2);
    EXPECT_EQ(a->state(), b->state());
    EXPECT_EQ(a->state(), c->state());
    auto small = make_array(GetParam(), {}, n_cells - 1);
    EXPECT_THROW(small->restore(a->state()), DataError);
}

TEST_P(EveryModel, AnyCutIntoRangesGivesTheSameCells) {
    Settings noisy;
    for (const auto& name : devices().get(GetParam()).param_names)
        if (name == "c2c") noisy[name] = 0.4;
    auto whole = spread_out(GetParam(), noisy, 700), parts = spread_out(GetParam(), noisy, 700);
    Rng rng(3);
    const auto signs = random_signs(700, rng);
    const auto v = random_voltages(700, rng);
    const auto a = whole->program(0, signs, strong, EnergyRule::ohmic, rng);
    whole->program_at(0, v, {1e-7}, EnergyRule::ohmic, rng);
    PulseBill b;
    for (const auto& [first, n] : {std::pair{0, 1}, {1, 300}, {301, 398}, {699, 1}})
        b += parts->program(first, std::span(signs).subspan(first, n), strong, EnergyRule::ohmic, rng);
    for (const auto& [first, n] : {std::pair{0, 333}, {333, 367}})
        parts->program_at(first, std::span(v).subspan(first, n), {1e-7}, EnergyRule::ohmic, rng);
    EXPECT_EQ(whole->state(), parts->state());
    EXPECT_EQ(a.n_set, b.n_set);
    EXPECT_EQ(a.n_reset, b.n_reset);
    EXPECT_EQ(a.n_idle, b.n_idle);
    EXPECT_NEAR(a.energy_J, b.energy_J, 1e-12 * a.energy_J);
}

TEST_P(EveryModel, OwnVoltageEqualsFixedPulse) {
    auto fixed = spread_out(GetParam(), {}), own = spread_out(GetParam(), {});
    Rng rng(4);
    const auto signs = random_signs(n_cells, rng);
    std::vector<float> v(n_cells);
    for (std::size_t k = 0; k < n_cells; ++k) v[k] = signs[k] * 1.25f;  // exact in single precision
    const auto a = fixed->program(0, signs, {{1.25}, {-1.25}, {1e-7}}, EnergyRule::nonlinear, rng);
    const auto b = own->program_at(0, v, {1e-7}, EnergyRule::nonlinear, rng);
    EXPECT_EQ(fixed->state(), own->state());
    EXPECT_NEAR(a.energy_J, b.energy_J, 1e-12 * a.energy_J);
    EXPECT_EQ(a.n_set, b.n_set);
}

TEST_P(EveryModel, EnergyIsBookedPulseByPulse) {
    for (const auto rule : {EnergyRule::ohmic, EnergyRule::nonlinear}) {
        auto array = spread_out(GetParam(), {});
        for (int round = 0; round < 5; ++round) {
            const auto before = conductances(*array);
            std::vector<double> i(n_cells), v(n_cells, 1.2);
            array->current(0, v, i);
            const auto bill = array->program(0, std::vector<std::int8_t>(n_cells, 1), strong, rule, Rng(7).stream("x", round));
            const auto after = conductances(*array);
            double paid = 0, idle = 0;
            for (std::size_t k = 0; k < n_cells; ++k) {
                const double energy = rule == EnergyRule::ohmic ? 1.44 * before[k] * 1e-7 : 1.2 * i[k] * 1e-7;
                EXPECT_GE(energy, 0);
                (after[k] != before[k] ? paid : idle) += energy;
            }
            EXPECT_NEAR(bill.energy_J, paid, 1e-12 * paid);
            EXPECT_NEAR(bill.idle_energy_J, idle, 1e-12 * idle);
            EXPECT_EQ(bill.n_set + bill.n_reset + bill.n_idle, static_cast<std::int64_t>(n_cells));
        }
    }
}

TEST_P(EveryModel, StuckCellsStayAndCostNothing) {
    auto array = spread_out(GetParam(), {});
    const Siemens g{(array->window().g_min.si + array->window().g_max.si) / 2};
    for (std::size_t k = 0; k < n_cells; ++k) array->make_stuck(k, g);
    const auto before = array->state();
    const auto bill = some_pulses(*array, 3);
    array->set_conductance(0, std::vector<float>(n_cells, static_cast<float>(array->window().g_max.si)));
    EXPECT_EQ(array->state(), before);
    EXPECT_EQ(bill.energy_J, 0);
    EXPECT_EQ(bill.n_set + bill.n_reset, 0);
}

TEST_P(EveryModel, CurrentIsPassiveMonotoneAndVanishesAtZero) {
    for (const auto& settings : {Settings{}, without_variation(GetParam())}) {
        auto array = spread_out(GetParam(), settings);
        std::vector<double> below(n_cells), here(n_cells), mirror(n_cells);
        array->current(0, std::vector<double>(n_cells, -1.0), below);
        for (int step = -19; step <= 20; ++step) {
            const double v = 0.05 * step;
            array->current(0, std::vector<double>(n_cells, v), here);
            array->current(0, std::vector<double>(n_cells, -v), mirror);
            for (std::size_t k = 0; k < n_cells; ++k) {
                EXPECT_GE(v * here[k], 0);
                EXPECT_GE(here[k], below[k]);
                EXPECT_NEAR(here[k], -mirror[k], 1e-12 * std::abs(here[k]));  // odd: the default sets have no diode
                if (step == 0) {
                    EXPECT_EQ(here[k], 0);
                }
            }
            below = here;
        }
    }
}

TEST_P(EveryModel, ChordNoiseAndSmallSignalAgree) {
    auto array = spread_out(GetParam(), without_variation(GetParam()));
    std::vector<float> chord(n_cells), zero(n_cells), variance(n_cells);
    std::vector<double> i(n_cells);
    array->chord_conductance(0.3, 0, chord);
    array->chord_conductance(0, 0, zero);
    array->current(0, std::vector<double>(n_cells, 0.3), i);
    array->read_noise(0.1, 0, variance);
    const auto g = conductances(*array);
    for (std::size_t k = 0; k < n_cells; ++k) {
        EXPECT_NEAR(chord[k] * 0.3, i[k], 1e-6 * i[k]);
        EXPECT_NEAR(zero[k], g[k], 0.03 * g[k]);  // nili2020's G is that at 0.1 V, 2-2.4% more
        EXPECT_GE(variance[k], 0);
    }
}

/// Everything one can see of a device, as numbers.
std::vector<double> signature(const std::string& model, const Settings& settings) {
    auto array = spread_out(model, settings, 24);
    std::vector<double> seen{array->window().g_min.si, array->window().g_max.si};
    const auto look = [&] {
        for (const float x : array->state()) seen.push_back(x);
        for (const double v : {-0.4, 0.1, 0.4}) {
            std::vector<double> i(24);
            std::vector<float> variance(24);
            array->current(0, std::vector<double>(24, v), i);
            array->read_noise(v, 0, variance);
            seen.insert(seen.end(), i.begin(), i.end());
            seen.insert(seen.end(), variance.begin(), variance.end());
        }
    };
    look();
    for (const double t : {1e-13, 1e-7, 1e-4, 1e-1})
        for (const float v : {-1.4f, -1.0f, -0.81f, -0.51f, -0.4f, 0.4f, 0.51f, 0.81f, 1.0f, 1.4f}) {
            array->program_at(0, std::vector<float>(24, v), {t}, EnergyRule::ohmic, Rng(1));
            look();
        }
    array->set_conductance(0, std::vector<float>(24, 20e-6f));  // nili2020's lower bins
    for (const float v : {-1.4f, 1.0f}) array->program_at(0, std::vector<float>(24, v), {1e-5}, EnergyRule::ohmic, Rng(2)), look();
    return seen;
}
/// A legal value other than the present one.
std::vector<Setting> other_values(const ParamRow& row) {
    std::vector<Setting> out;
    if (const auto* b = std::get_if<bool>(&row.value)) out.push_back(!*b);
    else if (const auto* i = std::get_if<std::int64_t>(&row.value)) out.push_back(*i + 1);
    else if (const auto* s = std::get_if<std::string>(&row.value)) {
        for (const auto& c : row.info.choices)
            if (c != *s) out.push_back(c);
    } else if (const auto* l = std::get_if<std::vector<double>>(&row.value)) {
        auto scaled = *l;
        for (double& x : scaled) x *= 1.1;
        out.push_back(scaled);
    } else {
        const double v = std::get<double>(row.value);
        const double other = v == 0 ? std::min(row.info.hi, 0.2) : v * 1.05 <= row.info.hi && v * 1.05 >= row.info.lo ? v * 1.05 : v * 0.95;
        if (row.info.unit.empty()) out.push_back(other);
        else {
            const auto text = value_text(row.info, Value{other});
            out.push_back(text.substr(1, text.size() - 2));
        }
    }
    return out;
}

TEST_P(EveryModel, EveryParameterMatters) {  // alone, or together with one setting of another parameter
    const auto& rows = devices().get(GetParam()).defaults;
    std::vector<Settings> contexts{{}};
    for (const auto& row : rows)
        if (row.info.type == ganbar::ParamType::choice || row.info.type == ganbar::ParamType::boolean)
            for (const auto& value : other_values(row)) contexts.push_back({{row.info.name, value}});
    for (const auto& row : rows) {
        bool matters = false;
        for (std::size_t c = 0; c < contexts.size() && !matters; ++c) {
            if (contexts[c].contains(row.info.name)) continue;
            std::vector<ParamRow> used;
            make_array(GetParam(), contexts[c], 1, &used);
            for (const auto& present : used) {
                if (present.info.name != row.info.name) continue;
                for (const auto& value : other_values(present)) {
                    auto changed = contexts[c];
                    changed[row.info.name] = value;
                    matters = matters || signature(GetParam(), changed) != signature(GetParam(), contexts[c]);
                }
            }
        }
        EXPECT_TRUE(matters) << row.info.name;
    }
}

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, ::testing::ValuesIn(devices().names()), [](const auto& info) { return info.param; });

TEST(BindDevice, FaultsOfSeveralParametersStandWhereTheFirstOneIs) {
    const auto root = config::parse_toml("[device]\nmodel = \"soft_bounds\"\ng_max = \"1 mS\"\ng_min = \"2 mS\"\n", "x.toml");
    try {
        bind_device(root->table("device"), "device", "nili2020", test::devices(), nullptr);
        ADD_FAILURE();
    } catch (const ConfigError& e) {
        EXPECT_TRUE(std::string(e.what()).starts_with("x.toml:4:9: soft_bounds: g_min must be below g_max")) << e.what();
    }
}

}  // namespace
}  // namespace ganbar
