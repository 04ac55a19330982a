// JPEG, transparency, shapes, and what is said of images that nobody could learn from.
#include <cstdio>
#include <numeric>

#include <jpeglib.h>
#include <png.h>

#include <fmt/format.h>

#include "ganbar/data/catalogue.h"
#include "ganbar/data/folder.h"
#include "ganbar/data/jpeg.h"
#include "ganbar/data/npy.h"
#include "ganbar/data/test_files.h"

namespace ganbar {
namespace {

using test::Folder;
using test::message_of;

Bytes jpeg_bytes(const Image& image, J_COLOR_SPACE space) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* buffer = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &buffer, &size);
    info.image_width = static_cast<JDIMENSION>(image.width), info.image_height = static_cast<JDIMENSION>(image.height);
    info.input_components = static_cast<int>(image.channels), info.in_color_space = space;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 100, TRUE);
    for (int c = 0; c < info.num_components; ++c) info.comp_info[c].h_samp_factor = info.comp_info[c].v_samp_factor = 1;
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        auto* row = const_cast<JSAMPROW>(image.pixels.data() + info.next_scanline * image.width * image.channels);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    const Bytes out(buffer, buffer + size);
    std::free(buffer);
    return out;
}
Image ramp(std::size_t width, std::size_t height, std::size_t channels) {
    Image out(width, height, channels);
    for (std::size_t i = 0; i < out.pixels.size(); ++i)
        out.pixels[i] = static_cast<std::uint8_t>(30 + 9 * (i / channels % width) + 40 * (i % channels));
    return out;
}
double largest_difference(const Bytes& a, const Bytes& b) {
    double top = a.size() == b.size() ? 0 : 1e9;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        top = std::max(top, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return top;
}
/// A PNG with an alpha channel, through libpng's own writer. format: PNG_FORMAT_GA or PNG_FORMAT_RGBA.
void write_alpha(const std::filesystem::path& path, std::size_t side, png_uint_32 format, const Bytes& pixels) {
    png_image png{};
    png.version = PNG_IMAGE_VERSION, png.width = png.height = static_cast<png_uint_32>(side), png.format = format;
    ASSERT_NE(png_image_write_to_file(&png, path.c_str(), 0, pixels.data(), 0, nullptr), 0) << png.message;
}

TEST(Jpeg, GreyAndColourComeBackWithinTheirRounding) {
    for (const std::size_t channels : {1u, 3u}) {
        const Image in = ramp(17, 11, channels), out = parse_jpeg(jpeg_bytes(in, channels == 1 ? JCS_GRAYSCALE : JCS_RGB), "x.jpg");
        EXPECT_EQ(out.width, 17u);
        EXPECT_EQ(out.height, 11u);
        EXPECT_EQ(out.channels, channels);
        EXPECT_LE(largest_difference(in.pixels, out.pixels), channels == 1 ? 2 : 4);
        EXPECT_FALSE(out.alpha);
    }
}

TEST(Jpeg, Faults) {
    const Bytes whole = jpeg_bytes(ramp(32, 32, 3), JCS_RGB);
    for (const std::size_t n : {std::size_t{3}, std::size_t{40}, whole.size() / 2, whole.size() - 3})
        EXPECT_HAS(message_of<DataError>([&] { parse_jpeg(std::span(whole).first(n), "x.jpg"); }), "x.jpg: is ") << n;
    EXPECT_HAS(message_of<DataError>([&] { parse_jpeg(whole, "x.jpg", 1000); }), "has 32 x 32 pixels; expected at most 1000");
    EXPECT_HAS(message_of<DataError>([&] { parse_jpeg(jpeg_bytes(ramp(8, 8, 4), JCS_CMYK), "x.jpg"); }), "is a CMYK JPEG");
    EXPECT_HAS(message_of<DataError>([&] { parse_jpeg(test::text_bytes("JFIF"), "x.jpg"); }), "is not a JPEG");
}

TEST(ImageFolder, TakesJpegByContent) {
    Folder f;
    const Image in = ramp(16, 16, 1);
    write_file(f / "1.jpg", jpeg_bytes(in, JCS_GRAYSCALE));
    write_file(f / "2.JPEG", jpeg_bytes(in, JCS_GRAYSCALE));
    write_file(f / "3.png", jpeg_bytes(in, JCS_GRAYSCALE));
    write_file(f / "4.jpg", png_bytes(in));
    const Dataset d = read_image_folder(f.path());
    ASSERT_EQ(d.n, 4u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_LE(largest_difference(in.pixels, {d.image(i).begin(), d.image(i).end()}), 2) << i;
}

TEST(ImageFolder, OneSizeForAll) {
    Folder f;
    write_png(f / "1.png", Image(8, 4, 1, 60));
    write_png(f / "2.png", Image(4, 12, 3, 90));
    EXPECT_HAS(message_of<DataError>([&] { read_image_folder(f.path()); }), "data.side = N");
    for (const Fit fit : {Fit::stretch, Fit::crop}) {
        const Dataset d = load_dataset(f.path().string(), "train", {}, {}, {Background::black, fit, 2});
        EXPECT_EQ(d.height * d.width, 4u);
        EXPECT_EQ(d.image(0)[0], 60);
        EXPECT_EQ(d.image(1)[11], 90);
    }
    const Dataset padded = load_dataset(f.path().string(), "train", {}, {}, {Background::white, Fit::pad, 4});
    EXPECT_EQ(Bytes(padded.image(0).begin(), padded.image(0).begin() + 16),
              (Bytes{255, 255, 255, 255, 60, 60, 60, 60, 60, 60, 60, 60, 255, 255, 255, 255}));
}

TEST(Fit, CropAndPadKeepTheMiddle) {
    Dataset d;
    d.name = d.origin = "x", d.n = 2, d.height = 2, d.width = 5, d.pixels.resize(20);
    std::iota(d.pixels.begin(), d.pixels.end(), std::uint8_t{0});
    finish(d);
    const Dataset cut = fit_images(d, {Background::black, Fit::crop, 0});
    EXPECT_EQ(cut.pixels, (Bytes{1, 2, 6, 7, 11, 12, 16, 17}));
    const Dataset set = fit_images(d, {Background::white, Fit::pad, 0});
    EXPECT_EQ(set.height, 5u);
    EXPECT_EQ(Bytes(set.pixels.begin(), set.pixels.begin() + 25),
              (Bytes{255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}));
    EXPECT_EQ(fit_images(d, {}).sha256, d.sha256);
    EXPECT_EQ(fit_images(d, {Background::black, Fit::stretch, 3}).sha256, resize_images(d, 3, 3).sha256);
    EXPECT_EQ(fit_images(cut, {Background::black, Fit::crop, 0}).sha256, cut.sha256);
    EXPECT_THROW(fit_images(d, {Background::black, Fit::pad, 5000}), ConfigError);
    EXPECT_THROW(fit_of("cut"), ConfigError);
    EXPECT_THROW(background_of("grey"), ConfigError);
}

TEST(Alpha, IsLaidOverTheBackgroundAskedFor) {
    Folder f;
    make_folder(f / "ink");
    for (int i = 0; i < 3; ++i) {  // black ink on nothing: another pixel each
        Bytes pixels(4 * 4 * 4, 0);
        pixels[static_cast<std::size_t>(16 * i + 3)] = 255;
        write_alpha(f / fmt::format("ink/{}.png", i), 4, PNG_FORMAT_RGBA, pixels);
    }
    const Dataset black = read_image_folder(f / "ink"), white = read_image_folder(f / "ink", {Background::white, Fit::stretch, 0});
    EXPECT_EQ(black.pixels, Bytes(black.pixels.size(), 0));
    EXPECT_EQ(white.image(1)[4], 0);
    EXPECT_EQ(white.image(1)[0], 255);
    EXPECT_EQ(black.laid_over, "black");
    EXPECT_EQ(white.laid_over, "white");
    const auto warnings = join(image_warnings(black), " | ");
    EXPECT_HAS(warnings,
               "lie between 0 and 0 of 255, nearly black; they have an alpha channel and are laid over black: data.background = \"white\"");
    EXPECT_HAS(warnings, " | all 3 images are the same");
    EXPECT_TRUE(image_warnings(white).empty());
    EXPECT_HAS(join(image_warnings(take(black, std::vector<std::size_t>{0, 1}))), "laid over black");  // chosen images remember

    make_folder(f / "chalk");
    for (int i = 0; i < 3; ++i) {  // white chalk on nothing, grey and alpha: the other background fails
        Bytes pixels(4 * 4 * 2, 255);
        for (std::size_t p = 0; p < 16; ++p) pixels[2 * p + 1] = p == static_cast<std::size_t>(i) ? 255 : 0;
        write_alpha(f / fmt::format("chalk/{}.png", i), 4, PNG_FORMAT_GA, pixels);
    }
    EXPECT_TRUE(image_warnings(read_image_folder(f / "chalk")).empty());
    EXPECT_HAS(join(image_warnings(read_image_folder(f / "chalk", {Background::white, Fit::stretch, 0}))),
               "nearly white; they have an alpha channel and are laid over white: data.background = \"black\"");
}

TEST(ImageWarnings, SayWhatCannotBeLearned) {
    const auto warned = [](std::size_t n, std::size_t channels, const auto& pixel) {
        Dataset d;
        d.name = d.origin = "x", d.n = n, d.height = d.width = 4, d.channels = channels;
        for (std::size_t i = 0; i < n * d.image_size(); ++i)
            d.pixels.push_back(static_cast<std::uint8_t>(pixel(i / d.image_size(), i % d.image_size())));
        finish(d);
        return join(image_warnings(d), " | ");
    };
    EXPECT_HAS(warned(20, 1, [](auto i, auto p) { return (i + p) % 2; }),
               "lie between 0 and 1 of 255, nearly black; images of 0 and 1 need 255 times the value");
    EXPECT_EQ(warned(20, 1, [](auto i, auto p) { return (i + p) % 2 * 255; }), "");
    EXPECT_HAS(warned(20, 1, [](auto i, auto p) { return 120 + (i + p) % 3; }), "lie between 120 and 122 of 255, nearly one grey");
    EXPECT_EQ(warned(20, 1, [](auto, auto p) { return p * 16; }), "all 20 images are the same");
    EXPECT_EQ(warned(1, 1, [](auto, auto p) { return p * 16; }), "");
    EXPECT_EQ(warned(20, 1, [](auto i, auto p) { return i < 3 ? 10 * i : p * 16 + i % 2; }), "3 of 20 images are a single colour");
    EXPECT_EQ(warned(20, 3, [](auto i, auto p) { return i == 0 ? 80 * (p / 16) : p * 5 + i; }), "1 of 20 images are a single colour");
    EXPECT_EQ(warned(200, 1, [](auto i, auto p) { return i == 0 ? 9 : p * 15 + i % 7; }), "");  // one in two hundred
    EXPECT_TRUE(image_warnings(load_dataset("synthetic-digits", "test", {})).empty());
}

}  // namespace
}  // namespace ganbar
