// Step exponential in the weight, after aihwkit's ExpStepDevice; presets after Gong et al., Nat. Commun. 9 (2018) 2102 (ReRamES), and
// Nandakumar et al., Front. Neurosci. 14 (2020) 406 (PCM). Shared parts: pulsed_family.h.
#include "ganbar/device/device_registry.h"
#include "ganbar/device/fast_math.h"
#include "ganbar/device/pulsed_family.h"

namespace ganbar {
namespace {

/// up: y = max(0, 1 - A_up exp(gamma_up z)), down: y = max(0, 1 - A_down exp(-gamma_down z)), z = 2 a w/(b_max - b_min) + b;
/// d = +- up|down y; w += d + c2c (|d| + c2c_add + c2c_slope |w|) n
struct ExpStep {
    enum class Preset : std::uint8_t { re_ram_es, pcm };
    struct Params : PulsedParams {
        Preset preset = Preset::re_ram_es;
        double a, b, gamma_up, gamma_down, amplitude_up, amplitude_down, c2c_add, c2c_slope;
        Params() { load(preset); }
        void load(Preset which) {
            up_down_dtod = 0.05, dw_min_dtod = 0.2, log_normal = false;
            if (which == Preset::re_ram_es) {
                dw_min = 0.00135, up_down = 0.259359, w_max = 1, w_min = -1, w_max_dtod = w_min_dtod = 0.3, c2c = 5, write_noise = 75;
                a = b = -0.5, gamma_up = gamma_down = 5, amplitude_up = -1.18445, amplitude_down = -0.081404, c2c_add = c2c_slope = 0;
            } else {
                dw_min = 0.01, up_down = 0, w_max = 2, w_min = 0, w_max_dtod = 0.1, w_min_dtod = 0, c2c = 0.6, write_noise = 0;
                a = -1, b = 0, gamma_up = gamma_down = 2.5, amplitude_up = -27.235, amplitude_down = -2.235, c2c_add = 0.042,
                c2c_slope = 0.108;
            }
        }
        static Schema<Params> schema() {
            Schema<Params> s{preset_choice("preset", &Params::preset, {"ReRamES", "PCM"},
                                           "ReRamES: HfO2-based ReRAM (Gong et al. 2018); PCM: Ge2Sb2Te5 phase change (Nandakumar et al. "
                                           "2020), a device meant for set pulses only: reset pulses follow the source's down branch",
                                           aihwkit_preset())};
            add_pulsed_schema(s, aihwkit_preset());
            s.push_back(param("a", &Params::a, -100.0, 100.0, "scale of the weight in the exponent", aihwkit_preset()));
            s.push_back(param("b", &Params::b, -100.0, 100.0, "offset in the exponent", aihwkit_preset()));
            s.push_back(param("gamma_up", &Params::gamma_up, 0.0, 100.0, "exponent of up steps", aihwkit_preset()));
            s.push_back(param("gamma_down", &Params::gamma_down, 0.0, 100.0, "exponent of down steps", aihwkit_preset()));
            s.push_back(param("amplitude_up", &Params::amplitude_up, -1e4, 1e4, "A of up steps", aihwkit_preset()));
            s.push_back(param("amplitude_down", &Params::amplitude_down, -1e4, 1e4, "A of down steps", aihwkit_preset()));
            s.push_back(param("c2c_add", &Params::c2c_add, 0.0, 100.0, "constant part of the cycle-to-cycle noise, in units of c2c",
                              aihwkit_preset()));
            s.push_back(param("c2c_slope", &Params::c2c_slope, 0.0, 100.0,
                              "part of the cycle-to-cycle noise that grows with |w|, in units of c2c", aihwkit_preset()));
            return s;
        }
    };
    static constexpr const char* name = "exp_step";
    static const char* doc() {
        return "Exponential step (aihwkit): the step depends exponentially on the weight. The weights' nominal range maps linearly on "
               "g_min..g_max; width and voltage beyond the threshold do not matter.";
    }
    float a, b, gamma_up, gamma_down, amplitude_up, amplitude_down, c2c, c2c_add, c2c_slope;
    explicit ExpStep(const Params& p)
        : a(static_cast<float>(p.a)),
          b(static_cast<float>(p.b)),
          gamma_up(static_cast<float>(p.gamma_up)),
          gamma_down(static_cast<float>(p.gamma_down)),
          amplitude_up(static_cast<float>(p.amplitude_up)),
          amplitude_down(static_cast<float>(p.amplitude_down)),
          c2c(static_cast<float>(p.c2c)),
          c2c_add(static_cast<float>(p.c2c_add)),
          c2c_slope(static_cast<float>(p.c2c_slope)) {}
    void draw(PulsedCell& c, Rng*) const { c.shape_up = c.b_max > c.b_min ? 2 * a / (c.b_max - c.b_min) : 0; }
    float step(bool up, const PulsedCell& c, float n) const {
        const float z = c.shape_up * c.w + b;
        const float y = up ? 1 - amplitude_up * fast::exp(gamma_up * z) : 1 - amplitude_down * fast::exp(-gamma_down * z);
        const float d = (up ? c.up : -c.down) * std::max(y, 0.0f);
        return d + c2c * (std::abs(d) + c2c_add + c2c_slope * std::abs(c.w)) * n;
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(exp_step, PulsedModel<ExpStep>)
}  // namespace ganbar
