// Step linear in the weight, after aihwkit's LinearStepDevice; presets after Tang et al., IEDM 2018 (EcRam, Li based), Kim et al., IEDM
// 2019 (EcRamMO, metal oxide), Li et al., VLSI 2018 (Capacitor; its leakage is not modelled: ganbar's cells hold between pulses).
#include "ganbar/device/device_registry.h"
#include "ganbar/device/pulsed_family.h"

namespace ganbar {
namespace {

/// up: w += up (s + c2c n) or up s (1 + c2c n), s = 1 - gamma_up w/b; down likewise with s = 1 - gamma_down w/b_min.
struct LinearStep {
    enum class Preset : std::uint8_t { ec_ram, ec_ram_mo, capacitor };
    struct Params : PulsedParams {
        Preset preset = Preset::ec_ram;
        double gamma_up, gamma_down, gamma_dtod;
        bool mult_noise, mean_bound_reference;
        Params() { load(preset); }
        void load(Preset which) {
            const auto ec = [this](double dw, double hi, double lo, double up, double down, double cycle) {
                dw_min = dw, w_max = hi, w_min = lo, gamma_up = up, gamma_down = down, c2c = cycle;
                dw_min_dtod = 0.1, up_down_dtod = 0.01, w_max_dtod = w_min_dtod = 0.05, gamma_dtod = 0.05, mult_noise = true;
            };
            up_down = 0, write_noise = 0, log_normal = false, mean_bound_reference = true;
            switch (which) {
                case Preset::ec_ram: return ec(0.002, 1.1724, -0.8276, 0.1153, 0.5085, 0.3);
                case Preset::ec_ram_mo: return ec(2.8214e-4, 1.1714, -0.8286, 0.4152, 0.7342, 2.0);
                case Preset::capacitor:
                    dw_min = 0.005, w_max = 1, w_min = -1, gamma_up = gamma_down = 0.05, c2c = 0.3;
                    dw_min_dtod = 0.1, up_down_dtod = 0.06, w_max_dtod = w_min_dtod = 0.07, gamma_dtod = 0.01, mult_noise = false;
            }
        }
        static Schema<Params> schema() {
            Schema<Params> s{preset_choice("preset", &Params::preset, {"EcRam", "EcRamMO", "Capacitor"},
                                           "EcRam: Li-based electrochemical cell (Tang et al., IEDM 2018); EcRamMO: metal oxide (Kim et "
                                           "al., IEDM 2019); Capacitor: CMOS capacitor (Li et al., VLSI 2018), without its leakage",
                                           aihwkit_preset())};
            add_pulsed_schema(s, aihwkit_preset());
            s.push_back(param("gamma_up", &Params::gamma_up, 0.0, 1.0, "relative fall of up steps from w = 0 to the upper bound",
                              aihwkit_preset()));
            s.push_back(param("gamma_down", &Params::gamma_down, 0.0, 1.0, "relative fall of down steps from w = 0 to the lower bound",
                              aihwkit_preset()));
            s.push_back(param("gamma_dtod", &Params::gamma_dtod, 0.0, 10.0, "spread of both gammas between devices", aihwkit_preset()));
            s.push_back(param("mult_noise", &Params::mult_noise, "c2c scales with the step at w; otherwise with the step at w = 0",
                              aihwkit_preset()));
            s.push_back(param("mean_bound_reference", &Params::mean_bound_reference,
                              "slopes refer to the nominal bounds; otherwise to the cell's own", aihwkit_preset()));
            return s;
        }
    };
    static constexpr const char* name = "linear_step";
    static const char* doc() {
        return "Linear step (aihwkit): steps fall linearly with the weight towards the bound they approach. The weights' nominal range "
               "maps "
               "linearly on g_min..g_max; width and voltage beyond the threshold do not matter.";
    }
    float c2c, w_max, w_min;
    double gamma_up, gamma_down, gamma_dtod;
    bool mult_noise, mean_bound;
    explicit LinearStep(const Params& p)
        : c2c(static_cast<float>(p.c2c)),
          w_max(static_cast<float>(p.w_max)),
          w_min(static_cast<float>(p.w_min)),
          gamma_up(p.gamma_up),
          gamma_down(p.gamma_down),
          gamma_dtod(p.gamma_dtod),
          mult_noise(p.mult_noise),
          mean_bound(p.mean_bound_reference) {}
    void draw(PulsedCell& c, Rng* rng) const {
        const auto gamma = [&](double mean) { return static_cast<float>(std::abs(mean + (rng ? gamma_dtod * rng->normal() : 0))); };
        c.shape_up = gamma(gamma_up) / (mean_bound ? w_max : c.b_max);
        c.shape_down = gamma(gamma_down) / (mean_bound ? w_min : c.b_min);
    }
    float step(bool up, const PulsedCell& c, float n) const {
        const float size = up ? c.up : -c.down, s = 1 - (up ? c.shape_up : c.shape_down) * c.w;
        return mult_noise ? size * s * (1 + c2c * n) : size * (s + c2c * n);
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(linear_step, PulsedModel<LinearStep>)
}  // namespace ganbar
