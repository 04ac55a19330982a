#include "ganbar/data/picture.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace ganbar {

namespace {

/// Letters of 3 x 5 dots from ' ' to '_': one octal digit per line of dots, the highest bit on the left.
constexpr std::array<std::uint16_t, 64> letters{
    000000, 022202, 055000, 057575, 036736, 041241, 025253, 022000,
    024442, 021112, 005250, 002720, 000024, 000700, 000002, 011244,  // space to /
    075557, 026227, 071747, 071717, 055711, 074717, 074757, 071222,
    075757, 075717, 002020, 002024, 012421, 007070, 042124, 071202,  // 0 to ?
    075747, 025755, 065656, 034443, 065556, 074647, 074644, 034553,
    055755, 072227, 011152, 055655, 044447, 057755, 065555, 025552,  // @ to O
    065644, 025563, 065655, 034216, 072222, 055557, 055552, 055775,
    055255, 055222, 071247, 064446, 044211, 031113, 025000, 000007,  // P to _
};
constexpr std::uint16_t box = 075557;

std::uint16_t letter(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return c >= ' ' && c <= '_' ? letters[static_cast<std::size_t>(c - ' ')] : box;
}

void set_pixel(Image& image, std::size_t x, std::size_t y, Colour colour) {
    if (x >= image.width || y >= image.height) return;
    std::uint8_t* p = image.at(x, y);
    if (image.channels == 1) p[0] = static_cast<std::uint8_t>((2u * colour[0] + 5u * colour[1] + colour[2]) / 8);
    else std::copy(colour.begin(), colour.end(), p);
}

void fill_square(Image& image, std::size_t x0, std::size_t y0, std::size_t side, Colour colour) {
    for (std::size_t y = y0; y < y0 + side; ++y)
        for (std::size_t x = x0; x < x0 + side; ++x) set_pixel(image, x, y, colour);
}

std::uint8_t srgb_byte(double linear) {
    const double v = std::clamp(linear, 0.0, 1.0);
    const double coded = v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
    return static_cast<std::uint8_t>(std::floor(coded * 255 + 0.5));
}

/// Oklab to sRGB; the matrices are those of the definition.
Colour from_oklab(double lightness, double a, double b) {
    const double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
    const double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
    const double s = lightness - 0.0894841775 * a - 1.2914855480 * b;
    const double l3 = l * l * l, m3 = m * m * m, s3 = s * s * s;
    return {srgb_byte(4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3),
            srgb_byte(-1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3),
            srgb_byte(-0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3)};
}

Colour curve(double t) {
    const double hue = (300 - 195 * t) * std::numbers::pi / 180;
    const double chroma = 0.12 - 0.15 * t + 0.22 * t * t;  // as much colour as sRGB holds all along the way
    return from_oklab(0.26 + 0.67 * t, chroma * std::cos(hue), chroma * std::sin(hue));
}

}  // namespace

Colour perceptual_colour(double t) {
    static const auto table = [] {
        std::array<Colour, 256> out{};
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = curve(static_cast<double>(i) / 255);
        return out;
    }();
    if (std::isnan(t)) return {128, 128, 128};
    return table[static_cast<std::size_t>(std::floor(std::clamp(t, 0.0, 1.0) * 255 + 0.5))];
}

void draw_text(Image& image, std::size_t x, std::size_t y, std::string_view text, Colour colour, std::size_t scale) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned dots = letter(text[i]);
        for (std::size_t k = 0; k < 15; ++k) {
            if ((dots >> (14 - k) & 1u) == 0) continue;
            fill_square(image, x + (4 * i + k % 3) * scale, y + k / 3 * scale, scale, colour);
        }
    }
}

Image image_grid(std::span<const std::uint8_t> pixels, std::size_t n, std::size_t channels, std::size_t height, std::size_t width,
                 const GridOptions& o) {
    GANBAR_ASSERT(n > 0 && o.upscale > 0 && (channels == 1 || channels == 3));
    GANBAR_ASSERT(pixels.size() >= n * channels * height * width);
    GANBAR_ASSERT(o.captions.empty() || o.captions.size() >= n);
    const std::size_t columns = std::min(n, o.columns ? o.columns : static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(n)))));
    const std::size_t rows = (n + columns - 1) / columns;
    const std::size_t caption = o.captions.empty() ? 0 : text_height + 2;
    const std::size_t cell_w = width * o.upscale + o.separator, cell_h = height * o.upscale + caption + o.separator;
    Image out(columns * cell_w + o.separator, rows * cell_h + o.separator, channels, o.background);
    const std::size_t area = height * width;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t x0 = o.separator + i % columns * cell_w, y0 = o.separator + i / columns * cell_h;
        for (std::size_t y = 0; y < height * o.upscale; ++y)
            for (std::size_t x = 0; x < width * o.upscale; ++x)
                for (std::size_t c = 0; c < channels; ++c)
                    out.at(x0 + x, y0 + y)[c] = pixels[(i * channels + c) * area + y / o.upscale * width + x / o.upscale];
        if (caption == 0) continue;
        const std::string_view words(o.captions[i]);
        draw_text(out, x0 + 1, y0 + height * o.upscale + 1, words.substr(0, width * o.upscale / 4), {255, 255, 255});
    }
    return out;
}

Image image_grid(const Dataset& data, std::size_t n, const GridOptions& options) {
    return image_grid(data.pixels, std::min(n, data.n), data.channels, data.height, data.width, options);
}

Image colour_map(const Matrix& values, double lo, double hi, const MapOptions& o) {
    GANBAR_ASSERT(!values.empty() && o.upscale > 0);
    const std::size_t width = values.cols() * o.upscale, height = values.rows() * o.upscale;
    const std::string low = fmt::format("{:.3g}{}", lo, o.unit), high = fmt::format("{:.3g}{}", hi, o.unit);
    const std::size_t bar = o.colour_bar ? 4 + std::max(o.colour_bar, text_width(std::max(low.size(), high.size()))) : 0;
    Image out(width + bar, o.colour_bar ? std::max(height, 4 * text_height) : height, 3, 255);
    for (std::size_t r = 0; r < values.rows(); ++r)
        for (std::size_t c = 0; c < values.cols(); ++c) {
            const double v = values(r, c), t = hi > lo ? (v - lo) / (hi - lo) : 0;
            fill_square(out, c * o.upscale, r * o.upscale, o.upscale, perceptual_colour(std::isnan(v) ? v : t));
        }
    if (o.colour_bar == 0) return out;
    draw_text(out, width + 4, 0, high, {0, 0, 0});
    draw_text(out, width + 4, out.height - text_height, low, {0, 0, 0});
    const std::size_t top = text_height + 2, bottom = out.height - text_height - 2;
    for (std::size_t y = top; y < bottom; ++y) {
        const Colour colour = perceptual_colour(1 - static_cast<double>(y - top) / static_cast<double>(bottom - top - 1));
        for (std::size_t x = 0; x < o.colour_bar; ++x) set_pixel(out, width + 4 + x, y, colour);
    }
    return out;
}

}  // namespace ganbar
