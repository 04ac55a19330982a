#include "ganbar/report/report_input.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "ganbar/core/error.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"
#include "ganbar/report/page.h"
#include "ganbar/report/write_report.h"

namespace ganbar::report {
namespace {

const double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Base64, Rfc4648Vectors) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64(std::string("\xff\xfe\x00", 3)), "//4A");
}

TEST(Text, NothingOfTheUsersBecomesMarkup) {
    EXPECT_EQ(escape("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    EXPECT_EQ(json_string("</script>\n\"\\"), "\"\\u003c/script>\\u000a\\\"\\\\\"");
    EXPECT_EQ(prose("a <i>\nb\n\n- `x<y`\n- *z*\n\n2 * 3 * 4"),
              "<p>a &lt;i&gt; b</p><ul><li><code>x&lt;y</code></li><li><em>z</em></li></ul><p>2 * 3 * 4</p>");
}

TEST(Text, JsonNumbersKeepWholeNumbersAndMarkGaps) {
    EXPECT_EQ(json_numbers({213632, 0.1234567, nan, 1e-12}), "[213632,0.12346,null,1e-12]");
}

TEST(NumberText, EngineeringPrefixes) {
    EXPECT_EQ(format_quantity(48.34e-6, "J"), "48.3\u202fµJ");
    EXPECT_EQ(format_quantity(48.34e-6, "J", 4), "48.34\u202fµJ");
    EXPECT_EQ(format_quantity(999.96e-9, "J"), "1.00\u202fµJ");
    EXPECT_EQ(format_quantity(9.6e-12, "J"), "9.60\u202fpJ");
    EXPECT_EQ(format_quantity(150e-6, "S"), "150\u202fµS");
    EXPECT_EQ(tick_text(1.25, ""), "1.25");  // not 1, beside 1.2 and 1.3
    EXPECT_EQ(tick_text(0.2, "m2"), format_quantity(0.2, "m2", 1));
    EXPECT_EQ(count_text(12960), "12\u202f960");
    EXPECT_EQ(count_text(3.2e9), "3.20×10⁹");
    EXPECT_EQ(format_quantity(250e3, "ohm"), "250\u202fkΩ");
    EXPECT_EQ(format_quantity(14.3, "s"), "14.3\u202fs");
    EXPECT_EQ(format_quantity(-0.8, "V"), "−800\u202fmV");
    EXPECT_EQ(format_quantity(50e-6, "J"), "50\u202fµJ");
    EXPECT_EQ(format_quantity(0, "J"), "0\u202fJ");
}

TEST(NumberText, AreasScaleBySquares) {
    EXPECT_EQ(format_quantity(7.9626e-8, "m2"), "0.0796\u202fmm²");
    EXPECT_EQ(format_quantity(1474.56e-12, "m2"), "1475\u202fµm²");
    EXPECT_EQ(format_quantity(0.36e-12, "m2"), "0.360\u202fµm²");
    EXPECT_EQ(format_quantity(0.53, "m2"), "530\u202f000\u202fmm²") << "chips are not told in square metres";
    EXPECT_EQ(chip_area_text(7.9626e-8), "0.0796\u202fmm²");
    EXPECT_EQ(chip_area_text(1e-9), "0.00100\u202fmm²") << "one unit in a column";
}

TEST(HtmlText, UnitsOfAreaAreRaised) {
    EXPECT_EQ(raised("at most 300 mm2, 50 W; 1 W/mm2 (um2)"), "at most 300 mm², 50 W; 1 W/mm² (µm²)");
    EXPECT_EQ(raised("above_1_W_per_mm2 area_m2 mm2x comm2"), "above_1_W_per_mm2 area_m2 mm2x comm2");
    EXPECT_EQ(prose("300 mm2 with `--max-area \"300 mm2\"`"), "<p>300 mm² with <code>--max-area &quot;300 mm2&quot;</code></p>");
}

TEST(NumberText, PlainNumbers) {
    EXPECT_EQ(format_number(0.98765), "0.988");
    EXPECT_EQ(format_number(0.99996), "1.00");
    EXPECT_EQ(format_number(213632), "213\u202f632");
    EXPECT_EQ(format_number(1234), "1234");
    EXPECT_EQ(format_number(-1234567.8), "−1\u202f234\u202f568");
    EXPECT_EQ(format_number(1.5e-7), "1.50×10⁻⁷");
    EXPECT_EQ(format_number(nan), "–");
    EXPECT_EQ(label_of_key("cumulative_update_energy_J"), "cumulative update energy");
    EXPECT_EQ(unit_of_key("area_m2"), "m2");
    EXPECT_EQ(unit_of_key("loss_d"), "");
}

TEST(Ticks, AreRoundCoverTheRangeAndFewEnough) {
    for (const double lo : {-3.2, 0.0, 17.3, 1e-6})
        for (const double span : {1e-7, 0.37, 5.0, 12345.0}) {
            const auto ticks = nice_ticks(lo, lo + span, 6);
            ASSERT_GE(ticks.size(), 4u);
            EXPECT_LE(ticks.size(), 10u);
            EXPECT_GE(ticks.front(), lo - 1e-6 * span);
            EXPECT_LE(ticks.back(), lo + span + 1e-6 * span);
            const double step = ticks[1] - ticks[0], mantissa = step / std::pow(10, std::floor(std::log10(step) + 1e-6));
            EXPECT_TRUE(std::abs(mantissa - 1) < 1e-3 || std::abs(mantissa - 2) < 1e-3 || std::abs(mantissa - 5) < 1e-3) << step;
            EXPECT_LT(ticks.front() - step, lo) << "a tick is missing at the start";
            EXPECT_GT(ticks.back() + step, lo + span) << "a tick is missing at the end";
        }
    EXPECT_EQ(log_ticks(1, 10), (std::vector<double>{1, 2, 5, 10}));
    EXPECT_EQ(log_ticks(306, 328), (std::vector<double>{310, 315, 320, 325}));  // used to have none
    EXPECT_EQ(log_ticks(1, 1e4), (std::vector<double>{1, 10, 100, 1000, 10000}));
    EXPECT_EQ(format_ticks({0, 0.2, 0.4}), (std::vector<std::string>{"0", "0.2", "0.4"}));
    EXPECT_EQ(format_ticks({0.05, 0.1, 0.15}), (std::vector<std::string>{"0.05", "0.10", "0.15"}));
    EXPECT_EQ(format_ticks({20000, 40000}), (std::vector<std::string>{"20\u202f000", "40\u202f000"}));
}

RunData run_with(const std::string& group, const std::string& label, const std::vector<double>& loss) {
    RunData run;
    run.group = group;
    run.label = label;
    run.metrics.columns = {"round", "epoch", "loss_d", "update_energy_J", "cumulative_update_energy_J"};
    run.metrics.data.resize(5);
    double sum = 0;
    for (std::size_t i = 0; i < loss.size(); ++i) {
        const double energy = 1e-6 * static_cast<double>(i + 1);
        sum += energy;
        const double row[] = {static_cast<double>(i + 1), static_cast<double>(i / 2), loss[i], energy, sum};
        for (std::size_t c = 0; c < 5; ++c) run.metrics.data[c].push_back(row[c]);
    }
    return run;
}

TEST(Aggregate, MeanAndRangeOverSeeds) {
    const std::vector<RunData> runs = {run_with("a", "seed 1", {1, 2, 3}), run_with("b", "seed 1", {9}),
                                       run_with("a", "seed 2", {3, 2, nan})};
    const auto groups = groups_of(runs);
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_EQ(groups[0].runs.size(), 2u);
    const Series s = group_series(groups[0], &RunData::metrics, "loss_d");
    EXPECT_EQ(s.x, (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(s.y, (std::vector<double>{2, 2, 3}));
    EXPECT_EQ(s.lo, (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(s.hi, (std::vector<double>{3, 2, 3}));
    EXPECT_EQ(over_energy(groups[0], s).x, (std::vector<double>{1e-6, 3e-6, 6e-6}));
    EXPECT_TRUE(group_series(groups[0], &RunData::metrics, "absent").x.empty());
}

TEST(Aggregate, ThinningKeepsMeanAndExtremes) {
    std::vector<double> loss(1000, 1.0);
    loss[500] = 50;
    const std::vector<RunData> runs = {run_with("a", "seed 1", loss)};
    const Series s = group_series(groups_of(runs)[0], &RunData::metrics, "loss_d", 100);
    ASSERT_EQ(s.x.size(), 100u);
    double mean = 0, highest = 0;
    for (std::size_t i = 0; i < s.y.size(); ++i) {
        mean += s.y[i] / 100;
        highest = std::max(highest, s.hi[i]);
    }
    EXPECT_NEAR(mean, 1.049, 1e-12);
    EXPECT_EQ(highest, 50);
}

TEST(Aggregate, TwoBookingsOfUpdateEnergy) {
    const std::vector<RunData> runs = {run_with("a", "seed 1", {0, 0, 0, 0, 0})};  // 1..5 uJ in epochs of two rounds
    const Booking b = energy_booking(groups_of(runs)[0]);
    EXPECT_NEAR(b.every_update_J.mean, 15e-6, 1e-18);
    EXPECT_NEAR(b.one_per_epoch_J.mean, 6e-6, 1e-18);  // rounds 2 and 4; the third epoch was cut short
}

TEST(Aggregate, SettingsThatDiffer) {
    std::vector<RunData> runs = {run_with("a", "seed 1", {1}), run_with("b", "seed 1", {1})};
    runs[0].run_toml = "[experiment]\nseed = 1\n[train]\nbatch = 608 # preset a\nrule = \"a#b\"\n";
    runs[1].run_toml = "[experiment]\nseed = 2\n[train]\nbatch = 608 # --set\nrule = \"a#c\"\n[noise]\nkind = \"trng\"\n";
    const auto differences = setting_differences(groups_of(runs));
    ASSERT_EQ(differences.size(), 2u);
    EXPECT_EQ(differences[0].key, "noise.kind");
    EXPECT_EQ(differences[0].values, (std::vector<std::string>{"–", "\"trng\""}));
    EXPECT_EQ(differences[1].values, (std::vector<std::string>{"\"a#b\"", "\"a#c\""}));
}

TEST(Aggregate, HistogramSharesSumToHundredInEveryFrame) {
    RunData run = run_with("a", "seed 1", {1});
    for (const std::int64_t round : {0, 50})
        for (int bin = 0; bin < 7; ++bin)
            run.histogram.push_back({round, "generator/dense1", 150e-6 + bin * 150e-6 / 7, 150e-6 + (bin + 1) * 150e-6 / 7 * (1 + 1e-15),
                                     static_cast<double>(bin + round)});
    const std::vector<RunData> runs = {run};
    const auto charts = histogram_charts(groups_of(runs));
    ASSERT_EQ(charts.size(), 1u);
    ASSERT_EQ(charts[0].frames.size(), 2u);
    EXPECT_EQ(charts[0].views[0].series[0].x.size(), 8u);  // seven bins and the last right edge
    for (const auto& frame : charts[0].frames) {
        double sum = 0;
        for (const double v : frame.y[0]) sum += v;
        EXPECT_NEAR(sum, 100, 1e-9);
    }
}

TEST(Page, BudgetKeepsFirstAndLastAndDropsEvenly) {
    std::vector<Frame> frames;
    for (int i = 0; i <= 60; ++i) frames.push_back({i * 5, std::string(1000, 'x')});
    EXPECT_EQ(fit_budget({frames}, 1u << 20)[0].size(), 61u);
    const auto kept = fit_budget({frames, frames}, 20000);
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_LE(kept[0].size(), 10u);
    EXPECT_GE(kept[0].size(), 8u);
    EXPECT_EQ(kept[0].front().round, 0);
    EXPECT_EQ(kept[0].back().round, 300);
    const auto last = fit_budget({frames}, 0);
    ASSERT_EQ(last[0].size(), 1u);
    EXPECT_EQ(last[0][0].round, 300);
}

TEST(Svg, DrawsEveryCurveOnceAndBreaksAtGaps) {
    Chart chart{"t <1>", "", {}, false, false, false, {}, {}, {{"published", 0.5}}, {}};
    chart.views.push_back(
        {"",
         "round",
         "",
         "energy",
         "J",
         {{"a", {1, 2, 3, 4}, {1e-6, nan, 2e-6, 3e-6}, {}, {}, -1, false}, {"b", {1, 2}, {1e-6, 2e-6}, {0, 1e-6}, {2e-6, 3e-6}, -1, true}},
         false});
    chart.references.clear();
    const std::string svg = render_svg(chart);
    const auto count = [&](const std::string& word) {
        std::size_t n = 0;
        for (std::size_t at = svg.find(word); at != std::string::npos; at = svg.find(word, at + 1)) ++n;
        return n;
    };
    EXPECT_EQ(count("<path class=\"line"), 2u);
    EXPECT_EQ(count("<path class=\"band"), 1u);
    EXPECT_EQ(count("nan"), 0u);
    EXPECT_EQ(count("(µJ)"), 1u);
    EXPECT_EQ(count("t &lt;1&gt;"), 1u);
    const std::size_t d = svg.find(" d=\"", svg.find("line c0"));
    const std::string path = svg.substr(d + 4, svg.find('"', d + 4) - d - 4);
    EXPECT_EQ(std::count(path.begin(), path.end(), 'M'), 2) << path;
    chart.views[0].series[0].y.pop_back();
    EXPECT_THROW(render_svg(chart), DataError);
    chart.views.clear();
    EXPECT_THROW(render_svg(chart), DataError);
}

TEST(Bars, ManyComponentsFoldAndGiantBarsAreBroken) {
    RunData run = run_with("a", "seed 1", {1, 1});
    for (int i = 0; i < 12; ++i)
        run.hardware.accounts.push_back({"generator", "dense1", "update", "part" + std::to_string(i), 1, 1e-6 * (12 - i), 0});
    ReportInput input;
    input.runs = {run};
    std::string html = render_html(input);
    EXPECT_NE(html.find(">other</li>"), std::string::npos);
    EXPECT_EQ(html.find(">part11</li>"), std::string::npos);
    EXPECT_NE(html.find("78\u202fµJ"), std::string::npos) << "folding keeps the sum";
    EXPECT_EQ(html.find("Broken bars"), std::string::npos);
    input.runs[0].hardware.accounts.push_back({"noise", "array", "latents", "pulse", 1, 76, 0});
    html = render_html(input);
    EXPECT_NE(html.find("Broken bars"), std::string::npos);
    EXPECT_NE(html.find("class=\"bar cut\""), std::string::npos);
}

TEST(Quality, OneEvaluatedRoundMakesNoCurve) {
    RunData run = run_with("a", "seed 1", {1, 1});
    run.quality = {{"round", "coverage"}, {{300}, {0.8}}};
    std::vector<RunData> runs = {run};
    EXPECT_TRUE(quality_charts(groups_of(runs)).empty());
    runs[0].quality = {{"round", "coverage"}, {{0, 2}, {0.1, 0.8}}};
    const auto charts = quality_charts(groups_of(runs));
    ASSERT_EQ(charts.size(), 1u);
    ASSERT_EQ(charts[0].views.size(), 2u);
    EXPECT_EQ(charts[0].views[1].x_unit, "J");
    EXPECT_EQ(charts[0].views[1].series[0].x, (std::vector<double>{0, 3e-6}));
}

const std::string one_pixel_png(
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDAT\x78\x9c\x63\x60\0\0\0\2\0\1\x48\xaf\xa4\x71\0\0"
    "\0\0IEND\xae\x42\x60\x82",
    67);

ReportInput full_input() {
    ReportInput input;
    input.title = "Published <results> & ours";
    input.intro = "One plain sentence.";
    for (int seed = 1; seed <= 2; ++seed) {
        RunData run = run_with("trng", "seed " + std::to_string(seed), {1, 0.5, 0.4, 0.3});
        run.summary.numbers = {{"classifier_accuracy", 0.98},
                               {"coverage", 0.2 * seed},
                               {"mean_pairwise_distance", 8.0},
                               {"mean_pairwise_distance_real", 16.0},
                               {"update_energy_J", 10e-6},
                               {"rounds", 4},
                               {"cells_used", 1000}};
        run.summary.collapsed = seed == 2;
        run.summary.collapsed_reason = "pairwise distance is half of the real images'";
        run.hardware.accounts = {{"generator", "dense1", "update", "set", 10, 4e-6, 1e-6},
                                 {"generator", "dense1", "update", "reset", 20, 6e-6, 1e-6}};
        run.hardware.area = {{"cells", 7.9626e-8, 221184}, {"adc", 1e-8, 54}};
        run.hardware.assumptions = {{"device.v_set", "0.8", "V", "the paper", "published", 0.8},
                                    {"noise.kind", "trng", "", "a choice", "assumed", {}}};
        run.run_toml = "[train]\nbatch = 608  # default\n";
        run.environment = {{"cpu", "x"}};
        run.log_text = "</script><script>alert(1)</script>\n";
        input.runs.push_back(run);
    }
    input.comparison = {{"Cumulative energy", 48.34e-6, {50e-6, 52e-6}, "J", "Booking decides.", "", "fig. 10", "trng"},
                        {"Accuracy", {}, {0.98}, "", "The paper prints a curve only.", "highest of four", "", ""}};
    Chart chart{
        "Sweep", "A caption.", {{"", "set voltage", "V", "accuracy", "", {{"d2d off", {0.7, 0.8}, {0.9, 0.95}, {}, {}, -1, false}}, false}},
        false,   false,        false,
        {},      {},           {},
        {}};
    input.findings = {{"Balance decides",
                       "First *point*.\n\nSecond.",
                       {chart, HeatTable{"Heat",
                                         "Coverage by start and noise.",
                                         "start",
                                         "noise",
                                         "",
                                         {"low", "high"},
                                         {"prng", "trng"},
                                         {0.1, 0.9, nan, 0.5},
                                         {},
                                         {}}}}};
    input.figures = {
        chart, Gallery{"Digits", "Final images.", {{"digit 0", "", one_pixel_png}, {"digit 1", "", one_pixel_png}}},
        TextTable{"Facts", "Plain table.", {"what", "value"}, {{"a", "1"}}},
        WordTable{"Answers",
                  "Word and colour.",
                  "reading",
                  {"claim"},
                  {{"first", {{WordTable::Tone::good, "yes", "0.99 <of> 1"}}}, {"second", {{WordTable::Tone::bad, "no", ""}}}}}};
    input.reproduce_commands = {"ganbar reproduce satyam2022 --seeds 3"};
    input.real_images = {"real images", "", one_pixel_png};
    return input;
}

TEST(Html, HoldsEverythingItWasGiven) {
    const std::string html = render_html(full_input());
    for (const char* text : {"Published &lt;results&gt; &amp; ours",
                             "1 of 2 collapsed",
                             "seed 2: pairwise distance is half",
                             "48.34\u202fµJ",
                             "51\u202fµJ",
                             "1.06",
                             "Balance decides",
                             "<em>point</em>",
                             "Coverage by start and noise.",
                             "digit 1",
                             "Plain table.",
                             "chip good\">yes</span><span class=\"range\">0.99 &lt;of&gt; 1</span>",
                             "chip bad\">no</span>",
                             "ganbar reproduce satyam2022 --seeds 3",
                             "device.v_set",
                             "800\u202fmV",
                             "0.0796\u202fmm²",
                             "real 16, 50 %",
                             "By layer and component",
                             "one per epoch"})
        EXPECT_NE(html.find(text), std::string::npos) << text;
    EXPECT_EQ(html.find("alert(1)</script>"), std::string::npos);
    EXPECT_EQ(html, render_html(full_input())) << "the same input gives the same bytes";
    std::ofstream(testing::TempDir() + "ganbar_report_full.html", std::ios::binary) << html;
}

TEST(Html, LoadsNothingFromOutside) {
    const std::string html = render_html(full_input());
    for (const char* text : {"http://", "https://", "src=\"/", "@import", "url(", "<link", "<iframe", "fetch(", "XMLHttpRequest"}) {
        std::size_t at = html.find(text);
        while (at != std::string::npos && html.compare(at, 26, "http://www.w3.org/2000/svg") == 0)
            at = html.find(text, at + 1);  // a name, not an address
        EXPECT_EQ(at, std::string::npos) << html.substr(at, 80);
    }
    EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
}

TEST(Html, PageOfNothingIsStillAPage) {
    const std::string html = render_html({});
    EXPECT_EQ(html.find("data-chart=\"1\""), std::string::npos);
    EXPECT_NE(html.find("</html>"), std::string::npos);
}

TEST(Html, MissingPictureAndWrongHeatTableAreFaults) {
    ReportInput input;
    input.figures = {Gallery{"g", "", {{"x", "/nowhere/x.png", ""}}}};
    EXPECT_THROW(render_html(input), DataError);
    input.figures = {WordTable{"w", "", "", {"b", "c"}, {{"a", {{}}}}}};
    EXPECT_THROW(render_html(input), DataError);
    input.figures = {HeatTable{"h", "", "", "", "", {"a"}, {"b", "c"}, {1.0}, {}, {}}};
    EXPECT_THROW(render_html(input), DataError);
}

TEST(WriteReport, NeverReplacesUnasked) {
    const std::string path = testing::TempDir() + "ganbar_write_report.html";
    std::filesystem::remove(path);
    ReportInput input;
    input.title = "one";
    write_report(input, path, false);
    EXPECT_THROW(write_report(input, path, false), ConfigError);
    input.title = "two";
    write_report(input, path, true);
    EXPECT_NE(read_file(path).find("<title>two</title>"), std::string::npos);
    EXPECT_THROW(write_report(input, testing::TempDir(), true), ConfigError);
    EXPECT_THROW(write_report(input, testing::TempDir() + "absent_folder/x.html", false), DataError);
    EXPECT_FALSE(std::filesystem::exists(path + ".part"));
}

}  // namespace
}  // namespace ganbar::report
