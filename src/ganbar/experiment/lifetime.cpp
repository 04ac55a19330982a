#include "ganbar/experiment/lifetime.h"

#include <algorithm>
#include <cmath>

namespace ganbar {
namespace {

double trainings_until_worn(const std::vector<std::uint32_t>& counts, const NonidealParams& wear) {
    const auto worn = [&](double trainings) {
        double sum = 0;
        for (const auto n : counts) sum -= std::expm1(-std::pow(n * trainings / wear.endurance, wear.endurance_shape));
        return sum / static_cast<double>(counts.size());
    };
    const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
    if (most == 0) return std::numeric_limits<double>::infinity();
    double lo = 1e-6 * wear.endurance / most, hi = 1e6 * wear.endurance / most;
    for (int k = 0; k < 60 && hi / lo > 1 + 1e-9; ++k) {
        const double middle = std::sqrt(lo * hi);
        (worn(middle) < Lifetime::worn_share ? lo : hi) = middle;
    }
    return std::sqrt(lo * hi);
}

LayerPulses pulses_of(std::string name, std::vector<std::uint32_t> counts, const NonidealParams& wear) {
    LayerPulses out{std::move(name), counts.size()};
    if (counts.empty()) return out;
    for (const auto n : counts) out.mean += static_cast<double>(n) / static_cast<double>(counts.size());
    if (wear.endurance > 0) out.trainings = trainings_until_worn(counts, wear);
    const auto at = counts.begin() + static_cast<std::ptrdiff_t>(std::ceil(0.999 * static_cast<double>(counts.size()))) - 1;
    std::nth_element(counts.begin(), at, counts.end());
    out.p999 = *at, out.most = *std::max_element(at, counts.end());
    return out;
}

}  // namespace

Lifetime lifetime_of(const Model& model, const NonidealParams& wear) {
    Lifetime out;
    out.endurance = wear.endurance;
    std::vector<std::uint32_t> all;
    for (const auto& matrix : model.analog) {
        std::vector<std::uint32_t> counts;
        for (const auto* cells : matrix.cells) counts.insert(counts.end(), cells->counts().begin(), cells->counts().end());
        all.insert(all.end(), counts.begin(), counts.end());
        out.layers.push_back(pulses_of(matrix.name, std::move(counts), wear));
    }
    for (std::size_t k = 0; k < out.layers.size(); ++k) {
        if (out.layers[k].most > out.layers[out.most_pulsed].most) out.most_pulsed = k;
        if (out.layers[k].trainings < out.layers[out.first].trainings) out.first = k;
    }
    out.all = pulses_of("all", std::move(all), wear);
    return out;
}

}  // namespace ganbar
