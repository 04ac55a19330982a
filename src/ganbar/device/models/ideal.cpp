#include <algorithm>

#include "ganbar/device/device_registry.h"

namespace ganbar {
namespace {

/// A memristor without vices: ohmic, noiseless unless asked, every pulse at or above the threshold moves it by one fixed step
/// within the window. The reference against which the others are judged.
struct Ideal {
    struct Params {
        Siemens g_min{150e-6}, g_max{300e-6}, step_set{1.5e-6}, step_reset{1.5e-6};
        Volt threshold{0.5};
        double read_noise = 0;
        static Schema<Params> schema() {
            using namespace literals;
            return {
                param("g_min", &Params::g_min, 1_nS, Siemens{0.1}, "lowest programmable conductance",
                      published("satyam2022, sec. II: window 150-300 uS")),
                param("g_max", &Params::g_max, 1_nS, Siemens{0.1}, "highest programmable conductance",
                      published("satyam2022, sec. II: window 150-300 uS")),
                param("step_set", &Params::step_set, Siemens{0}, Siemens{0.1}, "rise of one set pulse",
                      assumed("1% of the window: the middle of the band in which this GAN learns")),
                param("step_reset", &Params::step_reset, Siemens{0}, Siemens{0.1}, "fall of one reset pulse", assumed("as step_set")),
                param("threshold", &Params::threshold, Volt{0}, Volt{5}, "pulses below this magnitude do nothing",
                      assumed("between the read voltage and half of any write voltage")),
                param("read_noise", &Params::read_noise, 0.0, 1.0, "standard deviation of a read relative to the current", assumed("off")),
            };
        }
    };
    struct Cell {
        float g_S = 0;
    };
    struct PulseLaw {
        static constexpr bool random = false;
        float step = 0, lo = 0, hi = 0;
        void apply(Cell& c, PulseDraw) const { c.g_S = std::clamp(c.g_S + step, lo, hi); }
    };
    static const char* doc() {
        return "Ideal linear device: I = G V; one set pulse adds step_set, one reset pulse removes step_reset, between g_min and g_max; "
               "pulses below the threshold do nothing. A reference without a source of its own: window of satyam2022, steps of our choice.";
    }
    Params p;
    explicit Ideal(Params params) : p(params) {
        if (p.g_min >= p.g_max) throw ConfigError("ideal: g_min must be below g_max");
    }
    Window window() const { return {p.g_min, p.g_max}; }
    Cell fresh_cell(Siemens g, Rng&) const { return {static_cast<float>(g.si)}; }
    double current_A(const Cell& c, double v) const { return c.g_S * v; }
    double read_noise_A2(const Cell& c, double v) const { return p.read_noise * p.read_noise * c.g_S * v * c.g_S * v; }
    PulseLaw pulse_law(Volt v, Second) const {
        const double step = !reaches(v.si, p.threshold.si) ? 0 : v.si > 0 ? p.step_set.si : -p.step_reset.si;
        return {static_cast<float>(step), static_cast<float>(p.g_min.si), static_cast<float>(p.g_max.si)};
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(ideal, Ideal)
}  // namespace ganbar
