#include "ganbar/noise/bit_samples.h"

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

namespace ganbar::noise {

namespace {
std::uint64_t number(std::span<const std::uint8_t> bits, std::size_t first, std::size_t k) {
    std::uint64_t m = 0;
    for (std::size_t i = 0; i < k; ++i) m = m << 1 | bits[first + i];
    return m;
}
/// The middle of step m of 2^k equal steps of (0, 1).
double middle(std::uint64_t m, std::size_t k) { return std::ldexp(static_cast<double>(m) + 0.5, -static_cast<int>(k)); }
}  // namespace

std::size_t SampleCode::bits_for(std::size_t n) const {
    if (form == SampleForm::bits) return n;
    const std::size_t whole = form == SampleForm::gaussian && method == GaussianMethod::box_muller ? n + n % 2 : n;
    return whole * static_cast<std::size_t>(bits_per_sample);
}

void SampleCode::decode(std::span<const std::uint8_t> bits, std::span<float> out) const {
    GANBAR_ASSERT(bits.size() == bits_for(out.size()));
    const auto k = static_cast<std::size_t>(bits_per_sample);
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (form == SampleForm::bits) {
            out[i] = bits[i] ? 1.0f : zero_one ? 0.0f : -1.0f;
        } else if (form == SampleForm::uniform) {
            out[i] = static_cast<float>(2 * middle(number(bits, i * k, k), k) - 1);
        } else if (method == GaussianMethod::binomial) {
            std::int64_t ones = 0;
            for (std::size_t j = 0; j < k; ++j) ones += bits[i * k + j];
            out[i] = static_cast<float>(static_cast<double>(2 * ones - bits_per_sample) / std::sqrt(static_cast<double>(bits_per_sample)));
        } else if (method == GaussianMethod::inverse_cdf) {
            out[i] = static_cast<float>(std::numbers::sqrt2 * boost::math::erf_inv(2 * middle(number(bits, i * k, k), k) - 1));
        } else if (i % 2 == 0) {
            const double radius = std::sqrt(-2 * std::log(middle(number(bits, i * k, k), k)));
            const double angle = 2 * std::numbers::pi * middle(number(bits, (i + 1) * k, k), k);
            out[i] = static_cast<float>(radius * std::cos(angle));
            if (i + 1 < out.size()) out[i + 1] = static_cast<float>(radius * std::sin(angle));
        }
    }
}

}  // namespace ganbar::noise
