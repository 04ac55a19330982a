#include "ganbar/arch/reproduction.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ganbar::arch {
namespace {

struct Fixture {
    AcceleratorRegistry registry{"accelerator"};
    ReproductionContext context{registry,
                                [](const std::string& name) {
                                    return read_gan(
                                        *config::load_toml(std::string(GANBAR_SOURCE_ROOT) + "/presets/networks/" + name + ".toml"), name);
                                },
                                0};
    Fixture() { register_builtin_accelerators(registry); }
};

void expect_sound(const Reproduction& r) {
    EXPECT_FALSE(r.rows.empty());
    EXPECT_FALSE(r.findings.empty());
    for (const auto& row : r.rows)
        for (const Interval* i : {&row.speed, &row.energy}) {
            EXPECT_TRUE(std::isfinite(i->value) && i->value > 0) << row.benchmark;
            EXPECT_LE(i->lo, i->value * (1 + 1e-12));
            EXPECT_GE(i->hi, i->value * (1 - 1e-12));
        }
    for (const auto& m : r.means) {
        EXPECT_GT(m.published, 0);
        EXPECT_LE(m.geometric, m.arithmetic * (1 + 1e-12));
        EXPECT_LE(m.lo, m.geometric);
        EXPECT_GE(m.hi, m.geometric);
    }
    const auto reach = [](const TornadoBar& b) {
        return std::abs(std::log(b.speed_hi / b.speed_lo)) + std::abs(std::log(b.energy_hi / b.energy_lo));
    };
    for (std::size_t i = 1; i < r.tornado.size(); ++i) EXPECT_GE(reach(r.tornado[i - 1]), reach(r.tornado[i]));
}

TEST(Reproductions, Regan2018) {
    Fixture f;
    const Reproduction r = reproduce_regan2018(f.context);
    expect_sound(r);
    ASSERT_GE(r.ladder.size(), 5u);
    EXPECT_LT(r.ladder[0].speed, r.ladder[1].speed);  // pipelining helps,
    EXPECT_LT(r.ladder[1].speed, r.ladder[2].speed);  // a second discriminator helps,
    EXPECT_LT(r.ladder[1].speed, r.ladder[3].speed);  // sharing helps,
    EXPECT_LT(r.ladder[3].speed, r.ladder[4].speed);  // both help more
    EXPECT_LT(r.ladder[5].speed, r.ladder[4].speed);  // waiting for transposed arrays costs
    EXPECT_DOUBLE_EQ(r.ladder[4].speed, r.means[0].geometric);
}

TEST(Reproductions, Zara2019) {
    Fixture f;
    const Reproduction r = reproduce_zara2019(f.context);
    expect_sound(r);
    EXPECT_EQ(r.rows.size(), 40u);
    EXPECT_LT(r.ladder[0].speed, r.ladder[1].speed);  // leaving zeros out helps
    for (const auto& row : r.rows)
        if (row.basis == "equal area" && (row.rival == "ganax" || row.rival == "fcn_engine")) {
            EXPECT_NEAR(row.rival_area_m2, row.subject_area_m2, 0.02 * row.subject_area_m2) << row.benchmark << " " << row.rival;
        }
}

TEST(Reproductions, Liu2018) {
    Fixture f;
    const Reproduction r = reproduce_liu2018(f.context);
    expect_sound(r);
    EXPECT_LT(r.ladder[0].speed, r.ladder[1].speed);
    EXPECT_GT(r.ladder[3].energy, r.ladder[1].energy);
}

}  // namespace
}  // namespace ganbar::arch
