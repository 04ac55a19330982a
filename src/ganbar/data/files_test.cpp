#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <zlib.h>

#include <cmath>
#include <fstream>

#include "ganbar/core/sha256.h"
#include "ganbar/data/npy.h"
#include "ganbar/data/png.h"
#include "ganbar/data/safetensors.h"
#include "ganbar/data/test_files.h"

namespace ganbar {
namespace {

using test::Folder;
using test::gzipped;
using test::message_of;
using test::text_bytes;

TEST(Bytes, Gzip) {
    Bytes content(700'000);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i * i / 7);
    const Bytes packed = gzipped(content);
    EXPECT_EQ(gunzip(packed, "x.gz"), content);
    Bytes twice = packed;
    twice.insert(twice.end(), packed.begin(), packed.end());
    EXPECT_EQ(gunzip(twice, "x.gz").size(), 2 * content.size());
    EXPECT_TRUE(gunzip(gzipped({}), "x.gz").empty());
    for (const std::size_t n : {std::size_t{2}, std::size_t{9}, packed.size() / 2, packed.size() - 1}) {
        EXPECT_HAS(message_of<DataError>([&] { gunzip(std::span(packed).first(n), "x.gz"); }), "x.gz: ends in the middle");
    }
    Bytes bad = packed;
    bad[bad.size() - 6] ^= 1;
    EXPECT_HAS(message_of<DataError>([&] { gunzip(bad, "x.gz"); }), "damaged");
    bad = packed, bad.push_back('!');
    EXPECT_HAS(message_of<DataError>([&] { gunzip(bad, "x.gz"); }), "1 bytes after the end");
    EXPECT_HAS(message_of<DataError>([&] { gunzip(packed, "x.gz", 1000); }), "more than 1000 bytes");
}

TEST(Bytes, ReadFaults) {
    Folder f;
    EXPECT_HAS(message_of<DataError>([&] { read_file(f / "none"); }), "No such file");
    EXPECT_HAS(message_of<DataError>([&] { read_file(f.path()); }), "is a folder");
    write_file(f / "a", "12345");
    EXPECT_HAS(message_of<DataError>([&] { read_file(f / "a", 4); }), "more than 4 bytes");
    EXPECT_EQ(read_file(f / "a", 5), text_bytes("12345"));
    EXPECT_EQ(sha256_of_file(f / "a"), sha256_hex(text_bytes("12345")));
}

TEST(AtomicFile, WholeOrNothing) {
    Folder f;
    {
        AtomicFile file(f / "a");
        file.write("half");
        EXPECT_TRUE(std::filesystem::exists(file.temporary()));
        EXPECT_FALSE(std::filesystem::exists(f / "a"));
    }
    EXPECT_EQ(f.n_entries(), 0u);
    write_file(f / "a", "one");
    EXPECT_HAS(message_of<ConfigError>([&] { write_file(f / "a", "two"); }), "is there already");
    EXPECT_EQ(read_file(f / "a"), text_bytes("one"));
    write_file(f / "a", "two", Replace::yes);
    EXPECT_EQ(read_file(f / "a"), text_bytes("two"));
    EXPECT_EQ(f.n_entries(), 1u);
}

TEST(AtomicFile, RefusesToReplaceWhatAppearedMeanwhile) {
    Folder f;
    AtomicFile file(f / "a");
    file.write("late");
    write_file(f / "a", "early");
    EXPECT_HAS(message_of<ConfigError>([&] { file.commit(); }), "is there already");
    EXPECT_EQ(read_file(f / "a"), text_bytes("early"));
}

TEST(AtomicFile, WritesThroughSymlinks) {
    Folder f;
    namespace fs = std::filesystem;
    fs::create_directory(f / "deep");
    write_file(f / "deep/real", "one");
    fs::permissions(f / "deep/real", fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("deep/real", f / "link");
    fs::create_symlink("link", f / "chain");
    for (const char* name : {"link", "chain"}) {
        write_file(f / name, name);
        EXPECT_TRUE(fs::is_symlink(f / name));
        EXPECT_EQ(read_file(f / "deep/real"), text_bytes(name));
    }
    EXPECT_EQ(fs::status(f / "deep/real").permissions(), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("deep/new", f / "dangling");
    write_file(f / "dangling", "made");
    EXPECT_TRUE(fs::is_symlink(f / "dangling"));
    EXPECT_EQ(read_file(f / "deep/new"), text_bytes("made"));
    fs::create_symlink("circle", f / "circle");
    EXPECT_HAS(message_of<DataError>([&] { write_file(f / "circle", "x"); }), "circle");
    fs::create_symlink("nowhere/x", f / "lost");
    EXPECT_HAS(message_of<DataError>([&] { check_target(f / "lost"); }), "does not exist");
}

TEST(AtomicFile, DevicesAndFifosStayWhatTheyAre) {
    Folder f;
    // Devices of our own: what a fault here replaces must never be the machine's.
    const auto device = [&](const char* what, unsigned minor) {
        const std::string own = (f / what).string();
        if (::mknod(own.c_str(), S_IFCHR | 0666, makedev(1, minor)) != 0) return std::string();
        const int probe = ::open(own.c_str(), O_WRONLY);
        if (probe < 0) return std::string();  // a file system without devices
        ::close(probe);
        return own;
    };
    if (const std::string null = device("null", 3); !null.empty()) {
        write_file(null, "gone");
        EXPECT_TRUE(std::filesystem::is_character_file(null));
    }
    if (const std::string full = device("full", 7); !full.empty()) {
        EXPECT_HAS(message_of<DataError>([&] { write_file(full, "x"); }), "No space left");
        EXPECT_TRUE(std::filesystem::is_character_file(full));
    }
    std::filesystem::remove(f / "null"), std::filesystem::remove(f / "full");
    const std::string name = (f / "fifo").string();
    ASSERT_EQ(::mkfifo(name.c_str(), 0600), 0);
    const int reader = ::open(name.c_str(), O_RDONLY | O_NONBLOCK);
    write_file(name, "through", Replace::yes);
    char got[16] = {};
    EXPECT_EQ(::read(reader, got, sizeof got), 7);
    ::close(reader);
    EXPECT_STREQ(got, "through");
    EXPECT_TRUE(std::filesystem::is_fifo(name));
    EXPECT_EQ(f.n_entries(), 1u);
}

TEST(AtomicFile, LongNames) {
    Folder f;
    write_file(f / std::string(255, 'n'), "fits");
    EXPECT_HAS(message_of<DataError>([&] { write_file(f / std::string(256, 'n'), "x"); }), "too long");
    EXPECT_EQ(f.n_entries(), 1u);
}

TEST(AtomicFile, Faults) {
    Folder f;
    EXPECT_HAS(message_of<DataError>([&] { write_file(f / "no/a", "x"); }), "does not exist; create it first");
    write_file(f / "file", "x");
    EXPECT_HAS(message_of<DataError>([&] { write_file(f / "file/a", "x"); }), "is not a folder");
    EXPECT_HAS(message_of<ConfigError>([&] { write_file(f.path(), "x"); }), "is a folder");
    EXPECT_HAS(message_of<DataError>([&] { make_folder(f / "file"); }), "cannot be created");
    EXPECT_HAS(message_of<DataError>([&] { make_folder(f / "file/deep"); }), "cannot be created");
    make_folder(f / "a/b/c");
    EXPECT_TRUE(std::filesystem::is_directory(f / "a/b/c"));
    if (std::filesystem::exists("/dev/full")) {
        EXPECT_HAS(message_of<DataError>([&] { write_file("/proc/ganbar", "x", Replace::yes); }), "cannot be written");
    }
}

TEST(Npy, RoundTrips) {
    const std::vector<double> d{1.5, -0.0, 1e-300, std::nan(""), INFINITY, 3};
    NpyArray a = parse_npy(npy_bytes(std::vector<std::size_t>{2, 3}, d), "x.npy");
    EXPECT_EQ(a.type, NpyType::f64);
    EXPECT_EQ(a.shape, (std::vector<std::size_t>{2, 3}));
    EXPECT_EQ(std::memcmp(a.bytes.data(), d.data(), 48), 0);
    const std::vector<float> s{0.1f, -2, 7};
    a = parse_npy(npy_bytes(std::vector<std::size_t>{3}, s), "x.npy");
    EXPECT_EQ(a.values(), (std::vector<double>{0.1f, -2, 7}));
    const Bytes u{0, 128, 255, 7};
    a = parse_npy(npy_bytes(std::vector<std::size_t>{1, 2, 2}, u), "x.npy");
    EXPECT_EQ(a.bytes, u);
    a = parse_npy(npy_bytes(std::vector<std::size_t>{}, std::vector<double>{4}), "x.npy");
    EXPECT_TRUE(a.shape.empty());
    EXPECT_EQ(a.n(), 1u);
    EXPECT_EQ(npy_bytes(std::vector<std::size_t>{3}, s).size() % 64, 12u);  // data begin at a multiple of 64
}

TEST(Npy, Version2AndForeignSpacing) {
    std::string header = "{\"shape\":(2,),'descr': '|u1','fortran_order':False}\n";
    Bytes file{0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, static_cast<std::uint8_t>(header.size()), 0, 0, 0};
    file.insert(file.end(), header.begin(), header.end());
    file.push_back(5), file.push_back(6);
    EXPECT_EQ(parse_npy(file, "x.npy").bytes, (Bytes{5, 6}));
}

Bytes npy_with(const std::string& header, std::size_t n_data) {
    Bytes file{
        0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, static_cast<std::uint8_t>(header.size() & 255), static_cast<std::uint8_t>(header.size() >> 8)};
    file.insert(file.end(), header.begin(), header.end());
    file.resize(file.size() + n_data);
    return file;
}

TEST(Npy, BrokenFiles) {
    const auto fault = [](const std::string& header, std::size_t n) {
        return message_of<DataError>([&] { parse_npy(npy_with(header, n), "x.npy"); });
    };
    const std::string head = "{'descr': '|u1', 'fortran_order': False, 'shape': ";
    EXPECT_NO_THROW(parse_npy(npy_with(head + "(2, 3), }", 6), "x.npy"));
    EXPECT_HAS(fault(head + "(2, 3), }", 5), "truncated");
    EXPECT_HAS(fault(head + "(2, 3), }", 7), "1 bytes after the end");
    EXPECT_HAS(fault(head + "(18446744073709551615, 3), }", 7), "absurd shape");
    EXPECT_HAS(fault(head + "(4294967296, 4294967296), }", 7), "absurd shape");
    EXPECT_HAS(fault(head + "(-1,), }", 7), "bad NPY header");
    EXPECT_HAS(fault(head + "(2, 3)", 6), "expected '}'");
    EXPECT_HAS(fault(head + "(2, 3), } x", 6), "text after");
    EXPECT_HAS(fault(head + "(2, 3), 'more': 1}", 6), "unexpected key \"more\"");
    EXPECT_HAS(fault("{'descr': '|u1', 'shape': (2,)}", 2), "lacks one of");
    EXPECT_HAS(fault("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", 8), "type \">f4\"");
    EXPECT_HAS(fault("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", 8), "type \"|O\"");
    EXPECT_HAS(fault("{'descr': '|u1', 'fortran_order': True, 'shape': (2,)}", 2), "Fortran order");
    EXPECT_HAS(message_of<DataError>([] { parse_npy(Bytes(200), "x.npy"); }), "not an NPY file");
    Bytes v3 = npy_with(head + "(1,)}", 1);
    v3[6] = 3;
    EXPECT_HAS(message_of<DataError>([&] { parse_npy(v3, "x.npy"); }), "version 3.0");
    v3[6] = 1, v3[9] = 200;
    EXPECT_HAS(message_of<DataError>([&] { parse_npy(v3, "x.npy"); }), "inside its header");
}

TEST(Npy, DatasetsOfEveryRank) {
    Bytes values(2 * 4 * 3);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i);
    const auto load = [&](std::vector<std::size_t> shape) {
        return dataset_from_npy(parse_npy(npy_bytes(shape, values), "x.npy"), "x.npy");
    };
    const Dataset rgb = load({2, 2, 2, 3});
    EXPECT_EQ(rgb.channels, 3u);
    EXPECT_EQ((Bytes(rgb.pixels.begin(), rgb.pixels.begin() + 12)), (Bytes{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}));
    EXPECT_EQ(parse_npy(npy_bytes(rgb), "x.npy").bytes, values);
    EXPECT_EQ(load({2, 4, 3}).width, 3u);
    EXPECT_EQ(load({6, 4}).height, 2u);
    EXPECT_EQ(load({2, 12}).height, 1u);
    EXPECT_HAS(message_of<DataError>([&] { load({24}); }), "1 dimensions");
    EXPECT_HAS(message_of<DataError>([&] { load({1, 2, 3, 4}); }), "4 channels");
    const auto floats = [&](std::vector<float> v, PixelRange range = PixelRange::detect) {
        return dataset_from_npy(parse_npy(npy_bytes(std::vector<std::size_t>{1, 1, v.size()}, v), "f.npy"), "f.npy", range).pixels;
    };
    EXPECT_EQ(floats({0, 0.5f, 1}), (Bytes{0, 128, 255}));
    EXPECT_EQ(floats({-1, 0, 1}), (Bytes{0, 128, 255}));
    EXPECT_EQ(floats({0, 1, 2, 255}), (Bytes{0, 1, 2, 255}));
    EXPECT_HAS(message_of<DataError>([&] { floats({0, NAN}); }), "element 1 is nan");
    EXPECT_HAS(message_of<DataError>([&] { floats({0, 300}); }), "from 0 to 300");
    EXPECT_HAS(message_of<DataError>([&] { floats({0, 1.5f}, PixelRange::unit); }), "expected 0 to 1");
}

/// The PNG specification's own words, without libpng: chunks with their checksums, one deflate stream, five line filters.
Bytes decoded_by_hand(const Bytes& file, std::size_t width, std::size_t height, std::size_t channels) {
    const auto word = [&](std::size_t at) {
        return std::size_t{file[at]} << 24 | std::size_t{file[at + 1]} << 16 | std::size_t{file[at + 2]} << 8 | file[at + 3];
    };
    Bytes packed;
    for (std::size_t at = 8, length = 0; at < file.size(); at += 12 + length) {
        length = word(at);
        EXPECT_EQ(crc32(0, file.data() + at + 4, static_cast<uInt>(length + 4)), word(at + 8 + length));
        if (std::memcmp(file.data() + at + 4, "IDAT", 4) == 0)
            packed.insert(packed.end(), file.begin() + static_cast<std::ptrdiff_t>(at + 8),
                          file.begin() + static_cast<std::ptrdiff_t>(at + 8 + length));
    }
    const std::size_t row = width * channels;
    Bytes lines((row + 1) * height), out(row * height);
    uLongf n = lines.size();
    EXPECT_EQ(uncompress(lines.data(), &n, packed.data(), packed.size()), Z_OK);
    EXPECT_EQ(n, lines.size());
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < row; ++x) {
            const int left = x >= channels ? out[y * row + x - channels] : 0, up = y ? out[(y - 1) * row + x] : 0,
                      corner = x >= channels && y ? out[(y - 1) * row + x - channels] : 0;
            const int p = left + up - corner, pl = std::abs(p - left), pu = std::abs(p - up), pc = std::abs(p - corner);
            const int paeth = pl <= pu && pl <= pc ? left : pu <= pc ? up : corner;
            const int guesses[5] = {0, left, up, (left + up) / 2, paeth};
            out[y * row + x] = static_cast<std::uint8_t>(lines[y * (row + 1) + 1 + x] + guesses[lines[y * (row + 1)]]);
        }
    return out;
}

TEST(Png, RoundTripsAndIndependentReader) {
    for (const std::size_t channels : {1u, 3u}) {
        Image image(37, 21, channels);
        for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i * 7919 >> 3);
        const Bytes file = png_bytes(image);
        EXPECT_EQ(file, png_bytes(image));
        const Image back = parse_png(file, "x.png");
        EXPECT_EQ(back.width, 37u);
        EXPECT_EQ(back.height, 21u);
        EXPECT_EQ(back.channels, channels);
        EXPECT_EQ(back.pixels, image.pixels);
        // signature, then IHDR with size, depth 8, colour type 0 or 2
        EXPECT_EQ((Bytes(file.begin(), file.begin() + 29)),
                  (Bytes{137, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0,  13, 'I',
                         'H', 'D', 'R', 0,   0,  0,  37, 0,  0, 0, 21, 8,  static_cast<std::uint8_t>(channels == 1 ? 0 : 2),
                         0,   0,   0}));
        EXPECT_EQ(decoded_by_hand(file, 37, 21, channels), image.pixels);
    }
}

TEST(Png, BrokenFiles) {
    Image image(50, 50, 1);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<std::uint8_t>(i * i);
    const Bytes file = png_bytes(image);
    EXPECT_HAS(message_of<DataError>([&] { parse_png({}, "x.png"); }), "it is empty");
    EXPECT_HAS(message_of<DataError>([&] { parse_png(text_bytes("GIF89a, not a PNG at all"), "x.png"); }), "not a readable PNG");
    for (const std::size_t n : {std::size_t{4}, std::size_t{20}})
        EXPECT_HAS(message_of<DataError>([&] { parse_png(std::span(file).first(n), "x.png"); }), "not a readable PNG");
    EXPECT_HAS(message_of<DataError>([&] { parse_png(std::span(file).first(file.size() / 2), "x.png"); }), "damaged");
    EXPECT_HAS(message_of<DataError>([&] { parse_png(file, "x.png", 2499); }), "expected at most 2499");
    Bytes bad = file;
    bad[file.size() / 2] ^= 0x40;
    EXPECT_HAS(message_of<DataError>([&] { parse_png(bad, "x.png"); }), "damaged");
}

TensorFile some_tensors() {
    TensorFile t;
    t.metadata = {{"round", "17"}, {"text", "quotes \" and \n line"}};
    t.put<float>("w", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, -0.0f});
    t.put<double>("d", {2}, std::vector<double>{1e-300, 0.1});
    t.put<std::int64_t>("i", {}, std::vector<std::int64_t>{-5});
    t.put<std::int8_t>("s", {3}, std::vector<std::int8_t>{-128, 0, 127});
    t.put<std::uint8_t>("u", {0, 4}, std::vector<std::uint8_t>{});
    return t;
}

TEST(Safetensors, RoundTrip) {
    const TensorFile t = some_tensors();
    const Bytes file = safetensors_bytes(t);
    EXPECT_EQ((8 + file[0] + 256 * file[1]) % 8, 0);
    const TensorFile back = parse_safetensors(file, "c.safetensors");
    EXPECT_EQ(back.metadata, t.metadata);
    EXPECT_EQ(back.get<float>("w", {2, 3}), t.get<float>("w"));
    EXPECT_EQ(back.get<double>("d"), (std::vector<double>{1e-300, 0.1}));
    EXPECT_EQ(back.get<std::int64_t>("i", {}), std::vector<std::int64_t>{-5});
    EXPECT_EQ(back.get<std::int8_t>("s", {3}), (std::vector<std::int8_t>{-128, 0, 127}));
    EXPECT_TRUE(back.get<std::uint8_t>("u", {0, 4}).empty());
    EXPECT_EQ(safetensors_bytes(back), file);
    EXPECT_EQ(parse_safetensors(safetensors_bytes({}), "e").tensors().size(), 0u);
}

TEST(Safetensors, WrongExpectations) {
    const TensorFile t = parse_safetensors(safetensors_bytes(some_tensors()), "c.safetensors");
    EXPECT_HAS(message_of<DataError>([&] { t.get<float>("w", {3, 2}); }), "has shape [2 x 3]; expected [3 x 2]");
    EXPECT_HAS(message_of<DataError>([&] { t.get<double>("w", {2, 3}); }), "is F32; expected F64");
    EXPECT_HAS(message_of<DataError>([&] { t.get<double>("ww"); }), "no tensor \"ww\" (the nearest is");
    EXPECT_HAS(message_of<DataError>([&] { t.metadata_at("seed"); }), "no metadata \"seed\"");
}

Bytes tensors_with(const std::string& header, std::size_t n_data) {
    Bytes out;
    for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(header.size() >> shift));
    out.insert(out.end(), header.begin(), header.end());
    out.resize(out.size() + n_data);
    return out;
}

TEST(Safetensors, BrokenFiles) {
    const auto fault = [](const std::string& header, std::size_t n) {
        return message_of<DataError>([&] { parse_safetensors(tensors_with(header, n), "c"); });
    };
    const std::string a = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
    EXPECT_NO_THROW(parse_safetensors(tensors_with("{" + a + "}  ", 8), "c"));
    EXPECT_HAS(fault("{" + a + "}", 7), "truncated");
    EXPECT_HAS(fault("{" + a + "}", 9), "1 bytes after its last tensor");
    EXPECT_HAS(fault("{" + a + "," + a + "}", 8), "\"a\" appears twice");
    EXPECT_HAS(fault("{" + a + R"(,"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})", 8), "\"b\" overlaps");
    EXPECT_HAS(fault("{" + a + R"(,"b":{"dtype":"U8","shape":[4],"data_offsets":[9,13]}})", 13), "leaves a gap");
    EXPECT_HAS(fault(R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})", 4), "dtype F16");
    EXPECT_HAS(fault(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4), "needs 8 bytes");
    EXPECT_HAS(fault(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8), "needs 8 bytes");
    EXPECT_HAS(fault(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})", 8), "absurd shape");
    EXPECT_HAS(fault(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8), "not a whole number");
    EXPECT_HAS(fault(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", 8), "not a whole number");
    EXPECT_HAS(fault(R"({"a":{"dtype":"F32","shape":[2]}})", 8), "needs exactly");
    EXPECT_HAS(fault(R"({"a":7})", 8), "needs exactly");
    EXPECT_HAS(fault(R"({"__metadata__":{"k":1}})", 0), "is not text");
    EXPECT_HAS(fault("[]", 0), "expected a JSON object");
    EXPECT_HAS(fault("{\"a\":", 0), "bad safetensors header");
    EXPECT_HAS(message_of<DataError>([] { parse_safetensors(Bytes(5), "c"); }), "it has 5 bytes");
    EXPECT_HAS(message_of<DataError>([] { parse_safetensors(Bytes(100, 255), "c"); }), "plausible header length");
    Bytes cut = safetensors_bytes(some_tensors());
    for (std::size_t n = 0; n < cut.size(); ++n) EXPECT_THROW(parse_safetensors(std::span(cut).first(n), "c"), DataError) << n;
}

}  // namespace
}  // namespace ganbar
