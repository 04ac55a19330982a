#include "ganbar/fit/population.h"

#include <algorithm>
#include <cmath>

namespace ganbar::fit {
namespace {

/// A normal distribution of a pair: means, variances and covariance.
struct Pair {
    std::array<double, 2> mean{0, 0}, variance{1, 1};
    double covariance = 0;
};

/// Component k is now known to have this mean and variance; the other follows it.
void replace(Pair& p, std::size_t k, double mean, double variance) {
    if (!(p.variance[k] > 0)) return;
    const std::size_t o = 1 - k;
    const double slope = p.covariance / p.variance[k];
    p.mean[o] += slope * (mean - p.mean[k]);
    p.variance[o] = std::max(0.0, p.variance[o] + slope * slope * (variance - p.variance[k]));
    p.covariance = slope * variance;
    p.mean[k] = mean, p.variance[k] = variance;
}

void learn(Pair& p, std::size_t k, const DevicePlace& place) {
    const double v = p.variance[k];
    if (place.known == DevicePlace::Known::seen) {
        const double trust = v > 0 ? v / (v + place.variance) : 0;
        replace(p, k, p.mean[k] + trust * (place.z - p.mean[k]), (1 - trust) * v);
    } else if (place.known == DevicePlace::Known::low && v > 0) {
        const double deviation = std::sqrt(v), a = (place.z - p.mean[k]) / deviation,
                     below = std::max(1e-12, 0.5 * std::erfc(-a / std::sqrt(2.0)));
        const double tilt = std::exp(-0.5 * a * a) / std::sqrt(2 * M_PI) / below;
        replace(p, k, p.mean[k] - deviation * tilt, v * std::clamp(1 - a * tilt - tilt * tilt, 0.0, 1.0));
    }
}

/// Moments of the places seen, as if they were all.
Pair first_guess(const std::array<std::span<const DevicePlace>, 2>& all) {
    Pair p;
    for (std::size_t k = 0; k < 2; ++k) {
        double n = 0, sum = 0, squares = 0;
        for (const auto& place : all[k])
            if (place.known == DevicePlace::Known::seen) n += 1 / (1 + place.variance), sum += place.z / (1 + place.variance);
        p.mean[k] = n > 0 ? sum / n : 0;
        for (const auto& place : all[k])
            if (place.known == DevicePlace::Known::seen) squares += std::pow(place.z - p.mean[k], 2) / (1 + place.variance);
        p.variance[k] = n > 0 && squares > 0 ? squares / n : 0;
    }
    return p;
}

}  // namespace

Population population(std::span<const DevicePlace> a, std::span<const DevicePlace> b) {
    const std::array<std::span<const DevicePlace>, 2> all{a, b};
    const std::size_t n = a.size();
    std::size_t both = 0;
    for (std::size_t d = 0; d < b.size(); ++d) both += a[d].known == DevicePlace::Known::seen && b[d].known == DevicePlace::Known::seen;
    Pair now = first_guess(all);
    Population out;
    std::vector<Pair> known(n);
    std::vector<std::size_t> told;  // devices of which anything is known
    for (std::size_t d = 0; d < n; ++d)
        if (a[d].known != DevicePlace::Known::no || (d < b.size() && b[d].known != DevicePlace::Known::no)) told.push_back(d);
    const auto used = static_cast<double>(told.size());
    for (int round = 0; round < 1000; ++round) {
        Pair next;
        next.mean = {0, 0}, next.variance = {0, 0};
        for (std::size_t d = 0; d < n; ++d) {
            Pair p = now;
            // what is seen first: a bound then cuts what the other polarity leaves open
            for (const auto kind : {DevicePlace::Known::seen, DevicePlace::Known::low})
                for (std::size_t k = 0; k < 2; ++k)
                    if (d < all[k].size() && all[k][d].known == kind) learn(p, k, all[k][d]);
            known[d] = p;
        }
        if (told.size() < 2) break;
        for (const std::size_t d : told)
            for (std::size_t k = 0; k < 2; ++k) next.mean[k] += known[d].mean[k];
        for (double& m : next.mean) m /= used;
        for (const std::size_t d : told) {
            const Pair& p = known[d];
            for (std::size_t k = 0; k < 2; ++k) next.variance[k] += (std::pow(p.mean[k] - next.mean[k], 2) + p.variance[k]) / (used - 1);
            next.covariance += ((p.mean[0] - next.mean[0]) * (p.mean[1] - next.mean[1]) + p.covariance) / (used - 1);
        }
        const double most = std::sqrt(next.variance[0] * next.variance[1]);
        next.covariance = both < 8 ? 0 : std::clamp(next.covariance, -most, most);
        double change = 0;
        for (std::size_t k = 0; k < 2; ++k)
            change += std::abs(next.mean[k] - now.mean[k]) + std::abs(std::sqrt(next.variance[k]) - std::sqrt(now.variance[k]));
        now = next;
        if (change < 1e-7 * (std::sqrt(now.variance[0]) + std::sqrt(now.variance[1]))) break;
    }
    out.mean = now.mean;
    for (std::size_t k = 0; k < 2; ++k) {
        double known_by = 0, seen = 0;
        for (const auto& place : all[k])
            if (place.known == DevicePlace::Known::seen) known_by += 1 / place.variance, seen += 1;
        out.deviation[k] = now.variance[k] > 0 && now.variance[k] >= 0.01 * seen / known_by ? std::sqrt(now.variance[k]) : 0;
        for (std::size_t d = 0; d < n; ++d) out.expected[k].push_back(known[d].mean[k]);
    }
    const double most = out.deviation[0] * out.deviation[1];
    out.correlation = most > 0 ? std::clamp(now.covariance / most, -1.0, 1.0) : 0;
    return out;
}

}  // namespace ganbar::fit
