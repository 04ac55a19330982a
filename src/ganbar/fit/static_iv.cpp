// The static current of a device from I-V sweeps: ohmic, sinh, or a power beside the ohmic part.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "ganbar/core/error.h"
#include "ganbar/fit/device_fit.h"

namespace ganbar::fit {
namespace {

struct Sweep {
    std::vector<double> v, i;
};

/// Relative residual of one shape I = G f(V), each sweep with its own G.
template <class Shape>
double misfit(const std::vector<Sweep>& sweeps, const Shape& shape) {
    double rest = 0, all = 0;
    for (const auto& s : sweeps) {
        double fi = 0, ff = 0, ii = 0;
        for (std::size_t k = 0; k < s.v.size(); ++k) {
            const double f = shape(s.v[k]);
            fi += f * s.i[k], ff += f * f, ii += s.i[k] * s.i[k];
        }
        if (!(ff > 0) || !(ii > 0)) continue;
        rest += 1 - fi * fi / (ff * ii), all += 1;  // each sweep weighs the same, whatever its conductance
    }
    return all > 0 ? std::sqrt(std::max(0.0, rest / all)) : 0;
}

/// Least value of f over [lo, hi], even in the logarithm, then by golden section about the best.
template <class F>
double least(double lo, double hi, const F& f) {
    constexpr int n = 60;
    const double step = std::log(hi / lo) / n;
    int best = 0;
    double value = f(lo);
    for (int k = 1; k <= n; ++k)
        if (const double y = f(lo * std::exp(step * k)); y < value) value = y, best = k;
    double a = std::log(lo) + step * std::max(0, best - 1), b = std::log(lo) + step * std::min(n, best + 1);
    for (int k = 0; k < 40; ++k) {
        const double c = b - 0.618034 * (b - a), d = a + 0.618034 * (b - a);
        if (f(std::exp(c)) < f(std::exp(d))) b = d;
        else a = c;
    }
    return std::exp(0.5 * (a + b));
}

}  // namespace

StaticIv fit_iv(std::string_view text, const std::string& file) {
    ReadOptions options;
    options.sweep = true;
    const PulseData data = parse_pulses(text, file, options);
    std::map<std::pair<int, int>, Sweep> by_sweep;
    for (const auto& row : data.rows)
        if (row.v_V != 0 && !std::isnan(row.g_S))
            by_sweep[{row.device, row.cycle}].v.push_back(row.v_V), by_sweep[{row.device, row.cycle}].i.push_back(row.g_S);
    std::vector<Sweep> sweeps;
    std::size_t n = 0;
    double most = 0;
    for (auto& [key, sweep] : by_sweep) {
        n += sweep.v.size();
        for (const double v : sweep.v) most = std::max(most, std::abs(v));
        sweeps.push_back(std::move(sweep));
    }
    if (n < 6) throw DataError(fmt::format("the file has {} points of an I-V; expected at least 6", n), {file});
    StaticIv out;
    const double linear = misfit(sweeps, [](double v) { return v; });
    const auto sinh_at = [&](double b) { return misfit(sweeps, [b](double v) { return std::sinh(b * v); }); };
    const double b = least(0.01 / most, 20 / most, sinh_at), sinh = sinh_at(b);
    const auto power_at = [&](double p, double s) {
        return misfit(sweeps, [p, s](double v) { return v * (1 + std::pow(std::abs(v) / s, p)); });
    };
    const auto scale_at = [&](double p) { return least(0.05 * most, 100 * most, [&](double s) { return power_at(p, s); }); };
    double p = 2;
    for (double q = 0.5, best = 1e300; q <= 5; q += 0.25)
        if (const double y = power_at(q, scale_at(q)); y < best) best = y, p = q;
    const double s = scale_at(p), power = power_at(p, s);
    out.residual = linear;
    if (sinh < 0.8 * linear && linear > 1e-4) out.kind = "sinh", out.b = b, out.residual = sinh;
    if (power < 0.8 * out.residual && out.residual > 1e-4) out.kind = "power", out.scale_V = s, out.power = p, out.residual = power;
    out.why =
        fmt::format("{} sweeps, {} points up to {:.3g} V; relative residual of the linear form {:.3g}, of sinh {:.3g}, of the power {:.3g}",
                    sweeps.size(), n, most, linear, sinh, power);
    return out;
}

}  // namespace ganbar::fit
