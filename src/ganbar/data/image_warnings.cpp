#include <algorithm>

#include <fmt/format.h>

#include "ganbar/data/dataset.h"

namespace ganbar {

namespace {

constexpr int least_contrast = 26;  // a tenth of black to white: what a network sees as one grey

const char* shade(int lo, int hi) {
    return hi < least_contrast ? "nearly black" : lo > 255 - least_contrast ? "nearly white" : "nearly one grey";
}

/// What to do where transparency may be the reason.
std::string remedy(const Dataset& data) {
    if (data.laid_over.empty()) return "";
    return fmt::format("; they have an alpha channel and are laid over {}: data.background = \"{}\" lays them over {}", data.laid_over,
                       data.laid_over == "black" ? "white" : "black", data.laid_over == "black" ? "white" : "black");
}

bool flat(std::span<const std::uint8_t> image, std::size_t area) {
    for (std::size_t first = 0; first < image.size(); first += area)
        if (std::any_of(image.begin() + static_cast<std::ptrdiff_t>(first), image.begin() + static_cast<std::ptrdiff_t>(first + area),
                        [&](auto v) { return v != image[first]; }))
            return false;
    return true;
}

}  // namespace

std::vector<std::string> image_warnings(const Dataset& data) {
    std::vector<std::string> out;
    const auto [lo, hi] = std::minmax_element(data.pixels.begin(), data.pixels.end());
    if (*hi - *lo < least_contrast) {
        const std::string scale = *hi == 1 ? "; images of 0 and 1 need 255 times the value, or floats, or numpy's bool" : "";
        out.push_back(fmt::format("the pixels of all images lie between {} and {} of 255, {}{}{}", *lo, *hi, shade(*lo, *hi), scale,
                                  scale.empty() ? remedy(data) : ""));
    }
    std::size_t n_same = 0, n_flat = 0;
    for (std::size_t i = 0; i < data.n; ++i) {
        n_same += std::ranges::equal(data.image(i), data.image(0));
        n_flat += flat(data.image(i), data.height * data.width);
    }
    if (data.n > 1 && n_same == data.n) out.push_back(fmt::format("all {} images are the same{}", data.n, out.empty() ? remedy(data) : ""));
    else if (n_flat > 0 && 100 * n_flat >= data.n)
        out.push_back(fmt::format("{} of {} images are a single colour{}", n_flat, data.n, out.empty() ? remedy(data) : ""));
    return out;
}

}  // namespace ganbar
