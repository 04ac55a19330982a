// The charts every report has, from metrics.csv, quality.csv and the conductance histogram. One variant: its columns share axes;
// several variants: one chart per column, a curve per variant.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "ganbar/core/error.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/group_runs.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {
namespace {

struct Column {
    const char* name;
    const char* label;
    const char* caption;  ///< where the column has a chart of its own
};
struct Panel {
    const char* title;
    const char* axis;
    const char* caption;
    std::vector<Column> columns;
    bool log_y = false, from_zero = false, skip_zero = false;  ///< skip_zero: leave out curves that never leave zero
    bool log_together = false;  ///< logarithmic where the columns share axes: they differ by orders of magnitude
    std::optional<double> y_lo, y_hi;
};

ChartView view_of(const std::string& axis, const std::string& unit, std::vector<Series> series) {
    return {"by round", "weight-update round", "", axis, unit, std::move(series), false};
}

/// The chart with a second view over cumulative update energy, where it is recorded.
void add_energy_view(Chart& chart, const std::vector<Group>& groups, const std::vector<std::size_t>& group_of_series) {
    ChartView view = chart.views.front();
    view.name = "by energy";
    view.x_label = "cumulative update energy";
    view.x_unit = "J";
    for (std::size_t i = 0; i < view.series.size(); ++i) view.series[i] = over_energy(groups[group_of_series[i]], view.series[i]);
    std::erase_if(view.series, [](const Series& s) { return s.x.empty(); });
    if (!view.series.empty()) chart.views.push_back(std::move(view));
}

Chart empty_chart(const Panel& panel, const std::string& title, const std::string& caption) {
    Chart chart;
    chart.title = title;
    chart.caption = caption;
    chart.log_y = panel.log_y;
    chart.from_zero = panel.from_zero;
    chart.y_lo = panel.y_lo;
    chart.y_hi = panel.y_hi;
    return chart;
}

/// One evaluated round makes no curve; the verdict shows its numbers.
bool is_shown(const Series& s, const Panel& panel) {
    return s.x.size() > 1 && !(panel.skip_zero && std::all_of(s.y.begin(), s.y.end(), [](double v) { return v == 0; }));
}

std::string thinning_note(const Group& group, TableOf table, const Series& shown) {
    const std::size_t n = (group.runs.front()->*table).n_rows();
    return n > shown.x.size() + 1 ? fmt::format(" Each point averages {} rounds; its band reaches from the lowest to the highest.",
                                                (n + shown.x.size() - 1) / shown.x.size())
                                  : "";
}

/// All columns of one variant on common axes.
std::vector<Chart> joint_chart(const Group& group, TableOf table, const Panel& panel, bool energy_view) {
    std::vector<Series> series;
    for (const auto& column : panel.columns) {
        Series s = group_series(group, table, column.name);
        if (!is_shown(s, panel)) continue;
        s.name = column.label;
        s.colour = static_cast<int>(series.size());
        series.push_back(std::move(s));
    }
    if (series.empty()) return {};
    Chart chart = empty_chart(panel, panel.title, panel.caption);
    chart.log_y = panel.log_y || (panel.log_together && series.size() > 1);
    chart.caption += thinning_note(group, table, series.front());
    const std::size_t n = series.size();
    chart.views.push_back(view_of(panel.axis, unit_of_key(panel.columns.front().name), std::move(series)));
    if (energy_view) add_energy_view(chart, {group}, std::vector<std::size_t>(n, 0));
    return {chart};
}

/// One chart per column, one curve per variant.
std::vector<Chart> split_charts(const std::vector<Group>& groups, TableOf table, const Panel& panel, bool energy_view) {
    std::vector<Chart> charts;
    for (const auto& column : panel.columns) {
        std::vector<Series> series;
        std::vector<std::size_t> origin;
        for (std::size_t g = 0; g < groups.size(); ++g) {
            series.push_back(group_series(groups[g], table, column.name));
            if (!is_shown(series.back(), panel)) series.pop_back();
            else origin.push_back(g);
        }
        if (series.empty()) continue;
        const bool alone = panel.columns.size() == 1;
        std::string title = alone ? panel.title : column.label;
        title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
        Chart chart = empty_chart(panel, title, *column.caption ? column.caption : panel.caption);
        chart.caption += thinning_note(groups[origin.front()], table, series.front());
        chart.views.push_back(view_of(alone ? panel.axis : column.label, unit_of_key(column.name), std::move(series)));
        if (energy_view) add_energy_view(chart, groups, origin);
        charts.push_back(std::move(chart));
    }
    return charts;
}

std::vector<Chart> panel_charts(const std::vector<Group>& groups, TableOf table, const Panel& panel, bool energy_view) {
    return groups.size() == 1 ? joint_chart(groups.front(), table, panel, energy_view) : split_charts(groups, table, panel, energy_view);
}

const std::vector<Panel>& training_panels() {
    static const std::vector<Panel> panels = {
        {"Losses",
         "loss",
         "Per weight-update round: {loss}.",
         {{"loss_d", "discriminator loss", "Of the discriminator over real and generated images: {loss}."},
          {"loss_g", "generator loss", "Of the generator; it rises when the discriminator sees through its images: {loss}."}},
         false,
         true,
         false,
         false,
         {},
         {}},
        {"What the discriminator believes",
         "mean probability of “real”",
         "Mean output of the discriminator; 0.5 on both means it cannot tell them apart.",
         {{"p_real", "belief in real images", "Mean output of the discriminator on real images."},
          {"p_fake", "belief in generated images",
           "Mean output of the discriminator on generated images; 0.5 here and on real ones means it cannot tell them apart."}},
         false,
         false,
         false,
         false,
         0.0,
         1.0}};
    return panels;
}

const std::vector<Panel>& energy_panels() {
    static const std::vector<Panel> panels = {
        {"Energy of one round's weight updates",
         "update energy per round",
         "Sum of V²·G·t over the pulses of a round, both networks.",
         {{"update_energy_J", "weight updates", ""}},
         false,
         false,
         true,
         false,
         {},
         {}},
        {"Cumulative energy",
         "cumulative energy",
         "Energy spent since the first round, by what it was spent on.",
         {{"cumulative_update_energy_J", "cumulative update energy", "Energy of all weight updates since the first round."},
          {"read_energy_J", "cumulative read energy", "Energy of the cells in all forward and backward reads."},
          {"converter_energy_J", "cumulative converter energy", "Energy of all conversions to and from voltages."},
          {"noise_energy_J", "cumulative noise energy", "Energy of making the generator's random input."},
          {"digital_energy_J", "cumulative digital energy", "Energy of passes computed digitally beside the cells."},
          {"amplifier_energy_J", "cumulative amplifier energy", "Energy of the analog circuits between crossbars."},
          {"training_energy_J", "all of training", "The sum of the others: every account of training is in one of them."}},
         false,
         true,
         true,
         true,
         {},
         {}},
        {"Pulses per round",
         "pulses",
         "Set pulses raise a conductance, reset pulses lower it.",
         {{"pulses_set", "set pulses per round", "Pulses that raise a conductance."},
          {"pulses_reset", "reset pulses per round", "Pulses that lower a conductance."}},
         false,
         true,
         true,
         false,
         {},
         {}}};
    return panels;
}

const std::vector<Panel>& quality_panels() {
    static const std::vector<Panel> panels = {
        {"Classifier",
         "share",
         "Share of generated images classified as wanted, and the classifier's mean confidence. High values alone prove little: a "
         "collapsed generator reaches them too.",
         {{"classifier_accuracy", "classifier accuracy",
           "Share of generated images classified as wanted. To be read with coverage: a collapsed generator scores high too."},
          {"classifier_confidence", "classifier confidence", "How sure the classifier is of its label, on average."}},
         false,
         false,
         false,
         false,
         {},
         1.0},
        {"Diversity and fidelity",
         "value",
         "Precision and density: do generated images look real? Recall and coverage: is the variety of the real images reached?",
         {{"coverage", "coverage", "Share of real images with a generated one nearby: is their variety reached?"},
          {"recall", "recall", "Share of real images inside the region the generated ones span."},
          {"precision", "precision", "Share of generated images inside the region the real ones span: do they look real?"},
          {"density", "density", "How densely generated images lie where real ones do; real against real gives about 1."}},
         false,
         true,
         false,
         false,
         {},
         {}},
        {"Fréchet distance",
         "Fréchet distance",
         "Between own features of generated and test images; lower is better.",
         {{"frechet_distance", "Fréchet distance", ""}},
         true,
         false,
         false,
         false,
         {},
         {}},
        {"Mean pairwise distance",
         "mean pairwise distance",
         "Mean pixel distance between generated images; a collapsed generator falls far below the real images.",
         {{"mean_pairwise_distance", "mean pairwise distance", ""}},
         false,
         true,
         false,
         false,
         {},
         {}}};
    return panels;
}

std::vector<Chart> charts_of(const std::vector<Group>& groups, TableOf table, const std::vector<Panel>& panels, bool energy_view) {
    std::vector<Chart> charts;
    for (const auto& panel : panels)
        for (auto& chart : panel_charts(groups, table, panel, energy_view)) charts.push_back(std::move(chart));
    return charts;
}

struct LayerHistogram {
    std::vector<double> edges;                          ///< ascending left edges, then the last right edge
    std::map<std::int64_t, std::vector<double>> share;  ///< by round: per cent of the layer's cells in each bin
};

std::map<std::string, LayerHistogram> histograms_of(const RunData& run) {
    std::map<std::string, std::map<std::int64_t, std::map<double, const HistogramBin*>>> sorted;
    for (const auto& bin : run.histogram) sorted[bin.layer][bin.round][bin.lo_S] = &bin;
    std::map<std::string, LayerHistogram> out;
    for (const auto& [layer, rounds] : sorted) {
        LayerHistogram& h = out[layer];
        std::set<double> edges;
        for (const auto& [round, bins] : rounds)
            for (const auto& [lo, bin] : bins) edges.insert({bin->lo_S, bin->hi_S});
        const double width = *edges.rbegin() - *edges.begin();
        for (const double edge : edges)  // the end of one bin and the start of the next may differ in the last digit
            if (h.edges.empty() || edge - h.edges.back() > 1e-6 * width) h.edges.push_back(edge);
        for (const auto& [round, bins] : rounds) {
            double total = 0;
            for (const auto& [lo, bin] : bins) total += bin->count;
            auto& share = h.share[round];
            share.assign(h.edges.size(), 0);
            for (const auto& [lo, bin] : bins) {
                const auto at = std::upper_bound(h.edges.begin(), h.edges.end(), lo + 1e-6 * width) - h.edges.begin() - 1;
                if (total > 0) share[static_cast<std::size_t>(at)] += 100 * bin->count / total;
            }
        }
    }
    return out;
}

/// The newest recorded values at or before `round`; zeros before the first.
std::vector<double> share_at(const LayerHistogram& h, std::int64_t round) {
    const auto after = h.share.upper_bound(round);
    return after == h.share.begin() ? std::vector<double>(h.edges.size(), 0) : std::prev(after)->second;
}

}  // namespace

/// The loss in use in words, for captions; the name itself where there are no words, several where the variants differ.
static std::string loss_text(const std::vector<Group>& groups) {
    static const std::map<std::string, std::string> words = {
        {"non_saturating", "binary cross-entropy, the generator's non-saturating form"},
        {"minimax", "binary cross-entropy, the generator's in its minimax form"},
        {"wasserstein", "difference of mean scores (Wasserstein)"},
        {"hinge", "hinge loss of the scores"},
        {"least_squares", "squared distance of the scores from their targets (least squares)"}};
    std::vector<std::string> texts;
    for (const auto& group : groups) {
        const auto settings = settings_of(group.runs.front()->run_toml);
        const auto at = settings.find("train.loss");
        std::string name = at == settings.end() ? "" : at->second;
        std::erase(name, '"');
        const std::string text = name.empty() ? "as recorded in metrics.csv" : words.contains(name) ? words.at(name) : name;
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
    }
    return texts.size() == 1 ? texts[0] : "not the same in all variants (" + join(texts, "; ") + "), so the curves do not compare";
}

std::vector<Chart> training_charts(const std::vector<Group>& groups) {
    auto charts = charts_of(groups, &RunData::metrics, training_panels(), false);
    const std::string mark = "{loss}";
    for (auto& chart : charts)
        if (const auto at = chart.caption.find(mark); at != std::string::npos) chart.caption.replace(at, mark.size(), loss_text(groups));
    return charts;
}

std::vector<Chart> energy_charts(const std::vector<Group>& groups) { return charts_of(groups, &RunData::metrics, energy_panels(), false); }

std::vector<Chart> quality_charts(const std::vector<Group>& groups) {
    auto charts = charts_of(groups, &RunData::quality, quality_panels(), true);
    const Spread real = summary_spread(groups.front(), "mean_pairwise_distance_real");
    for (auto& chart : charts)
        if (chart.title == "Mean pairwise distance" && real.n > 0) chart.references.push_back({"real images", real.mean});
    return charts;
}

std::vector<Chart> other_charts(const std::vector<Group>& groups) {
    std::set<std::string> shown = {"round", "epoch"};
    for (const auto* panels : {&training_panels(), &energy_panels()})
        for (const auto& panel : *panels)
            for (const auto& column : panel.columns) shown.insert(column.name);
    std::vector<Chart> charts;
    for (const auto& group : groups)
        for (const auto* run : group.runs)
            for (const auto& column : run->metrics.columns) {
                if (!shown.insert(column).second) continue;
                const std::string label = label_of_key(column);
                const Panel panel{label.c_str(),
                                  label.c_str(),
                                  "As recorded in metrics.csv.",
                                  {{column.c_str(), label.c_str(), ""}},
                                  false,
                                  false,
                                  true,
                                  false,
                                  {},
                                  {}};
                for (auto& chart : split_charts(groups, &RunData::metrics, panel, false)) charts.push_back(std::move(chart));
            }
    return charts;
}

std::vector<Chart> histogram_charts(const std::vector<Group>& groups) {
    std::map<std::string, std::vector<std::pair<const Group*, LayerHistogram>>> by_layer;
    std::set<std::int64_t> rounds;
    for (const auto& group : groups)
        for (auto& [layer, h] : histograms_of(*group.runs.front())) {
            for (const auto& [round, share] : h.share) rounds.insert(round);
            by_layer[layer].emplace_back(&group, std::move(h));
        }
    std::vector<Chart> charts;
    for (const auto& [layer, parts] : by_layer) {
        Chart chart;
        chart.title = "Conductance of " + layer;
        chart.caption = "Share of the layer's cells per conductance bin; follows the slider." +
                        std::string(groups.size() > 1 ? " First seed of each variant." : "");
        chart.steps = chart.from_zero = true;
        chart.views.push_back({"", "conductance", "S", "cells (%)", "", {}, false});
        for (const auto& [group, h] : parts)
            chart.views[0].series.push_back({group->name, h.edges, share_at(h, *rounds.rbegin()), {}, {}, group->slot, false});
        for (const std::int64_t round : rounds) {
            ChartFrame frame{round, {}};
            for (const auto& [group, h] : parts) frame.y.push_back(share_at(h, round));
            chart.frames.push_back(std::move(frame));
        }
        if (groups.size() == 1) {
            const auto& h = parts.front().second;
            chart.views[0].series.push_back(
                {fmt::format("at round {}", h.share.begin()->first), h.edges, h.share.begin()->second, {}, {}, 7, true});
            for (auto& frame : chart.frames) frame.y.push_back(h.share.begin()->second);
        }
        charts.push_back(std::move(chart));
    }
    return charts;
}

}  // namespace ganbar::report
