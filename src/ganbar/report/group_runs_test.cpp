#include "ganbar/report/group_runs.h"

#include <gtest/gtest.h>

#include "ganbar/report/aggregate.h"
#include "ganbar/report/report_input.h"

namespace ganbar::report {
namespace {

const std::string base =
    "[experiment]\nname = \"n\"\nseed = 1\n\n[device]\nmodel = \"nili2020\"\n\n[[generator.layer]]\nunits = "
    "3\n\n[[generator.layer]]\nunits = 4\n\n[tile]\nadc_bits = 8\n\n[train]\nrounds = 300\n";

std::string with(const std::string& from, const std::string& to, std::string text = base) {
    return text.replace(text.find(from), from.size(), to);
}

RunData run(const std::string& toml, int seed, const std::string& folder, const std::string& name = "n") {
    RunData r;
    r.folder = folder, r.group = name, r.label = "seed " + std::to_string(seed),
    r.run_toml = with("seed = 1", "seed = " + std::to_string(seed), toml);
    r.summary.numbers["classifier_accuracy"] = 0.1 * seed, r.summary.numbers["frechet_distance"] = 1;
    return r;
}

std::vector<std::string> names(const std::vector<RunData>& runs) {
    std::vector<std::string> out;
    for (const auto& g : groups_of(runs)) out.push_back(g.name);
    return out;
}

/// The law: two runs are in one group when and only when their settings, seed and name apart, are the same.
// Student's t as tables print it (12.706, 4.303, 2.776, 2.262, 1.980 and 1.960 for 1, 2, 4, 9, 120 and 9999 degrees of freedom).
TEST(HalfWidth95, IsStudents) {
    for (const auto& [n, t] : {std::pair{2, 12.7062}, {3, 4.30265}, {5, 2.77645}, {10, 2.26216}, {121, 1.97993}, {10000, 1.96020}}) {
        std::vector<double> values;  // deviations of +-1 about 5
        for (int k = 0; k < n; ++k) values.push_back(5 + (k % 2 == 0 ? 1 : -1));
        double mean = 0, squares = 0;
        for (const double v : values) mean += v / n;
        for (const double v : values) squares += (v - mean) * (v - mean);
        EXPECT_NEAR(half_width_95(values), t * std::sqrt(squares / (n - 1) / n), 1e-5 * t);
    }
    EXPECT_EQ(half_width_95({3}), 0);
    EXPECT_EQ(half_width_95({3, 3, 3}), 0);
}

TEST(GroupRuns, SeedsAreReplicatesOnlyOfEqualSettings) {
    const std::vector<std::string> variants = {base,
                                               with("nili2020", "mine"),
                                               with("adc_bits = 8", "adc_bits = 3"),
                                               with("rounds = 300", "rounds = 20"),
                                               with("units = 4", "units = 5"),
                                               with("units = 3", "units = 5"),
                                               with("adc_bits = 8\n", "")};
    std::vector<RunData> runs;
    std::vector<std::size_t> variant_of;
    for (int seed = 1; seed <= 3; ++seed)
        for (std::size_t v = 0; v < variants.size(); ++v) runs.push_back(run(variants[v], seed, "f")), variant_of.push_back(v);
    group_runs(runs);
    for (std::size_t i = 0; i < runs.size(); ++i)
        for (std::size_t k = 0; k < runs.size(); ++k)
            EXPECT_EQ(runs[i].group == runs[k].group, variant_of[i] == variant_of[k]) << runs[i].group << " | " << runs[k].group;
    EXPECT_EQ(groups_of(runs).size(), variants.size());
}

TEST(GroupRuns, LabelsSayTheModelAndNotWhatItBrings) {
    const std::string other = with("model = \"nili2020\"", "model = \"vteam\"\na_off = 1\ng_max = 2\nk_on = 3\nr_off = 4\nr_on = 5");
    std::vector<RunData> runs = {run(base, 1, "a"), run(with("rounds = 300", "rounds = 20"), 1, "b"), run(other, 1, "c")};
    group_runs(runs);
    for (const auto& r : runs) EXPECT_EQ(r.group.find("device.model = "), 0u) << r.group;
    EXPECT_NE(runs[1].group.find("train.rounds = 20"), std::string::npos) << runs[1].group;
}

TEST(GroupRuns, LabelsAreTheKeysThatDiffer) {
    std::vector<RunData> runs = {run(base, 2, "a"), run(base, 6, "b"), run(with("nili2020", "mydevice"), 1, "c"),
                                 run(with("adc_bits = 8", "adc_bits = 3"), 1, "d")};
    group_runs(runs);
    EXPECT_EQ(names(runs),
              (std::vector<std::string>{"device.model = nili2020, tile.adc_bits = 8", "device.model = mydevice, tile.adc_bits = 8",
                                        "device.model = nili2020, tile.adc_bits = 3"}));
    const std::string page = render_html(describe_runs({runs[0], run(base, 6, "b"), runs[2], runs[3]}));
    for (const char* text : {"mydevice", "tile.adc_bits = 3", "device.model = nili2020"})
        EXPECT_NE(page.find(text), std::string::npos) << text;
}

TEST(GroupRuns, OneExperimentKeepsItsNameAndManyDifferencesStayShort) {
    std::vector<RunData> runs = {run(base, 1, "a"), run(base, 2, "b")};
    group_runs(runs);
    EXPECT_EQ(names(runs), (std::vector<std::string>{"n"}));
    const std::string other =
        with("300", "20", with("nili2020", "x", with("units = 3", "units = 7", with("adc_bits = 8", "adc_bits = 3"))));
    runs = {run(base, 1, "a"), run(other, 1, "b")};
    group_runs(runs);
    EXPECT_EQ(runs[1].group, "device.model = x, generator.layer[0].units = 7, tile.adc_bits = 3 and 1 more");
    runs = {run(base, 1, "a", "first"), run(other, 1, "b", "second")};
    group_runs(runs);
    EXPECT_EQ(names(runs), (std::vector<std::string>{"first", "second"}));
}

TEST(GroupRuns, NamesAndOriginsMakeNoOtherExperiment) {
    std::vector<RunData> runs = {run(base, 1, "a", "first"), run(base + "\n[set_by]\np = [\"train.rounds = 300\"]\n", 2, "b", "second")};
    group_runs(runs);
    EXPECT_EQ(runs[0].group, runs[1].group);
}

TEST(GroupRuns, TheSameRunTwiceStandsApartByItsFolder) {
    std::vector<RunData> runs = {run(base, 7, "/x/one"), run(base, 7, "/somewhere/other/")};
    group_runs(runs);
    EXPECT_NE(runs[0].group, runs[1].group);
    EXPECT_EQ(runs[1].group, "n, other");
    for (auto& r : runs) r.run_toml.clear(), r.group = "n";  // folders of other programs: by name
    group_runs(runs);
    EXPECT_EQ(runs[1].group, "n, other");
}

}  // namespace
}  // namespace ganbar::report
