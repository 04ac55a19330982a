#include "ganbar/exports/paper_figures.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "ganbar/report/html_text.h"

namespace ganbar::exports {
namespace {

using report::Account;

std::string slug(std::string title) {
    const std::string e_acute = "\u00e9";  // Fréchet
    for (std::size_t at; (at = title.find(e_acute)) != std::string::npos;) title.replace(at, e_acute.size(), "e");
    std::string out;
    for (const char c : title) {
        const auto u = static_cast<unsigned char>(c);
        if (std::isalnum(u) != 0) out += static_cast<char>(std::tolower(u));
        else if (c != '\'' && !out.empty() && out.back() != '-') out += '-';
    }
    while (!out.empty() && out.back() == '-') out.pop_back();
    return out;
}

/// Rows in the order of the accounts, parts by what they take; the least become "other" where there are more than colours.
Bars bars_of(const std::vector<Account>& accounts, std::string Account::*part) {
    std::map<std::string, double> total;
    std::vector<std::pair<std::string, std::map<std::string, double>>> rows;
    for (const auto& a : accounts) {
        const std::string name = a.layer.empty() ? a.network : a.network + " · " + a.layer;
        auto at = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.first == name; });
        if (at == rows.end()) at = rows.insert(rows.end(), {name, {}});
        at->second[a.*part] += a.energy_J, total[a.*part] += a.energy_J;
    }
    Bars out;
    for (const auto& [name, energy_J] : total)
        if (energy_J > 0) out.parts.push_back(name);
    std::stable_sort(out.parts.begin(), out.parts.end(), [&](const auto& a, const auto& b) { return total[a] > total[b]; });
    const std::size_t named = out.parts.size() > report::n_colours ? report::n_colours - 1 : out.parts.size();
    for (const auto& [name, parts] : rows) {
        Bars::Row row{name, std::vector<double>(named + (named < out.parts.size() ? 1 : 0), 0.0)};
        for (std::size_t i = 0; i < out.parts.size(); ++i)
            if (const auto at = parts.find(out.parts[i]); at != parts.end()) row.parts[std::min(i, named)] += at->second;
        if (std::any_of(row.parts.begin(), row.parts.end(), [](double v) { return v > 0; })) out.rows.push_back(std::move(row));
    }
    if (named < out.parts.size()) out.parts.resize(named), out.parts.push_back("other");
    for (auto& name : out.parts) std::replace(name.begin(), name.end(), '_', ' ');
    return out;
}

/// The window that the colours of a map span: that of the bins of its histograms, where all layers have the same.
std::optional<std::pair<double, double>> window_of(const report::RunData& run) {
    std::map<std::string, std::pair<double, double>> by_layer;
    for (const auto& bin : run.histogram) {
        const auto [at, fresh] = by_layer.try_emplace(bin.layer, bin.lo_S, bin.hi_S);
        if (!fresh) at->second = {std::min(at->second.first, bin.lo_S), std::max(at->second.second, bin.hi_S)};
    }
    if (by_layer.empty()) return std::nullopt;
    const auto [lo, hi] = by_layer.begin()->second;
    for (const auto& [layer, window] : by_layer)
        if (std::abs(window.first - lo) + std::abs(window.second - hi) > 1e-6 * hi) return std::nullopt;
    return std::pair{lo, hi};
}

/// Needs two rounds or more that were judged and have a picture: a mark is a measurement.
std::optional<ShotsAlong> images_against_energy(const report::Group& group) {
    const report::Series judged = report::group_series(group, &report::RunData::quality, "frechet_distance");
    report::Series curve = report::over_energy(group, judged, "training_energy_J");
    if (curve.x.empty()) return std::nullopt;
    ShotsAlong out;
    for (const auto& shot : group.runs.front()->samples) {
        const auto at = std::find(judged.x.begin(), judged.x.end(), static_cast<double>(shot.round));
        const auto i = static_cast<std::size_t>(at - judged.x.begin());
        if (at != judged.x.end() && curve.x[i] > 0) out.shots.push_back({shot, curve.x[i], curve.y[i]});
    }
    if (out.shots.size() < 2) return std::nullopt;
    const bool wide = curve.x.front() > 0 && curve.x.back() > 20 * curve.x.front();
    const auto [least, most] = std::minmax_element(curve.y.begin(), curve.y.end());
    out.curve.log_y = *least > 0 && *most > 5 * *least;
    out.curve.views.push_back({"", "energy of training", "J", "Fréchet distance", "", {std::move(curve)}, wide});
    return out;
}

}  // namespace

std::vector<PaperFigure> paper_figures(const report::RunData& run) {
    const std::vector<report::RunData> runs{run};
    const auto groups = report::groups_of(runs);
    std::vector<PaperFigure> out;
    const auto add = [&](const std::string& title, auto content) { out.push_back({slug(title), title, std::move(content)}); };
    if (!run.samples.empty()) add("Generated images", Shot{run.samples.back(), {}});
    if (auto along = images_against_energy(groups.front())) add("Images against energy", std::move(*along));
    if (!run.conductance.empty()) add("Conductance of every array", Shot{run.conductance.back(), window_of(run)});
    for (const auto& charts : {report::histogram_charts(groups), report::training_charts(groups), report::other_charts(groups),
                               report::quality_charts(groups), report::energy_charts(groups)})
        for (const auto& chart : charts) add(chart.title, chart);
    const auto accounts = report::mean_accounts(groups.front());
    for (const auto& [title, part] :
         {std::pair{"Energy by layer and component", &Account::component}, std::pair{"Energy by layer and phase", &Account::phase}})
        if (Bars bars = bars_of(accounts, part); !bars.rows.empty()) add(title, std::move(bars));
    return out;
}

}  // namespace ganbar::exports
