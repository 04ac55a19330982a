#include <gtest/gtest.h>

#include "ganbar/arch/pipeline.h"

namespace ganbar::arch {
namespace {

TEST(Timeline, FillSteadyAndDrainOfAStream) {
    for (const Int batch : {1, 4, 64})
        for (const Int layers : {2, 3, 5}) {
            const EventSchedule s = simulate(unit_pipeline(layers, layers, batch), true);
            const auto phases = stream_phases(s);
            ASSERT_EQ(phases.size(), 3u);  // real, fake, generator update
            for (const StreamPhases& p : phases) {
                EXPECT_LE(p.begin, p.full);
                EXPECT_LE(p.full, p.drain);
                EXPECT_LE(p.drain, p.end);
            }
            const Int depth = 2 * layers + 1;  // stages of the stream of real samples
            EXPECT_EQ(phases[0].full - phases[0].begin, depth);
            EXPECT_EQ(phases[0].end - phases[0].begin, depth + batch - 1);
            EXPECT_EQ(phases[0].drain - phases[0].full, std::max<Int>(0, batch - depth));
        }
}

TEST(Timeline, DrawsEveryStageOnce) {
    const EventSchedule s = simulate(unit_pipeline(3, 3, 5, 1, true, true), true);
    const std::string svg = timeline_svg(s);
    std::size_t marks = 0;
    for (std::size_t at = svg.find("sample "); at != std::string::npos; at = svg.find("sample ", at + 1)) ++marks;
    EXPECT_EQ(marks, s.events.size());
    EXPECT_NE(svg.find(">fill<"), std::string::npos);
    EXPECT_NE(svg.find(">drain<"), std::string::npos);
    EXPECT_EQ(svg.rfind("</svg>\n"), svg.size() - 7);
    EXPECT_LT(timeline_svg(s, 4).size(), svg.size());
}

}  // namespace
}  // namespace ganbar::arch
