// Decks of one cell against the built-in device, by ngspice; what their modules hold.
#include "ganbar/circuit/device_deck.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

struct Pulsed {
    std::string model;
    std::vector<std::string> settings;
    double from_S;
    std::vector<CellPulse> pulses;
    std::int64_t count;
    double tolerance;  ///< of the whole distance that the cell went
};

TEST(DeviceDeck, ReproducesTheBuiltInDevice) {
    const Second fast{100e-9}, slow{1e-6};
    for (const Pulsed& c : std::vector<Pulsed>{
             {"nili2020", {}, 180e-6, {{Volt{0.9}, fast}, {Volt{0.9}, fast}, {Volt{-1.2}, fast}}, 6, 5e-3},  // set and reset, one bin
             {"nili2020", {}, 160e-6, {{Volt{1.1}, fast}}, 30, 2e-2},  // into the next bin, where steps change
             {"nili2020", {"threshold=0.85 V"}, 200e-6, {{Volt{0.84}, fast}, {Volt{0.9}, fast}}, 5, 5e-3},  // half of the pulses stay
                                                                                                            // below the threshold
             {"vteam", {}, 5e-3, {{Volt{0.3}, slow}, {Volt{-0.1}, slow}}, 5, 5e-3},
             {"vteam", {"boundary=biolek", "resistance=exponential"}, 5e-3, {{Volt{0.25}, slow}, {Volt{-0.2}, slow}}, 5, 5e-3},
             {"yakopcic", {}, 4e-3, {{Volt{0.8}, Second{1e-6}}, {Volt{0.8}, Second{1e-6}}, {Volt{-0.7}, Second{1e-6}}}, 5, 5e-3},
         }) {
        CellQuestion question;
        question.model = c.model, question.settings = c.settings, question.from_S = c.from_S, question.pulses = c.pulses,
        question.count = c.count;
        const CellAnswer built_in = pulse_cell(test::devices(), question);
        const DeviceTexts texts = device_texts(test::devices(), question, {});
        const auto spice = circuit_test::ngspice_values(texts.deck);
        if (spice.empty()) GTEST_SKIP() << "ngspice is not installed";
        double went = 0;
        for (const double d : built_in.delta_g_S) went += std::abs(d);
        ASSERT_GT(went, 1e-3 * c.from_S) << c.model;
        ASSERT_EQ(spice.count("g_0"), 1U);
        EXPECT_NEAR(spice.at("g_0"), built_in.start_S, 1e-6 * built_in.start_S);
        for (std::size_t k = 0; k < built_in.g_S.size(); ++k) {
            const auto found = spice.find("g_" + std::to_string(k + 1));
            ASSERT_NE(found, spice.end()) << c.model << " pulse " << k;
            ASSERT_NEAR(found->second, built_in.g_S[k], c.tolerance * went) << c.model << " after pulse " << k + 1;
        }
    }
}

// A series resistance takes its share: the cell moves less, as much as at the voltage that is left for it.
TEST(DeviceDeck, ASeriesResistanceTakesItsShare) {
    CellQuestion question;
    question.model = "nili2020", question.from_S = 200e-6, question.pulses = {{Volt{1.0}, Second{100e-9}}};
    const auto moved = [&](double ohm) {
        const auto spice = circuit_test::ngspice_values(device_texts(test::devices(), question, {{0}, {ohm}}).deck);
        return spice.empty() ? std::nan("") : spice.at("g_1") - spice.at("g_0");
    };
    const double free = moved(0), behind = moved(100);
    if (std::isnan(free)) GTEST_SKIP() << "ngspice is not installed";
    // I = A1 V + A3 V^3 of the built-in cell decides what it sees of 1 V
    const auto cell = expected_cell(test::devices(), question).make(1);
    const float g = 200e-6f;
    cell->fabricate(std::span(&g, 1), Rng(1));
    double lo = 0, hi = 1;
    for (int k = 0; k < 60; ++k) {
        const double v = 0.5 * (lo + hi);
        double i = 0;
        cell->current(0, std::span(&v, 1), std::span(&i, 1));
        (v + 100 * i < 1 ? lo : hi) = v;
    }
    question.pulses[0].voltage = Volt{lo};
    question.settings = {"threshold=0 V"};
    const double wanted = pulse_cell(test::devices(), question).delta_g_S[0];
    EXPECT_LT(behind, 0.9 * free);
    EXPECT_NEAR(behind / wanted, 1, 2e-2);
}

TEST(DeviceDeck, ModulesSayTheLaw) {
    CellQuestion question;
    question.model = "vteam";
    const std::string module = device_texts(test::devices(), question, {}).module;
    for (const char* part : {"module ganbar_vteam(p, n);", "idt(", "I(p, n) <+ v/", "endmodule"})
        EXPECT_NE(module.find(part), std::string::npos) << part;
    EXPECT_EQ(module.find('@'), std::string::npos);
    CrossbarProblem p = circuit_test::random_crossbar(2, 2, 1);
    EXPECT_NE(verilog_a(p).find("module ganbar_memristor(p, n);"), std::string::npos);
    EXPECT_EQ(verilog_a(p).find("ganbar_selector"), std::string::npos);
    p.selector.type = CellType::transistor;
    EXPECT_NE(verilog_a(p).find("module ganbar_selector(p, n, g);"), std::string::npos);
}

TEST(DeviceDeck, RefusesWhatADeckCannotSay) {
    CellQuestion question;
    question.model = "soft_bounds", question.pulses = {{Volt{1.0}, Second{1e-7}}};
    EXPECT_THROW(device_texts(test::devices(), question, {}), ConfigError);  // no voltages in its source
    question.model = "nili2020", question.settings = {"bins=interpolated"};
    EXPECT_THROW(device_texts(test::devices(), question, {}), ConfigError);
    question.settings = {}, question.pulses.push_back({Volt{1.0}, Second{1e-6}});
    EXPECT_THROW(device_texts(test::devices(), question, {}), ConfigError);
    question.pulses.pop_back(), question.count = 20'000;
    EXPECT_THROW(device_texts(test::devices(), question, {}), ConfigError);
}

}  // namespace
}  // namespace ganbar
