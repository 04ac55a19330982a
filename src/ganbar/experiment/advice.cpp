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

}  // namespace

std::string advice(const Experiment& e, gan::Trouble trouble) {
    const auto& t = e.train;
    const bool crossbar = e.hardware.kind == HardwareKind::crossbar;
    const double rate_d = t.rate_d > 0 ? t.rate_d : t.rate;
    Settings s;
    if (trouble == gan::Trouble::divergence) {
        const std::string& gentler = crossbar ? e.rule.gentler_in_cells : e.rule.gentler_in_memory;
        s.add(true, !gentler.empty() ? gentler : fmt::format("train.rate_d = {:.3g} (now {:.3g})", rate_d / 4, rate_d));
        s.add(is_entropy(t.loss) && t.label_real >= 1, "train.label_real = 0.9 (now 1)");
        s.add(!e.discriminator.spectral_norm, "discriminator.spectral_norm = true (now false)");
        s.add(true,
              fmt::format("discriminator.init_scale = {:.3g} (now {:.3g})", e.discriminator.init_scale / 2, e.discriminator.init_scale));
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
