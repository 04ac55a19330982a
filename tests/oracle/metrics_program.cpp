// Prints features and what gan/metrics/quality.h says of them, as one JSON object, for quality_check.py.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "ganbar/core/rng.h"
#include "ganbar/gan/metrics/quality.h"

using namespace ganbar;
using json = nlohmann::json;

namespace {

constexpr std::size_t n_pixels = 25;

/// Blobs at `n_places` places: `spread` scales how far they wander, `shift` moves them.
std::vector<std::uint8_t> blobs(std::size_t n, std::size_t n_places, double spread, double shift, std::uint64_t seed) {
    Rng rng(seed);
    std::vector<std::uint8_t> out;
    for (std::size_t i = 0; i < n; ++i) {
        const double place = static_cast<double>(rng.below(n_places)), x = place + shift + spread * rng.normal(),
                     y = 4 - place + spread * rng.normal();
        for (std::size_t p = 0; p < n_pixels; ++p) {
            const double dx = static_cast<double>(p % 5) - x, dy = static_cast<double>(p / 5) - y;
            out.push_back(static_cast<std::uint8_t>(std::clamp(220 * std::exp(-0.5 * (dx * dx + dy * dy)) + 8 * rng.normal(), 0.0, 255.0)));
        }
    }
    return out;
}

json rows_of(const Matrix& m) {
    json out = json::array();
    for (std::size_t r = 0; r < m.rows(); ++r) out.push_back(std::vector<float>(m.row_span(r).begin(), m.row_span(r).end()));
    return out;
}

}  // namespace

int main() {
    json out = json::array();
    for (int k = 0; k < 24; ++k) {
        const std::size_t n_real = 150 + 37 * static_cast<std::size_t>(k), n_fake = 400 - 11 * static_cast<std::size_t>(k);
        const auto real = blobs(n_real, 4, 0.5, 0, 2 * static_cast<std::uint64_t>(k) + 1),
                   fake = blobs(n_fake, 1 + static_cast<std::size_t>(k) % 4, 0.3 + 0.1 * (k % 5), 0.1 * (k % 7),
                                2 * static_cast<std::uint64_t>(k) + 2);
        const gan::ImageSet real_images{real, n_pixels}, fake_images{fake, n_pixels};
        gan::FeatureNetSpec net_spec;
        net_spec.hidden = {24, 12};
        const auto net = gan::FeatureNet::untrained(real_images, net_spec);
        gan::QualitySpec spec;
        spec.k_precision = 1 + k % 6, spec.k_density = 1 + (k + 3) % 7;
        const auto q = gan::QualityReference(net, real_images, "blobs", spec, "untrained").evaluate(fake_images);
        out.push_back({{"real", rows_of(net.evaluate(real_images).features)},
                       {"fake", rows_of(net.evaluate(fake_images).features)},
                       {"k_precision", spec.k_precision},
                       {"k_density", spec.k_density},
                       {"precision", q.precision},
                       {"recall", q.recall},
                       {"density", q.density},
                       {"coverage", q.coverage}});
    }
    std::printf("%s\n", json{{"cases", out}}.dump().c_str());
}
