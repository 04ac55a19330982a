#include "ganbar/study/study.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ganbar::study {
namespace {

TEST(Study, MeanAndItsError) {
    const auto m = mean_error({1, 2, 3, 4});
    EXPECT_DOUBLE_EQ(m.mean, 2.5);
    EXPECT_NEAR(m.error, std::sqrt(5.0 / 3 / 4), 1e-15);
    EXPECT_EQ(mean_error({7}).error, 0);
    EXPECT_TRUE(std::isnan(mean_error({}).mean));
}

TEST(Reproduce, OtherImagesHaveNoRatio) {
    EXPECT_TRUE(are_papers_images("mnist"));
    EXPECT_FALSE(are_papers_images("fashion-mnist"));
    std::vector<report::ComparisonRow> rows{{"update energy", 52.06e-6, {57e-6}, "J", "", "", "", ""},
                                            {"coverage", std::nullopt, {0.5}, "", "", "not given", "", ""}};
    without_ratios(rows);
    EXPECT_FALSE(rows[0].paper.has_value());
    EXPECT_EQ(rows[0].paper_text, "52.06\u202fµJ on MNIST");
    EXPECT_EQ(rows[1].paper_text, "not given");
    report::ReportInput input;
    input.comparison = rows, input.comparison_title = "Ours, and the paper's on MNIST";
    const std::string page = report::render_html(input);
    EXPECT_EQ(page.find("aria-label=\"ours over paper"), std::string::npos);
    EXPECT_EQ(page.find("Published and ours"), std::string::npos);
}

TEST(Reproduce, EpochsAreCountedWhole) {
    report::RunData run;
    run.metrics.columns = {"round", "epoch"}, run.metrics.data.resize(2);
    for (int round = 0; round < 200; ++round) run.metrics.data[0].push_back(round + 1), run.metrics.data[1].push_back(round / 9 + 1);
    EXPECT_EQ(whole_epochs_text(run), "22 whole epochs of 200 rounds");
}

TEST(Study, AnOptimumNeedsToBeInsideAndClear) {
    using V = std::vector<std::vector<double>>;
    const V clear{{0.50, 0.52, 0.51}, {0.70, 0.71, 0.72}, {0.40, 0.41, 0.39}};
    EXPECT_EQ(optimum_of(clear, Better::higher).at, 1u);
    EXPECT_TRUE(optimum_of(clear, Better::higher).interior);
    EXPECT_EQ(optimum_of(clear, Better::lower).at, 2u);
    EXPECT_FALSE(optimum_of(clear, Better::lower).interior) << "the last point is no optimum: it may go on";
    const V noisy{{0.3, 0.7, 0.5}, {0.6, 0.4, 0.55}, {0.2, 0.2, 0.2}};
    EXPECT_EQ(optimum_of(noisy, Better::higher).at, 1u);
    EXPECT_FALSE(optimum_of(noisy, Better::higher).interior) << "a difference within the spread of seeds is none";
    const V single{{0.5}, {0.9}, {0.1}};
    EXPECT_FALSE(optimum_of(single, Better::higher).interior) << "one seed proves nothing";
}

TEST(Study, WhereQualityBreaks) {
    const std::vector<std::vector<double>> frechet{{20, 22}, {24, 26}, {45, 50}, {200, 210}};
    EXPECT_EQ(breaks_at(frechet, Better::lower, 2), 2u);
    EXPECT_EQ(breaks_at(frechet, Better::lower, 20), 4u);
    const std::vector<std::vector<double>> coverage{{0.8}, {0.7}, {0.3}};
    EXPECT_EQ(breaks_at(coverage, Better::higher, 0.5), 2u);
}

TEST(Study, TheBaselineIsSharedAndOtherPointsAreNamedByValue) {
    StudySweep s;
    s.key = "write_noise";
    s.points = {{0, {}}, {0.02, {"nonideal.write_noise=0.02"}}};
    EXPECT_EQ(Study::key_of(s, 0), "baseline");
    EXPECT_EQ(Study::key_of(s, 1), "write_noise/0.02");
}

}  // namespace
}  // namespace ganbar::study
