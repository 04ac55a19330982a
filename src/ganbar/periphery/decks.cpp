#include "ganbar/periphery/decks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <ostream>

#include "ganbar/periphery/circuits.h"

namespace ganbar::periphery {
namespace {

/// What a circuit's instance consists of: a subcircuit `circuit in out`, the waveform of its input, and the time of the answer (0 =
/// operating point).
struct Deck {
    std::string body;
    double t_end_s = 0, t_start_s = 0;  ///< until t_start the input is `before_V`, from t_return on it is 0
    double before_V = 0, t_return_s = 0;
};

std::string opamp_subcircuit(const PeripheryParams& p) {
    constexpr double gm_S = 1e-3;
    return fmt::format(
        "* one pole, swing limited by diodes\n.subckt opamp inp inn out\nVos a inp {:.10g}\nGm 0 x a inn {:g}\nRx x 0 {:.10g}\nCx x 0 "
        "{:.10g}\n"
        "Vhi hi 0 {:.10g}\nVlo lo 0 {:.10g}\nDhi x hi dlim\nDlo lo x dlim\nEout out 0 x 0 1\n.ends\n.model dlim d(is=1e-9 n=0.01)\n",
        p.opamp_offset.si, gm_S, p.opamp_gain / gm_S, gm_S / (2 * std::numbers::pi * p.opamp_bandwidth.si), p.v_swing.si, -p.v_swing.si);
}

// n of the diode such that it drops diode_drop at 1 uA with I_s = 1e-14 A.
std::string diode_model(const PeripheryParams& p) {
    const double v_t = constants::boltzmann_J_per_K * p.temperature.si / constants::elementary_charge_C;
    return fmt::format(".model drect d(is=1e-14 n={:.10g})\n", p.diode_drop.si / (v_t * std::log(1e8)));
}

// Weak inversion: n = 1 + q NFS/Cox without body effect.
std::string mos_models(const PeripheryParams& p) {
    const double cox = 3.9 * 8.8541878128e-12 / 4e-9, nfs_per_cm2 = (p.slope_factor - 1) * cox / constants::elementary_charge_C * 1e-4;
    const std::string common = fmt::format("tox=4n nfs={:.10g} gamma=0 phi=0.8 kappa=0 eta=0 theta=0", nfs_per_cm2);
    return fmt::format(".model nm nmos(level=3 vto=0.45 kp=170u {0})\n.model pm pmos(level=3 vto=-0.45 kp=60u {0})\n", common);
}

double divider(double ratio, const char* what) {
    if (!(ratio > 0 && ratio < 1))
        throw ConfigError(
            fmt::format("{}: n V_T is too large for v_unit; expected a divider below 1, not {:.3g} (raise v_unit)", what, ratio));
    return ratio;
}

Deck tanh_deck(const PeripheryParams& p) {
    const double a = divider(2 * p.thermal_V() / p.v_unit.si, "tanh"), half = p.v_supply.si / 2;
    return {
        mos_models(p) +
        fmt::format(
            ".subckt circuit in out\nVdd vdd 0 {:.10g}\nVss vss 0 {:.10g}\nRa in g {:.10g}\nRb g 0 {:.10g}\nM1 d1 0 s s nm w=200u l=1u\n"
            "M2 d2 g s s nm w=200u l=1u\nIt s vss {:.10g}\nM3 d1 d1 vdd vdd pm w=200u l=1u\nM4 d2 d1 vdd vdd pm w=200u l=1u\n"
            "X1 0 d2 out opamp\nRf d2 out {:.10g}\n.ends\n",
            half, -half, 1e6 * (1 - a), 1e6 * a, p.tail_current.si, p.v_unit.si / p.tail_current.si)};
}

Deck sigmoid_deck(const PeripheryParams& p) {
    const double a = divider(p.thermal_V() / p.v_unit.si, "sigmoid"), half = p.v_supply.si / 2;
    return {
        mos_models(p) +
        fmt::format(
            ".subckt circuit in out\nVdd vdd 0 {:.10g}\nVss vss 0 {:.10g}\nRa in g {:.10g}\nRb g 0 {:.10g}\nM1 vdd 0 s s nm w=200u l=1u\n"
            "M2 d2 g s s nm w=200u l=1u\nIt s vss {:.10g}\nX1 0 d2 out opamp\nRf d2 out {:.10g}\n.ends\n",
            half, -half, 1e6 * (1 - a), 1e6 * a, p.tail_current.si, p.v_unit.si / p.tail_current.si)};
}

Deck relu_deck(const PeripheryParams& p) {
    return {diode_model(p) + fmt::format(".subckt circuit in out\nEi ni 0 in 0 -1\nR1 ni m {0:.10g}\nR2 out m {0:.10g}\nX1 0 m o opamp\nD1 "
                                         "m o drect\nD2 o out drect\n.ends\n",
                                         p.r_feedback.si)};
}

Deck leaky_relu_deck(const PeripheryParams& p) {
    const double r = p.r_feedback.si, s = typical_slope;
    return {diode_model(p) +
            fmt::format(
                ".subckt circuit in out\nR1 in m {0:.10g}\nR2 a m {0:.10g}\nX1 0 m o opamp\nD1 o m drect\nD2 a o drect\nEi ni 0 in 0 -1\n"
                "R3 a m2 {1:.10g}\nR4 ni m2 {2:.10g}\nR5 out m2 {0:.10g}\nX2 0 m2 out opamp\n.ends\n",
                r, r / (1 - s), r / s)};
}

Deck gate_deck(const PeripheryParams& p) {
    return {
        fmt::format(".model swm sw(vt=0.5 vh=0 ron={:.10g} roff={:.10g})\n.subckt circuit in out\nVc c 0 1\nVn n 0 0\nS1 in out c 0 "
                    "swm\nS2 out 0 n 0 swm\n.ends\n",
                    p.r_switch.si, p.r_switch_off.si)};
}

Deck normaliser_deck(const PeripheryParams& p) {
    const double k = std::clamp(typical_gain, 1 / p.gain_max, p.gain_max);
    return {
        fmt::format(".subckt circuit in out\nEi ni 0 in 0 -1\nVm vm 0 {:.10g}\nR1 ni m {:.10g}\nR2 vm m {:.10g}\nR3 out m {:.10g}\nX1 0 m "
                    "out opamp\n.ends\n",
                    typical_mean_V, p.r_feedback.si / k, p.r_feedback.si / k, p.r_feedback.si)};
}

// The lines' cells as one resistor each; a voltage behind it drives the current that stands for x.
Deck subtractor_deck(const PeripheryParams& p) {
    const double r = p.r_readout.si, cells = 1 / typical_line_S;
    return {
        fmt::format(".subckt circuit in out\nEp vp 0 in 0 {0:.10g}\nRp vp m1 {1:.10g}\nX1 0 m1 o1 opamp\nRf1 o1 m1 {2:.10g}\nRn 0 m2 "
                    "{1:.10g}\nRs o1 m2 {2:.10g}\nX2 0 m2 out opamp\nRf2 out m2 {2:.10g}\n.ends\n",
                    cells / r, cells, r)};
}

Deck sample_hold_deck(const PeripheryParams& p) {
    const double t0 = p.t_slot.si, edge = 1e-4 * t0;
    return {fmt::format(".model swm sw(vt=0.5 vh=0 ron={:.10g} roff={:.10g})\n.subckt circuit in out\nVc c 0 pwl(0 0 {:.10g} 0 {:.10g} 1 "
                        "{:.10g} 1 {:.10g} 0)\nS1 in h c 0 swm\nCh h 0 {:.10g}\nRl h 0 {:.10g}\n"
                        "X1 h out out opamp\n.ends\n",
                        p.r_switch.si, p.r_switch_off.si, t0, t0 + edge, 2 * t0 + edge, 2 * t0 + 2 * edge, p.c_hold.si, p.r_leak.si),
            2 * t0 + 1.5 * edge + p.t_hold.si, 0.5 * t0, 0, 2 * t0 + 3 * edge};
}

Deck column_read_deck(const PeripheryParams& p) {
    const double cells = 1 / typical_line_S, t0 = p.t_slot.si;
    const Point rest = Stage(p, 1 + p.r_readout.si * typical_line_S)(0);
    const double before_V = (typical_previous_V - rest.y_V) / rest.slope;  // leaves the output at the last column's value
    return {fmt::format(".subckt circuit in out\nEp vp 0 in 0 {:.10g}\nRp vp m {:.10g}\nX1 0 m out opamp\nRf out m {:.10g}\n.ends\n",
                        -cells / p.r_readout.si, cells, p.r_readout.si),
            2 * t0, t0, before_V, 0};
}

Deck opamp_deck(const PeripheryParams&) { return {".subckt circuit in out\nX1 in out out opamp\n.ends\n"}; }

}  // namespace

void write_deck(const std::string& circuit, const PeripheryParams& p, std::span<const double> x_V, std::ostream& out) {
    const std::vector<std::pair<std::string, Deck (*)(const PeripheryParams&)>> known = {{"opamp", opamp_deck},
                                                                                         {"relu", relu_deck},
                                                                                         {"leaky_relu", leaky_relu_deck},
                                                                                         {"tanh", tanh_deck},
                                                                                         {"sigmoid", sigmoid_deck},
                                                                                         {"dropout_gate", gate_deck},
                                                                                         {"normalisation", normaliser_deck},
                                                                                         {"subtractor", subtractor_deck},
                                                                                         {"sample_hold", sample_hold_deck},
                                                                                         {"column_read", column_read_deck}};
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& k) { return k.first == circuit; });
    if (found == known.end()) {
        std::vector<std::string> names;
        for (const auto& k : known) names.push_back(k.first);
        const std::string near = nearest_name(circuit, names);
        throw ConfigError(fmt::format("unknown circuit \"{}\"{}; expected one of {}", circuit,
                                      near.empty() ? "" : "; did you mean \"" + near + "\"?", join(names)));
    }
    const Deck deck = found->second(p);
    const Circuit about = [&] {
        for (auto& b : all_circuits(p))
            if (b.name == circuit) return b;
        return Circuit{};
    }();
    out << fmt::format("* {}: {}\n* {}\n* volts about the middle of the supply\n", circuit, about.doc, about.curve) << opamp_subcircuit(p)
        << deck.body;
    for (std::size_t i = 0; i < x_V.size(); ++i) {
        if (deck.t_end_s == 0) out << fmt::format("Vin_{0} in_{0} 0 {1:.12g}\n", i, x_V[i]);
        else {
            const double edge = 1e-6 * deck.t_start_s;
            out << fmt::format("Vin_{0} in_{0} 0 pwl(0 {1:.12g} {2:.12g} {1:.12g} {3:.12g} {4:.12g}", i, deck.before_V, deck.t_start_s,
                               deck.t_start_s + edge, x_V[i]);
            if (deck.t_return_s > 0) out << fmt::format(" {:.12g} {:.12g} {:.12g} 0", deck.t_return_s, x_V[i], deck.t_return_s + edge);
            out << ")\n";
        }
        out << fmt::format("Xcircuit_{0} in_{0} out_{0} circuit\n", i);
    }
    out << fmt::format(".options reltol=1e-6 abstol=1e-15 vntol=1e-9 itl1=1000 temp={0:.8g} tnom={0:.8g}\n.control\nset numdgt=12\n",
                       p.temperature.si - constants::zero_celsius_K);
    if (deck.t_end_s == 0) {
        out << "op\n";
        for (std::size_t i = 0; i < x_V.size(); ++i) out << fmt::format("let y_{0} = v(out_{0})\nprint y_{0}\n", i);
    } else {
        out << fmt::format("tran {:.10g} {:.10g} 0 {:.10g}\n", deck.t_start_s / 50, deck.t_end_s, deck.t_start_s / 20);
        for (std::size_t i = 0; i < x_V.size(); ++i) out << fmt::format("let y_{0} = v(out_{0})[length(v(out_{0}))-1]\nprint y_{0}\n", i);
    }
    out << "quit 0\n.endc\n.end\n";
}

}  // namespace ganbar::periphery
