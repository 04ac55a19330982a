#include "ganbar/circuit/read_compensation.h"

#include <algorithm>
#include <cmath>

namespace ganbar {
namespace {

/// Sum over the other index of ideal and actual currents, as a ratio; strides choose the direction.
std::vector<double> gains(std::size_t n_out, std::size_t n_in, std::size_t out_step, std::size_t in_step, std::span<const double> g_S,
                          std::span<const double> t_S, std::span<const double> x_V) {
    GANBAR_ASSERT(g_S.size() == n_out * n_in && t_S.size() == g_S.size() && x_V.size() == n_in);
    std::vector<double> gain(n_out, 1.0);
    for (std::size_t o = 0; o < n_out; ++o) {
        double ideal = 0, actual = 0;
        for (std::size_t k = 0; k < n_in; ++k)
            ideal += g_S[o * out_step + k * in_step] * x_V[k], actual += t_S[o * out_step + k * in_step] * x_V[k];
        if (actual != 0) gain[o] = ideal / actual;
    }
    return gain;
}

}  // namespace

std::vector<double> column_gains(std::size_t rows, std::size_t cols, std::span<const double> g_S, std::span<const double> t_S,
                                 std::span<const double> x_V) {
    return gains(cols, rows, 1, cols, g_S, t_S, x_V);
}
std::vector<double> row_gains(std::size_t rows, std::size_t cols, std::span<const double> g_S, std::span<const double> t_S,
                              std::span<const double> x_V) {
    return gains(rows, cols, cols, 1, g_S, t_S, x_V);
}

Precompensated precompensate(const TransferPlan& plan, std::span<const double> target_S, const Wires& wires, const Window& window,
                             double scale, double tolerance) {
    if (!(scale > 0 && scale <= 1)) throw ConfigError("the scale of a pre-compensated array must lie in (0, 1]");
    const double lo = window.g_min.si, hi = window.g_max.si;
    Precompensated out;
    out.scale = scale;
    std::vector<double> t(target_S.size());
    for (const double g : target_S) out.g_S.push_back(std::clamp(g, lo, hi));
    constexpr int most_rounds = 200;
    for (out.rounds = 1; out.rounds <= most_rounds; ++out.rounds) {
        transfer_matrix(plan, std::span<const double>(out.g_S), wires, t);
        double moved = 0;
        out.worst = 0;
        for (std::size_t k = 0; k < t.size(); ++k) {
            const double wanted = scale * target_S[k];
            if (wanted > 0) out.worst = std::max(out.worst, std::abs(t[k] - wanted) / wanted);
            const double next = t[k] > 0 ? std::clamp(out.g_S[k] * wanted / t[k], lo, hi) : out.g_S[k];
            if (out.g_S[k] > 0) moved = std::max(moved, std::abs(next / out.g_S[k] - 1));
            out.g_S[k] = next;
        }
        if (moved > tolerance) continue;
        for (const double g : out.g_S) out.n_clipped += g == lo || g == hi;
        return out;
    }
    throw NumericError("pre-compensation did not settle in 200 rounds; use a smaller scale or a wider window");
}

}  // namespace ganbar
