// The bit generator's reads through wires.
#include <gtest/gtest.h>

#include <numeric>

#include "ganbar/bits/trng.h"
#include "ganbar/core/parallel.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

struct Bits {
    std::vector<std::uint8_t> bits;
    TrngTally tally;
};

ArrayTrng generator(const TrngParams& params, double r_ohm, bool wired, const char* settings) {
    const auto node = config::parse_toml(settings, "test");
    const auto n = static_cast<std::size_t>(params.size * params.size);
    ArrayTrng trng(params, test::devices().get("nili2020").make(node.get(), n), Rng(1));
    WireParams wires;
    wires.mode = wired ? WirePhysics::exact : WirePhysics::ideal;
    wires.lines = {{r_ohm}, {r_ohm}, {r_ohm}, {r_ohm}};
    trng.attach_wires(wires);
    return trng;
}

Bits make(double r_ohm, bool wired, RewritePolicy rewrite, const char* settings, int n = 600) {
    TrngParams params;
    params.size = 16, params.n_columns = 8, params.n_rows = 8, params.rewrite = rewrite, params.vector_bits = 50;
    ArrayTrng trng = generator(params, r_ohm, wired, settings);
    Bits out{std::vector<std::uint8_t>(static_cast<std::size_t>(n)), {}};
    trng.bits(out.bits);
    out.tally = trng.tally();
    return out;
}

TEST(TrngWires, WithoutResistanceTheBitsAreTheSameAndUnpickedColumnsDraw) {
    for (const auto rewrite : {RewritePolicy::every_bit, RewritePolicy::every_vector, RewritePolicy::never}) {
        const Bits ideal = make(0, false, rewrite, ""), wired = make(0, true, rewrite, "");
        EXPECT_EQ(ideal.bits, wired.bits);
        EXPECT_NEAR(wired.tally.read_energy_J / ideal.tally.read_energy_J, 2, 0.05);  // 16 columns carry current, 8 are picked
    }
}

TEST(TrngWires, ResistanceTakesCurrentAndChangesBits) {
    const Bits none = make(0, true, RewritePolicy::never, ""), some = make(10, true, RewritePolicy::never, "");
    EXPECT_LT(some.tally.read_energy_J, 0.8 * none.tally.read_energy_J);
    EXPECT_NE(some.bits, none.bits);
    const double ones = std::accumulate(some.bits.begin(), some.bits.end(), 0.0) / static_cast<double>(some.bits.size());
    EXPECT_GT(ones, 0.02);
    EXPECT_LT(ones, 0.98);
}

TEST(TrngWires, SameBitsHoweverAskedForWhateverTheThreads) {
    for (const char* settings : {"", "c2c = 0.3"})
        for (const auto rewrite : {RewritePolicy::every_bit, RewritePolicy::every_vector}) {
            set_threads(1);
            const Bits whole = make(2, true, rewrite, settings, 200);
            set_threads(3);
            TrngParams params;
            params.size = 16, params.n_columns = 8, params.n_rows = 8, params.rewrite = rewrite, params.vector_bits = 50;
            ArrayTrng first = generator(params, 2, true, settings), second = generator(params, 2, true, settings);
            std::vector<std::uint8_t> parts(200);
            first.bits(std::span(parts).first(123));
            second.restore(first.state());
            second.bits(std::span(parts).subspan(123));
            EXPECT_EQ(parts, whole.bits) << settings;
        }
}

}  // namespace
}  // namespace ganbar
