#include "ganbar/gan/watch.h"

#include <fmt/format.h>

#include <cmath>

namespace ganbar::gan {

std::optional<Alarm> Watch::observe(std::int64_t round, const RoundRecord& r) {
    const bool generator = std::fabs(r.loss_g) >= std::fabs(r.loss_d);
    const double worst = generator ? r.loss_g : r.loss_d, ratio = r.spread_real > 0 ? r.spread_fake / r.spread_real : 1;
    const bool holds[2] = {!(std::fabs(worst) <= spec_.loss_limit), round > spec_.after && ratio < spec_.min_spread};
    for (int t = 0; t < 2; ++t) n_[t] = holds[t] ? n_[t] + 1 : 0;
    if (n_[0] == spec_.patience)
        return Alarm{Trouble::divergence, fmt::format("the {}'s loss was beyond {:g} for {} rounds (now {:.3g})",
                                                      generator ? "generator" : "discriminator", spec_.loss_limit, spec_.patience, worst)};
    if (n_[1] == spec_.patience)
        return Alarm{
            Trouble::collapse,
            fmt::format("images of one batch differed from one another by less than {:g} of what real ones do for {} rounds (now {:.2g})",
                        spec_.min_spread, spec_.patience, ratio)};
    return std::nullopt;
}

void Watch::restore(const State& state) {
    for (const auto& t : state)
        if (t.name == "watch" && t.values.size() == 2)
            for (int k = 0; k < 2; ++k) n_[k] = static_cast<std::int64_t>(t.values[static_cast<std::size_t>(k)]);
}

}  // namespace ganbar::gan
