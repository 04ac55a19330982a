// The page's verdicts must follow from the numbers: invented results in, sentences out.
#include "ganbar/study/noise_report.h"

#include <gtest/gtest.h>

#include "ganbar/data/png.h"

namespace ganbar::study {
namespace {

SourceResult source(const std::string& label, double known, bool restarts_pass) {
    SourceResult s;
    s.label = label;
    s.made.n_bits = s.made.n_raw_bits = 1000;
    s.made.energy_J = 1e-3, s.made.time_s = 1e-3, s.made.area_m2 = 1e-9, s.made.selection_bits = 151;
    s.made.min_entropy_known_selection = known, s.made.repeat_probability = 1 - known / 2;
    s.tests = {{"frequency", "", {0.5}, {}, true}, {"runs", "", {0.4}, {}, true}, {"universal", "too short", {}, {}, false}};
    s.min_entropy = 0.8;
    s.chips.inter.mean = 0.5, s.chips.intra.mean = known / 2, s.chips.verdict = known < 0.2 ? "fingerprint: x" : "generator: x";
    s.restarts.result.valid = restarts_pass;
    const Bytes png = png_bytes(Image(2, 2, 1));
    s.picture_png.assign(png.begin(), png.end());
    return s;
}
std::vector<SourceResult> sources(double known, bool restarts_pass) {
    return {source("columns, as assumed", known, restarts_pass), source("columns, no offset", known, restarts_pass),
            source("columns, no offset, write variation 30%", 0.5, true)};
}
LatentResult latents(const std::string& from, const std::string& coding, const std::vector<double>& distance,
                     const std::vector<double>& update_J, double noise_J) {
    LatentResult l{from, coding, "", {}};
    for (std::size_t k = 0; k < distance.size(); ++k) {
        report::RunData run;
        run.summary.numbers = {{"frechet_distance", distance[k]},
                               {"coverage", 0.7},
                               {"classifier_accuracy", 0.98},
                               {"update_energy_J", update_J[k]},
                               {"noise_energy_J", noise_J}};
        run.quality = {{"round", "frechet_distance"}, {{1, 2}, {distance[k] + 10, distance[k]}}};
        run.metrics = {{"cumulative_update_energy_J"}, {{update_J[k] / 2, update_J[k]}}};
        l.runs.push_back(std::move(run));
    }
    return l;
}
std::string all_text(const report::ReportInput& input) {
    std::string out;
    for (const auto& f : input.findings) out += f.title + "\n" + f.text + "\n";
    return out;
}

TEST(NoiseReport, VerdictOnRandomnessFollowsTheEntropy) {
    const NoiseReportOptions o{"x.html", "runs", true, false};
    const std::string weak = all_text(compose_noise_report(o, sources(0.003, false), {}, {}, {})),
                      strong = all_text(compose_noise_report(o, sources(0.9, true), {}, {}, {}));
    EXPECT_NE(weak.find("*The claim does not hold under these parameters*"), std::string::npos);
    EXPECT_NE(weak.find("a fingerprint of the chip"), std::string::npos);
    EXPECT_NE(weak.find("selections fail the restart tests"), std::string::npos);
    EXPECT_NE(strong.find("*The claim holds under these parameters*"), std::string::npos);
    EXPECT_NE(strong.find("selections pass the restart tests"), std::string::npos);
    EXPECT_EQ(strong.find("a fingerprint of the chip"), std::string::npos);
    EXPECT_NE(weak.find("passes all 2 tests"), std::string::npos);
}

TEST(NoiseReport, AGeneratorIsOneByAllItsNumbers) {
    const auto verdict = [](double known, std::int64_t raw_per_bit, bool restarts_pass, const std::string& by_distance) {
        auto s = sources(known, restarts_pass);
        s[0].made.n_raw_bits = raw_per_bit * s[0].made.n_bits;
        s[0].chips.verdict = by_distance + ": x";
        const auto input = compose_noise_report({"x.html", "runs", true, false}, s, {}, {}, {});
        for (const auto& f : input.findings)
            for (const auto& figure : f.figures)
                if (const auto* t = std::get_if<report::TextTable>(&figure); t && t->title.starts_with("Other chips"))
                    return t->rows.at(0).at(4);
        return std::string("no table");
    };
    EXPECT_EQ(verdict(0.9, 1, true, "generator"), "generator");
    EXPECT_EQ(verdict(0.003, 4, false, "generator"), "fingerprint out of step");  // von Neumann behind the columns
    EXPECT_EQ(verdict(0.003, 4, true, "generator"), "fingerprint out of step");
    EXPECT_EQ(verdict(0.003, 400, true, "generator"), "generator");  // many raw bits behind each
    EXPECT_EQ(verdict(0.9, 1, false, "generator"), "repeats at restarts");
    EXPECT_EQ(verdict(0.003, 1, false, "fingerprint"), "fingerprint");
}

TEST(NoiseReport, OneStreamCallsOnlySmallPValuesAFailure) {
    auto s = sources(0.003, false);
    s[0].tests[0] = {"frequency", "", {1e-9}, {}, false};
    s[1].tests[1] = {"runs", "", {0.005}, {}, false};
    const std::string text = all_text(compose_noise_report({"x.html", "runs", true, false}, s, {}, {}, {}));
    EXPECT_NE(text.find("columns, as assumed: fails frequency."), std::string::npos);
    EXPECT_NE(text.find("columns, no offset: is below 0.01, as one test in a hundred is by chance, in runs."), std::string::npos);
}

std::string energy_text(double array_J, double noise_J, double zero_one_distance) {
    const std::vector<LatentResult> all = {
        latents("pseudo-random", "normal, full precision", {40, 42}, {700e-6, 720e-6}, 0),
        latents("pseudo-random", "bits, -1 and +1", {39, 41}, {array_J, array_J * 1.01}, 0),
        latents("columns, as assumed", "bits, -1 and +1", {38, 43}, {array_J, array_J * 1.01}, noise_J),
        latents("columns, as assumed", "bits, 0 and 1", {zero_one_distance, zero_one_distance}, {0.9 * array_J, 0.9 * array_J}, noise_J)};
    return all_text(compose_noise_report({"x.html", "runs"}, sources(0.003, false), {}, {}, all));
}

TEST(NoiseReport, VerdictOnEnergyCountsTheNoise) {
    const std::string dear = energy_text(600e-6, 38, 100), cheap = energy_text(600e-6, 1e-9, 40), same = energy_text(705e-6, 1e-9, 40);
    EXPECT_NE(dear.find("*The claim does not hold for the whole*"), std::string::npos);
    EXPECT_NE(dear.find("The array's seeds all lie below."), std::string::npos);
    EXPECT_NE(dear.find("0 and 1 is clearly worse"), std::string::npos);
    EXPECT_NE(dear.find("as 0 and 1 cost -10.4% against -1 and +1"), std::string::npos);
    EXPECT_NE(cheap.find("*The claim holds for the whole under these parameters.*"), std::string::npos);
    EXPECT_NE(cheap.find("make little difference"), std::string::npos);
    EXPECT_NE(same.find("The seeds overlap"), std::string::npos);
}

TEST(NoiseReport, PageRenders) {
    auto input = compose_noise_report(
        {"x.html", "runs", true, true, 1, 1, {"data.dataset=drawn"}}, sources(0.003, false),
        {{"thermal noise", "a=1", "a=1", 100, 0.9, 0.002, 0.99, 0.001}}, {{}, {}, {}},
        {latents("pseudo-random", "normal, full precision", {40}, {7e-4}, 0), latents("pseudo-random", "bits, -1 and +1", {39}, {7e-4}, 0),
         latents("columns, as assumed", "bits, -1 and +1", {38}, {7e-4}, 38)});
    EXPECT_NE(all_text(input).find("one seed each"), std::string::npos);
    EXPECT_NE(all_text(input).find("no spread to judge this by"), std::string::npos);
    const std::string html = report::render_html(input);
    EXPECT_NE(html.find("thermal noise"), std::string::npos);
    EXPECT_NE(html.find("data:image/png"), std::string::npos);
    EXPECT_NE(html.find("--quick --streams 1 --seeds 1 --set &quot;data.dataset=drawn&quot;"), std::string::npos);
}

}  // namespace
}  // namespace ganbar::study
