// The WOx memristor of Krestinskaya, Choubey, James, "Memristive GAN in Analog", Sci. Rep. 10 (2020) 5838, doi 10.1038/s41598-020-62676-7.
// The paper states resistances, threshold and write voltage; the law between them is ours and marked assumed.
#include <algorithm>
#include <cmath>

#include "ganbar/device/device_registry.h"

namespace ganbar {
namespace {

/// dG = step (|V| - V_th)/(V_write - V_th) t/t_write above the threshold, 0 at or below it; step = (g_max - g_min)/n_levels; I = G V.
struct Wox {
    struct Params {
        Siemens g_min{4e-6}, g_max{25e-6};
        Volt threshold{0.8}, write_voltage{1.0};
        Second write_width{100e-9};
        std::int64_t n_levels = 64;
        OnOff d2d = OnOff::off;
        Volt threshold_sigma{0.08};
        double c2c = 0, read_noise = 0;
        static Schema<Params> schema() {
            using namespace literals;
            return {
                param("g_min", &Params::g_min, 1_nS, 0.1_S, "lowest conductance", published("krestinskaya2020: R_OFF = 250 kohm")),
                param("g_max", &Params::g_max, 1_nS, 0.1_S, "highest conductance", published("krestinskaya2020: R_ON = 40 kohm")),
                param("threshold", &Params::threshold, 0_V, 10_V, "pulses up to this magnitude do nothing",
                      published("krestinskaya2020: 0.8 V")),
                param("write_voltage", &Params::write_voltage, 0_V, 10_V, "magnitude at which a pulse of write_width moves one level",
                      published("krestinskaya2020: 1.0 V")),
                param("write_width", &Params::write_width, Second{1e-12}, 1_s, "pulse width that moves one level",
                      assumed("the paper's width is not known to us; as satyam2022")),
                param("n_levels", &Params::n_levels, 1, 1000000, "write pulses from g_min to g_max", assumed("6 bits")),
                choice("d2d", &Params::d2d, {"off", "on"}, "device-to-device variation of the threshold",
                       assumed("off; the paper varies its devices by amounts not known to us")),
                param("threshold_sigma", &Params::threshold_sigma, 0_V, 5_V, "its standard deviation", assumed("10% of the threshold")),
                param("c2c", &Params::c2c, 0.0, 10.0, "cycle-to-cycle standard deviation of a step, relative", assumed("off")),
                param("read_noise", &Params::read_noise, 0.0, 1.0, "standard deviation of a read relative to the current", assumed("off")),
            };
        }
    };
    static const char* doc() {
        return "WOx memristor of Krestinskaya et al. 2020: 4-25 uS, threshold 0.8 V, write 1.0 V. Ohmic; steps linear in overdrive and "
               "width, "
               "equal in both directions and over the range (assumed).";
    }
    static Coverage coverage() {  // the paper names one write voltage and the two resistances
        Coverage c;
        c.set_hi = c.reset_hi = Volt{1.0}, c.g_lo = Siemens{4e-6}, c.g_hi = Siemens{25e-6},
        c.source = "krestinskaya2020: written with 1.0 V between 250 and 40 kohm";
        return c;
    }
    struct Cell {
        float g_S = 0, threshold_V = 0;
    };
    struct WidthLaw {
        float per_volt = 0, g_min = 0, g_max = 0, c2c = 0;
        bool random = false;
        void apply(Cell& c, float v, PulseDraw draw) const {
            const float over = std::max(0.0f, std::abs(v) - c.threshold_V);
            const float dg = std::copysign(over, v) * per_volt * std::max(0.0f, 1 + c2c * draw.a);
            c.g_S = std::clamp(c.g_S + dg, std::min(c.g_S, g_min), std::max(c.g_S, g_max));
        }
    };
    struct PulseLaw {
        WidthLaw law;
        float v = 0;
        bool random = false;
        void apply(Cell& c, PulseDraw draw) const { law.apply(c, v, draw); }
    };
    Params p;
    explicit Wox(Params params) : p(params) {
        if (p.g_min >= p.g_max) throw ConfigError("wox: g_min must be below g_max");
        if (p.threshold >= p.write_voltage) throw ConfigError("wox: threshold must be below write_voltage");
    }
    Window window() const { return {p.g_min, p.g_max}; }
    Cell fresh_cell(Siemens g, Rng& rng) const {
        const double shift = p.d2d == OnOff::on ? p.threshold_sigma.si * rng.normal() : 0;
        return {static_cast<float>(g.si), static_cast<float>(std::max(0.0, p.threshold.si + shift))};
    }
    double current_A(const Cell& c, double v) const { return c.g_S * v; }
    double read_noise_A2(const Cell& c, double v) const { return p.read_noise * p.read_noise * c.g_S * v * c.g_S * v; }
    WidthLaw width_law(Second width) const {
        const double step = (p.g_max.si - p.g_min.si) / static_cast<double>(p.n_levels);
        const double per_volt = step / (p.write_voltage.si - p.threshold.si) * (width / p.write_width);
        return {static_cast<float>(per_volt), static_cast<float>(p.g_min.si), static_cast<float>(p.g_max.si), static_cast<float>(p.c2c),
                p.c2c > 0};
    }
    PulseLaw pulse_law(Volt v, Second width) const { return {width_law(width), static_cast<float>(v.si), p.c2c > 0}; }
};

}  // namespace
GANBAR_DEVICE_MODEL(wox, Wox)
}  // namespace ganbar
