// Checksums and archives against published values, shapes of figures against what they must keep.
#include <gtest/gtest.h>
#include <zlib.h>

#include <numeric>

#include "ganbar/data/bytes.h"
#include "ganbar/exports/drawing.h"
#include "ganbar/exports/event_file.h"
#include "ganbar/exports/film.h"
#include "ganbar/exports/zip.h"

namespace ganbar::exports {
namespace {

std::uint64_t number_at(const Bytes& b, std::size_t at, std::size_t n) {
    std::uint64_t v = 0;
    for (std::size_t i = n; i-- > 0;) v = v << 8 | b.at(at + i);
    return v;
}

TEST(EventFile, ChecksumHasThePublishedValues) {  // RFC 3720, appendix B.4
    Bytes zeros(32, 0), ones(32, 0xff), up(32);
    std::iota(up.begin(), up.end(), std::uint8_t{0});
    EXPECT_EQ(crc32c(zeros), 0x8a9136aau);
    EXPECT_EQ(crc32c(ones), 0x62a8ab43u);
    EXPECT_EQ(crc32c(up), 0x46dd794eu);
    EXPECT_EQ(crc32c(Bytes(up.rbegin(), up.rend())), 0x113fdb5cu);
}

TEST(EventFile, MessagesAreProtobufs) {  // the examples of protobuf's description of its wire format
    EXPECT_EQ(Message().whole(1, 150).bytes(), std::string("\x08\x96\x01", 3));
    EXPECT_EQ(Message().text(2, "testing").bytes(), "\x12\x07testing");
    EXPECT_EQ(Message().message(3, Message().whole(1, 150)).bytes(), std::string("\x1a\x03\x08\x96\x01", 5));
    EXPECT_EQ(Message().single(1, 1.0f).bytes(), std::string("\x0d\x00\x00\x80\x3f", 5));
}

TEST(EventFile, HistogramsCountWhatIsInThem) {
    Summary empty, full;
    empty.histogram("a", {{1, 2}, {0, 0}, 0});
    EXPECT_EQ(empty.message().bytes(), "");
    full.histogram("a", {{1, 2}, {0, 3}, 0});
    EXPECT_NE(full.message().bytes(), "");
}

TEST(Zip, EntriesComeBack) {
    const Bytes same(10000, 7), odd = {3, 1, 4, 1, 5};
    ZipWriter zip;
    zip.add("same.npy", same), zip.add("odd.npy", odd);
    const Bytes all = zip.finish();
    ASSERT_EQ(number_at(all, 0, 4), 0x04034b50u);
    EXPECT_EQ(number_at(all, 8, 2), 8u);  // deflated
    EXPECT_EQ(number_at(all, 14, 4), crc32(0, same.data(), static_cast<unsigned>(same.size())));
    const std::size_t packed = number_at(all, 18, 4), at = 30 + number_at(all, 26, 2);
    EXPECT_LT(packed, 100u);
    z_stream z{};
    ASSERT_EQ(inflateInit2(&z, -MAX_WBITS), Z_OK);
    Bytes out(same.size() + 1);
    z.next_in = const_cast<Bytef*>(&all[at]), z.avail_in = static_cast<unsigned>(packed), z.next_out = out.data(),
    z.avail_out = static_cast<unsigned>(out.size());
    EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(z.total_out, same.size());
    inflateEnd(&z);
    const std::size_t second = at + packed;
    EXPECT_EQ(number_at(all, second + 8, 2), 0u);  // too short to pack
    const std::size_t end = all.size() - 22;
    ASSERT_EQ(number_at(all, end, 4), 0x06054b50u);
    EXPECT_EQ(number_at(all, end + 10, 2), 2u);
    EXPECT_EQ(number_at(all, number_at(all, end + 16, 4), 4), 0x02014b50u);
}

TEST(Gif, GreysAreKeptAndColoursAreFew) {
    Frame grey{Image(16, 16, 1), 5}, colour{Image(16, 16, 3), 5};
    for (std::size_t i = 0; i < grey.picture.pixels.size(); ++i) grey.picture.pixels[i] = static_cast<std::uint8_t>(i);
    for (std::size_t i = 0; i < colour.picture.pixels.size(); ++i) colour.picture.pixels[i] = static_cast<std::uint8_t>(i * 37);
    const Bytes a = gif_bytes({grey, grey}), b = gif_bytes({colour});
    EXPECT_EQ(std::string(a.begin(), a.begin() + 6), "GIF89a");
    EXPECT_EQ(number_at(a, 13 + 3 * 100, 3), 0x646464u);  // the palette's greys are their own numbers
    EXPECT_EQ(b.back(), 0x3b);
    EXPECT_EQ(gif_bytes({colour}), b);
}

TEST(Drawing, SvgAndPdfHaveItsSizeAndTheSameBytes) {
    Drawing d;
    d.width = 252, d.height = 100, d.title = "a < b";
    d.shapes.push_back(Path::line({0, 0}, {10, 10}, "#000000"));
    d.shapes.push_back(Words{{5, 5}, "x & y", Anchor::end, true});
    d.shapes.push_back(Bitmap{{0, 0}, 10, 10, Image(2, 2, 3, 99)});
    const std::string svg = svg_of(d);
    EXPECT_NE(svg.find("width=\"88.90mm\""), std::string::npos);
    EXPECT_NE(svg.find("x &amp; y"), std::string::npos);
    EXPECT_NE(svg.find("<title>a &lt; b</title>"), std::string::npos);
    const Bytes pdf = pdf_of(d);
    EXPECT_EQ(pdf_of(d), pdf);
    EXPECT_EQ(std::string(pdf.begin(), pdf.begin() + 5), "%PDF-");
}

TEST(Drawing, WiderTextIsWider) {
    EXPECT_GT(text_width("mm"), text_width("ll"));
    EXPECT_DOUBLE_EQ(text_width("\u00b5\u00b5"), text_width("aa"));
}

}  // namespace
}  // namespace ganbar::exports
