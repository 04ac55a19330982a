#include "ganbar/experiment/advice.h"

#include <fmt/format.h>

#include <cmath>

namespace ganbar {
namespace {

struct Settings {
    std::vector<std::string> texts;
    void add(bool fits, const std::string& text) {
        if (fits && texts.size() < 2) texts.push_back(text);
    }
    std::string text() const { return "try " + join(texts, ", or "); }
};

bool is_entropy(gan::Loss loss) { return loss == gan::Loss::non_saturating || loss == gan::Loss::minimax; }

std::string volts(double v) { return fmt::format("\"{:.4g} V\"", v); }

}  // namespace

std::string advice(const Experiment& e, gan::Trouble trouble) {
    const auto& t = e.train;
    const bool signs = t.rule == RuleKind::manhattan, crossbar = e.hardware.kind == HardwareKind::crossbar;
    const double rate_d = t.rate_d > 0 ? t.rate_d : t.rate;
    Settings s;
    if (trouble == gan::Trouble::divergence) {
        s.add(!signs, fmt::format("train.rate_d = {:.3g} (now {:.3g})", rate_d / 4, rate_d));
        s.add(signs && t.feedback > 0, fmt::format("train.verify_step = \"{:.3g} uS\" (now {:.3g} uS)", t.verify_step.si * 0.5e6, t.verify_step.si * 1e6));
        s.add(signs && crossbar && t.feedback <= 0, fmt::format("train.v_set = {} with train.v_reset = {} (now {:.3g} V and {:.3g} V)", volts(0.85 * t.v_set.si), volts(0.85 * t.v_reset.si), t.v_set.si, t.v_reset.si));
        s.add(signs && !crossbar, fmt::format("train.digital_step = {:.3g} (now {:.3g})", t.digital_step / 4, t.digital_step));
        s.add(is_entropy(t.loss) && t.label_real >= 1, "train.label_real = 0.9 (now 1)");
        s.add(!e.discriminator.spectral_norm, "discriminator.spectral_norm = true (now false)");
        s.add(true, fmt::format("discriminator.init_scale = {:.3g} (now {:.3g})", e.discriminator.init_scale / 2, e.discriminator.init_scale));
        return s.text();
    }
    const bool bits = e.latent.source == LatentKind::bits || e.latent.source == LatentKind::array;
    s.add(bits && e.latent.coding == BitCoding::zero_one, "latent.coding = \"pm1\" (now \"01\")");
    s.add(t.steps_d < 2, "train.steps_d = 2 (now 1)");
    s.add(is_entropy(t.loss), "train.loss = \"hinge\" (now a cross-entropy)");
    s.add(!t.fresh_latents, "train.fresh_latents = true (now false)");
    s.add(true, fmt::format("train.batch = {} (now {})", 2 * t.batch, t.batch));
    return s.text();
}

}  // namespace ganbar
