#include "ganbar/noise/relaxations.h"

#include <cmath>
#include <numbers>

namespace ganbar::noise {

Relaxations flicker_relaxations(double rms, Hertz lo, Hertz hi, std::int64_t per_decade) {
    const double decades = std::log10(hi.si / lo.si);
    const auto n = static_cast<std::size_t>(std::ceil(decades * static_cast<double>(per_decade))) + 1;
    const double step = std::log(hi.si / lo.si) / static_cast<double>(n - 1);
    Relaxations out;
    for (std::size_t c = 0; c < n; ++c) out.tau_s.push_back(std::exp(step * static_cast<double>(c)) / (2 * std::numbers::pi * hi.si));
    out.sigma = rms * std::sqrt(step / std::log(hi.si / lo.si));
    return out;
}

}  // namespace ganbar::noise
