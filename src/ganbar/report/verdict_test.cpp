// What the first screen of a page claims: verdict, cards, where the weights are, the loss, and what the bill does not follow.
#include <gtest/gtest.h>

#include "ganbar/report/aggregate.h"
#include "ganbar/report/report_input.h"

namespace ganbar::report {
namespace {

RunData judged(const std::string& toml = "") {
    RunData run;
    run.group = "n", run.label = "seed 1", run.run_toml = toml;
    run.summary.numbers = {{"classifier_accuracy", 0.24}, {"coverage", 0.006},  {"frechet_distance", 300}, {"n_classes_present", 9},
                           {"update_energy_J", 1.03e-3},  {"area_m2", 7.96e-8}, {"n_crossbars", 54},       {"rounds", 2}};
    run.summary.collapsed = false;
    run.summary.collapsed_reason = "not learned: precision 0.30, and 0.01 of the coverage that as many real images would have";
    run.hardware.totals = {
        {"training_energy_J", 39.1}, {"converter_energy_J", 3.7e-4}, {"area_with_periphery_m2", 3.24e-6}, {"training_busy_s", 0.5}};
    run.hardware.accounts = {{"generator", "dense1", "update", "set", 10, 1.03e-3, 1e-6}};
    run.metrics = {{"round", "loss_d", "loss_g"}, {{1, 2}, {0.7, 0.6}, {0.8, 0.9}}};
    return run;
}
std::string page(std::vector<RunData> runs) { return render_html(describe_runs(std::move(runs))); }
bool says(const std::string& html, const std::string& text) { return html.find(text) != std::string::npos; }

TEST(Verdict, NoiseIsNoSuccess) {
    const std::string html = page({judged()});
    EXPECT_TRUE(says(html, "<span class=\"chip bad\" title=\"precision 0.30"));
    EXPECT_FALSE(says(html, "chip good"));
}

TEST(Verdict, WhatTheClassifierKnowsIsRecognisable) {
    RunData run = judged();
    EXPECT_TRUE(says(page({run}), ">not learned</span>"));
    run.summary.numbers["classifier_accuracy"] = 0.99;
    EXPECT_TRUE(says(page({run}), ">not learned, though recognisable</span>"));
}

TEST(Verdict, CardsLeadWithTheWholeBill) {
    const std::string html = page({judged()});
    EXPECT_TRUE(says(html, "<dt>training energy</dt><dd>39.1\u202fJ <span class=\"range\">updates 1.03\u202fmJ</span></dd>"));
    EXPECT_TRUE(says(html, "<dt>area with periphery</dt><dd>3.24\u202fmm² <span class=\"range\">cells 0.0796\u202fmm²</span></dd>"));
    EXPECT_FALSE(says(html, "<dt>update energy</dt>"));
}

TEST(Verdict, NoAccuracyWhereEveryClassIsWanted) {
    RunData run = judged();
    run.summary.numbers.erase("classifier_accuracy");
    const std::string html = page({run});
    EXPECT_TRUE(says(html, "<dt>classifier accuracy</dt><dd>–</dd>"));
    EXPECT_TRUE(says(html, "Every class is wanted"));
    EXPECT_FALSE(says(page({judged()}), "Every class is wanted"));
    run.summary.numbers.erase("n_classes_present");  // no labels at all: another reason, said elsewhere
    EXPECT_FALSE(says(page({run}), "Every class is wanted"));
}

TEST(Verdict, AnotherClassifierIsNamedOnlyWhereItIsAnother) {
    RunData run = judged();
    run.summary.numbers.erase("classifier_accuracy");
    run.summary.texts["dataset"] = "synthetic-digits", run.summary.texts["features"] = "synthetic-digits";
    EXPECT_FALSE(says(page({run}), "whose classes are not those"));
    run.summary.texts["dataset"] = "mine";
    EXPECT_TRUE(says(page({run}), "Quality is seen through a classifier of synthetic-digits, whose classes are not those"));
}

TEST(Verdict, WhereTheWeightsAre) {
    EXPECT_TRUE(says(page({judged("[hardware]\nkind = \"crossbar\"\n")}), "trained in place by voltage pulses"));
    const std::string ex_situ = page({judged("[hardware]\nkind = \"ex_situ\"\n")});
    EXPECT_FALSE(says(ex_situ, "trained in place"));
    EXPECT_TRUE(says(ex_situ, "trained in software; its weights are then written into simulated memristors on 54 crossbars"));
}

TEST(Verdict, TheLossInUseIsNamed) {
    const std::vector<std::pair<std::string, std::string>> names = {{"non_saturating", "binary cross-entropy"},
                                                                    {"minimax", "minimax"},
                                                                    {"wasserstein", "Wasserstein"},
                                                                    {"hinge", "hinge"},
                                                                    {"least_squares", "least squares"}};
    for (const auto& [name, words] : names) {
        const std::vector<RunData> runs = {judged("[train]\nloss = \"" + name + "\"\n")};
        const auto charts = training_charts(groups_of(runs));
        ASSERT_FALSE(charts.empty());
        EXPECT_TRUE(says(charts[0].caption, words)) << charts[0].caption;
        EXPECT_EQ(says(charts[0].caption, "cross-entropy"), name == "non_saturating" || name == "minimax");
        EXPECT_FALSE(says(charts[0].caption, "{"));
    }
}

std::vector<RunData> two(const std::string& a, const std::string& b) { return {judged(a), judged(b)}; }

TEST(Bill, WhatDoesNotFollowASettingIsSaid) {
    auto runs = two("[tile]\nadc_bits = 8\n", "[tile]\nadc_bits = 3\n");
    runs[1].hardware.totals["training_energy_J"] = 38.9;  // other conductances, other reads
    std::string html = page(runs);
    EXPECT_TRUE(says(html,
                     "<code>tile.adc_bits</code> differs between the variants, and some totals do not follow; these are the same in all: "
                     "converter energy, training busy, area with periphery."));
    runs[1].hardware.totals["training_energy_J"] = 39.1;
    EXPECT_TRUE(says(page(runs), "nothing in the bill follows"));
    for (auto& [key, value] : runs[1].hardware.totals) value *= 1.01;
    EXPECT_FALSE(says(page(runs), "differs between the variants"));
    EXPECT_FALSE(
        says(page(two("[train]\nloss = \"hinge\"\n", "[train]\nloss = \"minimax\"\n")), "differs between the variants"));  // no hardware
}

}  // namespace
}  // namespace ganbar::report
