#include "ganbar/fit/polarity.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ganbar/fit/smooth.h"

namespace ganbar::fit {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Nodes without data take the value of the nearest node with data.
void hold_ends(std::vector<double>& values, const std::vector<double>& weight) {
    const auto known = [&](std::size_t i) { return weight[i] > 0; };
    std::size_t lo = 0, hi = values.size() - 1;
    while (lo < hi && !known(lo)) ++lo;
    while (hi > lo && !known(hi)) --hi;
    for (std::size_t i = 0; i < lo; ++i) values[i] = values[lo];
    for (std::size_t i = hi + 1; i < values.size(); ++i) values[i] = values[hi];
}

}  // namespace

Bounds hard_bounds(const std::vector<StepGroup>& groups, std::size_t n_devices, double range_S) {
    const double still = 1e-6 * range_S, near = 10 * still;
    std::vector<double> least(n_devices, infinity), most(n_devices, -infinity);
    for (const auto& group : groups)
        for (const auto& s : group.steps)
            least[s.device] = std::min({least[s.device], s.g_S, s.g_S + s.dg_S}),
            most[s.device] = std::max({most[s.device], s.g_S, s.g_S + s.dg_S});
    Bounds out{std::vector<double>(n_devices, -infinity), std::vector<double>(n_devices, infinity)};
    std::vector<double> lows, highs;
    std::size_t inside = 0, ends = 0;  // where reads are coarse, devices seem to rest anywhere
    for (const auto& group : groups)
        for (const auto& s : group.steps) {
            if (std::abs(s.dg_S) > still) continue;
            if (most[s.device] - least[s.device] <= near) continue;  // never moved: which of its ends this is, others tell
            const bool low = s.g_S <= least[s.device] + near, high = s.g_S >= most[s.device] - near;
            if (low) out.lo_S[s.device] = least[s.device], lows.push_back(least[s.device]);
            if (high) out.hi_S[s.device] = most[s.device], highs.push_back(most[s.device]);
            low || high ? ++ends : ++inside;
        }
    if (inside > ends) return {std::vector<double>(n_devices, -infinity), std::vector<double>(n_devices, infinity)};
    std::sort(lows.begin(), lows.end()), std::sort(highs.begin(), highs.end());
    const auto among = [near](const std::vector<double>& sorted, double x) {
        const auto it = std::lower_bound(sorted.begin(), sorted.end(), x - near);
        return it != sorted.end() && *it <= x + near;
    };
    for (std::size_t d = 0; d < n_devices; ++d) {
        if (among(lows, least[d])) out.lo_S[d] = least[d];
        if (among(highs, most[d])) out.hi_S[d] = most[d];
    }
    return out;
}

Polarity::Polarity(std::vector<StepGroup*> groups, const std::vector<double>& nodes, const Bounds& bounds, double read_variance_S2)
    : groups_(std::move(groups)),
      nodes_(nodes),
      bounds_(bounds),
      read_variance_(read_variance_S2),
      sign_(groups_.front()->v_V > 0 ? 1 : -1),
      spread_(nodes.size(), 1.0),
      z_(bounds.lo_S.size(), 0.0),
      sums_(z_.size()) {
    for (const auto* group : groups_) outlier_.emplace_back(group->steps.size(), false);
}

void Polarity::fit() {
    const int least = 6, most = 60;  // where few devices reach a stretch of the window, m and r move along each other for long
    for (int round = 0; round < most; ++round) {
        leave_out_cut_steps();
        const auto before = curves_;
        solve_means();
        if (round >= least && largest_change(before) < 2e-4) break;
        solve_noise();
        if (round == 1 || round == 4) drop_outliers();
        solve_places();
        if (round >= 2) solve_spread();
    }
    solve_means(), solve_noise();
    sum_places();
    find_resting();
}

std::vector<DevicePlace> Polarity::places() const {
    const double start = spread_at(sign_ > 0 ? nodes_.front() : nodes_.back());
    std::vector<DevicePlace> out(z_.size());
    for (std::size_t d = 0; d < z_.size(); ++d) {
        if (sums_[d].under > 0) out[d] = {DevicePlace::Known::seen, sums_[d].over / sums_[d].under, 1 / sums_[d].under};
        else if (resting_[d] && start > 0) out[d] = {DevicePlace::Known::low, -1 / start, 0};
    }
    return out;
}

StepTable Polarity::table(double mean, double deviation, const std::vector<double>& expected) {
    const auto seen = std::count_if(sums_.begin(), sums_.end(), [](const Sums& s) { return s.under > 0; });
    if (seen >= 3) {
        z_ = expected;
        centre(mean, deviation > 0 ? deviation : 1);
    }
    if (seen < 3 || !(deviation > 0)) std::fill(spread_.begin(), spread_.end(), 0.0), std::fill(z_.begin(), z_.end(), 0.0);
    for (double& r : spread_) r = std::clamp(r, 0.0, 10.0);
    StepTable out;
    layout(out);
    return out;
}

/// z is larger for devices that are faster where steps are large.
void Polarity::orient() {
    double sum = 0;
    for (const auto& curve : curves_)
        for (std::size_t i = 0; i < nodes_.size(); ++i) sum += curve.mean[i] * spread_[i];
    if (sum >= 0) return;
    for (double& r : spread_) r = -r;
    for (double& z : z_) z = -z;
}

/// Of the means, over the largest.
double Polarity::largest_change(const std::vector<Curve>& before) const {
    double change = 0, largest = 0;
    for (std::size_t k = 0; k < curves_.size(); ++k)
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            change = std::max(change, std::abs(curves_[k].mean[i] - before[k].mean[i])), largest = std::max(largest, curves_[k].mean[i]);
    return change / std::max(largest, 1e-300);
}
double Polarity::mean_at(std::size_t group, double g) const { return at_nodes(nodes_, curves_[group].mean, g); }
double Polarity::spread_at(double g) const { return at_nodes(nodes_, spread_, g); }
double Polarity::noise_at(std::size_t group, double g) const {
    return variance_.empty() ? 0 : std::sqrt(at_nodes(nodes_, variance_[group], g));
}
double Polarity::precision(std::size_t group, double g) const {
    if (variance_.empty()) return 1;
    return 1 / at_nodes(nodes_, variance_[group], g);
}

/// A step that began so near to a bound that this may have cut it: by where it began alone.
void Polarity::leave_out_cut_steps() {
    for (std::size_t k = 0; k < groups_.size(); ++k)
        for (std::size_t i = 0; i < groups_[k]->steps.size(); ++i) {
            auto& s = groups_[k]->steps[i];
            const double step = curves_.empty() ? y(s) : mean_at(k, s.g_S) * factor(s), noise = noise_at(k, s.g_S), reach = 3.5 * noise;
            const double room = sign_ > 0 ? bounds_.hi_S[s.device] - s.g_S : s.g_S - bounds_.lo_S[s.device];
            const double behind = sign_ > 0 ? s.g_S - bounds_.lo_S[s.device] : bounds_.hi_S[s.device] - s.g_S;
            const double slack = 1e-5 * (nodes_.back() - nodes_.front());
            s.weight = outlier_[k][i] || room <= std::max(step + reach, slack) || behind < 2.5 * noise - step ? 0 : 1;
        }
}

void Polarity::solve_means() {
    std::vector<Curve> next;
    for (std::size_t k = 0; k < groups_.size(); ++k) {
        Smoother smoother(nodes_);
        for (const auto& s : groups_[k]->steps)
            if (s.weight > 0) smoother.add(s.g_S, y(s), factor(s), precision(k, s.g_S));
        auto mean = smoother.solve();
        hold_ends(mean, smoother.weight());
        for (double& m : mean) m = std::max(m, 0.0);
        next.push_back({std::move(mean), smoother.weight(), smoother.penalty()});
    }
    curves_ = std::move(next);
}

/// Variance about the curves by conductance, corrected for what was fitted to it.
void Polarity::solve_noise() {
    std::vector<bool> seen(z_.size());
    double n_all = 0;
    for (const auto* group : groups_)
        for (const auto& s : group->steps)
            if (s.weight > 0) seen[s.device] = true, n_all += 1;
    const auto fitted = static_cast<double>(std::count(seen.begin(), seen.end(), true) + 4);
    std::vector<std::vector<double>> next;
    for (std::size_t k = 0; k < groups_.size(); ++k) {
        Smoother smoother(nodes_);
        double mean = 0, n = 0;
        for (const auto& s : groups_[k]->steps) {
            if (s.weight == 0) continue;
            const double rest = y(s) - factor(s) * mean_at(k, s.g_S);
            smoother.add(s.g_S, rest * rest), mean += rest * rest, n += 1;
        }
        auto variance = smoother.solve(1e-3);
        hold_ends(variance, smoother.weight());
        mean = n > 0 && mean > 0 ? mean / n : 1e-30;
        const double free = n_all > 2 * fitted ? n_all / (n_all - fitted) : 2;
        for (double& v : variance) v = free * std::clamp(v, 0.02 * mean, 30 * mean);
        next.push_back(std::move(variance));
    }
    variance_ = std::move(next);
}

/// What the steps of each device say of its z by themselves.
void Polarity::sum_places() {
    std::fill(sums_.begin(), sums_.end(), Sums{});
    for (std::size_t k = 0; k < groups_.size(); ++k)
        for (const auto& s : groups_[k]->steps) {
            if (s.weight == 0) continue;
            const double m = mean_at(k, s.g_S), a = m * spread_at(s.g_S), w = precision(k, s.g_S);
            auto& sum = sums_[s.device];
            sum.over += w * a * (y(s) - m), sum.under += w * a * a, ++sum.n;
        }
}

void Polarity::solve_places() {
    sum_places();
    std::vector<DevicePlace> seen(z_.size());
    std::size_t n = 0;
    for (std::size_t d = 0; d < z_.size(); ++d) {
        z_[d] = sums_[d].under > 0 ? sums_[d].over / sums_[d].under : 0;
        if (sums_[d].under > 0) seen[d] = {DevicePlace::Known::seen, z_[d], 1 / sums_[d].under}, ++n;
    }
    if (n < 2) return std::fill(z_.begin(), z_.end(), 0.0);           // one device is the mean
    const Population all = population(seen);                          // devices of which little is known say little of the mean
    const double unsure = 0.2 * all.deviation[0] * all.deviation[0];  // those known better stay as measured
    for (std::size_t d = 0; d < z_.size(); ++d)
        if (unsure > 0 && seen[d].variance > unsure) z_[d] = all.expected[0][d];
    centre(all.mean[0], 1);
}

/// z becomes (z - shift) / scale; mean and spread are rewritten so that no device's step changes.
void Polarity::centre(double shift, double scale) {
    for (auto& curve : curves_)
        for (std::size_t i = 0; i < nodes_.size(); ++i) curve.mean[i] *= std::max(0.0, 1 + shift * spread_[i]);
    for (double& r : spread_) r = scale * r / std::max(0.05, 1 + shift * r);
    for (std::size_t d = 0; d < z_.size(); ++d)
        if (sums_[d].under > 0) z_[d] = (z_[d] - shift) / scale;
}

/// How the spread changes with the conductance, where there are devices enough to tell.
void Polarity::solve_spread() {
    double n = 0;
    for (const auto& s : sums_) n += s.under > 0 ? 1 : 0;
    if (n < 8) return;
    SharedShape shape(nodes_);
    for (std::size_t k = 0; k < groups_.size(); ++k) {
        shape.begin(curves_[k].penalty);
        for (const auto& s : groups_[k]->steps)
            if (s.weight > 0) shape.add(s.g_S, y(s), z_[s.device] * mean_at(k, s.g_S), precision(k, s.g_S));
    }
    spread_ = shape.solve();
    orient();
    for (double& r : spread_) r = std::max(r, 0.0);
}

/// Residuals beyond eight robust standard deviations of their group.
void Polarity::drop_outliers() {
    for (std::size_t k = 0; k < groups_.size(); ++k) {
        std::vector<double> rest;
        const auto& steps = groups_[k]->steps;
        for (const auto& s : steps) rest.push_back(std::abs(y(s) - factor(s) * mean_at(k, s.g_S)));
        std::vector<double> sorted;
        for (std::size_t i = 0; i < rest.size(); ++i)
            if (steps[i].weight > 0) sorted.push_back(rest[i]);
        if (sorted.empty()) continue;
        const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 9 / 10);
        std::nth_element(sorted.begin(), at, sorted.end());
        const double most = 8 * std::max(*at / 1.645, 1e-15);
        for (std::size_t i = 0; i < rest.size(); ++i)
            if (steps[i].weight > 0 && rest[i] > most && !outlier_[k][i]) outlier_[k][i] = true, ++n_outliers_;
    }
}

/// Devices whose every pulse of this polarity began at the bound behind them.
void Polarity::find_resting() {
    const double slack = 1e-5 * (nodes_.back() - nodes_.front());
    std::vector<double> n(z_.size()), behind(z_.size());
    for (const auto* group : groups_)
        for (const auto& s : group->steps) {
            n[s.device] += 1;
            if (std::abs(s.g_S - (sign_ > 0 ? bounds_.lo_S : bounds_.hi_S)[s.device]) <= slack) behind[s.device] += 1;
        }
    for (std::size_t d = 0; d < z_.size(); ++d) resting_.push_back(sums_[d].n == 0 && n[d] > 0 && behind[d] >= 0.5 * n[d]);
}

/// The grid of widths and amplitudes; a width that lacks amplitudes of the others is dropped.
void Polarity::layout(StepTable& out) {
    std::map<double, std::vector<std::size_t>> by_width;
    for (std::size_t k = 0; k < groups_.size(); ++k) by_width[groups_[k]->t_s].push_back(k);
    const auto count = [&](const std::vector<std::size_t>& list) {
        std::size_t n = 0;
        for (const auto k : list) n += groups_[k]->steps.size();
        return n;
    };
    const auto volts = [&](const std::vector<std::size_t>& list) {
        std::vector<double> v;
        for (const auto k : list) v.push_back(std::abs(groups_[k]->v_V));
        std::sort(v.begin(), v.end());
        return v;
    };
    const auto most =
        std::max_element(by_width.begin(), by_width.end(), [&](const auto& a, const auto& b) { return count(a.second) < count(b.second); });
    out.v_V = volts(most->second);
    for (const auto& [width, list] : by_width) {
        if (volts(list) != out.v_V) continue;
        out.t_s.push_back(width);
        auto ordered = list;
        std::sort(ordered.begin(), ordered.end(), [&](auto a, auto b) { return std::abs(groups_[a]->v_V) < std::abs(groups_[b]->v_V); });
        order_.insert(order_.end(), ordered.begin(), ordered.end());
    }
    ascend_in_amplitude(out);
    for (const auto k : order_) {
        for (const double m : curves_[k].mean) out.mean_S.push_back(sign_ * m);
        for (const double v : variance_[k]) out.noise_S.push_back(std::sqrt(std::max(0.0, v - 2 * read_variance_)));
        out.n.push_back(groups_[k]->steps.size());
        double lo = infinity, hi = 0;
        for (const auto& s : groups_[k]->steps)
            if (s.weight > 0) lo = std::min(lo, s.g_S), hi = std::max(hi, s.g_S);
        out.data_lo_S.push_back(lo), out.data_hi_S.push_back(hi);
    }
    out.spread = spread_;
    double typical = 0;
    for (const double r : spread_) typical += r / static_cast<double>(spread_.size());
    for (std::size_t d = 0; d < z_.size(); ++d)
        out.scales.push_back(sums_[d].n > 0 ? 1 + z_[d] * typical : std::numeric_limits<double>::quiet_NaN()),
            out.z.push_back(sums_[d].n > 0 ? z_[d] : std::numeric_limits<double>::quiet_NaN());
}

/// A stronger pulse moves no less, at every node and for every width.
void Polarity::ascend_in_amplitude(const StepTable& out) {
    const std::size_t n_v = out.v_V.size();
    for (std::size_t w = 0; w < out.t_s.size() && n_v > 1; ++w)
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            std::vector<double> y, weight;
            for (std::size_t k = 0; k < n_v; ++k)
                y.push_back(curves_[order_[w * n_v + k]].mean[i]), weight.push_back(curves_[order_[w * n_v + k]].weight[i] + 1e-6);
            const auto fitted = ascending(y, weight);
            for (std::size_t k = 0; k < n_v; ++k) curves_[order_[w * n_v + k]].mean[i] = fitted[k];
        }
}

}  // namespace ganbar::fit
