#include "ganbar/study/readings_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/report/number_text.h"

namespace ganbar::study {

using report::Chart;
using report::ChartView;
using report::Gallery;
using report::Series;
using report::TextTable;
using report::WordTable;

namespace {

constexpr std::size_t n_pictured = 4;  ///< best readings whose images and curves are shown

const Trace& trace_of(const SeedTraces& s, std::size_t variant) { return variant == 0 ? s.prng : variant == 1 ? s.trng : s.trng_d2d; }

/// Mean over seeds, with the range where there are several.
std::string spread(const std::vector<double>& values, int digits, double scale = 1) {
    double mean = 0;
    for (const double v : values) {
        if (std::isnan(v)) return "–";
        mean += scale * v / static_cast<double>(values.size());
    }
    const auto [lo, hi] = std::minmax_element(values.begin(), values.end());
    const std::string text = fmt::format("{:.{}f}", mean, digits), from = fmt::format("{:.{}f}", scale * *lo, digits),
                      to = fmt::format("{:.{}f}", scale * *hi, digits);
    return from == to ? text : fmt::format("{} ({} to {})", text, from, to);
}

std::vector<double> over_seeds(const ReadingResult& r, std::size_t claim, std::size_t value) {
    std::vector<double> out;
    for (const auto& score : r.scores) out.push_back(score[claim].values[value]);
    return out;
}
double mean_of(const std::vector<double>& v) { return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size()); }

/// The numbers of a claim in a few characters.
std::string note(const ReadingResult& r, std::size_t c) {
    const auto at = [&](std::size_t value) { return mean_of(over_seeds(r, c, value)); };
    const std::string& key = claims()[c].key;
    if (key == "images") return fmt::format("accuracy {:.2f}, Frechet {:.0f} at worst", at(0), at(1));
    if (key == "one_epoch" || key == "true_random") return fmt::format("{:.2f} pseudo; {:.2f}, {:.2f} true", at(0), at(1), at(2));
    if (key == "near_software") return fmt::format("{:.2f}, {:.2f} against {:.2f}", at(1), at(2), at(0));
    if (key == "variation_lowers") return fmt::format("{:.2f} with, {:.2f} without", at(1), at(0));
    if (key == "holds") return fmt::format("{:.2f} lost", at(0));
    if (key == "prng_rises" || key == "trng_falls")
        return std::isnan(at(0)) ? fmt::format("x {:.2f} in all", at(1))
                                 : fmt::format("x {:.2f} by round 20, x {:.2f} in all", at(0), at(1));
    if (key == "energy_prng" || key == "energy_trng") return fmt::format("{:.1f} uJ", 1e6 * at(0));
    return fmt::format("x {:.3f}", at(0));
}

WordTable matrix(const std::vector<ReadingResult>& results) {
    WordTable t;
    t.title = "Readings and claims";
    t.caption =
        "Each cell: on how many seeds the claim is shown, and the mean of what it rests on. yes: on every seed; some: on some; no: on "
        "none. The energies are counted as the second column says: the booking nearest the paper's two numbers.";
    t.row_title = "reading";
    t.columns = {"energies counted", "claims"};
    for (const auto& c : claims()) t.columns.push_back(c.text + " (" + c.where + ")");
    for (const auto& r : results) {
        std::vector<WordTable::Word> cells{{WordTable::Tone::none, name_of(r.booking), r.reading.doc},
                                           {WordTable::Tone::none, fmt::format("{} of {}", r.n_shown(), claims().size()), ""}};
        for (std::size_t c = 0; c < claims().size(); ++c) {
            const auto [yes, known] = r.shown(c);
            WordTable::Word word{WordTable::Tone::none, "not known", ""};
            if (known > 0 && yes == known) word = {WordTable::Tone::good, "yes", note(r, c)};
            else if (known > 0 && yes == 0) word = {WordTable::Tone::bad, "no", note(r, c)};
            else if (known > 0) word = {WordTable::Tone::middle, fmt::format("some: {} of {}", yes, known), note(r, c)};
            cells.push_back(std::move(word));
        }
        t.rows.emplace_back(r.reading.name, std::move(cells));
    }
    return t;
}

Gallery images(const ReadingResult& r) {
    Gallery g;
    g.title = r.reading.name + ": " + r.reading.doc;
    g.caption = "Seed 1, each variant at the round of its least Frechet distance.";
    for (std::size_t v = 0; v < paper_variants().size(); ++v) {
        const Trace& t = trace_of(r.seeds[0], v);
        for (const auto& s : r.runs[v][0].samples)
            if (s.round == t.at[t.best()])
                g.pictures.push_back(
                    {fmt::format("{}, round {}: accuracy {:.2f}, coverage {:.2f}, Frechet {:.0f}", paper_variants()[v].label, s.round,
                                 t.accuracy[t.best()], t.coverage[t.best()], t.frechet[t.best()]),
                     s.path, ""});
    }
    return g;
}

/// Mean over seeds with the band from lowest to highest; `value` of a trace at position i.
template <class Value>
Series curve(const ReadingResult& r, std::size_t variant, const std::string& name, const std::vector<double>& x, const Value& value) {
    Series s;
    s.name = name, s.x = x;
    for (std::size_t i = 0; i < x.size(); ++i) {
        std::vector<double> v;
        for (const auto& seed : r.seeds) v.push_back(value(variant < 3 ? trace_of(seed, variant) : seed.software, i));
        s.y.push_back(mean_of(v)), s.lo.push_back(*std::min_element(v.begin(), v.end())),
            s.hi.push_back(*std::max_element(v.begin(), v.end()));
    }
    return s;
}

std::vector<double> rounds_of(const Trace& t) {
    std::vector<double> x(t.energy_J.size());
    std::iota(x.begin(), x.end(), 1.0);
    return x;
}

Chart energy_chart(const ReadingResult& r) {
    Chart chart;
    chart.title = r.reading.name + ": energy by batch (fig. 9)";
    chart.caption = "Of the updates, mean over seeds with the range.";
    ChartView view{"", "batch", "", "update energy", "J", {}, false};
    for (std::size_t v = 0; v < 3; ++v)
        view.series.push_back(curve(r, v, paper_variants()[v].label, rounds_of(r.seeds[0].prng),
                                    [](const Trace& t, std::size_t i) { return t.energy_J[i]; }));
    chart.views = {std::move(view)};
    return chart;
}

Chart accuracy_chart(const ReadingResult& r) {
    Chart chart;
    chart.title = r.reading.name + ": accuracy by batch (fig. 8)";
    chart.caption =
        "Accuracy of the project's own classifier, mean over seeds with the range; the other view shows the Frechet distance, which also "
        "sees missing variety.";
    const std::vector<double> x(r.seeds[0].prng.at.begin(), r.seeds[0].prng.at.end());
    ChartView accuracy{"accuracy", "batch", "", "classifier accuracy", "", {}, false},
        frechet{"Frechet distance", "batch", "", "Frechet distance", "", {}, false};
    for (std::size_t v = 0; v < 4; ++v) {
        const std::string name = v < 3 ? paper_variants()[v].label : "software";
        accuracy.series.push_back(curve(r, v, name, x, [](const Trace& t, std::size_t i) { return t.accuracy[i]; }));
        frechet.series.push_back(curve(r, v, name, x, [](const Trace& t, std::size_t i) { return t.frechet[i]; }));
        accuracy.series.back().dashed = frechet.series.back().dashed = v == 3;
    }
    chart.views = {std::move(accuracy), std::move(frechet)};
    return chart;
}

TextTable energies(const std::vector<ReadingResult>& results) {
    TextTable t;
    t.title = "Energies under every booking";
    t.caption =
        "uJ, mean over seeds with the range, true random without variation beside pseudo-random; the paper: 52.06 and 48.34, \"until the "
        "GAN implementations converge to their optimal accuracy\".";
    t.columns = {"reading",     "20 rounds: pseudo-random",       "true random", "one update an epoch: pseudo-random",
                 "true random", "until converged: pseudo-random", "true random", "converged at round"};
    for (const auto& r : results) {
        std::vector<std::string> row{r.reading.name};
        for (const Booking b : bookings)
            for (std::size_t v = 0; v < 2; ++v) {
                std::vector<double> e;
                for (const auto& s : r.seeds) e.push_back(booked_J(trace_of(s, v), b));
                row.push_back(spread(e, 1, 1e6));
            }
        std::vector<double> at[2];
        for (const auto& s : r.seeds)
            for (std::size_t v = 0; v < 2; ++v) at[v].push_back(static_cast<double>(trace_of(s, v).at[trace_of(s, v).converged()]));
        row.push_back(spread(at[0], 0) + " and " + spread(at[1], 0));
        t.rows.push_back(std::move(row));
    }
    return t;
}

TextTable open_table() {
    TextTable t;
    t.title = "What the paper leaves open";
    t.columns = {"setting", "what the paper says", "readings tried"};
    for (const auto& p : open_points()) t.rows.push_back({p.setting, p.paper, p.tried});
    return t;
}

TextTable settings_table(const std::vector<ReadingResult>& results) {
    TextTable t;
    t.title = "Settings of the readings";
    t.caption = "Over the preset satyam2022-base with " + join(common_settings()) + ".";
    t.columns = {"reading", "settings", "variation", "rounds"};
    for (const auto& r : results)
        t.rows.push_back({r.reading.name, r.reading.sets.empty() ? "none" : join(r.reading.sets), r.reading.variation,
                          fmt::format("{}", r.reading.rounds)});
    return t;
}

TextTable rules_table() {
    TextTable t;
    t.title = "When a claim counts as shown";
    t.columns = {"claim", "in the paper", "rule, for each seed"};
    for (const auto& c : claims()) t.rows.push_back({c.text, c.where, c.rule});
    return t;
}

std::string best_text(const std::vector<ReadingResult>& results, const std::vector<std::size_t>& order) {
    std::string out;
    for (std::size_t k = 0; k < std::min(n_pictured, order.size()); ++k) {
        const auto& r = results[order[k]];
        std::string missing;
        for (std::size_t c = 0; c < claims().size(); ++c) {
            const auto [yes, known] = r.shown(c);
            if (known > 0 && yes < known)
                missing += (missing.empty() ? "" : "; ") + claims()[c].text + (yes > 0 ? fmt::format(" ({} of {} seeds)", yes, known) : "");
        }
        out += fmt::format("- `{}` ({}) shows {} of {} claims on every seed{}.\n", r.reading.name, r.reading.doc, r.n_shown(),
                           claims().size(), missing.empty() ? "" : "; not shown: " + missing);
    }
    return out;
}

bool every_seed(const ReadingResult& r, std::size_t claim) {
    const auto [yes, known] = r.shown(claim);
    return known > 0 && yes == known;
}

}  // namespace

std::vector<std::size_t> ranked(const std::vector<ReadingResult>& results) {
    std::vector<std::size_t> order(results.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (results[a].n_shown() != results[b].n_shown()) return results[a].n_shown() > results[b].n_shown();
        return mean_of(over_seeds(results[a], 0, 1)) < mean_of(over_seeds(results[b], 0, 1));
    });
    return order;
}

std::string what_none_gives(const std::vector<ReadingResult>& results) {
    const std::size_t n = claims().size();
    std::vector<bool> given(n), judged(n);
    for (std::size_t c = 0; c < n; ++c)
        for (const auto& r : results) given[c] = given[c] || every_seed(r, c), judged[c] = judged[c] || r.shown(c).second > 0;
    std::string alone, pairs;
    for (std::size_t c = 0; c < n; ++c)
        if (judged[c] && !given[c])
            alone += fmt::format("- No reading shows on every seed: {} ({}).\n", claims()[c].text, claims()[c].where);
    for (std::size_t c = 1; c < n; ++c)
        if (given[0] && given[c] &&
            std::none_of(results.begin(), results.end(), [&](const auto& r) { return every_seed(r, 0) && every_seed(r, c); }))
            pairs += fmt::format("- Some reading shows each of these, none both: {}; {}.\n", claims()[0].text, claims()[c].text);
    std::size_t most = 0;
    for (const auto& r : results) most = std::max(most, r.n_shown());
    return (alone.empty() ? "Each claim is shown by some reading on every seed.\n\n" : alone + "\n") + (pairs.empty() ? "" : pairs + "\n") +
           fmt::format("{}", most == n ? "There is a reading that shows all of them."
                                       : fmt::format("No reading shows all {} claims; the most is {}.", n, most));
}

report::ReportInput readings_page(const std::vector<ReadingResult>& results, const std::vector<report::RunData>& software,
                                  const ReadingPage& page) {
    const auto order = ranked(results);
    report::ReportInput input;
    const std::string dataset = software.front().summary.text("dataset");
    input.title = "satyam2022: which reading gives which claim";
    input.intro = fmt::format(
        "What the text of Satyam, Nikam and Sahay 2022 leaves open, filled in {} way{}; each reading trained as the paper's three crossbar "
        "GANs, {} seed{}, at the paper's own ±0.8 V and 100 ns, and every claim scored.",
        results.size(), results.size() == 1 ? "" : "s", page.n_seeds, page.n_seeds == 1 ? "" : "s");
    if (!are_papers_images(dataset))
        input.intro += fmt::format(" *Not the paper's images*: these runs learned {}, the paper MNIST's threes.", dataset);
    input.facts = {{"data", dataset},
                   {"trainings", fmt::format("{}", results.size() * paper_variants().size() * static_cast<std::size_t>(page.n_seeds) +
                                                       software.size())}};
    input.findings.push_back({"Readings and claims", best_text(results, order), {matrix(results)}});
    input.findings.push_back({"What no reading gives", what_none_gives(results), {}});
    report::Finding pictures{"Images of the best readings", "", {}}, curves{"Accuracy and energy by batch", "", {}};
    for (std::size_t k = 0; k < std::min(n_pictured, order.size()); ++k) {
        pictures.figures.push_back(images(results[order[k]]));
        curves.figures.push_back(accuracy_chart(results[order[k]]));
        curves.figures.push_back(energy_chart(results[order[k]]));
    }
    if (!software.front().samples.empty())
        pictures.figures.push_back(Gallery{
            "Software baseline", "Adam in the same rounds, seed 1, at the end.", {{"software", software.front().samples.back().path, ""}}});
    input.findings.push_back(std::move(pictures));
    input.findings.push_back(std::move(curves));
    input.findings.push_back({"Energies", "", {energies(results)}});
    input.findings.push_back({"The grid", "", {open_table(), settings_table(results), rules_table()}});
    input.reproduce_commands = {page.command};
    return input;
}

}  // namespace ganbar::study
