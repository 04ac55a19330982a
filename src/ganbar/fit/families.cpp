#include "ganbar/fit/families.h"

#include <Eigen/Dense>
#include <unsupported/Eigen/NonLinearOptimization>
#include <unsupported/Eigen/NumericalDiff>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "ganbar/core/rng.h"
#include "ganbar/core/stop.h"
#include "ganbar/fit/polarity.h"

namespace ganbar::fit {
namespace {

using Vector = Eigen::VectorXd;

/// Mean step of one stretch of the conductance, in units of the window: x 0..1 from lower to upper end.
struct Bin {
    double x = 0, y = 0, error = 0;
    bool set = true;
};

/// Free parameters are unbounded numbers t; value(t) is what the user sees, step(values, way, set) the step's size in units of the window.
struct Family {
    const char *name, *law;
    std::vector<std::pair<const char*, const char*>> parameters;  ///< of one polarity: name and unit
    std::function<double(const double* t, double way)> step;      ///< way: 0 at the end that the pulse leaves, 1 at the one it nears
    std::vector<std::vector<double>> starts;                      ///< of the shape; the first t is ln(size)
    std::function<double(std::size_t k, double t)> value;
};

double logistic(double t) { return 1 / (1 + std::exp(-t)); }
/// A soft bound lies about the end of what was seen (noise may carry a device past it) or beyond: up to a seventh where devices were seen
/// to rest at an end, up to twice the window where none was driven so far.
constexpr double least_bound = 0.97, bound_at_rest = 1.15, bound_unseen = 3;

/// Whether a tenth of the devices came to rest at an end of their window.
bool rest_is_seen(const StepData& steps, double range_S) {
    const Bounds bounds = hard_bounds(steps.groups, steps.n_devices, range_S);
    std::size_t n = 0;
    for (std::size_t d = 0; d < steps.n_devices; ++d) n += std::isfinite(bounds.lo_S[d]) || std::isfinite(bounds.hi_S[d]) ? 1 : 0;
    return 10 * n > steps.n_devices;
}

std::vector<Family> families(double ratio, double farthest_bound) {
    const auto bound = [farthest_bound](double t) { return least_bound + (farthest_bound - least_bound) * logistic(t); };
    const auto positive = [](std::size_t, double t) { return std::exp(t); };
    std::vector<Family> out;
    out.push_back({"constant_step", "|dG| = a", {{"a", "window"}}, [](const double* t, double) { return std::exp(t[0]); }, {{}}, positive});
    // resistance falls by equal amounts: 1/G' = 1/G -+ d; G in units of g_max - g_min from g_min
    out.push_back({"vteam", "1/G changes by d: linear resistance, hard bounds", {{"d", "1/window"}}, nullptr, {{}}, positive});
    out.push_back({"soft_bounds",
                   "|dG| = f |G_end - G|",
                   {{"f", ""}, {"end", "window"}},
                   [bound](const double* t, double way) { return std::exp(t[0]) * std::max(0.0, bound(t[1]) - way); },
                   {{-2}, {2}},
                   [bound](std::size_t k, double t) { return k == 0 ? std::exp(t) : bound(t); }});
    out.push_back({"linear_step",
                   "|dG| = a (1 - b way)",
                   {{"a", "window"}, {"b", ""}},
                   [](const double* t, double way) { return std::exp(t[0]) * std::max(0.0, 1 - t[1] * way); },
                   {{0.1}, {0.7}},
                   [](std::size_t k, double t) { return k == 0 ? std::exp(t) : t; }});
    out.push_back(
        {"pow_step",
         "|dG| = a (1 - way/end)^p",
         {{"a", "window"}, {"p", ""}, {"end", "window"}},
         [bound](const double* t, double way) { return std::exp(t[0]) * std::pow(std::max(0.0, 1 - way / bound(t[2])), std::exp(t[1])); },
         {{0.5, -2}, {1, 0}, {-0.5, 2}},
         [bound](std::size_t k, double t) { return k == 0   ? std::exp(t)
                                                   : k == 1 ? std::exp(t)
                                                            : bound(t); }});
    out.push_back({"exp_step",
                   "|dG| = a max(0, 1 + A exp(-c way))",
                   {{"a", "window"}, {"A", ""}, {"c", ""}},
                   [](const double* t, double way) { return std::exp(t[0]) * std::max(0.0, 1 + t[1] * std::exp(-std::exp(t[2]) * way)); },
                   {{2, 1.5}, {5, 0.5}, {-0.02, 0.5}, {20, 2}},
                   [](std::size_t k, double t) { return k == 1 ? t : std::exp(t); }});
    out.push_back({"yakopcic",
                   "|dG| = a up to k, then a exp(-c (way - k)) (1 - way)/(1 - k)",
                   {{"a", "window"}, {"k", "window"}, {"c", ""}},
                   [](const double* t, double way) {
                       const double knee = 0.98 * logistic(t[1]);
                       return std::exp(t[0]) *
                              (way < knee ? 1 : std::exp(-std::exp(t[2]) * (way - knee)) * std::max(0.0, 1 - way) / (1 - knee));
                   },
                   {{-1, 0}, {0, 1}, {1, 0}},
                   [](std::size_t k, double t) { return k == 1 ? 0.98 * logistic(t) : std::exp(t); }});
    out[1].step = [ratio](const double* t, double way) {  // polarity by the sign of ratio: see Problem
        const double g = ratio > 0 ? ratio + way : -ratio + 1 - way, d = std::exp(t[0]);
        return ratio > 0 ? g * g * d / std::max(1e-3, 1 - g * d) : g * g * d / (1 + g * d);
    };
    return out;
}

/// Residuals of one polarity, for Eigen.
struct Problem {
    using Scalar = double;
    using InputType = Vector;
    using ValueType = Vector;
    using JacobianType = Eigen::MatrixXd;
    enum { InputsAtCompileTime = Eigen::Dynamic, ValuesAtCompileTime = Eigen::Dynamic };
    const Family* family;
    std::vector<Bin> bins;
    int n_inputs;
    int inputs() const { return n_inputs; }
    int values() const { return static_cast<int>(bins.size()); }
    int operator()(const Vector& t, Vector& out) const {
        for (std::size_t i = 0; i < bins.size(); ++i) {
            const double y = family->step(t.data(), bins[i].set ? bins[i].x : 1 - bins[i].x);
            out(static_cast<Eigen::Index>(i)) = std::clamp((std::isfinite(y) ? y - bins[i].y : 1e6) / bins[i].error, -1e8, 1e8);
        }
        return 0;
    }
};

struct Solution {
    std::vector<double> t;
    double chi2 = std::numeric_limits<double>::infinity();
};
Solution solve(const Family& family, const std::vector<Bin>& bins, const std::vector<double>* start = nullptr) {
    const int k = static_cast<int>(family.parameters.size());
    Solution best;
    double size = 0;
    for (const auto& b : bins) size += b.y / static_cast<double>(bins.size());
    std::vector<std::vector<double>> starts;
    if (start != nullptr) starts.push_back(*start);
    else
        for (const auto& shape : family.starts) {
            starts.push_back({std::log(std::max(size, 1e-9))});
            starts.back().insert(starts.back().end(), shape.begin(), shape.end());
        }
    Eigen::NumericalDiff<Problem> problem(Problem{&family, bins, k});
    for (const auto& from : starts) {
        Vector t = Eigen::Map<const Vector>(from.data(), k);
        Eigen::LevenbergMarquardt<Eigen::NumericalDiff<Problem>> lm(problem);
        lm.parameters.maxfev = 600;
        lm.minimize(t);
        Vector rest(problem.values());
        problem(t, rest);
        if (rest.squaredNorm() < best.chi2) best = {{t.data(), t.data() + k}, rest.squaredNorm()};
    }
    return best;
}

/// Sums of steps by device, polarity and stretch of the conductance, so that devices can be drawn anew.
class Binned {
public:
    static constexpr std::size_t n_bins = 40;
    Binned(const StepData& steps, const DeviceFit& fit)
        : n_devices_(steps.n_devices), lo_(fit.g_min_S), range_(fit.g_max_S - fit.g_min_S), sums_(n_devices_ * 2 * n_bins) {
        for (const auto& group : steps.groups) {
            const bool set = group.v_V > 0;
            const StepTable& p = set ? fit.set : fit.reset;
            if (std::abs(std::abs(group.v_V) - p.v_V[p.main]) > 1e-9 || group.t_s != p.t_s.front()) continue;
            for (const auto& s : group.steps) add(s, set, fit, p);
        }
    }
    std::vector<Bin> bins(const std::vector<double>& times, bool set) const {
        std::vector<Bin> out;
        for (std::size_t b = 0; b < n_bins; ++b) {
            Sum all;
            for (std::size_t d = 0; d < n_devices_; ++d) {
                const Sum& s = sums_[(d * 2 + set) * n_bins + b];
                all.n += times[d] * s.n, all.x += times[d] * s.x, all.y += times[d] * s.y, all.yy += times[d] * s.yy;
            }
            if (all.n < 8) continue;
            const double mean = all.y / all.n,
                         variance = std::max(all.yy / all.n - mean * mean, 1e-10 * mean * mean + 1e-24) * all.n / (all.n - 1);
            out.push_back({all.x / all.n, mean, std::sqrt(variance / all.n + 1e-6 * mean * mean) + 1e-12, set});
        }
        return out;
    }
    std::size_t n_devices() const { return n_devices_; }

private:
    struct Sum {
        double n = 0, x = 0, y = 0, yy = 0;
    };
    /// A step over its device's factor. What could have met a bound is left out: those steps are cut.
    void add(const Step& s, bool set, const DeviceFit& fit, const StepTable& p) {
        const double factor = p.scales[s.device], x = (s.g_S - lo_) / range_, y = (set ? 1 : -1) * s.dg_S / range_ / factor;
        const double mean = std::abs(p.mean_S[p.main * fit.g_S.size() + fit.g_S.size() / 2]) / range_, way = set ? x : 1 - x;
        if (s.weight == 0 || !(factor > 0.05) || x < 0 || x > 1 || way > 1 - std::min(0.1, 2.5 * mean)) return;
        Sum& sum =
            sums_[(static_cast<std::size_t>(s.device) * 2 + set) * n_bins + std::min(n_bins - 1, static_cast<std::size_t>(x * n_bins))];
        sum.n += 1, sum.x += x, sum.y += y, sum.yy += y * y;
    }
    std::size_t n_devices_;
    double lo_, range_;
    std::vector<Sum> sums_;
};

struct Both {
    Solution set, reset;
};
Both solve_both(const Family& up, const Family& down, const std::vector<Bin>& set, const std::vector<Bin>& reset, const Both* start) {
    return {solve(up, set, start ? &start->set.t : nullptr), solve(down, reset, start ? &start->reset.t : nullptr)};
}

/// Middle 95% of each parameter over resampled data.
void intervals(FamilyFit& out, const Family& up, const Family& down, const Binned& data, const Both& best, const FitOptions& options) {
    const std::size_t k = up.parameters.size();
    std::vector<std::vector<double>> drawn(2 * k);
    const bool by_device = data.n_devices() >= 8;
    for (std::size_t r = 0; r < options.n_bootstrap; ++r) {
        stop_point();
        Rng rng = Rng(options.seed).stream("bootstrap", r);
        std::vector<double> times(data.n_devices(), by_device ? 0.0 : 1.0);
        if (by_device)
            for (std::size_t d = 0; d < data.n_devices(); ++d) times[rng.below(data.n_devices())] += 1;
        auto set = data.bins(times, true), reset = data.bins(times, false);
        if (set.size() < k + 1 || reset.size() < k + 1) continue;
        if (!by_device)
            for (auto* list : {&set, &reset})
                for (auto& b : *list) b.y += b.error * rng.normal();
        const Both again = solve_both(up, down, set, reset, &best);
        for (std::size_t i = 0; i < k; ++i)
            drawn[i].push_back(up.value(i, again.set.t[i])), drawn[k + i].push_back(up.value(i, again.reset.t[i]));
    }
    for (std::size_t i = 0; i < 2 * k; ++i) {
        auto& list = drawn[i];
        std::sort(list.begin(), list.end());
        if (list.empty()) continue;
        // where parameters stand in for each other, data drawn anew can all lie on one side of what fits best
        auto& p = out.parameters[i];
        p.lo = std::min(p.value, list[list.size() * 25 / 1000]);
        p.hi = std::max(p.value, list[std::min(list.size() - 1, list.size() * 975 / 1000)]);
    }
}

}  // namespace

std::vector<FamilyFit> fit_families(const PulseData& data, const DeviceFit& fit, const FitOptions& options) {
    const StepData steps = steps_of(data);
    const Binned binned(steps, fit);
    const std::vector<double> once(binned.n_devices(), 1.0);
    const auto set = binned.bins(once, true), reset = binned.bins(once, false);
    const double ratio = std::max(1e-6, fit.g_min_S / (fit.g_max_S - fit.g_min_S));
    const double farthest = rest_is_seen(steps, fit.g_max_S - fit.g_min_S) ? bound_at_rest : bound_unseen;
    const auto ups = families(ratio, farthest), downs = families(-ratio, farthest);
    std::vector<FamilyFit> out;
    for (std::size_t f = 0; f < ups.size(); ++f) {
        const auto &up = ups[f], &down = downs[f];
        const std::size_t k = up.parameters.size();
        if (set.size() < k + 2 || reset.size() < k + 2) continue;
        const Both best = solve_both(up, down, set, reset, nullptr);
        FamilyFit one{up.name, up.law, {}, best.set.chi2 + best.reset.chi2, set.size() + reset.size(), 0, 0};
        one.bic = one.chi2 + static_cast<double>(2 * k) * std::log(static_cast<double>(one.n_bins));
        for (const auto& [side, solution] : {std::pair{"set ", &best.set}, std::pair{"reset ", &best.reset}})
            for (std::size_t i = 0; i < k; ++i) {
                const double v = up.value(i, solution->t[i]);
                one.parameters.push_back({side + std::string(up.parameters[i].first), up.parameters[i].second, v, v, v});
            }
        double squares = 0, largest = 0;
        for (const auto* list : {&set, &reset})
            for (const auto& b : *list) {
                const auto& family = b.set ? up : down;
                squares += std::pow(family.step((b.set ? best.set : best.reset).t.data(), b.set ? b.x : 1 - b.x) - b.y, 2),
                    largest = std::max(largest, std::abs(b.y));
            }
        one.rms = largest > 0 ? std::sqrt(squares / static_cast<double>(one.n_bins)) / largest : 0;
        intervals(one, up, down, binned, best, options);
        out.push_back(std::move(one));
    }
    std::stable_sort(out.begin(), out.end(), [](const FamilyFit& a, const FamilyFit& b) { return a.bic < b.bic; });
    for (std::size_t i = 1; i < out.size() && out[i].bic - out[0].bic < 2;
         ++i)  // not told apart: fewer parameters first, then the special case (soft bounds of linear steps)
        if (out[i].parameters.size() < out[0].parameters.size() || (out[i].name == "soft_bounds" && out[0].name == "linear_step"))
            std::rotate(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(i), out.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    return out;
}

}  // namespace ganbar::fit
