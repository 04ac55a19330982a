#include "ganbar/report/drawing_network.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "ganbar/report/html_text.h"

namespace ganbar::report {
namespace {

std::string packed(const std::vector<float>& values) {
    std::string bytes;
    bytes.reserve(2 * values.size());
    for (const float v : values) {
        const std::uint16_t h = half_bits(v);
        bytes += static_cast<char>(h & 0xff);
        bytes += static_cast<char>(h >> 8);
    }
    return base64(bytes);
}

}  // namespace

std::uint16_t half_bits(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value), sign = bits >> 16 & 0x8000u;
    const float magnitude = std::fabs(value);
    if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7e00u);
    if (magnitude >= 65504.0f) return static_cast<std::uint16_t>(sign | 0x7bffu);
    if (magnitude < 6.103515625e-05f)  // below 2^-14: steps of 2^-24
        return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(magnitude * 16777216.0f)));
    const std::uint32_t rest = bits & 0x1fffu, half = ((bits & 0x7fffffffu) >> 13) - (112u << 10);
    const std::uint32_t up = rest > 0x1000u || (rest == 0x1000u && (half & 1u) != 0) ? 1 : 0;
    return static_cast<std::uint16_t>(sign | std::min<std::uint32_t>(half + up, 0x7bffu));
}

std::size_t page_bytes(const DrawingNetwork& network) {
    std::size_t n = 0;
    for (const auto& layer : network.layers) n += layer.weights.size() + layer.bias.size();
    for (const auto& z : network.latents) n += z.size();
    return (2 * n + 2) / 3 * 4;
}

std::string drawing_json(const DrawingNetwork& network) {
    std::string layers, latents;
    for (const auto& l : network.layers)
        layers +=
            fmt::format("{}{{\"in\":{},\"out\":{},\"activation\":{},\"slope\":{:.6g},\"weights\":\"{}\",\"bias\":\"{}\"}}",
                        layers.empty() ? "" : ",", l.n_in, l.n_out, json_string(l.activation), l.slope, packed(l.weights), packed(l.bias));
    for (const auto& z : network.latents) latents += fmt::format("{}\"{}\"", latents.empty() ? "" : ",", packed(z));
    return fmt::format("{{\"channels\":{},\"height\":{},\"width\":{},\"layers\":[{}],\"latents\":[{}]}}", network.channels, network.height,
                       network.width, layers, latents);
}

}  // namespace ganbar::report
