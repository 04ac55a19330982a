// Soft bounds: the nearer a bound, the smaller the step towards it. Form of Fusi and Abbott, "Limits on the memory storage capacity of
// bounded synapses", Nat. Neurosci. 10 (2007) 485, doi 10.1038/nn1859; every default number is ours.
#include <algorithm>
#include <cmath>

#include "ganbar/device/device_registry.h"

namespace ganbar {
namespace {

/// set: dG = set_fraction (g_max - G); reset: dG = -reset_fraction (G - g_min). After n set pulses g_max - G = (1 - set_fraction)^n (g_max
/// - G0).
struct SoftBounds {
    struct Params {
        Siemens g_min{150e-6}, g_max{300e-6};
        double set_fraction = 0.01, reset_fraction = 0.01;
        Volt threshold{0.5};
        OnOff d2d = OnOff::off;
        double d2d_sigma = 0.3, c2c = 0, read_noise = 0;
        static Schema<Params> schema() {
            using namespace literals;
            return {
                param("g_min", &Params::g_min, 1_nS, 0.1_S, "lower bound", published("satyam2022, sec. II: window 150-300 uS")),
                param("g_max", &Params::g_max, 1_nS, 0.1_S, "upper bound", published("satyam2022, sec. II: window 150-300 uS")),
                param("set_fraction", &Params::set_fraction, 0.0, 1.0, "part of the remaining way up that one set pulse goes",
                      assumed("about 100 pulses across the window")),
                param("reset_fraction", &Params::reset_fraction, 0.0, 1.0, "part of the remaining way down that one reset pulse goes",
                      assumed("as set_fraction")),
                param("threshold", &Params::threshold, 0_V, 5_V, "pulses below this magnitude do nothing",
                      assumed("between the read voltage and half of any write voltage")),
                choice("d2d", &Params::d2d, {"off", "on"}, "device-to-device variation of the steps, log-normal, set and reset apart",
                       assumed("off")),
                param("d2d_sigma", &Params::d2d_sigma, 0.0, 3.0, "its standard deviation in ln(step)",
                      assumed("30%, a usual figure for resistive arrays")),
                param("c2c", &Params::c2c, 0.0, 10.0, "cycle-to-cycle standard deviation of a step, relative", assumed("off")),
                param("read_noise", &Params::read_noise, 0.0, 1.0, "standard deviation of a read relative to the current", assumed("off")),
            };
        }
    };
    static const char* doc() {
        return "Soft-bounds device (Fusi and Abbott 2007): ohmic, each pulse covers a fixed fraction of the way to the bound, so "
               "conductance "
               "approaches it exponentially. A generic shape for comparison: every default is assumed.";
    }
    struct Cell {
        float g_S = 0, set_scale = 1, reset_scale = 1;
    };
    struct PulseLaw {
        float fraction = 0, bound = 0, c2c = 0;
        bool random = false, up = false;
        void apply(Cell& c, PulseDraw draw) const {
            const float part = fraction * (up ? c.set_scale : c.reset_scale) * std::max(0.0f, 1 + c2c * draw.a);
            if (up ? c.g_S < bound : c.g_S > bound) c.g_S += std::min(part, 1.0f) * (bound - c.g_S);
        }
    };
    Params p;
    explicit SoftBounds(Params params) : p(params) {
        if (p.g_min >= p.g_max) throw ConfigError("soft_bounds: g_min must be below g_max");
    }
    Window window() const { return {p.g_min, p.g_max}; }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        const auto scale = [&] { return p.d2d == OnOff::on ? static_cast<float>(std::exp(p.d2d_sigma * rng.normal())) : 1.0f; };
        const float set = scale(), reset = scale();
        return {static_cast<float>(g.si), set, reset};
    }
    double current_A(const Cell& c, double v) const { return c.g_S * v; }
    double read_noise_A2(const Cell& c, double v) const { return p.read_noise * p.read_noise * c.g_S * v * c.g_S * v; }
    PulseLaw pulse_law(Volt v, Second) const {
        const bool up = v.si > 0;
        const double fraction = !reaches(v.si, p.threshold.si) ? 0 : up ? p.set_fraction : p.reset_fraction;
        return {static_cast<float>(fraction), static_cast<float>((up ? p.g_max : p.g_min).si), static_cast<float>(p.c2c), p.c2c > 0, up};
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(soft_bounds, SoftBounds)
}  // namespace ganbar
