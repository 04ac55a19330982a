#include "ganbar/fit/device_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/fit/polarity.h"
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

/// More nodes show where a step jumps; each should still rest on some hundred steps of every group.
std::size_t choose_n_nodes(const std::vector<StepGroup>& groups) {
    std::size_t fewest = groups.front().steps.size();
    for (const auto& group : groups) fewest = std::min(fewest, group.steps.size());
    return std::clamp<std::size_t>(fewest / 200, 33, 97);
}

/// A factor that no device has below 0 and that leans to the right is log-normal; exp(z s) has the mean exp(s^2/2), which the curves then
/// lose. Devices that never move have factors of 0 and less: then it is not.
void choose_spread(DeviceFit& fit, std::size_t n_resting) {
    double third = 0, second = 0, n = 0, lowest = 1;
    for (const auto* p : {&fit.set, &fit.reset})
        for (const double f : p->scales) {
            if (std::isnan(f)) continue;
            third += std::pow(f - 1, 3), second += (f - 1) * (f - 1), n += 1, lowest = std::min(lowest, f);
        }
    if (n < 12 || !(second > 0) || n_resting > 0) return;
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

/// The main pulses for each rule that gives pulses, and for writing trained weights: the device is the same whatever the rule.
std::string pulses_toml(const DeviceFit& fit) {
    const std::string set = fmt::format("\"{:.5g} V\"", fit.set.v_V[fit.set.main]),
                      reset = fmt::format("\"{:.5g} V\"", -fit.reset.v_V[fit.reset.main]),
                      width = fmt::format("\"{:.5g} s\"", fit.set.t_s.front());
    std::string out = "[hardware]\n";
    out += fmt::format("write_v_set = {}\nwrite_v_reset = {}\nwrite_t_pulse = {}\n[train]\n", set, reset, width);
    for (const char* rule : {"pulse_train", "mixed_precision", "tiki_taka", "tiki_taka_v2"})
        out += fmt::format("{} = {{v_set = {}, v_reset = {}, t_pulse = {}}}\n", rule, set, reset, width);
    return out + fmt::format("[train.manhattan]\nv_set = {}\nv_reset = {}\nv_set_end = \"0 V\"\nv_reset_end = \"0 V\"\nt_pulse = {}\n", set,
                             reset, width);
}

double mean_over_window(const DeviceFit& fit, const StepTable& p, std::size_t k) {
    constexpr std::size_t n = 64;
    double sum = 0;
    for (std::size_t i = 0; i <= n; ++i) {
        const double g = fit.g_min_S + (fit.g_max_S - fit.g_min_S) * static_cast<double>(i) / n;
        sum += std::abs(at_nodes(fit.g_S, std::span(p.mean_S).subspan(k * fit.g_S.size(), fit.g_S.size()), g));
    }
    return sum / (n + 1);
}

/// The amplitudes with most pulses; where several have as many, within a tenth, the pair of them whose set and reset balance best; of pairs
/// that balance alike, the one with the largest steps.
void choose_main(DeviceFit& fit) {
    const auto often = [&](const StepTable& p) {
        const auto first = p.n.begin(), last = first + static_cast<std::ptrdiff_t>(p.v_V.size());
        const double least = 0.9 * static_cast<double>(*std::max_element(first, last));
        std::vector<std::pair<std::size_t, double>> out;  // position, mean step
        for (std::size_t k = 0; k < p.v_V.size(); ++k)
            if (static_cast<double>(p.n[k]) >= least) out.emplace_back(k, mean_over_window(fit, p, k));
        return out;
    };
    const auto sets = often(fit.set), resets = often(fit.reset);
    fit.set.main = sets.front().first, fit.reset.main = resets.front().first;
    constexpr double alike = 0.05;  // of the logarithm of set over reset
    double best = std::numeric_limits<double>::infinity(), largest = 0;
    const auto off = [](double up, double down) { return std::abs(std::log(up / down)); };
    for (const auto& [i, up] : sets)
        for (const auto& [k, down] : resets)
            if (up > 0 && down > 0) best = std::min(best, off(up, down));
    for (const auto& [i, up] : sets)
        for (const auto& [k, down] : resets)
            if (up > 0 && down > 0 && off(up, down) <= best + alike && up * down > largest)
                largest = up * down, fit.set.main = i, fit.reset.main = k;
    if (sets.size() * resets.size() > 1)
        fit.notes.push_back(
            fmt::format("main amplitudes: {:.4g} V and {:.4g} V, of {} pairs with as many pulses the one whose set and reset balance best",
                        fit.set.v_V[fit.set.main], -fit.reset.v_V[fit.reset.main], sets.size() * resets.size()));
}

}  // namespace

DeviceFit fit_device(const PulseData& data, const FitOptions& options) {
    StepData steps = steps_of(data);
    DeviceFit fit;
    fit.file = data.file;
    fit.n_devices = steps.n_devices, fit.n_steps = steps.n_steps, fit.read_noise_S = steps.read_noise_S;
    fit.n_wild = steps.n_wild;
    fit.g_min_S = steps.window_lo_S, fit.g_max_S = steps.window_hi_S;
    fit.notes = data.notes;
    fit.notes.insert(fit.notes.end(), steps.notes.begin(), steps.notes.end());
    const std::size_t n_nodes = options.n_nodes > 0 ? options.n_nodes : choose_n_nodes(steps.groups);
    fit.g_S = make_nodes(std::min(fit.g_min_S, steps.g_lo_S), std::max(fit.g_max_S, steps.g_hi_S), n_nodes);
    std::vector<StepGroup*> up, down;
    for (auto& group : steps.groups) (group.v_V > 0 ? up : down).push_back(&group);
    const double variance = steps.read_noise_S * steps.read_noise_S;
    const Bounds bounds = hard_bounds(steps.groups, fit.n_devices, fit.g_S.back() - fit.g_S.front());
    Polarity set(up, fit.g_S, bounds, variance), reset(down, fit.g_S, bounds, variance);
    set.fit(), reset.fit();
    const Population devices = population(set.places(), reset.places());
    fit.set = set.table(devices.mean[0], devices.deviation[0], devices.expected[0]);
    fit.reset = reset.table(devices.mean[1], devices.deviation[1], devices.expected[1]);
    fit.spread_correlation = devices.correlation;
    choose_main(fit);
    fit.n_outliers = set.n_outliers() + reset.n_outliers();
    for (const auto& [name, p] : {std::pair{"set", &set}, std::pair{"reset", &reset}})
        if (p->n_resting() > 0)
            fit.notes.push_back(fmt::format("{} device{} never move{} by a {} pulse: counted as steps below 0 in the spread",
                                            p->n_resting(), p->n_resting() == 1 ? "" : "s", p->n_resting() == 1 ? "s" : "", name));
    choose_spread(fit, set.n_resting() + reset.n_resting());
    fit.threshold_V = std::min(fit.set.v_V.front(), fit.reset.v_V.front());
    if (fit.n_devices < 3)
        fit.notes.push_back(fmt::format("{} device{} cannot show a spread between devices: it is 0 in the table", fit.n_devices,
                                        fit.n_devices == 1 ? "" : "s"));
    if (fit.n_outliers > 0)
        fit.notes.push_back(fmt::format("{} steps lie more than 8 standard deviations off and are left out", fit.n_outliers));
    return fit;
}

std::string device_toml(const DeviceFit& fit, const std::string& preset) {
    const double typical = 0.5 * (fit.g_min_S + fit.g_max_S);
    std::string out = fmt::format("# Device {}: {} pulses on {} device{}, fitted from {}.\n", fit.name, fit.n_steps, fit.n_devices,
                                  fit.n_devices == 1 ? "" : "s", fit.file);
    out +=
        "# `ganbar train` runs this file; another experiment takes the device by --set device.model=THIS.toml or preset = \"THIS.toml\".\n";
    out += fmt::format("preset = \"{}\"\n[device]\nmodel = \"table\"\n", preset);
    out += fmt::format("d2d = \"on\"\nc2c = 1.0\ng_min = \"{:.5g} S\"\ng_max = \"{:.5g} S\"\nthreshold = \"{:.5g} V\"\n", fit.g_min_S,
                       fit.g_max_S, fit.threshold_V);
    out += "g = " + reals_text(fit.g_S) + "\n";
    for (const auto& [name, p] : {std::pair{"set", &fit.set}, std::pair{"reset", &fit.reset}}) {
        out += fmt::format("v_{0} = {1}\nt_{0} = {2}\ndg_{0} = {3}\nnoise_{0} = {4}\nspread_{0} = {5}\n", name, reals_text(p->v_V),
                           reals_text(p->t_s), reals_text(p->mean_S), reals_text(p->noise_S), reals_text(p->spread));
    }
    out += fmt::format("spread = \"{}\"\nspread_correlation = {}\n", fit.log_normal ? "log_normal" : "normal",
                       reals_text({fit.spread_correlation}).substr(1, std::string::npos));
    out.erase(out.rfind(']'), 1);
    if (fit.read_noise_S > 0) out += fmt::format("read_noise = {:.5f}\n", std::min(1.0, fit.read_noise_S / typical));
    if (fit.iv.kind == "sinh") out += fmt::format("iv = \"sinh\"\niv_b = {:.6f}\n", fit.iv.b);
    if (fit.iv.kind == "power")
        out += fmt::format("iv = \"power\"\niv_scale = \"{:.5g} V\"\niv_power = {:.6f}\n", fit.iv.scale_V, fit.iv.power);
    return out + pulses_toml(fit);
}

}  // namespace ganbar::fit
