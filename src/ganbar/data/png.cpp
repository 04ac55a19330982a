#include "ganbar/data/png.h"

#include <png.h>

#include <fmt/format.h>

#include "ganbar/core/error.h"

namespace ganbar {

namespace {

/// libpng's simplified interface reports faults as text, so no C++ object is ever jumped over.
struct PngImage {
    png_image raw{};
    PngImage() { raw.version = PNG_IMAGE_VERSION; }
    ~PngImage() { png_image_free(&raw); }
    PngImage(const PngImage&) = delete;
    PngImage& operator=(const PngImage&) = delete;
};

}  // namespace

Bytes png_bytes(const Image& image) {
    GANBAR_ASSERT(image.width > 0 && image.height > 0 && (image.channels == 1 || image.channels == 3));
    GANBAR_ASSERT(image.pixels.size() == image.width * image.height * image.channels);
    PngImage png;
    png.raw.width = static_cast<png_uint_32>(image.width);
    png.raw.height = static_cast<png_uint_32>(image.height);
    png.raw.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png.raw);  // a bound, so one call is enough
    Bytes out(size);
    if (png_image_write_to_memory(&png.raw, out.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0) {
        throw DataError(
            fmt::format("a picture of {} x {} pixels cannot be written as PNG: {}", image.width, image.height, png.raw.message));
    }
    out.resize(size);
    return out;
}

void write_png(const std::filesystem::path& path, const Image& image, Replace replace) { write_file(path, png_bytes(image), replace); }

Image parse_png(std::span<const std::uint8_t> bytes, const std::string& file, std::size_t max_pixels, Background background) {
    PngImage png;
    if (bytes.empty() || png_image_begin_read_from_memory(&png.raw, bytes.data(), bytes.size()) == 0) {
        throw DataError(fmt::format("is not a readable PNG: {}", bytes.empty() ? "it is empty" : png.raw.message), {file});
    }
    const std::size_t width = png.raw.width, height = png.raw.height;
    if (width == 0 || height == 0 || width > max_pixels / height)
        throw DataError(fmt::format("has {} x {} pixels; expected at most {}", width, height, max_pixels), {file});
    const bool colour = (png.raw.format & PNG_FORMAT_FLAG_COLOR) != 0, alpha = (png.raw.format & PNG_FORMAT_FLAG_ALPHA) != 0;
    png.raw.format = colour ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    png.raw.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // without it 16-bit files are taken as linear and come out too bright
    Image out(width, height, colour ? 3 : 1);
    out.alpha = alpha;
    const std::uint8_t under = grey_of(background);
    const png_color colour_under{under, under, under};
    if (png_image_finish_read(&png.raw, &colour_under, out.pixels.data(), 0, nullptr) == 0) {
        throw DataError(fmt::format("is a damaged PNG: {}; fetch or make it again", png.raw.message), {file});
    }
    return out;
}

Image read_png(const std::filesystem::path& path) { return parse_png(read_file(path), path.string()); }

}  // namespace ganbar
