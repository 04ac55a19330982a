// A memristor and the element in series with it as one law: the voltage u over both gives one current.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/circuit/cell_curve.h"
#include "ganbar/circuit/selector.h"

namespace ganbar {

struct CellPoint {
    double i_A = 0;
    double slope_S = 0;      ///< di/du at a fixed bit line: what the word line feels
    double bit_slope_S = 0;  ///< - di/dvb at a fixed word line; equals slope_S but for the square law
    double x_V = 0;          ///< across the element: the internal node over the bit line
};

/// The search for the voltage x across the element. Both laws rise, so h(x) = element(x) - memristor(u - x) has one zero between 0 and u:
/// Newton's method, kept in a bracket that shrinks with every step; bisection where it leaves that.
class SeriesSearch {
public:
    /// full_S: the memristor's slope at all of u; rest_S: the element's slope at 0 V; most_V: Selector::most_voltage of the memristor's
    /// current there, since no more than this lies across the element.
    SeriesSearch(double u_V, double full_S, double rest_S, double most_V)
        : u_V_(u_V), lo_(std::min(0.0, u_V)), hi_(std::max(0.0, u_V)), x_(most_V) {
        if (!(std::abs(x_) < std::abs(u_V))) x_ = full_S + rest_S > 0 ? u_V * (full_S / (full_S + rest_S)) : u_V;
    }
    double x_V() const { return x_; }
    double u_V() const { return u_V_; }
    /// From both points at x; true once x stays.
    bool advance(const SelectorPoint& element, double memristor_A, double memristor_S) {
        constexpr double eps = std::numeric_limits<double>::epsilon();
        const double h = element.i_A - memristor_A;
        if (h == 0) return true;
        (h > 0 ? hi_ : lo_) = x_;
        double next = x_ - h / (element.slope_S + memristor_S);
        if (!(next > lo_ && next < hi_)) {
            if (std::abs(next - x_) <= eps * std::abs(u_V_)) return true;  // at an end of the bracket, to the last digit
            next = 0.5 * (lo_ + hi_);
        }
        if (next == lo_ || next == hi_) return true;
        const bool settled = std::abs(next - x_) <= 2 * eps * std::abs(x_);
        x_ = next;
        return settled;
    }

private:
    double u_V_, lo_, hi_, x_;
};

/// The cell at the x found, from both points there. The current is that of the softer one, which has the digits.
inline CellPoint composed_point(const SeriesSearch& search, const SelectorPoint& element, double memristor_A, double memristor_S) {
    const double both = element.slope_S + memristor_S, x = search.x_V();
    const double i_A = element.slope_S * std::abs(x) <= memristor_S * std::abs(search.u_V()) ? element.i_A : memristor_A;
    if (!(both > 0)) return {i_A, 0, 0, x};
    return {i_A, element.slope_S * memristor_S / both, (element.slope_S + element.gate_slope_S) * memristor_S / both, x};
}

constexpr int most_search_steps = 200;

/// `memristor(v)` gives {current, slope} at v volts.
template <class Memristor>
CellPoint composed_cell(const Memristor& memristor, const Selector& s, double u_V, double gate_V, double bit_V) {
    const auto [full_A, full_S] = memristor(u_V);
    SeriesSearch search(u_V, full_S, s.point(0, gate_V, bit_V).slope_S, s.most_voltage(full_A, gate_V));
    for (int step = 0; step < most_search_steps; ++step) {
        const auto [i_A, slope_S] = memristor(u_V - search.x_V());
        if (search.advance(s.point(search.x_V(), gate_V, bit_V), i_A, slope_S)) break;
    }
    const auto [i_A, slope_S] = memristor(u_V - search.x_V());
    return composed_point(search, s.point(search.x_V(), gate_V, bit_V), i_A, slope_S);
}

/// A cell of g_S and a static curve; g_S = 0 passes nothing.
CellPoint composed_cell(const CellCurve& curve, double g_S, const Selector& s, double u_V, double gate_V, double bit_V);

}  // namespace ganbar
