#include "ganbar/report/aggregate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "ganbar/report/group_runs.h"
#include "ganbar/report/html_text.h"
#include "ganbar/report/number_text.h"

namespace ganbar::report {
namespace {

/// Averages stretches of neighbouring points so that at most max_points remain; the band covers every point of its stretch.
Series thin(const Series& s, std::size_t max_points) {
    const std::size_t stride = (s.x.size() + max_points - 1) / max_points;
    if (stride <= 1) return s;
    Series out{s.name, {}, {}, {}, {}, s.colour, s.dashed};
    for (std::size_t begin = 0; begin < s.x.size(); begin += stride) {
        const std::size_t end = std::min(begin + stride, s.x.size());
        double x = 0, y = 0, lo = s.y[begin], hi = s.y[begin];
        for (std::size_t i = begin; i < end; ++i) {
            x += s.x[i];
            y += s.y[i];
            lo = std::min(lo, s.lo.empty() ? s.y[i] : s.lo[i]);
            hi = std::max(hi, s.hi.empty() ? s.y[i] : s.hi[i]);
        }
        const double n = static_cast<double>(end - begin);
        out.x.push_back(x / n);
        out.y.push_back(y / n);
        out.lo.push_back(lo);
        out.hi.push_back(hi);
    }
    return out;
}

}  // namespace

std::vector<Group> groups_of(const std::vector<RunData>& runs) {
    std::vector<Group> groups;
    for (const auto& run : runs) {
        auto at = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == run.group; });
        if (at == groups.end()) {
            groups.push_back({run.group, {}, static_cast<int>(groups.size()) % n_colours});
            at = groups.end() - 1;
        }
        at->runs.push_back(&run);
    }
    return groups;
}

Spread spread_of(const std::vector<double>& values) {
    Spread spread;
    for (const double v : values) {
        if (!std::isfinite(v)) continue;
        spread.lo = spread.n == 0 ? v : std::min(spread.lo, v);
        spread.hi = spread.n == 0 ? v : std::max(spread.hi, v);
        spread.mean += v;
        ++spread.n;
    }
    if (spread.n > 0) spread.mean /= spread.n;
    return spread;
}

/// What 95% of Student's t with n degrees of freedom lie within. At sqrt(n) tan(a) the density over the angle a goes as cos^(n-1), which
/// Simpson's rule sums.
static double student_95(int n) {
    constexpr int steps = 1000;
    const auto integral = [n](double to) {
        double sum = 0;
        for (int k = 0; k <= steps; ++k)
            sum += (k == 0 || k == steps ? 1 : k % 2 == 1 ? 4 : 2) * std::pow(std::max(0.0, std::cos(to * k / steps)), n - 1);
        return sum * to / (3 * steps);
    };
    double lo = 0, hi = std::acos(0.0);
    const double wanted = 0.95 * integral(hi);
    for (int k = 0; k < 40; ++k) {
        const double middle = 0.5 * (lo + hi);
        (integral(middle) < wanted ? lo : hi) = middle;
    }
    return std::sqrt(n) * std::tan(hi);
}

double half_width_95(const std::vector<double>& values) {
    const auto n = static_cast<double>(values.size());
    if (values.size() < 2 || std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); })) return 0;
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    return student_95(static_cast<int>(values.size()) - 1) * std::sqrt(squares / (n - 1) / n);
}

std::string spread_text(const Spread& s, const std::string& unit) {
    if (s.n == 0) return "–";
    const std::string mean = format_quantity(s.mean, unit);
    return s.n > 1 && s.lo != s.hi ? fmt::format("{} ({} to {})", mean, format_quantity(s.lo, unit), format_quantity(s.hi, unit)) : mean;
}

Spread summary_spread(const Group& group, const std::string& key) {
    std::vector<double> values;
    for (const auto* run : group.runs)
        if (const auto v = run->summary.number(key)) values.push_back(*v);
    return spread_of(values);
}

Spread total_spread(const Group& group, const std::string& key) {
    std::vector<double> values;
    for (const auto* run : group.runs)
        if (const auto total = run->hardware.total(key)) values.push_back(*total);
    return spread_of(values);
}

Series group_series(const Group& group, TableOf table, const std::string& column, std::size_t max_points) {
    std::map<double, std::vector<double>> by_round;
    for (const auto* run : group.runs) {
        const auto* rounds = (run->*table).find("round");
        const auto* values = (run->*table).find(column);
        if (!rounds || !values) continue;
        for (std::size_t i = 0; i < rounds->size(); ++i)
            if (std::isfinite((*rounds)[i]) && std::isfinite((*values)[i])) by_round[(*rounds)[i]].push_back((*values)[i]);
    }
    Series series{group.name, {}, {}, {}, {}, group.slot, false};
    for (const auto& [round, values] : by_round) {
        const Spread spread = spread_of(values);
        series.x.push_back(round);
        series.y.push_back(spread.mean);
        if (group.runs.size() > 1) series.lo.push_back(spread.lo), series.hi.push_back(spread.hi);
    }
    return thin(series, max_points);
}

Series over_energy(const Group& group, const Series& by_round, const std::string& column) {
    const Series energy = group_series(group, &RunData::metrics, column, static_cast<std::size_t>(-1) / 2);
    Series out = by_round;
    if (energy.x.empty() || energy.y.back() <= 0) return {};
    for (double& x : out.x) {
        const auto after = std::upper_bound(energy.x.begin(), energy.x.end(), x);
        x = after == energy.x.begin() ? 0 : energy.y[static_cast<std::size_t>(after - energy.x.begin()) - 1];
    }
    return out;
}

std::vector<Account> mean_accounts(const Group& group) {
    std::map<std::vector<std::string>, Account> sums;
    double n_runs = 0;
    for (const auto* run : group.runs) {
        n_runs += run->hardware.accounts.empty() ? 0 : 1;
        for (const auto& a : run->hardware.accounts) {
            Account& sum = sums[{a.network, a.layer, a.phase, a.component}];
            sum = {a.network, a.layer, a.phase, a.component, sum.n + a.n, sum.energy_J + a.energy_J, sum.busy_s + a.busy_s};
        }
    }
    std::vector<Account> means;
    for (auto& [path, a] : sums)
        means.push_back({a.network, a.layer, a.phase, a.component, a.n / n_runs, a.energy_J / n_runs, a.busy_s / n_runs});
    return means;
}

Booking energy_booking(const Group& group) {
    std::vector<double> every, sampled;
    for (const auto* run : group.runs) {
        const auto* energy = run->metrics.find("update_energy_J");
        const auto* epoch = run->metrics.find("epoch");
        if (!energy || !epoch || energy->empty()) continue;
        double all = 0, last_of_epochs = 0;
        const auto whole = static_cast<std::size_t>(std::count(epoch->begin(), epoch->end(), epoch->front()));
        std::size_t length = 0;
        for (std::size_t i = 0; i < energy->size(); ++i) {
            all += (*energy)[i];
            ++length;
            const bool last = i + 1 == energy->size() || (*epoch)[i + 1] != (*epoch)[i];
            if (last && length == whole) last_of_epochs += (*energy)[i];  // an epoch that the run cut short has no last update
            if (last) length = 0;
        }
        every.push_back(all);
        sampled.push_back(
            run->summary.number("update_energy_sampled_per_epoch_J").value_or(last_of_epochs));  // the run knows where an epoch ends
    }
    return {spread_of(every), spread_of(sampled)};
}

std::vector<SettingDifference> setting_differences(const std::vector<Group>& groups) {
    std::vector<std::map<std::string, std::string>> all;
    std::set<std::string> keys;
    for (const auto& group : groups) {
        all.push_back(settings_of(group.runs.front()->run_toml));
        for (const auto& [key, value] : all.back()) keys.insert(key);
    }
    std::vector<SettingDifference> differences;
    for (const auto& key : keys) {
        SettingDifference d{key, {}};
        for (const auto& settings : all) d.values.push_back(settings.count(key) ? settings.at(key) : "–");
        const bool same = std::all_of(d.values.begin(), d.values.end(), [&](const auto& v) { return v == d.values.front(); });
        if (!same) differences.push_back(std::move(d));
    }
    return differences;
}

}  // namespace ganbar::report
