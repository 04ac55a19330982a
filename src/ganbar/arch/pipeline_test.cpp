#include "ganbar/arch/pipeline.h"

#include <gtest/gtest.h>

#include "ganbar/core/error.h"
#include "ganbar/core/rng.h"

namespace ganbar::arch {
namespace {

struct TableA {
    bool sp, cs;
    Int batch;
    CycleCounts expected;
};

TEST(Pipeline, TableForThreeLayerNetworks) {
    const TableA rows[] = {{false, false, 1, {18, 14, 32}}, {false, false, 64, {144, 77, 221}}, {false, false, 128, {272, 141, 413}},
                           {true, false, 1, {11, 14, 25}},  {true, false, 64, {74, 77, 151}},   {true, false, 128, {138, 141, 279}},
                           {false, true, 1, {18, 21, 21}},  {false, true, 64, {144, 147, 147}}, {false, true, 128, {272, 275, 275}},
                           {true, true, 1, {11, 14, 14}},   {true, true, 64, {74, 77, 77}},     {true, true, 128, {138, 141, 141}}};
    for (const TableA& r : rows) {
        const Pipeline p = unit_pipeline(3, 3, r.batch, 1, r.sp, r.cs);
        EXPECT_EQ(closed_form(p), r.expected);
        EXPECT_EQ(simulate(p).cycles, r.expected);
    }
    EXPECT_EQ(unpipelined_as_printed(unit_pipeline(3, 3, 64)), (CycleCounts{1088, 832, 1920}));
    EXPECT_EQ(unpipelined(unit_pipeline(3, 3, 64)), (CycleCounts{1089, 833, 1922}));
    EXPECT_EQ(unpipelined(unit_pipeline(3, 3, 1)), (CycleCounts{18, 14, 32}));
    const auto gain = [](Int batch, bool sp, bool cs) {
        return double(unpipelined(unit_pipeline(3, 3, batch)).iteration) /
               double(closed_form(unit_pipeline(3, 3, batch, 1, sp, cs)).iteration);
    };
    EXPECT_NEAR(gain(64, false, false), 8.697, 5e-4);
    EXPECT_NEAR(gain(128, false, false), 9.303, 5e-4);
    EXPECT_NEAR(gain(64, true, false), 12.728, 6e-4);
    EXPECT_NEAR(gain(128, true, false), 13.771, 6e-4);
    EXPECT_NEAR(gain(64, false, true), 13.075, 6e-4);
    EXPECT_NEAR(gain(128, false, true), 13.971, 6e-4);
    EXPECT_NEAR(gain(64, true, true), 24.961, 6e-4);
    EXPECT_NEAR(gain(128, true, true), 27.248, 6e-4);
}

Pipeline random_pipeline(Rng& rng, bool unequal) {
    Pipeline p = unit_pipeline(1 + Int(rng.below(9)), 1 + Int(rng.below(9)), 1 + Int(rng.below(24)), 1 + Int(rng.below(4)),
                               rng.below(2) == 1, rng.below(2) == 1);
    if (unequal) {
        for (auto* v : {&p.d_forward, &p.d_backward, &p.g_forward, &p.g_backward})
            for (Int& t : *v) t = 1 + Int(rng.below(20));
        p.loss = 1 + Int(rng.below(5)), p.update = 1 + Int(rng.below(50));
    }
    return p;
}

TEST(Pipeline, EventsEqualTheClosedFormOnRandomCases) {
    const Rng root(99);
    for (std::uint64_t n = 0; n < 10000; ++n) {
        Rng rng = root.stream("pipeline", n);
        const Pipeline p = random_pipeline(rng, n % 2 == 1);
        ASSERT_EQ(simulate(p).cycles, closed_form(p)) << "case " << n;
        ASSERT_GE(unpipelined(p).iteration, closed_form(p).iteration);
    }
}

TEST(Pipeline, FormulasOfThePaperForAnySize) {
    const Rng root(3);
    for (std::uint64_t n = 0; n < 2000; ++n) {
        Rng rng = root.stream("sizes", n);
        const Int ld = 1 + Int(rng.below(120)), lg = 1 + Int(rng.below(120)), b = 1 + Int(rng.below(512)), k = 1 + Int(rng.below(6));
        EXPECT_EQ(closed_form(unit_pipeline(ld, lg, b)),
                  (CycleCounts{4 * ld + lg + 2 * b + 1, 2 * lg + 2 * ld + b + 1, 6 * ld + 3 * lg + 3 * b + 2}));
        EXPECT_EQ(closed_form(unit_pipeline(ld, lg, b, k)).iteration, k * (4 * ld + lg + 2 * b + 1) + 2 * lg + 2 * ld + b + 1);
        EXPECT_EQ(closed_form(unit_pipeline(ld, lg, b, 1, true)).iteration, 4 * ld + 3 * lg + 2 * b + 2);
        EXPECT_EQ(closed_form(unit_pipeline(ld, lg, b, 1, false, true)).iteration, 4 * ld + 2 * lg + 2 * b + 1);
        EXPECT_EQ(closed_form(unit_pipeline(ld, lg, b, 1, true, true)).iteration, 2 * lg + 2 * ld + b + 1);
        EXPECT_EQ(unpipelined_as_printed(unit_pipeline(ld, lg, b)),
                  (CycleCounts{(4 * ld + lg + 2) * b, (2 * lg + 2 * ld + 1) * b, (6 * ld + 3 * lg + 3) * b}));
    }
}

TEST(Pipeline, BatchNormBarriersCostBatchMinusOneEachWayAndMatchTheEvents) {
    const Rng root(17);
    for (std::uint64_t n = 0; n < 2000; ++n) {
        Rng rng = root.stream("barrier", n);
        Pipeline p = random_pipeline(rng, n % 2 == 1);
        p.d_barrier.resize(p.d_forward.size()), p.g_barrier.resize(p.g_forward.size());
        for (std::size_t l = 0; l < p.d_barrier.size(); ++l) p.d_barrier[l] = rng.below(3) == 0;
        for (std::size_t l = 0; l < p.g_barrier.size(); ++l) p.g_barrier[l] = rng.below(3) == 0;
        ASSERT_EQ(simulate(p).cycles, closed_form(p)) << "case " << n;
    }
    Pipeline one = unit_pipeline(4, 4, 64);
    const CycleCounts plain = closed_form(one);
    one.d_barrier = {false, true, false, false};
    EXPECT_EQ(closed_form(one).d - plain.d, 4 * 63);  // forward and backward, real and fake
    EXPECT_EQ(closed_form(one).g - plain.g, 2 * 63);
}

TEST(Pipeline, FusedStreamsOnOneDiscriminator) {
    Pipeline p = unit_pipeline(3, 3, 64);
    p.fused_streams = true;
    EXPECT_EQ(closed_form(p).d, 135);
    for (Int ld = 1; ld < 7; ++ld)
        for (Int lg = 1; lg < 9; ++lg)
            for (Int b = 1; b < 20; ++b) {
                Pipeline q = unit_pipeline(ld, lg, b);
                q.fused_streams = true;
                ASSERT_EQ(closed_form(q).d, std::max(b, lg) + b + 2 * ld + 1);
                ASSERT_EQ(simulate(q).cycles, closed_form(q)) << ld << " " << lg << " " << b;
            }
    Pipeline one = unit_pipeline(3, 3, 1);  // for small batches the overlap of spatial parallelism needs no copy
    one.fused_streams = true;
    EXPECT_EQ(closed_form(one).d, closed_form(unit_pipeline(3, 3, 1, 1, true)).d);
}

TEST(Pipeline, OneSetOfTransposedArraysMakesTheSharedBranchesWait) {
    Pipeline two = unit_pipeline(3, 3, 64, 1, true, true), one = two;
    one.transposed_copies = 1;
    EXPECT_FALSE(closed_form_applies(one));
    EXPECT_THROW(closed_form(one), ConfigError);
    const Int conflict = simulate(one).cycles.iteration, free = simulate(two).cycles.iteration;
    EXPECT_GT(conflict, free + 50);  // two branches through every backward stage: one more cycle per sample
    EXPECT_LE(conflict, 2 * free);
}

TEST(Pipeline, BufferDepths) {
    const Int ld = 4, lg = 5;
    const EventSchedule s = simulate(unit_pipeline(ld, lg, 64));
    for (Int l = 1; l < ld; ++l) EXPECT_EQ(s.d_buffer_depth[std::size_t(l - 1)], 2 * (ld - l) + 1);
    for (Int l = 1; l < lg; ++l) EXPECT_EQ(s.g_buffer_depth[std::size_t(l - 1)], 2 * (lg - l) + 2 * ld + 1);
    const EventSchedule small = simulate(unit_pipeline(ld, lg, 2));
    for (const Int depth : small.g_buffer_depth) EXPECT_EQ(depth, 2);  // never more than the batch
}

TEST(Pipeline, EveryStageWorksOncePerSample) {
    const Pipeline p = unit_pipeline(3, 2, 10, 2);
    const EventSchedule s = simulate(p, true);
    Int busy = 0;
    for (const Int b : s.busy) busy += b;
    EXPECT_EQ(busy, Int(s.events.size()));
    EXPECT_EQ(busy, 10 * (2 * (2 * 7 + 2) + (2 + 3 + 1 + 3 + 2)));
    for (const auto& a : s.events)
        for (const auto& b : s.events)
            if (&a != &b && a.resource == b.resource) {
                ASSERT_TRUE(a.end <= b.begin || b.end <= a.begin);
            }
    const std::string svg = timeline_svg(s);
    EXPECT_NE(svg.find("D on real samples"), std::string::npos);
    EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST(Pipeline, BadCountsAreRefused) {
    EXPECT_THROW(unit_pipeline(0, 3, 4), ConfigError);
    EXPECT_THROW(unit_pipeline(3, 3, 0), ConfigError);
    EXPECT_THROW(unit_pipeline(3, 3, 4, -1), ConfigError);
}

}  // namespace
}  // namespace ganbar::arch
