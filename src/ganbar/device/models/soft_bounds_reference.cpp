// Soft bounds read against a reference, after aihwkit's SoftBoundsReferenceDevice; presets after Gong et al., Nat. Commun. 9 (2018) 2102
// (ReRamSB), and Gong, Rasch et al., IEDM 2022 (ReRamArrayOM, ReRamArrayHfO2). Shared parts: pulsed_family.h.
#include "ganbar/device/device_registry.h"
#include "ganbar/device/pulsed_family.h"

namespace ganbar {
namespace {

/// up: w += up (1 - w/b_max + c2c n), down: w -= down (1 - w/b_min + c2c n); seen w - r, with r drawn around 0 or around the cell's
/// symmetry point (up - down)/(up/b_max - down/b_min), where both steps are equal.
struct SoftBoundsReference {
    enum class Preset : std::uint8_t { re_ram_sb, array_om, array_hfo2 };
    struct Params : PulsedParams {
        Preset preset = Preset::re_ram_sb;
        bool mult_noise, subtract_symmetry_point;
        double reference_std;
        Params() { load(preset); }
        void load(Preset which) {
            const auto array = [this](double dw, double dw_dtod, double hi_dtod, double lo_dtod, double cycle, double write) {
                dw_min = dw, dw_min_dtod = dw_dtod, w_max_dtod = hi_dtod, w_min_dtod = lo_dtod, c2c = cycle, write_noise = write;
                w_max = 1, w_min = -1, log_normal = true, subtract_symmetry_point = true, reference_std = 0.05;
            };
            up_down = 0, up_down_dtod = 0.01, mult_noise = false;
            switch (which) {
                case Preset::array_om: return array(0.0949, 0.7829, 0.3499, 0.5695, 0.4158, 1.4113);
                case Preset::array_hfo2: return array(0.4622, 0.7125, 0.43, 0.60, 0.2174, 0.5841);
                case Preset::re_ram_sb:
                    dw_min = 0.002, dw_min_dtod = 0.3, w_max = 1.25, w_min = -0.75, w_max_dtod = 0.24, w_min_dtod = 0.4;
                    c2c = 3.75, write_noise = 56, log_normal = false, subtract_symmetry_point = false, reference_std = 0;
            }
        }
        static Schema<Params> schema() {
            Schema<Params> s{
                preset_choice("preset", &Params::preset, {"ReRamSB", "ReRamArrayOM", "ReRamArrayHfO2"},
                              "ReRamSB: single devices (Gong et al. 2018), calibrated to their symmetry point; ReRamArrayOM, "
                              "ReRamArrayHfO2: arrays of optimised material and of baseline HfO2 (Gong, Rasch et al., IEDM 2022)",
                              aihwkit_preset())};
            add_pulsed_schema(s, aihwkit_preset());
            s.push_back(param("mult_noise", &Params::mult_noise, "c2c scales with the step at w; otherwise with the step at w = 0",
                              aihwkit_preset()));
            s.push_back(param("subtract_symmetry_point", &Params::subtract_symmetry_point,
                              "the reference follows each cell's symmetry point", aihwkit_preset()));
            s.push_back(param("reference_std", &Params::reference_std, 0.0, 10.0, "error of the reference, in weight", aihwkit_preset()));
            return s;
        }
    };
    static constexpr const char* name = "soft_bounds_reference";
    static const char* doc() {
        return "Soft bounds with a reference (aihwkit): steps vanish linearly at each cell's own bounds; a read sees the weight minus the "
               "cell's "
               "reference. The weights' nominal range maps linearly on g_min..g_max; width and voltage beyond the threshold do not matter.";
    }
    float c2c;
    double reference_std;
    bool mult_noise, symmetry;
    explicit SoftBoundsReference(const Params& p)
        : c2c(static_cast<float>(p.c2c)), reference_std(p.reference_std), mult_noise(p.mult_noise), symmetry(p.subtract_symmetry_point) {}
    void draw(PulsedCell& c, Rng* rng) const {
        c.shape_up = c.b_max > 0 ? 1 / c.b_max : 0;
        c.shape_down = c.b_min < 0 ? 1 / c.b_min : 0;
        c.reference = rng ? static_cast<float>(reference_std * rng->normal()) : 0.0f;
        const float slopes = c.up * c.shape_up - c.down * c.shape_down;
        if (symmetry && slopes > 0) c.reference += (c.up - c.down) / slopes;
    }
    float step(bool up, const PulsedCell& c, float n) const {
        const float size = up ? c.up : -c.down, s = 1 - (up ? c.shape_up : c.shape_down) * c.w;
        return mult_noise ? size * s * (1 + c2c * n) : size * (s + c2c * n);
    }
};

}  // namespace
GANBAR_DEVICE_MODEL(soft_bounds_reference, PulsedModel<SoftBoundsReference>)
}  // namespace ganbar
