#include "ganbar/experiment/analog_power.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {

Experiment preset(const std::string& name, const std::vector<std::string>& sets = {}) {
    return test::preset(GANBAR_SOURCE_ROOT, name, sets);
}
const AnalogLayer& layer(const AnalogSystem& s, const std::string& network, const std::string& name) {
    for (const auto& l : s.layers)
        if (l.network == network && l.name == name) return l;
    throw std::runtime_error("no layer " + name);
}

TEST(AnalogPower, TheDcganHasThePublishedNumberOfDevicesWithinTwoPercent) {
    const AnalogSystem s = analog_system(preset("krestinskaya2020-analog"));
    EXPECT_NEAR(static_cast<double>(s.devices), published_devices, 0.02 * published_devices);
    EXPECT_EQ(s.devices, 100 * 12544 + 9 * 256 * 128 + 9 * 128 * 64 + 9 * 64 + 9 * 32 + 9 * 32 * 64 + 9 * 64 * 128 + 2048);
    EXPECT_EQ(s.sign_bits, s.devices);
    EXPECT_EQ(layer(s, "generator", "dense1").devices, 1254400);
    EXPECT_EQ(layer(s, "generator", "conv_transpose2").devices, 294912);
    EXPECT_EQ(layer(s, "generator", "conv_transpose2").reads, 14 * 14);
    EXPECT_EQ(layer(s, "discriminator", "conv3").columns, 128);
    std::int64_t sum = 0;
    for (const auto& l : s.layers) sum += l.devices;
    EXPECT_EQ(sum, s.devices);
}

TEST(AnalogPower, PowerOfAComputationIsItsCellsAndItsAmplifiers) {
    const Experiment e = preset("krestinskaya2020-analog");
    const Drive drive{0.5, 0.25};
    const AnalogSystem s = analog_system(e, drive);
    const AnalogLayer& l = layer(s, "discriminator", "conv2");
    const double g_S = 4e-6 + 0.25 * 21e-6, v_V = 0.5 * 0.1;
    EXPECT_NEAR(l.device_W, g_S * v_V * v_V, 1e-15);
    EXPECT_NEAR(l.cells_W, 9 * 32 * l.device_W, 1e-12);
    double amplifiers = 0;
    for (const auto& [name, w] : l.circuit_W) amplifiers += w;
    EXPECT_NEAR(l.slot_W, l.cells_W + amplifiers, 1e-12);
    EXPECT_NEAR(l.average_W, l.slot_W / 64, 1e-12) << "one readout serves 64 columns";
    EXPECT_NEAR(l.image_J, 64 * 49 * l.slot_W * e.periphery.t_slot.si, 1e-15);
    EXPECT_NEAR(l.image_s, 64 * 49 * e.periphery.t_slot.si, 1e-12);
}

TEST(AnalogPower, ReadoutsInParallelTakeNoLessEnergyAndLessTime) {
    const AnalogSystem shared = analog_system(preset("krestinskaya2020-analog"));
    const AnalogSystem own = analog_system(preset("krestinskaya2020-analog", {"periphery.columns_per_amplifier=1"}));
    EXPECT_NEAR(own.generate_J, shared.generate_J, 1e-9 * shared.generate_J);
    EXPECT_LT(own.generate_s, 0.1 * shared.generate_s);
    EXPECT_GT(own.opamps, 50 * shared.opamps);
    EXPECT_GT(own.area_m2, shared.area_m2);
    EXPECT_NEAR(own.least_average_W, own.least_slot_W, 1e-18);
}

TEST(AnalogPower, GatedNeuronsTakeNoPower) {
    const std::vector<std::string> on{"periphery.dropout=0.4", "periphery.dropout_at_inference=true"};
    auto half = on, training = on;
    half.push_back("periphery.gated_power=0.5");
    training[1] = "periphery.dropout_at_inference=false";
    const AnalogSystem none = analog_system(preset("krestinskaya2020-analog")), s = analog_system(preset("krestinskaya2020-analog", on)),
                       h = analog_system(preset("krestinskaya2020-analog", half)),
                       t = analog_system(preset("krestinskaya2020-analog", training));
    const AnalogLayer &l = layer(s, "discriminator", "conv2"), &m = layer(h, "discriminator", "conv2");
    EXPECT_NEAR(l.average_W * 64, l.cells_W + 0.6 * (l.slot_W - l.cells_W), 1e-12);
    EXPECT_NEAR(m.average_W * 64, l.cells_W + 0.8 * (l.slot_W - l.cells_W), 1e-12);
    EXPECT_LT(s.generate_J, none.generate_J);
    EXPECT_LT(s.least_average_W, none.least_average_W);
    EXPECT_EQ(layer(s, "generator", "conv_transpose4").working, 1) << "the last layer has no gates";
    // Outside training the gates pass; what their switches draw is all that differs.
    EXPECT_GE(t.generate_J, none.generate_J);
    EXPECT_LT(t.generate_J, 1.05 * none.generate_J);
}

// The bill of a run and the figure from the layer list are one law: the expected share of gates is open.
TEST(AnalogPower, TheBillOfARunKnowsItsGates) {
    const std::vector<std::string> on{"periphery.dropout=0.5", "periphery.dropout_at_inference=true"};
    const auto bill = [](const Experiment& e) {
        Model model = build(e);
        Matrix z(64, model.generator->n_in());
        Rng rng(3);
        for (std::size_t r = 0; r < z.rows(); ++r) rng.fill_normal(z.row_span(r));
        Ledger ledger;
        gan::generate(*model.generator, z, Rng(1), ledger, "evaluation");
        return ledger.total("evaluation/generator/dense1/neurons", "/subtractor");
    };
    const Charge all = bill(preset("krestinskaya2020-small")), gated = bill(preset("krestinskaya2020-small", on));
    EXPECT_EQ(gated.n, all.n);
    EXPECT_NEAR(gated.energy_J / all.energy_J, 0.5, 0.02);
}

TEST(AnalogPower, DifferentialPairsTakeTwoCellsAndNoSigns) {
    const AnalogSystem s = analog_system(preset("krestinskaya2020-analog", {"tile.mapping=differential", "tile.sign_flips=false"}));
    EXPECT_EQ(s.devices, 2 * analog_system(preset("krestinskaya2020-analog")).devices);
    EXPECT_EQ(s.sign_bits, 0);
}

// The analog path reaches a training run: it changes images, is billed, and leaves the same bits.
TEST(AnalogPower, AModelOfThePresetRunsThroughItsCircuits) {
    const Experiment e = preset("krestinskaya2020-small");
    Model a = build(e), b = build(e);
    Matrix z(4, a.generator->n_in());
    Rng rng(3);
    for (std::size_t r = 0; r < 4; ++r) rng.fill_normal(z.row_span(r));
    Ledger ledger;
    const Matrix x = gan::generate(*a.generator, z, Rng(1), ledger, "evaluation"),
                 y = gan::generate(*b.generator, z, Rng(1), ledger, "evaluation");
    for (std::size_t r = 0; r < 4; ++r)
        for (std::size_t c = 0; c < x.cols(); ++c) EXPECT_EQ(x(r, c), y(r, c));
    EXPECT_GT(ledger.energy("evaluation/generator", "/tanh").si, 0);
    EXPECT_GT(ledger.total("evaluation/generator/dense1/neurons", "/subtractor").n, 0);
    Model digital = build(preset("krestinskaya2020-small", {"periphery.kind=digital"}));
    const Matrix d = gan::generate(*digital.generator, z, Rng(1), ledger, "evaluation");
    double difference = 0;
    for (std::size_t c = 0; c < x.cols(); ++c) difference += std::abs(x(0, c) - d(0, c));
    EXPECT_GT(difference, 1e-3);
    EXPECT_THROW(build(preset("krestinskaya2020-small", {"periphery.kind=analog", "nonideal.levels=1"})), ConfigError);
}

}  // namespace
}  // namespace ganbar
