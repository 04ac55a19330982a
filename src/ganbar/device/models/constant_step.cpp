// Constant step between hard bounds, after aihwkit's ConstantStepDevice; presets after Gokmen and Vlasov, Front. Neurosci. 10 (2016) 333,
// and Rasch, Gokmen, Haensch, IEEE Design & Test 37 (2020) 19. Shared parts: pulsed_family.h.
#include "ganbar/device/device_registry.h"
#include "ganbar/device/pulsed_family.h"

namespace ganbar {
namespace {

/// w += up (1 + c2c n), w -= down (1 + c2c n)
struct ConstantStep {
    enum class Preset : std::uint8_t { gokmen_vlasov, idealized };
    struct Params : PulsedParams {
        Preset preset = Preset::gokmen_vlasov;
        Params() { load(preset); }
        void load(Preset which) {
            dw_min = which == Preset::idealized ? 2e-4 : 0.0016;
            up_down_dtod = which == Preset::idealized ? 0 : 0.01;
            w_max = 1, w_min = -1, up_down = 0, dw_min_dtod = w_max_dtod = w_min_dtod = 0.3, c2c = 0.3, write_noise = 0, log_normal = false;
        }
        static Schema<Params> schema() {
            Schema<Params> s{preset_choice("preset", &Params::preset, {"GokmenVlasov", "Idealized"},
                                           "GokmenVlasov: the requirements of Gokmen and Vlasov 2016 (1200 states); Idealized: 10,000 "
                                           "symmetric states (Rasch et al. 2020)",
                                           aihwkit_preset())};
            add_pulsed_schema(s, aihwkit_preset());
            return s;
        }
    };
    static constexpr const char* name = "constant_step";
    static const char* doc() {
        return "Constant step (aihwkit): every pulse moves the weight by the same amount between hard bounds; spreads between devices and "
               "cycles. The weights' nominal range maps linearly on g_min..g_max; width and voltage beyond the threshold do not matter.";
    }
    float c2c;
    explicit ConstantStep(const Params& p) : c2c(static_cast<float>(p.c2c)) {}
    void draw(PulsedCell&, Rng*) const {}
    float step(bool up, const PulsedCell& c, float n) const { return (up ? c.up : -c.down) * (1 + c2c * n); }
};

}  // namespace
GANBAR_DEVICE_MODEL(constant_step, PulsedModel<ConstantStep>)
}  // namespace ganbar
