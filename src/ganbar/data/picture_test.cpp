#include "ganbar/data/picture.h"

#include <cmath>
#include <set>

#include "ganbar/data/test_files.h"

namespace ganbar {
namespace {

TEST(Grid, EveryPixelIsWhereItBelongs) {
    Bytes pixels(5 * 3 * 2 * 4);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i + 100);
    for (const std::size_t upscale : {1u, 3u})
        for (const std::size_t separator : {0u, 1u, 2u}) {
            const Image g =
                image_grid(pixels, 5, 3, 2, 4, {.columns = 3, .separator = separator, .upscale = upscale, .background = 9, .captions = {}});
            ASSERT_EQ(g.width, 3 * (4 * upscale + separator) + separator);
            ASSERT_EQ(g.height, 2 * (2 * upscale + separator) + separator);
            std::size_t n_background = 0;
            for (std::size_t y = 0; y < g.height; ++y)
                for (std::size_t x = 0; x < g.width; ++x) n_background += g.at(x, y)[0] == 9;
            EXPECT_EQ(n_background, g.width * g.height - 5 * 8 * upscale * upscale);
            for (std::size_t i = 0; i < 5; ++i)
                for (std::size_t p = 0; p < 8; ++p)
                    for (std::size_t c = 0; c < 3; ++c) {
                        const std::size_t x = separator + i % 3 * (4 * upscale + separator) + p % 4 * upscale,
                                          y = separator + i / 3 * (2 * upscale + separator) + p / 4 * upscale;
                        EXPECT_EQ(g.at(x, y)[c], pixels[(i * 3 + c) * 8 + p]);
                        EXPECT_EQ(g.at(x + upscale - 1, y + upscale - 1)[c], pixels[(i * 3 + c) * 8 + p]);
                    }
        }
    const Image square = image_grid(Bytes(7 * 4), 7, 1, 2, 2);
    EXPECT_EQ(square.width, 10u);
    EXPECT_EQ(square.height, 10u);
    EXPECT_EQ(square.channels, 1u);
}

double lightness(Colour c) {  // CIE L* of an sRGB colour, IEC 61966-2-1 and CIE 15
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    const double y = 0.2126 * linear(c[0] / 255.0) + 0.7152 * linear(c[1] / 255.0) + 0.0722 * linear(c[2] / 255.0);
    return y > 216.0 / 24389 ? 116 * std::cbrt(y) - 16 : y * 24389 / 27;
}

TEST(ColourMap, LightnessGrowsEvenlyAndNothingIsClipped) {
    double previous = lightness(perceptual_colour(0));
    EXPECT_LT(previous, 20);
    EXPECT_GT(lightness(perceptual_colour(1)), 85);
    std::set<Colour> all{perceptual_colour(0)};
    for (int i = 1; i < 256; ++i) {
        const Colour c = perceptual_colour(i / 255.0);
        const double l = lightness(c);
        EXPECT_GT(l, previous - 0.02) << i;
        EXPECT_LT(l - previous, 0.9) << i;
        for (const auto v : c) EXPECT_TRUE(v > 0 && v < 255) << i;  // a clipped channel would sit at an end
        previous = l;
        all.insert(c);
    }
    EXPECT_GE(all.size(), 250u);  // of 256 steps, which 8 bits cannot always tell apart
    EXPECT_EQ(perceptual_colour(-5), perceptual_colour(0));
    EXPECT_EQ(perceptual_colour(5), perceptual_colour(1));
    EXPECT_EQ(perceptual_colour(std::nan("")), (Colour{128, 128, 128}));
}

TEST(ColourMap, MatrixWithBar) {
    Matrix m(2, 3);
    m(0, 0) = 1, m(0, 1) = 2, m(1, 2) = 3, m(1, 0) = std::numeric_limits<float>::quiet_NaN();
    const Image plain = colour_map(m, 0, 3, {.upscale = 4, .colour_bar = 0, .unit = ""});
    EXPECT_EQ(plain.width, 12u);
    EXPECT_EQ(plain.height, 8u);
    const auto colour = [&](std::size_t x, std::size_t y) { return Colour{plain.at(x, y)[0], plain.at(x, y)[1], plain.at(x, y)[2]}; };
    EXPECT_EQ(colour(3, 3), perceptual_colour(1.0 / 3));
    EXPECT_EQ(colour(4, 0), perceptual_colour(2.0 / 3));
    EXPECT_EQ(colour(11, 7), perceptual_colour(1));
    EXPECT_EQ(colour(0, 7), (Colour{128, 128, 128}));
    const Image bar = colour_map(m, 0, 3, {.upscale = 20, .colour_bar = 8, .unit = "S"});
    EXPECT_GT(bar.width, 60u + 8);
    EXPECT_EQ((Colour{bar.at(64, 7)[0], bar.at(64, 7)[1], bar.at(64, 7)[2]}), perceptual_colour(1));
    EXPECT_EQ((Colour{bar.at(64, 32)[0], bar.at(64, 32)[1], bar.at(64, 32)[2]}), perceptual_colour(0));
    EXPECT_NO_THROW(colour_map(m, 2, 2));
}

TEST(Font, EveryCharacterHasItsOwnForm) {
    std::set<Bytes> forms;
    for (char c = ' '; c <= '_'; ++c) {
        Image image(5, 7, 1);
        draw_text(image, 1, 1, std::string(1, c), {255, 255, 255});
        forms.insert(image.pixels);
        for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(*image.at(i, 0) + *image.at(i, 6), 0);
        for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(*image.at(0, i) + *image.at(4, i), 0);
    }
    EXPECT_GE(forms.size(), 62u);  // O and 0 may share a form, as may I and 1, S and 5
    Image a(3, 5, 3), b(3, 5, 3);
    draw_text(a, 0, 0, "e", {1, 2, 3});
    draw_text(b, 0, 0, "E", {1, 2, 3});
    EXPECT_EQ(a.pixels, b.pixels);
    draw_text(a, 2, 4, "longer than the picture", {1, 2, 3}, 3);  // cut, not written beyond
    EXPECT_EQ(text_width(2, 2), 14u);
}

}  // namespace
}  // namespace ganbar
