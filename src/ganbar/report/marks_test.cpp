#include "ganbar/report/marks.h"

#include <gtest/gtest.h>

#include "ganbar/core/error.h"
#include "ganbar/report/accelerators.h"
#include "ganbar/report/page.h"

namespace ganbar::report {
namespace {

TEST(Marks, ParetoFrontHoldsWhatNothingBeats) {
    const auto point = [](const char* name, double x, double y) { return PlanePoint{name, x, x, x, y, y, y, 0}; };
    const std::vector<PlanePoint> points{point("slow", 9, 1), point("beaten", 5, 6), point("fast", 1, 8), point("middle", 4, 5),
                                         point("twin", 4, 5)};
    const auto front = pareto_front(points);
    ASSERT_EQ(front.size(), 4u);
    EXPECT_EQ(points[front[0]].name, "fast");
    EXPECT_EQ(points[front[3]].name, "slow");
    for (const auto i : front) EXPECT_NE(points[i].name, "beaten");
}

TEST(Marks, SharesKeepTheirSumWhenSmallOnesAreFolded) {
    ShareRow row{"machine", {}};
    for (int i = 0; i < 20; ++i) row.parts.emplace_back("part" + std::to_string(i), double(20 - i));
    Page page;
    share_figure(page, "t", "c", "J", {row});
    double width = 0;
    const std::string& html = page.body();
    std::size_t segments = 0;
    for (std::size_t at = html.find("width:"); at != std::string::npos; at = html.find("width:", at + 1))
        width += std::stod(html.substr(at + 6)), ++segments;
    EXPECT_NEAR(width, 100, 0.01);
    EXPECT_EQ(segments, 16u);
    EXPECT_NE(html.find("other"), std::string::npos);
}

TEST(Marks, NamesAreEscaped) {
    Page page;
    span_figure(page, "a<b", "c&d", "s", {{"<script>", 1, 0.5, 2, 0}}, {{"x\"y", 3}});
    tornado_figure(page, "t", "c", {{"<p>", "lo", "hi", 0.5, 2}});
    pareto_figure(page, "t", "c", "x", "s", "y", "J", {{"<q>", 1, 1, 1, 2, 2, 2, 0}});
    for (const char* bad : {"<script>", "<p>", "<q>", "a<b", "x\"y"}) EXPECT_EQ(page.body().find(bad), std::string::npos) << bad;
}

TEST(Accelerators, MalformedEstimatesAreDataFaults) {
    EXPECT_THROW(read_accelerators("{", "x"), DataError);
    EXPECT_THROW(read_accelerators("[{\"accelerator\": \"a\"}]", "x"), DataError);
    EXPECT_TRUE(read_accelerators("[]", "x").machines.empty());
    EXPECT_EQ(read_accelerators("[{\"accelerator\": \"a\", \"does_not_run_it\": \"too small\"}]", "x").unfit.size(), 1u);
}

}  // namespace
}  // namespace ganbar::report
