// What the unitless pulsed step models of IBM's aihwkit share (Rasch et al., "A flexible and fast PyTorch toolkit for simulating training
// and inference on analog crossbar arrays", AICAS 2021, doi 10.1109/AICAS51828.2021.9458494). Each family gives the shape of its step.
//
// A weight w lives between the cell's own bounds; its nominal range [w_min, w_max] maps linearly on [g_min, g_max]. Draws per cell:
//   up, down = dw_min |gain + bias +- up_down_dtod xi1|, gain = 1 + dw_min_dtod xi2 (or exp(dw_min_dtod xi2)); the bias -|up_down| applies
//   to the weaker direction (up_down > 0 favours up);   bounds w_max |1 + w_max_dtod xi3|, w_min |1 + w_min_dtod xi4|
// One pulse at or above the threshold, whatever its width: w <- clip(w + step), seen w - reference + write_noise dw_min xi5.
#pragma once
#include <algorithm>
#include <cmath>

#include "ganbar/device/device_model.h"
#include "ganbar/device/preset.h"

namespace ganbar {

struct PulsedParams {
    Siemens g_min{150e-6}, g_max{300e-6};
    Volt threshold{0.5};
    OnOff d2d = OnOff::on;
    double dw_min = 1e-3, up_down = 0, w_max = 0.6, w_min = -0.6;
    double dw_min_dtod = 0.3, up_down_dtod = 0.01, w_max_dtod = 0.3, w_min_dtod = 0.3;
    bool log_normal = false;
    double c2c = 0.3, write_noise = 0, read_noise = 0;
};

inline Source aihwkit_preset() { return published("aihwkit (MIT licence), presets/devices.py: the value of the chosen preset"); }
inline Source aihwkit_default() { return published("aihwkit (MIT licence), configs/devices.py: default of the family"); }

/// The declarations every family has; `numbers` is where its weights' numbers come from.
template <class P>
void add_pulsed_schema(Schema<P>& s, const Source& numbers) {
    using namespace literals;
    const auto in = [](auto PulsedParams::*member) -> std::remove_reference_t<decltype(P{}.*member)> P::* { return member; };
    s.push_back(param("g_min", in(&PulsedParams::g_min), Siemens{0}, 0.1_S, "conductance at w_min",
                      assumed("window of satyam2022, so that networks compare; the source has no units")));
    s.push_back(param("g_max", in(&PulsedParams::g_max), 1_nS, 0.1_S, "conductance at w_max",
                      assumed("window of satyam2022, so that networks compare; the source has no units")));
    s.push_back(param("threshold", in(&PulsedParams::threshold), 0_V, 5_V, "pulses below this magnitude do nothing, all others one step",
                      assumed("the source has no voltages")));
    s.push_back(choice("d2d", in(&PulsedParams::d2d), {"off", "on"}, "device-to-device variation of everything named _dtod",
                       assumed("on, as in the source")));
    s.push_back(param("dw_min", in(&PulsedParams::dw_min), 0.0, 10.0, "mean step of one pulse at w = 0", numbers));
    s.push_back(param("up_down", in(&PulsedParams::up_down), -1.0, 1.0,
                      "asymmetry: weakens down steps when positive, up steps when negative", numbers));
    s.push_back(param("w_max", in(&PulsedParams::w_max), 0.0, 100.0, "nominal upper bound", numbers));
    s.push_back(param("w_min", in(&PulsedParams::w_min), -100.0, 0.0, "nominal lower bound", numbers));
    s.push_back(param("dw_min_dtod", in(&PulsedParams::dw_min_dtod), 0.0, 10.0, "spread of the step between devices, relative", numbers));
    s.push_back(param("up_down_dtod", in(&PulsedParams::up_down_dtod), 0.0, 10.0, "spread of the asymmetry between devices", numbers));
    s.push_back(
        param("w_max_dtod", in(&PulsedParams::w_max_dtod), 0.0, 10.0, "spread of the upper bound between devices, relative", numbers));
    s.push_back(
        param("w_min_dtod", in(&PulsedParams::w_min_dtod), 0.0, 10.0, "spread of the lower bound between devices, relative", numbers));
    s.push_back(param("dw_min_log_normal", in(&PulsedParams::log_normal), "the step's spread is log-normal", numbers));
    s.push_back(param("c2c", in(&PulsedParams::c2c), 0.0, 100.0, "cycle-to-cycle standard deviation of a step, relative to it", numbers));
    s.push_back(param("write_noise", in(&PulsedParams::write_noise), 0.0, 1e4,
                      "noise of the weight seen after a pulse, in dw_min; it does not accumulate", numbers));
    s.push_back(param("read_noise", in(&PulsedParams::read_noise), 0.0, 1.0, "standard deviation of a read relative to the current",
                      assumed("off; the source puts read noise into the converters")));
}

/// g_S is what a read sees; w the weight that accumulates; shape_*: the family's own per-cell numbers.
struct PulsedCell {
    float g_S = 0, w = 0;
    float up = 0, down = 0;      ///< step at full strength, both positive
    float b_max = 0, b_min = 0;  ///< this cell's bounds
    float shape_up = 0, shape_down = 0;
    float reference = 0;
};

/// Family F: Params (derived from PulsedParams), doc(), name, constructor F(Params), `void draw(PulsedCell&, Rng* rng) const` (rng null:
/// the nominal device) and `float step(bool up, const PulsedCell&, float n) const`, the signed change of w with its N(0,1) draw n.
template <class F>
struct PulsedModel {
    using Params = typename F::Params;
    using Cell = PulsedCell;
    static const char* doc() { return F::doc(); }

    struct PulseLaw {
        F family;
        int direction = 0;
        float w_min = 0, g_min = 0, siemens_per_w = 0, write_noise = 0;
        bool random = false;
        void apply(Cell& c, PulseDraw draw) const {
            if (direction == 0) return;
            c.w = std::clamp(c.w + family.step(direction > 0, c, draw.a), c.b_min, c.b_max);
            c.g_S = seen(c, write_noise * draw.b);
        }
        float seen(const Cell& c, float noise) const { return std::max(0.0f, g_min + (c.w - c.reference + noise - w_min) * siemens_per_w); }
    };

    Params p;
    F family;
    explicit PulsedModel(Params params) : p(params), family(params) {
        const std::string name = F::name;
        if (p.g_min >= p.g_max) throw ConfigError(name + ": g_min must be below g_max");
        if (p.w_min >= p.w_max) throw ConfigError(name + ": w_min must be below w_max");
    }
    Window window() const { return {p.g_min, p.g_max}; }
    double siemens_per_w() const { return (p.g_max.si - p.g_min.si) / (p.w_max - p.w_min); }

    void set_conductance(Cell& c, Siemens g) const {
        double w = p.w_min + (g.si - p.g_min.si) / siemens_per_w();
        for (const double end : {p.w_min, p.w_max})  // conductances come in single precision: one at the bound is meant to be there
            if (std::abs(w - end) < 1e-6 * (p.w_max - p.w_min)) w = end;
        w += c.reference;
        c.w = std::clamp(static_cast<float>(w), c.b_min, c.b_max);
        c.g_S = law(0).seen(c, 0);
    }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        Rng* draws = p.d2d == OnOff::on ? &rng : nullptr;
        const auto xi = [draws] { return draws ? draws->normal() : 0.0; };
        Cell c;
        c.b_max = static_cast<float>(p.w_max * std::abs(1 + p.w_max_dtod * xi()));
        c.b_min = static_cast<float>(p.w_min * std::abs(1 + p.w_min_dtod * xi()));
        const double spread = p.dw_min_dtod * xi(), gain = p.log_normal ? std::exp(spread) : 1 + spread, asymmetry = p.up_down_dtod * xi();
        c.up = static_cast<float>(p.dw_min * std::abs(std::min(p.up_down, 0.0) + gain + asymmetry));
        c.down = static_cast<float>(p.dw_min * std::abs(std::min(-p.up_down, 0.0) + gain - asymmetry));
        family.draw(c, draws);
        set_conductance(c, g);
        return c;
    }
    double current_A(const Cell& c, double v) const { return c.g_S * v; }
    double read_noise_A2(const Cell& c, double v) const { return p.read_noise * p.read_noise * c.g_S * v * c.g_S * v; }
    double least_pulse_V() const { return p.threshold.si * (1 - 1e-6); }  // as reaches() has it
    PulseLaw pulse_law(Volt v, Second) const { return law(!reaches(v.si, p.threshold.si) ? 0 : v.si > 0 ? 1 : -1); }
    PulseLaw law(int direction) const {
        return {family,
                direction,
                static_cast<float>(p.w_min),
                static_cast<float>(p.g_min.si),
                static_cast<float>(siemens_per_w()),
                static_cast<float>(p.write_noise * p.dw_min),
                p.c2c > 0 || p.write_noise > 0};
    }
};

}  // namespace ganbar
