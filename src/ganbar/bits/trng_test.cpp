#include "ganbar/bits/trng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "ganbar/core/parallel.h"

namespace ganbar {
namespace {

// A small law with everything the generator can meet: thresholds spread over cells, state-dependent steps, draws per pulse, read noise.
struct TestCell {
    struct Params {
        double d2d = 0.3, c2c = 0, noise = 1e-3, fall = 30e-6;
        static Schema<Params> schema() { return {}; }
    };
    struct Cell {
        float g_S, gain;
    };
    struct PulseLaw {
        static constexpr bool random = true;
        float step = 0, c2c = 0;
        void apply(Cell& c, PulseDraw draw) const {
            const float room = step > 0 ? (350e-6f - c.g_S) / 200e-6f : 1.0f;
            c.g_S = std::clamp(c.g_S + step * c.gain * room * (1 + c2c * draw.a), 150e-6f, 300e-6f);
        }
    };
    static const char* doc() { return "law for tests"; }
    Params p;
    explicit TestCell(Params params) : p(params) {}
    Window window() const { return {{150e-6}, {300e-6}}; }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        return {static_cast<float>(g.si), static_cast<float>(std::max(0.1, 1 + p.d2d * rng.normal()))};
    }
    double current_A(const Cell& c, double v) const { return c.g_S * (v + 0.4 * v * v * v); }
    double read_noise_A2(const Cell& c, double v) const { return std::pow(p.noise * c.g_S * v, 2); }
    PulseLaw pulse_law(Volt v, Second) const { return {static_cast<float>(v.si > 0 ? 9e-6 : -p.fall), static_cast<float>(p.c2c)}; }
};
static_assert(DeviceModel<TestCell>);

std::unique_ptr<DeviceArray> test_array(TestCell::Params p = {}, std::size_t n = 64) {
    return std::make_unique<DeviceArrayOf<TestCell>>(TestCell(p), n * n);
}

TrngParams quiet() {
    TrngParams p;
    p.comparator_offset = p.comparator_noise = Volt{0};
    return p;
}

TEST(TrngSelect, EverySubsetIsEquallyLikely) {
    LineSet all;
    all.words[0] = 0x3f;
    std::map<std::uint64_t, int> seen;
    const int n = 40000;
    for (int i = 0; i < n; ++i) {
        IndexedWords words(99, static_cast<std::uint64_t>(i));
        ++seen[random_subset(all, 1, 6, 2, words).words[0]];
    }
    ASSERT_EQ(seen.size(), 15u);
    double chi2 = 0;
    for (const auto& [set, count] : seen) chi2 += std::pow(count - n / 15.0, 2) / (n / 15.0);
    EXPECT_LT(chi2, 36.1);  // 14 degrees of freedom, p = 0.001
}

TEST(TrngSelect, HalvesAreDisjointAndComplete) {
    for (const std::size_t lines : {8u, 64u, 100u, 256u})
        for (std::uint64_t i = 0; i < 200; ++i) {
            const auto n = static_cast<std::uint32_t>(lines / 4 * 2), m = static_cast<std::uint32_t>(lines / 3);
            const Selection s = random_selection(lines, n, m, 5, i);
            std::uint32_t a = 0, b = 0, rows = 0;
            for (std::size_t w = 0; w < 4; ++w) {
                EXPECT_EQ(s.group_a.words[w] & s.group_b.words[w], 0u);
                a += static_cast<std::uint32_t>(std::popcount(s.group_a.words[w])),
                    b += static_cast<std::uint32_t>(std::popcount(s.group_b.words[w]));
                rows += static_cast<std::uint32_t>(std::popcount(s.rows.words[w]));
            }
            s.rows.each(4, [&](std::size_t r) { EXPECT_LT(r, lines); });
            EXPECT_EQ(a, n / 2);
            EXPECT_EQ(b, n / 2);
            EXPECT_EQ(rows, m);
        }
}

TEST(TrngSelect, LinesArePickedAlikeAndIndependently) {
    const int n = 20000;
    std::vector<double> hits(64, 0);
    double both = 0;
    for (int i = 0; i < n; ++i) {
        const Selection s = random_selection(64, 32, 32, 7, static_cast<std::uint64_t>(i));
        s.group_a.each(1, [&](std::size_t c) { hits[c] += 1; });
        both += (s.rows.words[0] & 1) && (s.group_a.words[0] & 1);
    }
    double chi2 = 0;
    for (const double h : hits) chi2 += std::pow(h - n / 4.0, 2) / (n / 4.0 * 0.75) * 63 / 64;
    EXPECT_LT(chi2, 104.0);  // 63 degrees of freedom, p = 0.001
    EXPECT_NEAR(both / n, 0.125, 4 * std::sqrt(0.125 * 0.875 / n));
}

TEST(TrngSelect, SumRowsAgreesWithDoubles) {
    Rng rng(3);
    for (const std::size_t n : {5u, 16u, 40u, 64u, 200u}) {
        Matrix m(n, n);
        for (std::size_t r = 0; r < n; ++r)
            for (float& x : m.row_span(r)) x = static_cast<float>(rng.uniform());
        const std::vector<std::uint16_t> rows{0, 2, 3, static_cast<std::uint16_t>(n - 1)};
        alignas(64) std::array<float, 256> out{};
        sum_rows(m.row(0), m.stride(), rows, out.data());
        for (std::size_t c = 0; c < n; ++c) {
            double want = 0;
            for (const auto r : rows) want += static_cast<double>(m(r, c));
            EXPECT_NEAR(out[c], want, 1e-6);
        }
    }
}

// Independent oracle: every pulse of every selected cell, sums in double precision. Returns bits; fills the bill.
std::vector<std::uint8_t> slow_bits(const TrngParams& p, DeviceArray& array, const TrngStreams& streams, std::size_t n_bits,
                                    double& energy_J) {
    const std::size_t n = static_cast<std::size_t>(p.size);
    array.fabricate(std::vector<float>(n * n, static_cast<float>(array.window().g_min.si)), streams.chip.stream("array"));
    const auto write = [&](std::size_t c) {
        PulseBill bill;
        const std::vector<std::int8_t> up(n, 1), down(n, -1);
        for (int k = 0; k < p.n_reset; ++k) bill += array.program(c * n, down, {p.v_set, p.v_reset, p.t_pulse}, p.energy_rule, Rng(0));
        for (int k = 0; k < p.n_set; ++k) bill += array.program(c * n, up, {p.v_set, p.v_reset, p.t_pulse}, p.energy_rule, Rng(0));
        return bill.energy_J;
    };
    for (std::size_t c = 0; c < n; ++c) write(c);
    std::vector<std::uint8_t> out;
    energy_J = 0;
    const std::vector<double> v(n * n, p.v_read.si);
    std::vector<double> i(n * n);
    for (std::size_t bit = 0; bit < n_bits; ++bit) {
        const Selection s = random_selection(n, static_cast<std::uint32_t>(p.n_columns), static_cast<std::uint32_t>(p.n_rows),
                                             streams.selection.key(), bit);
        if (p.rewrite == RewritePolicy::every_vector && bit % static_cast<std::size_t>(p.vector_bits) == 0)
            for (std::size_t c = 0; c < n; ++c) energy_J += write(c);
        if (p.rewrite == RewritePolicy::every_bit)
            for (const LineSet* half : {&s.group_a, &s.group_b}) half->each(4, [&](std::size_t c) { energy_J += write(c); });
        array.current(0, v, i);
        double difference = 0;
        s.rows.each(4, [&](std::size_t r) {
            s.group_a.each(4, [&](std::size_t c) { difference += i[c * n + r]; });
            s.group_b.each(4, [&](std::size_t c) { difference -= i[c * n + r]; });
        });
        out.push_back(difference > 0);
    }
    return out;
}

TEST(ArrayTrng, AgreesWithEveryPulseSimulated) {
    for (const auto rewrite : {RewritePolicy::every_bit, RewritePolicy::every_vector, RewritePolicy::never})
        for (const double fall : {30e-6, 3e-6, 0.3e-6}) {  // complete erase; partial; hardly any, a long drift to the top of the window
            TrngParams p = quiet();
            p.size = 24, p.n_columns = 12, p.n_rows = 10, p.n_set = 4, p.n_reset = 6, p.vector_bits = 7, p.rewrite = rewrite;
            TestCell::Params cell{.d2d = 0.3, .c2c = 0, .noise = 0, .fall = fall};
            const TrngStreams streams(Rng(11));
            double energy = 0;
            const auto slow = test_array(cell, 24);
            const auto want = slow_bits(p, *slow, streams, 400, energy);
            ArrayTrng trng(p, test_array(cell, 24), streams);
            std::vector<std::uint8_t> got(400);
            trng.bits(got);
            EXPECT_EQ(got, want) << "policy " << static_cast<int>(rewrite) << " fall " << fall;
            const auto& w = trng.tally().writes;
            EXPECT_NEAR(w.set.energy_J + w.reset.energy_J, energy, 1e-9 * energy);
        }
}

TEST(ArrayTrng, ThreadsAndPiecesDoNotMatter) {
    TrngParams p;
    std::vector<std::uint8_t> reference;
    for (const int threads : {1, 2, 5}) {
        set_threads(threads);
        ArrayTrng trng(p, test_array(), Rng(1));
        std::vector<std::uint8_t> out(5000);
        trng.bits(std::span(out).first(37));
        trng.bits(std::span(out).subspan(37));
        if (reference.empty()) reference = out;
        EXPECT_EQ(out, reference);
    }
    set_threads(2);
    ArrayTrng whole(p, test_array(), Rng(1));
    std::vector<std::uint8_t> out(5000);
    whole.bits(out);
    EXPECT_EQ(out, reference);
}

TEST(ArrayTrng, RestoreContinues) {
    struct Case {
        double c2c, fall;
        WriteModel model;
        std::int64_t n_reset, n_set;
    };
    for (const Case& k :
         {Case{0, 2e-6, WriteModel::moments, 40, 8}, Case{0, 8.9e-6, WriteModel::moments, 1, 1},  // the second drifts for long
          Case{0.2, 2e-6, WriteModel::moments, 40, 8}, Case{0.2, 2e-6, WriteModel::pulses, 40, 8}}) {
        TrngParams p;
        p.size = 16, p.n_columns = 8, p.n_rows = 8, p.write_model = k.model, p.n_reset = k.n_reset, p.n_set = k.n_set, p.telegraph = true;
        TestCell::Params cell{.c2c = k.c2c, .fall = k.fall};
        ArrayTrng a(p, test_array(cell, 16), Rng(4)), b(p, test_array(cell, 16), Rng(4));
        std::vector<std::uint8_t> head(150), tail(150), again(150);
        a.bits(head);
        const auto saved = a.state();
        a.bits(tail);
        b.restore(saved);
        b.bits(again);
        EXPECT_EQ(tail, again);
        EXPECT_EQ(a.tally().n_bits, b.tally().n_bits);
        EXPECT_DOUBLE_EQ(a.tally().energy_J(), b.tally().energy_J());
        EXPECT_THROW(b.restore(std::span(saved).first(10)), DataError);
        EXPECT_EQ(a.independent(), k.n_reset != 1 && k.model == WriteModel::moments);
    }
}

TEST(ArrayTrng, FixedSelectionFollowsTheNormalLaw) {
    // Noise as large as the spatial spread: the same cells re-read give 1 with P = Phi(margin / sigma).
    TrngParams p = quiet();
    p.fixed_selection = true;
    double chi2 = 0;
    int n_open = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        ArrayTrng trng(p, test_array({.noise = 0.3}), Rng(seed));
        const std::size_t n = 20000;
        std::vector<std::uint8_t> out(n);
        std::vector<double> probability(n);
        trng.bits(out, probability);
        const double q = probability.back(), ones = std::accumulate(out.begin(), out.end(), 0.0);
        EXPECT_DOUBLE_EQ(q, probability[n / 2]);
        if (q < 0.001 || q > 0.999) continue;
        ++n_open;
        chi2 += std::pow(ones - static_cast<double>(n) * q, 2) / (static_cast<double>(n) * q * (1 - q));
    }
    EXPECT_GE(n_open, 8);
    EXPECT_LT(chi2, n_open + 4 * std::sqrt(2.0 * n_open));
}

TEST(ArrayTrng, BalancedWithoutOffsetAndBiasedByIt) {
    TrngParams p = quiet();
    const std::size_t n = 200000;
    std::vector<std::uint8_t> out(n);
    ArrayTrng fair(p, test_array(), Rng(5));
    fair.bits(out);
    EXPECT_NEAR(std::accumulate(out.begin(), out.end(), 0.0) / static_cast<double>(n), 0.5, 4 * 0.5 / std::sqrt(n));

    p.comparator_offset = Volt{5e-3};
    ArrayTrng skewed(p, test_array(), Rng(5));
    std::vector<double> probability(n);
    skewed.bits(out, probability);
    const double mean = std::accumulate(out.begin(), out.end(), 0.0) / static_cast<double>(n);
    EXPECT_GT(std::abs(mean - 0.5), 0.02);
    EXPECT_EQ(mean<0.5, skewed.offset_A()> 0);
    EXPECT_NEAR(mean, std::accumulate(probability.begin(), probability.end(), 0.0) / static_cast<double>(n), 0.003);
}

TEST(ArrayTrng, MomentsAgreeWithPulses) {
    // One selection, written anew for every bit: the rate of ones must be that of the pulse-by-pulse simulation.
    TrngParams p = quiet();
    p.size = 16, p.n_columns = 8, p.n_rows = 8, p.fixed_selection = true, p.n_reset = 12;
    const TestCell::Params cell{.d2d = 0.1, .c2c = 0.5};
    int n_informative = 0;
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        double rate[2];
        const std::size_t n = 4000;
        for (const auto model : {WriteModel::moments, WriteModel::pulses}) {
            p.write_model = model;
            ArrayTrng trng(p, test_array(cell, 16), Rng(seed));
            std::vector<std::uint8_t> out(n);
            trng.bits(out);
            rate[static_cast<int>(model)] = std::accumulate(out.begin(), out.end(), 0.0) / static_cast<double>(n);
            EXPECT_EQ(trng.independent(), model == WriteModel::moments);
        }
        // 64 samples of the written state shift the mean of the difference by sigma/8 (one standard deviation).
        EXPECT_NEAR(rate[0], rate[1], 3 * std::hypot(0.4 / 8, 0.7 / std::sqrt(n)));
        n_informative += rate[1] > 0.05 && rate[1] < 0.95;
    }
    EXPECT_GE(n_informative, 3);
}

TEST(ArrayTrng, TellsChipsApartLikeAFingerprint) {
    // The same selections on other chips differ in half of the bits; on the same chip, read again, in few.
    const std::size_t n = 20000;
    const Rng selection(77);
    std::vector<std::vector<std::uint8_t>> bits;
    std::vector<double> probability(n);
    for (const auto& [chip, noise] : {std::pair{1, 10}, {1, 11}, {2, 10}, {3, 10}}) {
        ArrayTrng trng(quiet(), test_array(),
                       TrngStreams(Rng(static_cast<std::uint64_t>(chip)), selection, Rng(static_cast<std::uint64_t>(noise))));
        bits.emplace_back(n);
        trng.bits(bits.back(), probability);
    }
    const auto distance = [&](std::size_t a, std::size_t b) {
        double d = 0;
        for (std::size_t i = 0; i < n; ++i) d += bits[a][i] != bits[b][i];
        return d / static_cast<double>(n);
    };
    double change = 0;
    for (const double p : probability) change += 2 * p * (1 - p) / static_cast<double>(n);
    EXPECT_LT(distance(0, 1), 0.02);
    EXPECT_NEAR(distance(0, 1), change, 5 * std::sqrt(change / static_cast<double>(n)));
    for (const auto& [a, b] : {std::pair{0, 2}, {0, 3}, {2, 3}})
        EXPECT_NEAR(distance(static_cast<std::size_t>(a), static_cast<std::size_t>(b)), 0.5,
                    0.06);  // chips share means of columns, so pairs spread a little more than coins
}

TEST(ArrayTrng, VectorsShareTheirWrite) {
    // With write variation only, bits of one vector are fixed by its write; a fixed selection repeats within the vector, not between.
    TrngParams p = quiet();
    p.rewrite = RewritePolicy::every_vector, p.fixed_selection = true, p.vector_bits = 50;
    ArrayTrng trng(p, test_array({.d2d = 0, .c2c = 0.5, .noise = 0}), Rng(8));
    std::vector<std::uint8_t> out(50 * 200);
    trng.bits(std::span(out).first(4975));
    trng.bits(std::span(out).subspan(4975));
    int ones = 0;
    for (std::size_t v = 0; v < 200; ++v) {
        for (std::size_t k = 1; k < 50; ++k) ASSERT_EQ(out[v * 50 + k], out[v * 50]);
        ones += out[v * 50];
    }
    EXPECT_NEAR(ones, 100, 40);
    EXPECT_EQ(trng.tally().n_bits, 10000);
    EXPECT_NEAR(trng.tally().write_s, 200 * 48 * 100e-9, 1e-12);
}

TEST(ArrayTrng, LedgerHoldsEveryJoule) {
    TrngParams p = quiet();
    ArrayTrng trng(p, test_array({.d2d = 0, .noise = 0}), Rng(2));
    std::vector<std::uint8_t> out(1000);
    Ledger ledger;
    trng.bits(std::span(out).first(300));
    const BitCost some = trng.cost();
    book(ledger, "latent", {}, some);
    trng.bits(std::span(out).subspan(300));
    book(ledger, "latent", some, trng.cost());
    EXPECT_NEAR(ledger.energy("latent").si, trng.tally().energy_J(), 1e-12 * trng.tally().energy_J());
    EXPECT_EQ(ledger.total("latent/read").n, 1000 * 32 * 32);
    EXPECT_EQ(ledger.total("latent/compare").n, 1000);
    // Equal cells: every write is the same: 8 rising pulses, then as many falls of 30 uS as reach the bottom.
    double g = 150e-6, set = 0, read = 0, reset = 0;
    for (int k = 0; k < 8; ++k) set += 1.15 * 1.15 * g * 100e-9, g += 9e-6 * (350e-6 - g) / 200e-6;
    read = 0.1 * g * (0.1 + 0.4e-3) * 100e-9;
    int n_reset = 0;
    for (; g > 150e-6 * (1 + 1e-6); ++n_reset) reset += 1.5 * 1.5 * g * 100e-9, g = std::max(150e-6, g - 30e-6);
    const double cells = 32 * 64 * 1000;
    EXPECT_EQ(ledger.total("latent/set_pulse").n, static_cast<std::int64_t>(8 * cells));
    EXPECT_EQ(ledger.total("latent/reset_pulse").n, static_cast<std::int64_t>(n_reset * cells));
    EXPECT_NEAR(ledger.energy("latent/set_pulse").si, set * cells, 1e-5 * set * cells);
    EXPECT_NEAR(ledger.energy("latent/reset_pulse").si, reset * cells, 1e-5 * reset * cells);
    EXPECT_NEAR(ledger.energy("latent/read").si, read * 32 * 32 * 1000, 1e-5 * read * 1024000);
    EXPECT_NEAR(ledger.total("latent", "_pulse").busy_s, 1000 * 48 * 100e-9, 1e-12);
}

TEST(ArrayTrng, TelegraphFlipsAFixedSelectionSlowly) {
    // Equal cells, no other noise: the sign of the traps' sum alone decides; slow traps leave long equal stretches.
    TrngParams p = quiet();
    p.telegraph = p.fixed_selection = true;
    p.rewrite = RewritePolicy::never;
    p.trap_tau_lo = {1e-5}, p.trap_tau_hi = {1e-3};
    ArrayTrng trng(p, test_array({.d2d = 0, .noise = 0}), Rng(9));
    std::vector<std::uint8_t> out(200000);
    trng.bits(out);
    std::size_t changes = 0;
    for (std::size_t i = 1; i < out.size(); ++i) changes += out[i] != out[i - 1];
    EXPECT_GT(changes, 50u);
    EXPECT_LT(changes, out.size() / 10);
    std::vector<std::uint8_t> again(1000);
    ArrayTrng other(p, test_array({.d2d = 0, .noise = 0}), Rng(9));
    other.bits(std::span(again).first(333));
    other.bits(std::span(again).subspan(333));
    EXPECT_TRUE(std::equal(again.begin(), again.end(), out.begin()));
}

TEST(ArrayTrng, RejectsSelectionsThatDoNotFit) {
    TrngParams p;
    p.n_columns = 33;
    EXPECT_THROW(ArrayTrng(p, test_array(), Rng(0)), ConfigError);
    p = {};
    p.n_rows = 65;
    EXPECT_THROW(ArrayTrng(p, test_array(), Rng(0)), ConfigError);
    EXPECT_THROW(ArrayTrng(TrngParams{}, test_array({}, 16), Rng(0)), ConfigError);
}

}  // namespace
}  // namespace ganbar
