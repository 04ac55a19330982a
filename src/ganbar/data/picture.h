// Pictures made of numbers: grids of samples, maps of conductances, text in a small bitmap font.
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ganbar/core/matrix.h"
#include "ganbar/data/dataset.h"
#include "ganbar/data/png.h"

namespace ganbar {

using Colour = std::array<std::uint8_t, 3>;

struct GridOptions {
    std::size_t columns = 0;            ///< 0: as square as it gets
    std::size_t separator = 1;          ///< pixels between the images and around them
    std::size_t upscale = 1;            ///< every image pixel becomes upscale x upscale
    std::uint8_t background = 64;       ///< grey of separators and empty places
    std::vector<std::string> captions;  ///< one under each image, cut to its width; empty for none
};
/// n planar images (Dataset's order) side by side, row after row. One channel gives a grey picture, three an RGB one.
Image image_grid(std::span<const std::uint8_t> pixels, std::size_t n, std::size_t channels, std::size_t height, std::size_t width,
                 const GridOptions& options = {});
/// The first `n` images of a data set (all when n is larger).
Image image_grid(const Dataset& data, std::size_t n, const GridOptions& options = {});

/// Dark violet over green to light yellow for t from 0 to 1: lightness grows evenly, so it reads in grey and for the colour-blind.
/// Own curve in Oklab (B. Ottosson, 2020): lightness linear, hue turning from 300 to 105 degrees. Outside [0, 1] clamps; NaN is grey.
Colour perceptual_colour(double t);

struct MapOptions {
    std::size_t upscale = 1;
    std::size_t colour_bar = 0;  ///< width in pixels of a bar at the right, with its two ends as text; 0 for none
    std::string unit;            ///< for the colour bar
};
/// One coloured square per matrix element, row 0 on top; lo and hi get the two ends of the colours. hi == lo gives one colour.
Image colour_map(const Matrix& values, double lo, double hi, const MapOptions& options = {});

/// Text with its upper left corner at (x, y), letters of 3 x 5 dots, each scale x scale pixels; parts outside are cut.
/// Lower case is drawn as capitals, characters without a letter form as an empty box.
void draw_text(Image& image, std::size_t x, std::size_t y, std::string_view text, Colour colour, std::size_t scale = 1);
inline std::size_t text_width(std::size_t n_letters, std::size_t scale = 1) { return n_letters == 0 ? 0 : (4 * n_letters - 1) * scale; }
inline constexpr std::size_t text_height = 5;

}  // namespace ganbar
