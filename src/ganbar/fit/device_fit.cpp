#include "ganbar/fit/device_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ganbar/fit/smooth.h"

namespace ganbar::fit {
namespace {

/// Nodes over the window and all that lies beyond it: even, or even in the logarithm where the range spans more than a factor of 30.
std::vector<double> make_nodes(double lo, double hi, std::size_t n) {
    std::vector<double> out(n);
    const bool log = lo > 0 && hi / lo > 30;
    for (std::size_t i = 0; i < n; ++i) {
        const double u = static_cast<double>(i) / static_cast<double>(n - 1);
        out[i] = log ? lo * std::pow(hi / lo, u) : lo + u * (hi - lo);
    }
    return out;
}

/// One polarity while it is being fitted: groups by width and amplitude, and each device's factor.
class Polarity {
public:
    Polarity(std::vector<StepGroup*> groups, std::size_t n_devices, const std::vector<double>& nodes, double read_variance)
        : groups_(std::move(groups)), nodes_(nodes), n_devices_(n_devices), read_variance_(read_variance), scale_(n_devices, 1.0), sign_(groups_.front()->v_V > 0 ? 1 : -1) {}

    StepTable fit(std::size_t& n_outliers) {
        find_bounds();
        for (int round = 0; round < 5; ++round) {
            curves(round == 0);
            if (round == 1 || round == 2) drop_cut_steps();
            if (round == 1) n_outliers += drop_outliers();
            scales();
        }
        StepTable out;
        layout(out);
        measure_noise(out);
        measure_spread(out);
        return out;
    }
    const std::vector<double>& scale() const { return scale_; }

private:
    struct Curve {
        std::vector<double> mean, weight;
    };
    /// A device that rests under three pulses and more has reached a hard bound. The model holds cells there by itself: what such pulses do
    /// belongs to the bound, not to the step.
    void find_bounds() {
        std::vector<double> sum(n_devices_), n(n_devices_);
        const double still = 1e-6 * (nodes_.back() - nodes_.front());
        for (auto* group : groups_)
            for (auto& s : group->steps)
                if (std::abs(s.dg_S) <= still) sum[s.device] += s.g_S, n[s.device] += 1;
        bound_.assign(n_devices_, std::numeric_limits<double>::quiet_NaN());
        for (std::size_t d = 0; d < n_devices_; ++d)
            if (n[d] >= 3) bound_[d] = sum[d] / n[d];
        for (auto* group : groups_)
            for (auto& s : group->steps)
                if (std::abs(s.dg_S) <= still && std::abs(s.g_S - bound_[s.device]) <= 10 * still) s.weight = 0;
    }
    /// Steps that began so near to their bound that it may have cut them.
    void drop_cut_steps() {
        for (std::size_t k = 0; k < groups_.size(); ++k)
            for (auto& s : groups_[k]->steps)
                if (sign_ * (bound_[s.device] - s.g_S) < 1.6 * scale_[s.device] * mean_at(k, s.g_S)) s.weight = 0;
    }
    void curves(bool first) {
        if (!first) weigh();
        curves_.clear();
        for (const auto* group : groups_) {
            const std::size_t k = curves_.size();
            Smoother smoother(nodes_);
            for (const auto& s : group->steps)
                if (s.weight > 0) smoother.add(s.g_S, sign_ * s.dg_S, first ? 1 : scale_[s.device], first ? 1 : precision(k, s.g_S));
            auto mean = smoother.solve();
            hold_ends(mean, smoother.weight());
            for (double& m : mean) m = std::max(m, 0.0);
            curves_.push_back({std::move(mean), smoother.weight()});
        }
    }
    /// Where steps are noisy they count less: the variance about the last curves, by conductance.
    void weigh() {
        variance_.clear();
        for (std::size_t k = 0; k < groups_.size(); ++k) {
            Smoother smoother(nodes_);
            double mean = 0, n = 0;
            for (const auto& s : groups_[k]->steps) {
                if (s.weight == 0) continue;
                const double rest = sign_ * s.dg_S - scale_[s.device] * mean_at(k, s.g_S);
                smoother.add(s.g_S, rest * rest), mean += rest * rest, n += 1;
            }
            auto variance = smoother.solve(1e-1);
            mean = n > 0 ? mean / n : 1;
            for (double& v : variance) v = mean > 0 ? std::clamp(v / mean, 0.1, 10.0) : 1;
            variance_.push_back(std::move(variance));
        }
    }
    double precision(std::size_t group, double g) const { return 1 / at_nodes(nodes_, variance_[group], g); }
    /// Nodes without data take the value of the nearest node with data.
    static void hold_ends(std::vector<double>& mean, const std::vector<double>& weight) {
        const auto known = [&](std::size_t i) { return weight[i] > 0.5; };
        std::size_t lo = 0, hi = mean.size() - 1;
        while (lo < hi && !known(lo)) ++lo;
        while (hi > lo && !known(hi)) --hi;
        for (std::size_t i = 0; i < lo; ++i) mean[i] = mean[lo];
        for (std::size_t i = hi + 1; i < mean.size(); ++i) mean[i] = mean[hi];
    }
    double mean_at(std::size_t group, double g) const { return at_nodes(nodes_, curves_[group].mean, g); }

    /// Residuals beyond eight robust standard deviations of their group.
    std::size_t drop_outliers() {
        std::size_t n = 0;
        for (std::size_t k = 0; k < groups_.size(); ++k) {
            std::vector<double> rest;
            for (const auto& s : groups_[k]->steps) rest.push_back(std::abs(sign_ * s.dg_S - scale_[s.device] * mean_at(k, s.g_S)));
            auto sorted = rest;
            const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 9 / 10);
            std::nth_element(sorted.begin(), at, sorted.end());
            const double most = 8 * std::max(*at / 1.645, 1e-15);
            for (std::size_t i = 0; i < rest.size(); ++i)
                if (rest[i] > most) groups_[k]->steps[i].weight = 0, ++n;
        }
        return n;
    }
    /// Each device's factor over all its steps; their mean is 1.
    void scales() {
        std::vector<double> over(n_devices_), under(n_devices_);
        for (std::size_t k = 0; k < groups_.size(); ++k)
            for (const auto& s : groups_[k]->steps) {
                const double m = s.weight > 0 ? mean_at(k, s.g_S) : 0;
                over[s.device] += m * sign_ * s.dg_S, under[s.device] += m * m;
            }
        double mean = 0, n = 0;
        for (std::size_t d = 0; d < n_devices_; ++d) {
            scale_[d] = under[d] > 0 ? over[d] / under[d] : std::numeric_limits<double>::quiet_NaN();
            if (under[d] > 0) mean += scale_[d], n += 1;
        }
        mean = n > 0 ? mean / n : 1;
        for (double& s : scale_) s = std::isnan(s) || !(mean > 0) ? 1 : n_devices_ == 1 ? 1 : s / mean;
    }

    /// The grid of widths and amplitudes; a width that lacks amplitudes of the others is dropped.
    void layout(StepTable& out) {
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
        const auto most = std::max_element(by_width.begin(), by_width.end(), [&](const auto& a, const auto& b) { return count(a.second) < count(b.second); });
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
            out.n.push_back(groups_[k]->steps.size());
            double lo = std::numeric_limits<double>::infinity(), hi = 0;
            for (const auto& s : groups_[k]->steps)
                if (s.weight > 0) lo = std::min(lo, s.g_S), hi = std::max(hi, s.g_S);
            out.data_lo_S.push_back(lo), out.data_hi_S.push_back(hi);
        }
        for (std::size_t k = 0; k < out.v_V.size(); ++k)
            if (out.n[k] > out.n[out.main]) out.main = k;
        out.scales = scale_;
    }
    /// A stronger pulse moves no less, at every node and for every width.
    void ascend_in_amplitude(const StepTable& out) {
        const std::size_t n_v = out.v_V.size();
        for (std::size_t w = 0; w < out.t_s.size() && n_v > 1; ++w)
            for (std::size_t i = 0; i < nodes_.size(); ++i) {
                std::vector<double> y, weight;
                for (std::size_t k = 0; k < n_v; ++k) y.push_back(curves_[order_[w * n_v + k]].mean[i]), weight.push_back(curves_[order_[w * n_v + k]].weight[i] + 1e-6);
                const auto fitted = ascending(y, weight);
                for (std::size_t k = 0; k < n_v; ++k) curves_[order_[w * n_v + k]].mean[i] = fitted[k];
            }
    }
    void measure_noise(StepTable& out) {
        for (const auto k : order_) {
            Smoother smoother(nodes_);
            for (const auto& s : groups_[k]->steps) {
                const double rest = sign_ * s.dg_S - scale_[s.device] * mean_at(k, s.g_S);
                if (s.weight > 0) smoother.add(s.g_S, rest * rest);
            }
            auto variance = smoother.solve(1e-3);
            hold_ends(variance, smoother.weight());
            for (const double v : variance) out.noise_S.push_back(std::sqrt(std::max(0.0, v - 2 * read_variance_)));
        }
    }
    /// Spread of the devices' factors by node: in wide stretches of the conductance, freed of what the noise of the steps adds.
    void measure_spread(StepTable& out) {
        out.spread.assign(nodes_.size(), 0);
        if (n_devices_ < 3) return;
        const std::size_t n_zones = n_devices_ >= 50 ? 6 : 1;
        std::vector<double> centres, sigma;
        for (std::size_t z = 0; z < n_zones; ++z) {
            const std::size_t lo = z * nodes_.size() / n_zones, hi = (z + 1) * nodes_.size() / n_zones - 1;
            const double r = zone_spread(nodes_[lo], z + 1 == n_zones ? std::numeric_limits<double>::infinity() : nodes_[hi + 1], z == 0, out);
            if (!std::isnan(r)) centres.push_back(0.5 * (nodes_[lo] + nodes_[hi])), sigma.push_back(r);
        }
        if (centres.empty()) return;
        for (std::size_t i = 0; i < nodes_.size(); ++i) out.spread[i] = centres.size() == 1 ? sigma[0] : at_nodes(centres, sigma, nodes_[i]);
    }
    double zone_spread(double lo, double hi, bool first, const StepTable& out) const {
        std::vector<double> over(n_devices_), under(n_devices_), noise(n_devices_);
        for (std::size_t j = 0; j < order_.size(); ++j) {
            const auto k = order_[j];
            const std::span<const double> sigma(&out.noise_S[j * nodes_.size()], nodes_.size());
            for (const auto& s : groups_[k]->steps) {
                if (s.weight == 0 || (s.g_S < lo && !first) || s.g_S >= hi) continue;
                const double m = mean_at(k, s.g_S), v = std::pow(at_nodes(nodes_, sigma, s.g_S), 2) + 2 * read_variance_;
                over[s.device] += m * sign_ * s.dg_S, under[s.device] += m * m, noise[s.device] += m * m * v;
            }
        }
        double sum = 0, squares = 0, extra = 0, n = 0;
        for (std::size_t d = 0; d < n_devices_; ++d) {
            if (!(under[d] > 0)) continue;
            const double f = over[d] / under[d];
            sum += f, squares += f * f, extra += noise[d] / (under[d] * under[d]), n += 1;
        }
        if (n < 3) return std::numeric_limits<double>::quiet_NaN();
        const double mean = sum / n, variance = (squares - n * mean * mean) / (n - 1) - extra / n;
        return mean > 0 ? std::sqrt(std::max(0.0, variance)) / mean : 0;
    }

    std::vector<StepGroup*> groups_;
    const std::vector<double>& nodes_;
    std::size_t n_devices_;
    double read_variance_;
    std::vector<double> scale_, bound_;  ///< of each device; its hard bound, NaN where it showed none
    double sign_;
    std::vector<Curve> curves_;
    std::vector<std::vector<double>> variance_;  ///< of steps about the curves, over its mean
    std::vector<std::size_t> order_;
};

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
    double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    const auto n = static_cast<double>(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) ma += a[i] / n, mb += b[i] / n;
    for (std::size_t i = 0; i < a.size(); ++i) aa += (a[i] - ma) * (a[i] - ma), bb += (b[i] - mb) * (b[i] - mb), ab += (a[i] - ma) * (b[i] - mb);
    return aa > 0 && bb > 0 ? std::clamp(ab / std::sqrt(aa * bb), -1.0, 1.0) : 0;
}

/// A factor that no device has below 0 and that leans to the right is log-normal; exp(z s) has the mean exp(s^2/2), which the curves then lose.
void choose_spread(DeviceFit& fit) {
    double third = 0, second = 0, n = 0, lowest = 1;
    for (const auto* p : {&fit.set, &fit.reset})
        for (const double f : p->scales) third += std::pow(f - 1, 3), second += (f - 1) * (f - 1), n += 1, lowest = std::min(lowest, f);
    if (n < 12 || !(second > 0)) return;
    const double sigma = std::sqrt(second / n), skew = third / n / std::pow(sigma, 3);
    fit.log_normal = lowest > 0 && sigma > 0.05 && skew > 1.5 * sigma;
    if (!fit.log_normal) return;
    for (auto* p : {&fit.set, &fit.reset}) {
        std::vector<double> shrink(fit.g_S.size());
        for (std::size_t i = 0; i < fit.g_S.size(); ++i) {
            const double s2 = std::log1p(p->spread[i] * p->spread[i]);
            p->spread[i] = std::sqrt(s2), shrink[i] = std::exp(-s2 / 2);
        }
        for (std::size_t k = 0; k < p->mean_S.size(); ++k) p->mean_S[k] *= shrink[k % fit.g_S.size()];
    }
}

std::string list_text(const std::vector<double>& x) {
    std::string out = "[";
    for (std::size_t i = 0; i < x.size(); ++i) out += fmt::format("{}{:.5g}", i == 0 ? "" : i % 11 == 0 ? ",\n  " : ", ", x[i]);
    return out + "]";
}
/// Reals only: "0" and "1" as "0.0" and "1.0".
std::string reals_text(const std::vector<double>& x) {
    const std::string text = list_text(x);
    std::string out, word;
    const auto flush = [&] {
        if (!word.empty() && word.find_first_of(".e") == std::string::npos) word += ".0";
        out += word;
        word.clear();
    };
    for (const char c : text) {
        if (std::string_view("0123456789.e+-").find(c) != std::string_view::npos) word += c;
        else flush(), out += c;
    }
    return out;
}

}  // namespace

DeviceFit fit_device(const PulseData& data, const FitOptions& options) {
    StepData steps = steps_of(data);
    DeviceFit fit;
    fit.file = data.file;
    fit.n_devices = steps.n_devices, fit.n_steps = steps.n_steps, fit.read_noise_S = steps.read_noise_S;
    fit.g_min_S = steps.window_lo_S, fit.g_max_S = steps.window_hi_S;
    fit.notes = data.notes;
    fit.notes.insert(fit.notes.end(), steps.notes.begin(), steps.notes.end());
    fit.g_S = make_nodes(std::min(fit.g_min_S, steps.g_lo_S), std::max(fit.g_max_S, steps.g_hi_S), options.n_nodes);
    std::vector<StepGroup*> up, down;
    for (auto& group : steps.groups) (group.v_V > 0 ? up : down).push_back(&group);
    const double variance = steps.read_noise_S * steps.read_noise_S;
    Polarity set(up, fit.n_devices, fit.g_S, variance), reset(down, fit.n_devices, fit.g_S, variance);
    fit.set = set.fit(fit.n_outliers), fit.reset = reset.fit(fit.n_outliers);
    fit.spread_correlation = fit.n_devices >= 8 ? correlation(fit.set.scales, fit.reset.scales) : 0;
    choose_spread(fit);
    fit.threshold_V = std::min(fit.set.v_V.front(), fit.reset.v_V.front());
    if (fit.n_devices < 3) fit.notes.push_back(fmt::format("{} device{} cannot show a spread between devices: it is 0 in the table", fit.n_devices, fit.n_devices == 1 ? "" : "s"));
    if (fit.n_outliers > 0) fit.notes.push_back(fmt::format("{} steps lie more than 8 standard deviations off and are left out", fit.n_outliers));
    return fit;
}

std::string device_toml(const DeviceFit& fit, const std::string& preset) {
    const double typical = 0.5 * (fit.g_min_S + fit.g_max_S);
    std::string out = fmt::format("# Device {}: {} pulses on {} device{}, fitted from {}.\n", fit.name, fit.n_steps, fit.n_devices, fit.n_devices == 1 ? "" : "s", fit.file);
    out += "# `ganbar train` runs this file; another experiment takes the device by --set device.model=THIS.toml or preset = \"THIS.toml\".\n";
    out += fmt::format("preset = \"{}\"\n[device]\nmodel = \"table\"\n", preset);
    out += fmt::format("d2d = \"on\"\nc2c = 1.0\ng_min = \"{:.5g} S\"\ng_max = \"{:.5g} S\"\nthreshold = \"{:.5g} V\"\n", fit.g_min_S, fit.g_max_S, fit.threshold_V);
    out += "g = " + reals_text(fit.g_S) + "\n";
    for (const auto& [name, p] : {std::pair{"set", &fit.set}, std::pair{"reset", &fit.reset}}) {
        out += fmt::format("v_{0} = {1}\nt_{0} = {2}\ndg_{0} = {3}\nnoise_{0} = {4}\nspread_{0} = {5}\n", name, reals_text(p->v_V), reals_text(p->t_s), reals_text(p->mean_S), reals_text(p->noise_S), reals_text(p->spread));
    }
    out += fmt::format("spread = \"{}\"\nspread_correlation = {}\n", fit.log_normal ? "log_normal" : "normal", reals_text({fit.spread_correlation}).substr(1, std::string::npos));
    out.erase(out.rfind(']'), 1);
    if (fit.read_noise_S > 0) out += fmt::format("read_noise = {:.5f}\n", std::min(1.0, fit.read_noise_S / typical));
    if (fit.iv.kind == "sinh") out += fmt::format("iv = \"sinh\"\niv_b = {:.6f}\n", fit.iv.b);
    if (fit.iv.kind == "power") out += fmt::format("iv = \"power\"\niv_scale = \"{:.5g} V\"\niv_power = {:.6f}\n", fit.iv.scale_V, fit.iv.power);
    out += fmt::format("[train]\nv_set = \"{:.5g} V\"\nv_reset = \"{:.5g} V\"\nv_set_end = \"0 V\"\nv_reset_end = \"0 V\"\nt_pulse = \"{:.5g} s\"\n", fit.set.v_V[fit.set.main], -fit.reset.v_V[fit.reset.main], fit.set.t_s.front());
    return out;
}

}  // namespace ganbar::fit
