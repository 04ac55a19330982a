#include "ganbar/report/small_picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "ganbar/data/picture.h"
#include "ganbar/data/png.h"
#include "ganbar/report/drawing_network.h"

namespace ganbar::report {
namespace {

std::string text_of(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }
Image image_of(const std::string& png) { return parse_png({reinterpret_cast<const std::uint8_t*>(png.data()), png.size()}, "test"); }

TEST(SmallPicture, ShadesOfAMapStayNearAndFlatAreasExact) {
    Image map(120, 100, 3);
    for (std::size_t y = 0; y < map.height; ++y)
        for (std::size_t x = 0; x < map.width; ++x) {
            const Colour c = y < 50 ? Colour{23, 23, 23} : perceptual_colour(static_cast<double>((x * 37 + y * 101) % 251) / 250);
            std::copy(c.begin(), c.end(), map.at(x, y));
        }
    const std::string full = text_of(png_bytes(map)), small = small_picture(full);
    EXPECT_LT(small.size(), full.size() / 2);
    const Image back = image_of(small);
    ASSERT_EQ(back.pixels.size(), map.pixels.size());
    std::set<std::array<std::uint8_t, 3>> colours;
    double worst = 0;
    for (std::size_t i = 0; i < map.width * map.height; ++i) {
        const std::uint8_t *a = map.pixels.data() + 3 * i, *b = back.pixels.data() + 3 * i;
        colours.insert({b[0], b[1], b[2]});
        for (int c = 0; c < 3; ++c) worst = std::max(worst, std::fabs(double(a[c]) - b[c]));
    }
    EXPECT_LE(colours.size(), page_shades);
    EXPECT_LT(worst, 24);
    EXPECT_EQ(back.at(3, 3)[0], 23);
    EXPECT_EQ(back.at(3, 3)[2], 23);
    EXPECT_EQ(small_picture(full), small);
    EXPECT_EQ(small_picture(small), small);  // nothing is left to gain
}

TEST(SmallPicture, FewColoursAreKeptPhotographsTooAndWhatIsNoPicture) {
    Image grey(90, 90, 1);
    for (std::size_t i = 0; i < grey.pixels.size(); ++i) grey.pixels[i] = static_cast<std::uint8_t>(17 * (i * i % 16));
    const std::string small = small_picture(text_of(png_bytes(grey)));
    const Image back = image_of(small);
    for (std::size_t i = 0; i < grey.pixels.size(); ++i) EXPECT_EQ(back.pixels[i * back.channels], grey.pixels[i]);
    Image photograph(64, 64, 3);
    for (std::size_t i = 0; i < photograph.pixels.size(); ++i) photograph.pixels[i] = static_cast<std::uint8_t>(i * 2654435761u >> 13);
    EXPECT_EQ(small_picture(text_of(png_bytes(photograph))), text_of(png_bytes(photograph)));
    EXPECT_EQ(small_picture("no picture"), "no picture");
    EXPECT_EQ(small_picture(""), "");
}

/// The value of half-precision bits, by the definition of binary16.
double half_value(std::uint16_t h) {
    const int e = h >> 10 & 31, m = h & 1023;
    const double v = e == 0 ? std::ldexp(m, -24) : std::ldexp(1 + m / 1024.0, e - 15);
    return h & 0x8000 ? -v : v;
}

TEST(DrawingNetwork, HalfPrecisionIsTheNearest) {
    for (std::uint32_t h = 0; h < 0x7bff; ++h) {
        const auto bits = static_cast<std::uint16_t>(h);
        const auto value = static_cast<float>(half_value(bits)), next = static_cast<float>(half_value(static_cast<std::uint16_t>(h + 1)));
        ASSERT_EQ(half_bits(value), bits);
        ASSERT_EQ(half_bits(-value), bits | 0x8000);
        ASSERT_EQ(half_bits(value + 0.375f * (next - value)), bits);
        ASSERT_EQ(half_bits(value + 0.625f * (next - value)), h + 1);
        ASSERT_EQ(half_bits(value + 0.5f * (next - value)), h + (h & 1));  // a tie goes to the even one
    }
    EXPECT_EQ(half_bits(1e9f), 0x7bff);
    EXPECT_EQ(half_bits(-1e9f), 0xfbff);
}

}  // namespace
}  // namespace ganbar::report
