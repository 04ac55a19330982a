#include "ganbar/fit/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/device/monotone_cubic.h"
#include "ganbar/fit/smooth.h"

namespace ganbar::fit {
namespace {

constexpr std::size_t n_points = 81;

/// |mean step| over the window, at one amplitude of the first width.
std::vector<double> over_window(const DeviceFit& fit, const StepTable& p, double v_V) {
    std::vector<double> out(n_points);
    const std::size_t n = fit.g_S.size();
    for (std::size_t i = 0; i < n_points; ++i) {
        const double g = fit.g_min_S + (fit.g_max_S - fit.g_min_S) * static_cast<double>(i) / (n_points - 1);
        std::vector<double> y;
        for (std::size_t k = 0; k < p.v_V.size(); ++k) y.push_back(std::abs(at_nodes(fit.g_S, std::span(p.mean_S).subspan(k * n, n), g)));
        out[i] = MonotoneCubic(p.v_V, y)(v_V);
    }
    return out;
}
double mean_of(const std::vector<double>& x) {
    double sum = 0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
}
double unevenness(const std::vector<double>& x) {
    const auto [lo, hi] = std::minmax_element(x.begin() + n_points / 10, x.end() - n_points / 10);
    return *lo > 0 ? *hi / *lo : std::numeric_limits<double>::infinity();
}

/// The pair of amplitudes nearest to equal mean steps; of equally balanced ones the strongest.
void balance_amplitudes(const DeviceFit& fit, Verdict& v) {
    const auto ladder = [](const std::vector<double>& axis) {
        std::vector<double> out;
        for (std::size_t i = 0; i <= 24; ++i) out.push_back(axis.front() + (axis.back() - axis.front()) * static_cast<double>(i) / 24);
        if (axis.size() == 1) out = axis;
        return out;
    };
    double best = std::numeric_limits<double>::infinity();
    std::vector<std::pair<double, double>> sets, resets;
    for (const double a : ladder(fit.set.v_V)) sets.emplace_back(a, mean_of(over_window(fit, fit.set, a)));
    for (const double a : ladder(fit.reset.v_V)) resets.emplace_back(a, mean_of(over_window(fit, fit.reset, a)));
    for (const auto& [a, up] : sets)
        for (const auto& [b, down] : resets) {
            if (!(up > 0) || !(down > 0)) continue;
            const double off = std::abs(std::log(up / down));
            if (off < best - 0.02) best = off, v.v_set_V = a, v.v_reset_V = -b, v.best_balance = up / down;
        }
}

void choose_rule(Verdict& v) {
    const double range = std::max(v.unevenness_set, v.unevenness_reset), off = std::max(v.best_balance, 1 / std::max(v.best_balance, 1e-9));
    const double levels = std::min(v.levels_set, v.levels_reset);
    // after `ganbar study rules` (docs/training_rules.md): on a device that resets 9 times as far as it sets, and in 7 pulses, error
    // feedback was ahead of sums in digital memory; Tiki-Taka learned nothing in the budget that was enough for them
    if (off > 1.5 || v.spread > 0.5) {
        v.rule = "manhattan", v.feedback = true;
        v.why = off > 1.5 ? fmt::format(
                                "Set and reset differ {:.1f}-fold at the most balanced amplitudes measured: blind pulses drift to a bound. "
                                "With error feedback a cell owes what its steps left undone.",
                                off)
                          : fmt::format(
                                "Steps of devices differ by {:.0f}%: blind pulses leave each cell with its own rate and bias. Error "
                                "feedback settles that by reading.",
                                100 * v.spread);
    } else if (levels < 20) {
        v.rule = "mixed_precision";
        v.why = fmt::format(
            "About {:.0f} pulses cross the window: each is too coarse for a sign a round. Gradients summed in digital memory until a whole "
            "step is due suit such a device.",
            levels);
    } else if (range > 4 && v.symmetric_S) {
        v.rule = "manhattan", v.feedback = true;
        v.why = fmt::format(
            "Steps vary {:.1f}-fold over the window and are equal at {:.4g} uS: cells drift there under a noisy gradient. Error feedback "
            "settles by reading what the steps left undone; Tiki-Taka, which uses that point as its zero, needs many more samples.",
            range, *v.symmetric_S * 1e6);
    } else {
        v.rule = "manhattan";
        v.why = fmt::format(
            "Set and reset are balanced within {:.0f}% on the mean, and steps vary {:.1f}-fold over the window: one pulse by the sign of "
            "the gradient works.",
            100 * (off - 1), range);
    }
    if (v.noise_to_step > 1)
        v.why += fmt::format(" The noise of a pulse is {:.1f} times its step; it averages out over rounds, but blind pulses add it up.",
                             v.noise_to_step);
}

}  // namespace

Verdict judge(const DeviceFit& fit) {
    Verdict v;
    const double v_up = fit.set.v_V[fit.set.main], v_down = fit.reset.v_V[fit.reset.main], range = fit.g_max_S - fit.g_min_S;
    const auto up = over_window(fit, fit.set, v_up), down = over_window(fit, fit.reset, v_down);
    v.set_step_S = mean_of(up), v.reset_step_S = mean_of(down);
    v.balance = v.reset_step_S > 0 ? v.set_step_S / v.reset_step_S : std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < n_points && !v.symmetric_S; ++i) {
        const double a = up[i - 1] - down[i - 1], b = up[i] - down[i];
        if (a != b && a * b <= 0) v.symmetric_S = fit.g_min_S + range * (static_cast<double>(i - 1) + a / (a - b)) / (n_points - 1);
    }
    v.unevenness_set = unevenness(up), v.unevenness_reset = unevenness(down);
    v.levels_set = range / v.set_step_S, v.levels_reset = range / v.reset_step_S;
    const std::size_t n = fit.g_S.size();
    for (const auto* p : {&fit.set, &fit.reset}) {
        const double g = 0.5 * (fit.g_min_S + fit.g_max_S),
                     step = std::abs(at_nodes(fit.g_S, std::span(p->mean_S).subspan(p->main * n, n), g));
        v.noise_to_step += 0.5 * at_nodes(fit.g_S, std::span(p->noise_S).subspan(p->main * n, n), g) / std::max(step, 1e-15);
        v.spread += 0.5 * at_nodes(fit.g_S, p->spread, g);
    }
    v.t_s = fit.set.t_s.front();
    v.v_set_V = v_up, v.v_reset_V = -v_down, v.best_balance = v.balance;
    balance_amplitudes(fit, v);
    choose_rule(v);
    return v;
}

}  // namespace ganbar::fit
