// A converter costs the same in a tile that trains and in an accelerator; a training's bill follows the bits of its converters.
#include <gtest/gtest.h>

#include "ganbar/arch/components.h"
#include "ganbar/arch/coupling.h"
#include "ganbar/experiment/session.h"
#include "ganbar/experiment/test_presets.h"

namespace ganbar {
namespace {

TEST(ConverterCosts, AreTheSameInATileAndInAnAccelerator) {
    arch::CrossbarDesign isaac;  // as published: 128 rows, one bit at a time, two bits a cell, 8-bit converters
    isaac.rows = isaac.cols = 128, isaac.dac_bits = 1, isaac.cell_bits = 2, isaac.input_bits = 16, isaac.converter_bits = 8;
    isaac.step = {100e-9}, isaac.column_step = {arch::adc_energy_J(8)}, isaac.row_step = {arch::dac_energy_J(1)};
    isaac.array_area = {arch::adc_area_m2(8)}, isaac.converter_area = isaac.array_area;  // nothing but the converter
    TileParams tile;
    for (const std::int64_t rows : {16, 32, 64, 128, 256, 512}) {
        arch::CrossbarDesign d = isaac;
        d.rows = rows;
        const auto bits = static_cast<std::int64_t>(arch::converter_bits(d, isaac));
        const auto out = arch::couple_converters(d, isaac);
        tile.adc_bits = bits;
        const TileConverters c = converters_of(tile);
        EXPECT_NEAR(c.adc.energy.si, out.column_step.si, 1e-12 * c.adc.energy.si) << bits;
        // as many converters as keep up with the columns: per converter the area of the tile's
        const double converters = (static_cast<double>(bits) / 8) / (out.step.si / isaac.step.si);
        EXPECT_NEAR(c.adc.area.si * converters, out.array_area.si, 1e-9 * out.array_area.si) << bits;
    }
    for (std::int64_t bits = 2; bits <= 8; ++bits) {
        arch::CrossbarDesign d = isaac;
        d.dac_bits = bits;
        tile.dac_bits = bits;
        const double in_tile = converters_of(tile).dac.energy.si;
        tile.dac_bits = 1;
        EXPECT_NEAR(in_tile / builtin_converters().dacs.get("binary_weighted").cost({1, 0, {}}).energy.si,
                    arch::couple_converters(d, isaac).row_step.si / isaac.row_step.si, 1e-9)
            << bits;
    }
}

TEST(ConverterCosts, ATrainingsBillFollowsTheBits) {
    double before_J = 0, before_s = 0;
    for (std::int64_t bits = 3; bits <= 8; ++bits) {
        const std::vector<std::string> sets = {"data.dataset=synthetic-digits",
                                               "data.limit=40",
                                               "train.batch=8",
                                               "train.rounds=1",
                                               "evaluation.samples=16",
                                               "latent.source=gaussian",
                                               "generator.layers=8,16,784",
                                               "discriminator.layers=784,16,1",
                                               "tile.adc_bits=" + std::to_string(bits)};
        Session s(test::preset(GANBAR_SOURCE_ROOT, "satyam2022-balanced", sets), test::places(GANBAR_SOURCE_ROOT));
        s.step();
        const double now_J = training_cost(s.ledger()).of(Part::converter), now_s = s.ledger().total("training/").busy_s;
        EXPECT_GT(now_J, before_J) << bits;
        EXPECT_GT(now_s, before_s) << bits;
        before_J = now_J, before_s = now_s;
    }
}

TEST(ConverterCosts, AFaultIsToldAtItsKey) {
    const auto fault = [](std::vector<std::string> sets) -> std::string {
        try {
            test::preset(GANBAR_SOURCE_ROOT, "satyam2022-balanced", sets);
        } catch (const ConfigError& e) {
            return e.what();
        }
        return "";
    };
    EXPECT_NE(fault({"tile.adc=sarr"}).find("did you mean \"sar\""), std::string::npos);
    EXPECT_NE(fault({"tile.adc=ideal", "tile.adc_bits=6"}).find("has no use"), std::string::npos);
    EXPECT_NE(fault({"tile.adc_bits=1"}).find("expected 0 (ideal) or 2 to 16"), std::string::npos);
    EXPECT_NE(fault({"tile.node_nm=28"}).find("expected 0"), std::string::npos);
    EXPECT_EQ(fault({"tile.adc=ideal"}), "");
}

}  // namespace
}  // namespace ganbar
