// The page of `ganbar noise report`: every sentence that judges is chosen by the numbers beside it.
#include "ganbar/study/noise_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/report/aggregate.h"
#include "ganbar/report/number_text.h"

namespace ganbar::study {

using report::Finding;
using report::format_number;
using report::format_quantity;
using report::HeatTable;
using report::Spread;
using report::spread_of;
using report::TextTable;

namespace {

std::string percent(double share, int digits = 2) { return fmt::format("{:.{}f} %", 100 * share, digits); }

const SourceResult* find_source(const std::vector<SourceResult>& sources, const std::string& label) {
    for (const auto& s : sources)
        if (s.label == label) return &s;
    return nullptr;
}
const LatentResult* find_latents(const std::vector<LatentResult>& latents, const std::string& source, const std::string& coding) {
    for (const auto& l : latents)
        if (l.source == source && l.coding == coding) return &l;
    return nullptr;
}
/// Chance that the smallest of k p-values of a good source is this small.
double sidak(const std::vector<double>& p) {
    return -std::expm1(static_cast<double>(p.size()) * std::log1p(-std::min(1 - 1e-16, *std::min_element(p.begin(), p.end()))));
}

/// Tests failed, in words. With one stream a good source fails one test in a hundred: only far smaller p-values count as a failure.
std::string failures(const SourceResult& s) {
    std::string failed, doubtful;
    for (const auto& t : s.tests) {
        if (t.pass || !t.skipped.empty()) continue;
        std::string& list = s.n_streams > 1 || sidak(t.p_values) < 1e-4 ? failed : doubtful;
        list += (list.empty() ? "" : ", ") + t.name;
    }
    if (failed.empty() && doubtful.empty()) return "";
    return (failed.empty() ? "" : "fails " + failed) + (failed.empty() || doubtful.empty() ? "" : "; ") +
           (doubtful.empty() ? "" : "is below 0.01, as one test in a hundred is by chance, in " + doubtful);
}

TextTable overview(const std::vector<SourceResult>& sources) {
    TextTable t;
    t.title = "Sources";
    t.caption =
        "Energy, time and area of the cells with their comparators and amplifiers; a generator that selects cells needs a source for the "
        "selection, which is not in it. "
        "The last two columns are of the raw bits, for an observer who knows the chip, what is selected, and the past.";
    t.columns = {"source",
                 "bits per second",
                 "energy a bit",
                 "area",
                 "bias",
                 "tests passed",
                 "SP 800-90B",
                 "selection bits a bit",
                 "min-entropy, selection known",
                 "repeats"};
    for (const auto& s : sources) {
        const auto n = static_cast<double>(s.made.n_bits);
        const std::string passed = fmt::format("{} of {}", s.n_passed(), s.n_run());
        if (s.is_control) t.rows.push_back({s.label, "–", "–", "–", "–", passed, fmt::format("{:.3f}", s.min_entropy), "–", "–", "–"});
        else
            t.rows.push_back({s.label, format_quantity(s.made.throughput_per_s(), ""), format_quantity(s.made.energy_J / n, "J"),
                              format_quantity(s.made.area_m2, "m2"), fmt::format("{:+.4f}", s.made.bias), passed,
                              fmt::format("{:.3f}", s.min_entropy),
                              fmt::format("{:.0f}", s.made.selection_bits * static_cast<double>(s.made.n_raw_bits) / n),
                              fmt::format("{:.4f}", s.made.min_entropy_known_selection), percent(s.made.repeat_probability)});
    }
    return t;
}

HeatTable p_value_table(const std::vector<SourceResult>& sources) {
    HeatTable h;
    const bool many = sources.front().n_streams > 1;
    h.title = many ? "Share of streams that pass" : "p-values";
    h.caption =
        many ? fmt::format(
                   "{} streams of 1,000,000 bits each; the lowest share among a test's p-values. A good source fails once in a hundred.",
                   sources.front().n_streams)
             : "One stream of 1,000,000 bits; of a test with several p-values the chance that its smallest is so small. Below 0.01 the "
               "test is failed.";
    h.row_title = "test", h.column_title = "source";
    h.lo = 0, h.hi = 1;
    for (const auto& s : sources) h.columns.push_back(s.label);
    for (std::size_t t = 0; t < sources.front().tests.size(); ++t) {
        h.rows.push_back(sources.front().tests[t].name);
        for (const auto& s : sources) {
            const auto& row = s.tests[t];
            if (!row.skipped.empty() || row.p_values.empty()) h.values.push_back(std::nan(""));
            else if (!many) h.values.push_back(sidak(row.p_values));
            else {
                double lowest = 1;
                for (const auto& v : row.verdicts)
                    lowest = std::min(lowest, static_cast<double>(v.n_pass) / static_cast<double>(v.n_streams));
                h.values.push_back(lowest);
            }
        }
    }
    return h;
}

/// In a few words, and never against the numbers beside it: a generator keeps its entropy from who knows the selection, and restarts anew.
std::string verdict_of(const SourceResult& s) {
    const std::string by_distance = s.chips.verdict.substr(0, s.chips.verdict.find(':'));
    if (by_distance != "generator") return by_distance;
    if (known_per_bit(s.made) < 0.1) return "fingerprint out of step";
    return s.restarts.result.valid ? by_distance : "repeats at restarts";
}

TextTable again_table(const std::vector<SourceResult>& sources) {
    TextTable t;
    t.title = "Other chips, the same chip again, restarts";
    t.caption =
        "Share of bits that differ between chips (same selection), between readings of a chip (same selection), and between selections; "
        "restart tests of SP 800-90B section 3.1.4 with the selection starting again. A generator gives other bits when read again, keeps "
        "0.1 bits of min-entropy and more from who knows the selection, and passes the restart tests; "
        "where post-processing drops bits, readings of a fingerprint fall out of step and differ all the same.";
    t.columns = {"source", "other chips", "read again", "other selection", "verdict", "restart tests", "rows", "columns", "largest count"};
    for (const auto& s : sources) {
        if (s.is_control) continue;
        const auto& r = s.restarts.result;
        t.rows.push_back({s.label, format_number(s.chips.inter.mean), format_number(s.chips.intra.mean),
                          format_number(s.chips.selection.mean), verdict_of(s), r.valid ? "passed" : "failed", format_number(r.row_entropy),
                          format_number(r.column_entropy), fmt::format("{} of at most {}", r.largest_count, r.cutoff)});
    }
    return t;
}

TextTable budget_table(const std::string& title, const std::vector<BudgetRow>& rows) {
    TextTable t;
    t.title = title;
    t.caption =
        "Min-entropy per bit: of the bits by their commonest value (who sees only the bits), and conditional on chip, selection and past. "
        "Repeats: the same chip and selection again. What is not named is off; where nothing is named, the defaults hold.";
    t.columns = {"what fluctuates", "bits alone", "all else known", "repeats", "settings"};
    for (const auto& r : rows)
        t.rows.push_back({r.cause, fmt::format("{:.3f}", r.outsider), fmt::format("{:.4f}", r.known_selection), percent(r.repeats),
                          r.on.empty() ? "–" : r.on});
    return t;
}

HeatTable latent_heat(const std::vector<LatentResult>& latents, const std::string& key, const std::string& title,
                      const std::string& caption, std::optional<double> lo, std::optional<double> hi) {
    HeatTable h;
    h.title = title, h.caption = caption, h.row_title = "source", h.column_title = "coding", h.lo = lo, h.hi = hi;
    for (const auto& l : latents) {
        if (std::find(h.rows.begin(), h.rows.end(), l.source) == h.rows.end()) h.rows.push_back(l.source);
        if (std::find(h.columns.begin(), h.columns.end(), l.coding) == h.columns.end()) h.columns.push_back(l.coding);
    }
    for (const auto& row : h.rows)
        for (const auto& column : h.columns) {
            const LatentResult* l = find_latents(latents, row, column);
            const Spread s = l != nullptr ? spread_of(l->values(key)) : Spread{};
            h.values.push_back(s.n > 0 ? s.mean : std::nan(""));
        }
    return h;
}

double target_of(const std::vector<LatentResult>& latents) {
    double target = 0;
    for (const auto& [source, coding] : std::vector<std::pair<std::string, std::string>>{
             {"pseudo-random", "normal, full precision"}, {"pseudo-random", "bits, -1 and +1"}, {"columns, as assumed", "bits, -1 and +1"}})
        if (const auto* l = find_latents(latents, source, coding))
            for (const double v : l->values("frechet_distance")) target = std::max(target, v);
    return target;
}

TextTable latent_table(const std::vector<LatentResult>& latents) {
    TextTable t;
    const double target = target_of(latents);
    t.title = "Latents and training";
    t.caption = fmt::format(
        "Mean over seeds, lowest to highest. Energy to quality: update energy at the first evaluation with a Fréchet distance of at most "
        "{}, where the seeds get there. Noise: of the array that makes the bits; a pseudo-random generator is not booked.",
        format_number(target));
    t.columns = {"source",
                 "coding",
                 "Fréchet distance",
                 "coverage",
                 "accuracy",
                 "update energy",
                 "energy to quality",
                 "noise energy",
                 "noise over updates"};
    for (const auto& l : latents) {
        const Spread update = spread_of(l.values("update_energy_J")), noise = spread_of(l.values("noise_energy_J")),
                     at = spread_of(l.energy_at(target));
        t.rows.push_back({l.source, l.coding, report::spread_text(spread_of(l.values("frechet_distance"))),
                          report::spread_text(spread_of(l.values("coverage"))),
                          report::spread_text(spread_of(l.values("classifier_accuracy"))), report::spread_text(update, "J"),
                          at.n == 0
                              ? "–"
                              : report::spread_text(at, "J") +
                                    (at.n < static_cast<int>(l.runs.size()) ? fmt::format(", {} of {} seeds", at.n, l.runs.size()) : ""),
                          noise.mean > 0 ? format_quantity(noise.mean, "J") : "–",
                          noise.mean > 0 && update.mean > 0 ? format_number(noise.mean / update.mean) : "–"});
    }
    return t;
}

Finding claim_random(const std::vector<SourceResult>& sources) {
    const auto &assumed = *find_source(sources, "columns, as assumed"), &fair = *find_source(sources, "columns, no offset"),
               &varied = *find_source(sources, "columns, no offset, write variation 30%");
    const auto tests = [](const SourceResult& s) {
        return s.n_passed() == s.n_run() ? fmt::format("passes all {} tests", s.n_run()) : failures(s);
    };
    const bool restart_fails = !fair.restarts.result.valid, known = fair.made.min_entropy_known_selection < 0.1,
               fingerprint = fair.chips.intra.mean < 0.1 && fair.chips.inter.mean > 0.4;
    std::string text = fmt::format(
        "satyam2022, first claim: the array makes *true random* noise. The paper gives no statistics. In simulation (nili2020 cells, 64 x "
        "64, 32 columns, 32 rows, 0.1 V, 100 ns, a write before every bit; all but the cell model assumed):\n\n"
        "- With a comparator offset of 0.1 mV spread over chips the generator {}; without offset it {}.\n"
        "- Who knows chip and selection can foretell all but {:.4f} bits of a bit; the same cells read again give the same bit in {} of "
        "the cases. {}\n"
        "- Each bit uses up about {:.0f} random bits for choosing its cells, and they must come from elsewhere.\n"
        "- Restarts with the same sequence of selections {} the restart tests of SP 800-90B.\n"
        "- Write variation of 30% of a step from cycle to cycle, which the cell model does not have, raises the {:.4f} bits to {:.3f}.\n\n",
        tests(assumed), tests(fair), fair.made.min_entropy_known_selection, percent(fair.made.repeat_probability),
        fingerprint ? "That is a fingerprint of the chip, not a generator." : "", fair.made.selection_bits, restart_fails ? "fail" : "pass",
        fair.made.min_entropy_known_selection, varied.made.min_entropy_known_selection);
    text += known ? "*The claim does not hold under these parameters* unless the selection is itself truly random: the array then passes "
                    "on the randomness of the selection and adds next to none."
                  : "*The claim holds under these parameters*: most of a bit cannot be foretold.";
    return {"Claim 1: true random noise from the array", text, {}};
}

Finding claim_energy(const std::vector<LatentResult>& latents) {
    const auto &array = *find_latents(latents, "columns, as assumed", "bits, -1 and +1"),
               &bits = *find_latents(latents, "pseudo-random", "bits, -1 and +1"),
               &normal = *find_latents(latents, "pseudo-random", "normal, full precision");
    const Spread a = spread_of(array.values("update_energy_J")), b = spread_of(bits.values("update_energy_J")),
                 n = spread_of(normal.values("update_energy_J")), noise = spread_of(array.values("noise_energy_J"));
    const double target = target_of(latents);
    const Spread at_a = spread_of(array.energy_at(target)), at_n = spread_of(normal.energy_at(target));
    const double saving = 1 - a.mean / n.mean, seeds = (std::max(a.hi, n.hi) - std::min(a.lo, n.lo)) / n.mean;
    const bool apart = a.hi < n.lo;
    std::string text = fmt::format(
        "satyam2022, third claim: true random noise saves training energy (fig. 10: 48.34 against 52.06 uJ, 7% less) and costs no "
        "accuracy. Over equal rounds the updates cost {} with bits of the array, {} with the same coding from a pseudo-random generator, "
        "{} with pseudo-random normal latents.\n\n",
        report::spread_text(a, "J"), report::spread_text(b, "J"), report::spread_text(n, "J"));
    text += fmt::format("- Array against normal latents: {:+.1f}% (all seeds of both lie within {:.1f}% of each other). {}\n",
                        -100 * saving, 100 * seeds,
                        a.n < 2 || n.n < 2 ? "One seed each: there is no spread to judge this by."
                        : apart            ? "The array's seeds all lie below."
                                           : "The seeds overlap: no saving that this many seeds can show.");
    const double own = 1 - a.mean / b.mean;
    text += fmt::format("- Array against pseudo-random bits of the same coding: {:+.1f}%. {}\n", -100 * own,
                        std::abs(own) < 0.01 ? "Where the bits come from makes no difference; only their coding could." : "");
    if (const auto* zero_one = find_latents(latents, "columns, as assumed", "bits, 0 and 1")) {
        const double coded = 1 - spread_of(zero_one->values("update_energy_J")).mean / a.mean;
        if (std::abs(coded) > 0.01)
            text += fmt::format(
                "- The coding makes a difference: bits of the array as 0 and 1 cost {:+.1f}% against -1 and +1, whatever that does to "
                "quality (below).\n",
                -100 * coded);
    }
    if (at_a.n > 0 && at_n.n > 0)
        text += fmt::format("- To a Fréchet distance of {}: {} with the array, {} with normal latents.\n", format_number(target),
                            report::spread_text(at_a, "J"), report::spread_text(at_n, "J"));
    text += fmt::format("- Making the bits with a write before each costs {}, {} times the updates.\n\n", format_quantity(noise.mean, "J"),
                        format_number(noise.mean / a.mean));
    text += noise.mean > std::max(0.0, n.mean - a.mean) ? "*The claim does not hold for the whole*: whatever the updates save, the bits "
                                                          "cost more. With cells written once the noise costs its reads only."
                                                        : "*The claim holds for the whole under these parameters.*";
    return {"Claim 3: noise that saves training energy", text, {}};
}

Finding claim_quality(const std::vector<LatentResult>& latents) {
    const auto fd = [&](const char* source, const char* coding) {
        const auto* l = find_latents(latents, source, coding);
        return l == nullptr ? Spread{} : spread_of(l->values("frechet_distance"));
    };
    const Spread array = fd("columns, as assumed", "bits, -1 and +1"), bits = fd("pseudo-random", "bits, -1 and +1"),
                 zero_one = fd("columns, as assumed", "bits, 0 and 1"), normal = fd("pseudo-random", "normal, full precision");
    const bool single = array.n < 2 || bits.n < 2, overlap = array.lo <= bits.hi && bits.lo <= array.hi;
    std::string text = fmt::format(
        "Fréchet distance at the end (lower is better): array bits as -1 and +1 {}, pseudo-random bits in the same coding {}, "
        "pseudo-random normal {}, array bits as 0 and 1 {}.\n\n",
        report::spread_text(array), report::spread_text(bits), report::spread_text(normal), report::spread_text(zero_one));
    if (single)
        text += fmt::format(
            "- Source: one seed each, {} against {}; seeds of one variant differ by a tenth and more, so this decides nothing.\n",
            report::spread_text(array), report::spread_text(bits));
    else
        text += overlap ? "- Source: bits of the array and pseudo-random bits of the same coding overlap; the network does not notice "
                          "where its bits come from.\n"
                        : fmt::format("- Source: array and pseudo-random bits of the same coding differ ({} against {}).\n",
                                      report::spread_text(array), report::spread_text(bits));
    if (zero_one.n > 0)
        text += zero_one.mean > 1.15 * array.mean   ? "- Coding: 0 and 1 is clearly worse than -1 and +1. The paper does not say which it "
                                                      "uses, so this choice decides more than the source of the bits.\n"
                : zero_one.mean < array.mean / 1.15 ? "- Coding: 0 and 1 is clearly better than -1 and +1 here.\n"
                                                    : "- Coding: 0 and 1 or -1 and +1 make little difference here.\n";
    double worst = 0, best = 1e300;
    std::string worst_name, best_name;
    for (const auto& l : latents) {
        const Spread s = spread_of(l.values("frechet_distance"));
        if (s.n == 0) continue;
        if (s.mean > worst) worst = s.mean, worst_name = l.source + ", " + l.coding;
        if (s.mean < best) best = s.mean, best_name = l.source + ", " + l.coding;
    }
    text += fmt::format("- Best of all: {} ({}); worst: {} ({}).\n", best_name, format_number(best), worst_name, format_number(worst));
    return {"What the GAN makes of it", text, {}};
}

}  // namespace

report::ReportInput compose_noise_report(const NoiseReportOptions& o, const std::vector<SourceResult>& sources,
                                         const std::vector<BudgetRow>& budget, const std::vector<std::vector<BudgetRow>>& other_budgets,
                                         const std::vector<LatentResult>& latents) {
    report::ReportInput input;
    input.title = "Random bits from memristors, and what a GAN does with them";
    input.intro = fmt::format(
        "Simulated sources of random bits, tested by NIST SP 800-22 and SP 800-90B, {} of 1,000,000 bits each{}. Every parameter of the "
        "circuits is an assumption unless its declaration names a source (`ganbar noise generate --help`, docs/noise.md).",
        sources.front().n_streams == 1 ? "one stream" : fmt::format("{} streams", sources.front().n_streams),
        o.quick ? "; quick settings" : "");
    input.findings.push_back(claim_random(sources));
    if (!latents.empty()) {
        input.findings.push_back(claim_energy(latents));
        Finding quality = claim_quality(latents);
        quality.figures.push_back(
            latent_heat(latents, "frechet_distance", "Fréchet distance", "Lower is better; mean over seeds.", std::nullopt, std::nullopt));
        quality.figures.push_back(latent_heat(latents, "coverage", "Coverage",
                                              "Share of real images with a generated one near; mean over seeds.", 0.0, std::nullopt));
        quality.figures.push_back(latent_table(latents));
        input.findings.push_back(std::move(quality));
    }
    Finding cost{"What bits cost and are worth",
                 "A source is judged by its bits alone (tests, SP 800-90B) and by what someone could foretell who knows the chip. Only the "
                 "second tells a generator from a scrambled fingerprint.",
                 {overview(sources)}};
    input.findings.push_back(std::move(cost));
    Finding tests{"Statistical tests", "", {p_value_table(sources)}};
    for (const auto& s : sources)
        if (const std::string failed = failures(s); !failed.empty()) tests.text += fmt::format("- {}: {}.\n", s.label, failed);
    if (tests.text.empty()) tests.text = "All sources pass all tests.";
    input.findings.push_back(std::move(tests));
    report::Gallery pictures{
        "Bits as pictures",
        "The first 16,384 bits of each source, row by row, ones light. The eye finds strong bias and short periods only.",
        {}};
    for (const auto& s : sources) pictures.pictures.push_back({s.label, "", s.picture_png});
    input.findings.push_back({"Bits as pictures", "", {pictures}});
    input.findings.push_back({"A generator or a fingerprint", "", {again_table(sources)}});
    Finding causes{"Entropy by cause",
                   "Each cause is switched on alone, then all together. 1/f noise, traps, shot noise and write variation are off in the "
                   "cell model and in the assumed generator; their sizes here are assumptions.",
                   {budget_table("Column comparator", budget)}};
    const std::vector<std::string> names = {"Telegraph noise sampled", "Cells switched with probability one half",
                                            "Thermal noise amplified"};
    for (std::size_t k = 0; k < other_budgets.size(); ++k) causes.figures.push_back(budget_table(names.at(k), other_budgets[k]));
    input.findings.push_back(std::move(causes));
    std::string command = "ganbar noise report -o noise.html";
    if (o.quick) command += " --quick";
    if (!o.train) command += " --no-training";
    command += fmt::format(" --streams {} --seeds {}", o.streams, o.seeds);
    for (const auto& s : o.sets) command += fmt::format(" --set \"{}\"", s);
    input.reproduce_commands = {command};
    return input;
}

}  // namespace ganbar::study
