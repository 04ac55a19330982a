// Step as a power of the distance to the bound, after aihwkit's PowStepDevice (the synapse of Fusi and Abbott, Nat. Neurosci. 10 (2007)
// 485). No published preset: the family's own defaults. Shared parts: pulsed_family.h.
#include "ganbar/device/device_registry.h"
#include "ganbar/device/fast_math.h"
#include "ganbar/device/pulsed_family.h"

namespace ganbar {
namespace {

/// o = (b_max - w)/(b_max - b_min); up: w += up o^gamma_up (1 + c2c n), down: w -= down (1 - o)^gamma_down (1 + c2c n)
struct PowStep {
    struct Params : PulsedParams {
        double gamma_up = 1, gamma_down = 1, gamma_dtod = 0.1;
        static Schema<Params> schema() {
            Schema<Params> s;
            add_pulsed_schema(s, aihwkit_default());
            s.push_back(param("gamma_up", &Params::gamma_up, 0.0, 100.0, "exponent of up steps", aihwkit_default()));
            s.push_back(param("gamma_down", &Params::gamma_down, 0.0, 100.0, "exponent of down steps", aihwkit_default()));
            s.push_back(param("gamma_dtod", &Params::gamma_dtod, 0.0, 10.0, "spread of both exponents between devices, relative",
                              aihwkit_default()));
            return s;
        }
    };
    static constexpr const char* name = "pow_step";
    static const char* doc() {
        return "Power step (aihwkit): the step is a power of the relative distance to the bound it approaches. The weights' nominal range "
               "maps "
               "linearly on g_min..g_max; width and voltage beyond the threshold do not matter.";
    }
    float c2c;
    double gamma_up, gamma_down, gamma_dtod;
    explicit PowStep(const Params& p)
        : c2c(static_cast<float>(p.c2c)), gamma_up(p.gamma_up), gamma_down(p.gamma_down), gamma_dtod(p.gamma_dtod) {}
    void draw(PulsedCell& c, Rng* rng) const {
        const auto gamma = [&](double mean) { return static_cast<float>(std::abs(mean * (1 + (rng ? gamma_dtod * rng->normal() : 0)))); };
        c.shape_up = gamma(gamma_up), c.shape_down = gamma(gamma_down);
    }
    float step(bool up, const PulsedCell& c, float n) const {
        const float range = c.b_max - c.b_min;
        if (!(range > 0)) return 0;
        const float way = std::max(0.0f, up ? c.b_max - c.w : c.w - c.b_min) / range;
        const float exponent = up ? c.shape_up : c.shape_down;
        const float s = way > 1e-30f ? fast::exp2(exponent * fast::log2(way)) : exponent == 0 ? 1.0f : 0.0f;
        return (up ? c.up : -c.down) * s * (1 + c2c * n);
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(pow_step, PulsedModel<PowStep>)
}  // namespace ganbar
