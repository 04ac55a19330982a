// Static curves of the analog circuits with the slope of the same curve, in volts about the middle of the supply. An amplifier has
// open-loop gain A, offset v_os and swing S; with noise gain N (1 + feedback over input conductance) a stage of ideal output v gives
// clip((v + N v_os)/(1 + N/A), +-S), and settles with time constant N/((1 + N/A) 2 pi GBW).
#pragma once
#include <algorithm>
#include <cmath>

#include "ganbar/periphery/periphery_params.h"

namespace ganbar::periphery {

struct Point {
    double y_V = 0, slope = 0;
};

/// What is left of the previous value of a one-pole circuit after a time.
inline double residue(double t_s, double time_constant_s) { return time_constant_s > 0 ? std::exp(-t_s / time_constant_s) : 0; }

/// A stage around one amplifier.
class Stage {
public:
    /// lost_V: what a diode in the output takes from the swing.
    Stage(const PeripheryParams& p, double noise_gain, double lost_V = 0);
    Point operator()(double ideal_V, double slope = 1) const { return limit(linear(ideal_V, slope)); }
    Point linear(double ideal_V, double slope = 1) const { return {gain_ * ideal_V + offset_V_, gain_ * slope}; }
    /// An output outside the swing stays at its end, with slope 0.
    Point limit(Point y) const { return std::abs(y.y_V) < swing_V_ ? y : Point{std::clamp(y.y_V, -swing_V_, swing_V_), 0}; }
    double time_constant_s() const { return tau_s_; }
    double gain() const { return gain_; }
    double offset_V() const { return offset_V_; }
    double swing_V() const { return swing_V_; }

private:
    double gain_, offset_V_, swing_V_, tau_s_;
};

/// The two amplifiers behind a column pair, R_readout (I+ - I-); line_S: conductance of all cells on one summing line. The first one's
/// output enters the second through R_readout, beside the cells of the other line.
class Readout {
public:
    Readout(const PeripheryParams& p, double line_S) : first_(p, 1 + p.r_readout.si * line_S), second_(p, 2 + p.r_readout.si * line_S) {}
    /// Where the output would settle without its swing; x: what the currents stand for, all on the positive line.
    Point target(double x_V) const {
        const Point a = first_(-x_V, -1);
        return second_.linear(-a.y_V, -a.slope);
    }
    Point limit(Point y) const { return second_.limit(y); }
    Point operator()(double x_V) const { return limit(target(x_V)); }
    double time_constant_s() const { return second_.time_constant_s(); }
    const Stage& first() const { return first_; }
    const Stage& second() const { return second_; }

private:
    Stage first_, second_;
};

struct FollowerCurve {
    explicit FollowerCurve(const PeripheryParams& p) : stage(p, 1) {}
    Stage stage;
    Point operator()(double x) const { return stage(x); }
};
struct ReluCurve {
    explicit ReluCurve(const PeripheryParams& p) : stage(p, 2, p.diode_drop.si) {}
    Stage stage;
    Point operator()(double x) const {
        const Point y = stage(x);
        return y.y_V > 0 ? y : Point{0, 0};
    }
};
struct LeakyReluCurve {
    LeakyReluCurve(const PeripheryParams& p, double leak) : first(p, 2, p.diode_drop.si), second(p, 2), leak(leak) {}
    Stage first, second;
    double leak;
    Point operator()(double x) const {
        Point a = first(-x, -1);
        if (a.y_V > 0) a = {0, 0};
        return second(-(1 - leak) * a.y_V + leak * x, -(1 - leak) * a.slope + leak);
    }
};
struct TanhCurve {
    explicit TanhCurve(const PeripheryParams& p) : stage(p, 1), unit_V(p.v_unit.si) {}
    Stage stage;
    double unit_V;
    Point operator()(double x) const {
        const double t = std::tanh(x / unit_V);
        return stage(unit_V * t, 1 - t * t);
    }
};
struct SigmoidCurve {
    explicit SigmoidCurve(const PeripheryParams& p) : stage(p, 1), unit_V(p.v_unit.si) {}
    Stage stage;
    double unit_V;
    Point operator()(double x) const {
        const double s = 1 / (1 + std::exp(-x / unit_V));
        return stage(unit_V * s, s * (1 - s));
    }
};
/// Difference amplifier with a programmed gain, limited to gain_max and its inverse.
struct NormalCurve {
    NormalCurve(const PeripheryParams& p, double mean_V, double wanted)
        : gain(std::clamp(wanted, 1 / p.gain_max, p.gain_max)), mean_V(mean_V), stage(p, 1 + 2 * gain) {}
    double gain, mean_V;
    Stage stage;
    Point operator()(double x) const { return stage(gain * (x - mean_V), gain); }
};
/// Sampling for t_slot from 0 V, holding for t_hold while the line is back at 0 V. A leak divides while the switch is closed; afterwards it
/// and the open switch discharge the capacitor.
class HoldCurve {
public:
    explicit HoldCurve(const PeripheryParams& p);
    Point operator()(double x) const { return stage_(x * pass_, pass_); }
    double time_constant_s() const { return tau_s_; }
    const Stage& stage() const { return stage_; }
    double pass() const { return pass_; }

private:
    Stage stage_;
    double pass_, tau_s_;
};

}  // namespace ganbar::periphery
