#include "ganbar/periphery/circuits.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ganbar::periphery {

double Circuit::power_W(const PeripheryParams& p) const {
    return p.v_supply.si * (parts.opamps * p.opamp_current.si + parts.tails * p.tail_current.si);
}
double Circuit::area_m2(const PeripheryParams& p) const {
    return parts.opamps * p.opamp_area.si + parts.transistors * p.transistor_area.si + parts.switches * p.switch_area.si +
           parts.capacitors * p.capacitor_area.si + parts.resistors * p.resistor_area.si;
}

Stage::Stage(const PeripheryParams& p, double noise_gain, double lost_V)
    : gain_(1 / (1 + noise_gain / p.opamp_gain)),
      offset_V_(noise_gain * p.opamp_offset.si * gain_),
      swing_V_(std::max(0.0, p.v_swing.si - lost_V)),
      tau_s_(noise_gain * gain_ / (2 * std::numbers::pi * p.opamp_bandwidth.si)) {}
HoldCurve::HoldCurve(const PeripheryParams& p) : stage_(p, 1) {
    const double r_on = p.r_switch.si, leak = p.r_leak.si, parallel = r_on * leak / (r_on + leak),
                 open = p.r_switch_off.si * leak / (p.r_switch_off.si + leak);
    tau_s_ = parallel * p.c_hold.si;
    pass_ = leak / (r_on + leak) * (1 - residue(p.t_slot.si, tau_s_)) * residue(p.t_hold.si, open * p.c_hold.si);
}

Circuit subtractor(const PeripheryParams& p, double line_S) {
    const Readout readout(p, line_S);
    return {"subtractor",
            "two transimpedance amplifiers: currents of the positive and the negative line to one voltage",
            "clip((clip((x + N1 v_os)/(1 + N1/A)) + N2 v_os)/(1 + N2/A)), N1 = 1 + R_readout G_line, N2 = N1 + 1",
            {2, 0, 0, 0, 3, 0},
            readout,
            readout.time_constant_s()};
}

Circuit opamp(const PeripheryParams& p) {
    const FollowerCurve curve(p);
    return {"opamp", "operational amplifier as a follower", "clip((x + v_os)/(1 + 1/A), +-S)", {1, 0, 0, 0, 0, 0},
            curve,   curve.stage.time_constant_s()};
}

Circuit relu(const PeripheryParams& p) {
    const ReluCurve curve(p);
    return {"relu",
            "half-wave rectifier: inverting amplifier with a diode in each direction of its feedback, fed with -x",
            "clip((max(x, 0) + 2 v_os)/(1 + 2/A)) above 0, else 0",
            {1, 0, 0, 0, 2, 0},
            curve,
            curve.stage.time_constant_s()};
}

Circuit leaky_relu(const PeripheryParams& p, double slope) {
    const LeakyReluCurve curve(p, slope);
    return {"leaky_relu",
            "half-wave rectifier and summing amplifier",
            "(1 - s) max(x, 0) + s x through two stages of noise gain 2",
            {2, 0, 0, 0, 5, 0},
            curve,
            2 * curve.second.time_constant_s()};
}

Circuit tanh_pair(const PeripheryParams& p) {
    const TanhCurve curve(p);
    return {"tanh",
            "differential pair in weak inversion, current mirror, transimpedance amplifier",
            "V_unit tanh(x/V_unit): I_tail tanh(v/(2 n V_T)) with v = x 2 n V_T/V_unit from a divider",
            {1, 4, 0, 0, 3, 1},
            curve,
            curve.stage.time_constant_s()};
}

Circuit sigmoid_pair(const PeripheryParams& p) {
    const SigmoidCurve curve(p);
    return {"sigmoid",
            "one branch of a differential pair in weak inversion, transimpedance amplifier",
            "V_unit/(1 + exp(-x/V_unit)): I_tail/(1 + exp(-v/(n V_T))) with v = x n V_T/V_unit from a divider",
            {1, 2, 0, 0, 3, 1},
            curve,
            curve.stage.time_constant_s()};
}

Circuit dropout_gate(const PeripheryParams& p, bool closed) {
    const double on = p.r_switch.si, off = p.r_switch_off.si, pass = closed ? off / (on + off) : on / (on + off);
    return {
        "dropout_gate",     "a switch in series and its complement to ground",  "x R_off/(R_on + R_off) closed, x R_on/(R_on + R_off) open",
        {0, 0, 2, 0, 0, 0}, [pass](double x) { return Point{pass * x, pass}; }, 0};
}

Circuit normaliser(const PeripheryParams& p, double mean_V, double gain) {
    const NormalCurve curve(p, mean_V, gain);
    return {"normalisation",
            "difference amplifier whose feedback is a programmed cell",
            "clip((k (x - m) + N v_os)/(1 + N/A)), N = 1 + 2 k, k within the resistance ratio of a cell",
            {1, 0, 0, 0, 3, 0},
            curve,
            curve.stage.time_constant_s()};
}

Circuit sample_hold(const PeripheryParams& p) {
    const HoldCurve curve(p);
    return {"sample_hold",
            "switch, capacitor, follower; the line returns to 0 while the sample is held",
            "x (1 - exp(-t_slot/(R_on C))) exp(-t_hold/(R_open C)) through a follower",
            {1, 0, 1, 1, 0, 0},
            curve,
            curve.time_constant_s()};
}

Circuit column_read(const PeripheryParams& p, double line_S, double previous_V) {
    const Stage stage(p, 1 + p.r_readout.si * line_S);
    const double left = residue(p.t_slot.si, stage.time_constant_s());
    return {"column_read",
            "one transimpedance amplifier for all columns, each connected for t_slot",
            "v + (v_previous - v) exp(-t_slot/tau), tau = N/((1 + N/A) 2 pi GBW)",
            {1, 0, 1, 0, 1, 0},
            [stage, left, previous_V](double x) {
                const Point v = stage.linear(x);
                return stage.limit({v.y_V + (previous_V - v.y_V) * left, v.slope * (1 - left)});
            },
            stage.time_constant_s()};
}

std::vector<Circuit> all_circuits(const PeripheryParams& p) {
    return {opamp(p),
            relu(p),
            leaky_relu(p, typical_slope),
            tanh_pair(p),
            sigmoid_pair(p),
            dropout_gate(p, true),
            normaliser(p, typical_mean_V, typical_gain),
            subtractor(p, typical_line_S),
            sample_hold(p),
            column_read(p, typical_line_S, typical_previous_V)};
}

}  // namespace ganbar::periphery
