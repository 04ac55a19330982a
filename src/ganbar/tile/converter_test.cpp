// Laws of converters: what they cost follows bits, rate and node; what is stated stands; a tile bills what its converters cost.
#include "ganbar/tile/converter.h"

#include <gtest/gtest.h>

#include "ganbar/core/account.h"
#include "ganbar/core/converter_laws.h"
#include "ganbar/core/test_matrix.h"
#include "ganbar/tile/test_op.h"

namespace ganbar {
namespace {

/// Every kind of both directions, by name: laws hold for all of them.
template <class F>
void for_all(F f) {
    for (const auto* registry : {&builtin_converters().adcs, &builtin_converters().dacs})
        for (const auto& name : registry->names()) {
            SCOPED_TRACE(registry->kind() + " " + name);
            f(registry->get(name));
        }
}

TEST(Converters, MoreBitsNeverCostLessAndIdealOnesCostNothing) {
    for_all([](const Converter& c) {
        EXPECT_FALSE(c.doc.empty());
        ConversionCost before = c.cost({2, 0, {}});
        for (std::int64_t bits = 3; bits <= 16; ++bits) {
            const ConversionCost now = c.cost({bits, 0, {}});
            if (c.quantises) {
                EXPECT_GT(now.energy.si, before.energy.si);
                EXPECT_GT(now.area.si, before.area.si);
            } else {
                EXPECT_EQ(now.energy.si + now.time.si + now.area.si, 0);
            }
            EXPECT_GE(now.time.si, before.time.si);
            before = now;
        }
    });
}

TEST(Converters, OlderNodesAreLargerAndCostMore) {
    for_all([](const Converter& c) {
        if (!c.quantises) return;
        const ConversionCost at32 = c.cost({8, 32, {}}), at45 = c.cost({8, 45, {}}), at65 = c.cost({8, 65, {}});
        EXPECT_LT(at32.energy.si, at45.energy.si);
        EXPECT_LT(at45.energy.si, at65.energy.si);
        EXPECT_LT(at32.area.si, at45.area.si);
        EXPECT_LT(at45.area.si, at65.area.si);
        EXPECT_THROW(c.cost({8, 7, {}}), ConfigError);
    });
}

// ISAAC, ISCA 2016, table I: eight 8-bit converters of 1.28 GS/s take 16 mW and 0.0096 mm2.
TEST(Converters, EightBitsCostWhatIsaacPrinted) {
    const ConversionCost c = builtin_converters().adcs.get("sar").cost({8, 0, {}});
    EXPECT_NEAR(c.energy.si * 1.28e9, 2e-3, 0.15e-3);
    EXPECT_NEAR(8 * c.area.si, 0.0096e-6, 1e-12);
    EXPECT_NEAR(1 / c.time.si, 1.28e9, 0.04e9);
}

TEST(Converters, AFasterOneIsSeveralSideBySide) {
    const Converter& sar = builtin_converters().adcs.get("sar");
    const ConversionCost own = sar.cost({6, 0, {}}), fast = sar.cost({6, 0, {own.time.si / 3}}), slow = sar.cost({6, 0, {own.time.si * 3}});
    EXPECT_NEAR(fast.area.si, 3 * own.area.si, 1e-9 * own.area.si);
    EXPECT_DOUBLE_EQ(fast.energy.si, own.energy.si);
    EXPECT_DOUBLE_EQ(slow.area.si, own.area.si);
    EXPECT_DOUBLE_EQ(slow.time.si, 3 * own.time.si);
}

TEST(Converters, WhatIsStatedStands) {
    TileParams p;
    p.adc_bits = 3, p.dac_bits = 3;
    p.adc_energy = {5e-12}, p.adc_time = {2e-9}, p.adc_area = {1e-9}, p.dac_energy = {6e-12}, p.dac_area = {2e-9};
    const TileConverters c = converters_of(p);
    EXPECT_EQ(c.adc.energy.si, 5e-12);
    EXPECT_EQ(c.adc.time.si, 2e-9);
    EXPECT_EQ(c.adc.area.si, 1e-9);
    EXPECT_EQ(c.dac.energy.si, 6e-12);
    EXPECT_EQ(c.dac.area.si, 2e-9);
    p.adc = "succesive";
    EXPECT_THROW(converters_of(p), ConfigError);
}

/// Of one forward read: what the converters are billed, and the outputs.
struct Read {
    Charge adc, dac;
    Matrix y;
};
Read read_with(const TileParams& params) {
    const Matrix w = test::random_matrix(20, 12, 1), x = test::random_matrix(6, 20, 2);
    AnalogOp op = test::analog_op(w, params, {}, 0.5);
    test::Play play;
    Read out;
    op.forward(x, out.y, play.step);
    for (const auto& [path, charge] : play.ledger.accounts()) {
        if (Account::of(path).component == Component::adc) out.adc = charge;
        if (Account::of(path).component == Component::dac) out.dac = charge;
    }
    return out;
}

TEST(Converters, ATileBillsEachConversionAtItsCost) {
    TileParams p;
    double before_J = 0, before_s = 0;
    for (p.adc_bits = 3; p.adc_bits <= 8; ++p.adc_bits) {
        p.dac_bits = p.adc_bits;
        const TileConverters c = converters_of(p);
        const Read r = read_with(p);
        EXPECT_EQ(r.adc.n, 6 * 12);
        EXPECT_EQ(r.dac.n, 6 * 20);
        EXPECT_NEAR(r.adc.energy_J, 6 * 12 * c.adc.energy.si, 1e-12 * r.adc.energy_J);
        EXPECT_NEAR(r.dac.energy_J, 6 * 20 * c.dac.energy.si, 1e-12 * r.dac.energy_J);
        EXPECT_GT(r.adc.energy_J, before_J);
        EXPECT_GT(r.adc.busy_s, before_s);
        before_J = r.adc.energy_J, before_s = r.adc.busy_s;
    }
}

TEST(Converters, TheKindIdealReadsAsZeroBitsDo) {
    TileParams zero, ideal;
    zero.adc_bits = zero.dac_bits = 0;
    ideal.adc = ideal.dac = "ideal";
    const Read a = read_with(zero), b = read_with(ideal);
    EXPECT_EQ(b.adc.n + b.dac.n, 0);
    for (std::size_t i = 0; i < a.y.rows(); ++i)
        for (std::size_t j = 0; j < a.y.cols(); ++j) EXPECT_EQ(a.y(i, j), b.y(i, j));
}

// A converter of one's own, in a registry of one's own.
TEST(Converters, KindsCanBeAdded) {
    auto own = std::make_shared<ConverterRegistries>(builtin_converters());
    own->adcs.add("mine", {"Ours.", true, [](const ConverterChoice& c) {
                               return ConversionCost{{static_cast<double>(c.bits) * 1e-12}, {1e-9}, {1e-9}};
                           }});
    TileParams p;
    p.adc = "mine", p.adc_bits = 4, p.converters = own;
    EXPECT_NEAR(read_with(p).adc.energy_J, 6 * 12 * 4e-12, 1e-20);
}

}  // namespace
}  // namespace ganbar
