// 8-bit grey and RGB pictures as PNG, through libpng. The same picture always gives the same bytes.
#pragma once
#include <filesystem>

#include "ganbar/data/atomic_file.h"
#include "ganbar/data/bytes.h"
#include "ganbar/data/read_options.h"

namespace ganbar {

/// Row-major, 8 bits per channel, channels interleaved. 0 = black.
struct Image {
    std::size_t width = 0, height = 0, channels = 1;  ///< channels: 1 grey, 3 RGB
    Bytes pixels;
    bool alpha = false;  ///< the file had an alpha channel, or colours marked transparent

    Image() = default;
    Image(std::size_t width_, std::size_t height_, std::size_t channels_, std::uint8_t fill = 0)
        : width(width_), height(height_), channels(channels_), pixels(width_ * height_ * channels_, fill) {}
    std::uint8_t* at(std::size_t x, std::size_t y) { return pixels.data() + (y * width + x) * channels; }
    const std::uint8_t* at(std::size_t x, std::size_t y) const { return pixels.data() + (y * width + x) * channels; }
};

Bytes png_bytes(const Image& image);
void write_png(const std::filesystem::path& path, const Image& image, Replace replace = Replace::no);

/// Grey files give 1 channel, colour and palette files 3; 16 bits are reduced to 8, transparency is laid over the background.
/// DataError: not a PNG, damaged, truncated, or larger than `max_pixels`.
Image parse_png(std::span<const std::uint8_t> bytes, const std::string& file, std::size_t max_pixels = std::size_t{1} << 26,
                Background background = Background::black);
Image read_png(const std::filesystem::path& path);

}  // namespace ganbar
