#include "ganbar/data/npy.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace ganbar {

static_assert(std::endian::native == std::endian::little, "NPY and safetensors data are little-endian and are copied as they are");

namespace {

constexpr std::string_view magic("\x93NUMPY", 6);

std::size_t size_of(NpyType type) {
    return type == NpyType::u8 || type == NpyType::boolean ? 1 : type == NpyType::f32 || type == NpyType::i32 ? 4 : 8;
}

/// Reads the header's Python dictionary: exactly the keys descr, fortran_order and shape, in any order.
class HeaderReader {
public:
    HeaderReader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    NpyArray read() {
        NpyArray out;
        bool descr = false, order = false, shape = false;
        expect('{');
        while (!accept('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr" && !descr) descr = true, out.type = type();
            else if (key == "fortran_order" && !order) order = true, read_order();
            else if (key == "shape" && !shape) shape = true, out.shape = sizes();
            else fail("unexpected key \"" + key + "\"");
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skip();
        if (at_ != text_.size()) fail("text after the dictionary");
        if (!descr || !order || !shape) fail("it lacks one of descr, fortran_order and shape");
        return out;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw DataError(fmt::format("has a bad NPY header: {} (at character {}); save it again with numpy.save", what, at_), {file_});
    }
    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    bool accept(char c) {
        skip();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) fail(fmt::format("expected '{}'", c));
    }
    std::string quoted() {
        skip();
        if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) fail("expected a quoted word");
        const auto end = text_.find(text_[at_], at_ + 1);
        if (end == std::string_view::npos) fail("a quote is not closed");
        std::string word(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return word;
    }
    NpyType type() {
        const std::string word = quoted();
        if (word == "|u1" || word == "<u1" || word == "u1") return NpyType::u8;
        if (word == "|b1" || word == "?") return NpyType::boolean;
        if (word == "<i4") return NpyType::i32;
        if (word == "<i8") return NpyType::i64;
        if (word == "<f4") return NpyType::f32;
        if (word == "<f8") return NpyType::f64;
        throw DataError("holds elements of type \"" + word +
                            "\"; expected uint8 (|u1), bool (|b1), int32 (<i4), int64 (<i8), float32 (<f4) or float64 (<f8), little-endian",
                        {file_});
    }
    void read_order() {
        skip();
        if (text_.substr(at_).starts_with("False")) at_ += 5;
        else if (text_.substr(at_).starts_with("True"))
            throw DataError("is in Fortran order; expected C order (save numpy.ascontiguousarray of it)", {file_});
        else fail("fortran_order is neither True nor False");
    }
    std::vector<std::size_t> sizes() {
        std::vector<std::size_t> out;
        expect('(');
        while (!accept(')')) {
            std::size_t side = 0;
            const auto* first = text_.data() + at_;
            const auto [last, code] = std::from_chars(first, text_.data() + text_.size(), side);
            if (code != std::errc{} || out.size() == 32) fail("the shape is not a list of at most 32 sizes");
            at_ += static_cast<std::size_t>(last - first);
            out.push_back(side);
            if (!accept(',')) {
                expect(')');
                break;
            }
            skip();
        }
        return out;
    }

    std::string_view text_;
    std::string file_;
    std::size_t at_ = 0;
};

Bytes with_header(const char* descr, std::span<const std::size_t> shape, std::span<const std::uint8_t> body, std::size_t element) {
    std::size_t n = 1;
    for (const std::size_t side : shape) n *= side;
    GANBAR_ASSERT(body.size() == n * element);
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", descr, fmt::join(shape, ", "),
                                     shape.size() == 1 ? "," : "");
    const std::size_t total = (10 + header.size() + 1 + 63) / 64 * 64;
    header.append(total - 10 - header.size() - 1, ' ').push_back('\n');
    GANBAR_ASSERT(header.size() < 65536);
    Bytes out(magic.begin(), magic.end());
    out.reserve(total + body.size());
    for (const std::size_t b : {std::size_t{1}, std::size_t{0}, header.size() & 255, header.size() >> 8})
        out.push_back(static_cast<std::uint8_t>(b));
    out.insert(out.end(), header.begin(), header.end());
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

template <class T>
std::span<const std::uint8_t> raw(std::span<const T> values) {
    return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

template <class T>
std::vector<double> widened(const Bytes& bytes) {
    std::vector<double> out(bytes.size() / sizeof(T));
    for (std::size_t i = 0; i < out.size(); ++i) {
        T v;
        std::memcpy(&v, bytes.data() + i * sizeof(T), sizeof(T));
        out[i] = static_cast<double>(v);
    }
    return out;
}

/// Pixels of floats; black and white as `range` says.
Bytes quantised(const std::vector<double>& values, PixelRange range, const std::string& file) {
    double lo = 0, hi = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) throw DataError(fmt::format("element {} is {}; expected finite pixel values", i, values[i]), {file});
        lo = std::min(lo, values[i]), hi = std::max(hi, values[i]);
    }
    if (range == PixelRange::detect) range = hi > 1 || lo < -1 ? PixelRange::byte : lo < 0 ? PixelRange::signed_unit : PixelRange::unit;
    const double black = range == PixelRange::signed_unit ? -1 : 0, white = range == PixelRange::byte ? 255 : 1;
    if (lo < black || hi > white)
        throw DataError(fmt::format("has pixel values from {} to {}; expected {} to {}", lo, hi, black, white), {file});
    Bytes out(values.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint8_t>(std::floor((values[i] - black) / (white - black) * 255 + 0.5));
    return out;
}

/// n x h x w x c -> n x c x h x w
Bytes planar(const Bytes& in, std::size_t n, std::size_t area, std::size_t channels) {
    if (channels == 1) return in;
    Bytes out(in.size());
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t p = 0; p < area; ++p)
            for (std::size_t c = 0; c < channels; ++c) out[(i * channels + c) * area + p] = in[(i * area + p) * channels + c];
    return out;
}

}  // namespace

std::size_t NpyArray::n() const { return bytes.size() / size_of(type); }

std::vector<double> NpyArray::values() const {
    if (type == NpyType::u8 || type == NpyType::boolean) return widened<std::uint8_t>(bytes);
    if (type == NpyType::i32) return widened<std::int32_t>(bytes);
    if (type == NpyType::i64) return widened<std::int64_t>(bytes);
    return type == NpyType::f32 ? widened<float>(bytes) : widened<double>(bytes);
}

NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& file) {
    const Location where{file};
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!text.starts_with(magic) || bytes.size() < 12) throw DataError("is not an NPY file; expected one made by numpy.save", where);
    const int major = bytes[6], minor = bytes[7];
    if ((major != 1 && major != 2) || minor != 0)
        throw DataError(fmt::format("has NPY version {}.{}; expected 1.0 or 2.0", major, minor), where);
    std::size_t length = bytes[8] | std::size_t{bytes[9]} << 8, begin = 10;
    if (major == 2) length |= std::size_t{bytes[10]} << 16 | std::size_t{bytes[11]} << 24, begin = 12;
    if (length > bytes.size() - begin) throw DataError(fmt::format("ends inside its header of {} bytes; copy it again", length), where);
    NpyArray out = HeaderReader(text.substr(begin, length), file).read();
    const std::size_t need = checked_product(out.shape, max_file_bytes / 8, file) * size_of(out.type);
    const auto body = bytes.subspan(begin + length);
    if (body.size() < need)
        throw DataError(
            fmt::format("is truncated: shape {} needs {} bytes, found {}; copy it again", shape_text(out.shape), need, body.size()), where);
    if (body.size() > need)
        throw DataError(fmt::format("has {} bytes after the end of its data (shape {})", body.size() - need, shape_text(out.shape)), where);
    out.bytes.assign(body.begin(), body.end());
    return out;
}

NpyArray read_npy(const std::filesystem::path& path) { return parse_npy(read_file_or_gzip(path), path.string()); }

Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const std::uint8_t> values) { return with_header("|u1", shape, values, 1); }
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const std::int32_t> values) {
    return with_header("<i4", shape, raw(values), 4);
}
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const std::int64_t> values) {
    return with_header("<i8", shape, raw(values), 8);
}
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const float> values) { return with_header("<f4", shape, raw(values), 4); }
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const double> values) { return with_header("<f8", shape, raw(values), 8); }

void write_npy(const std::filesystem::path& path, const Matrix& values, Replace replace) {
    std::vector<float> dense;
    dense.reserve(values.rows() * values.cols());
    for (std::size_t r = 0; r < values.rows(); ++r) dense.insert(dense.end(), values.row_span(r).begin(), values.row_span(r).end());
    write_npy<float>(path, {values.rows(), values.cols()}, dense, replace);
}

Dataset dataset_from_npy(const NpyArray& array, const std::string& file, PixelRange range) {
    const auto& s = array.shape;
    Dataset out;
    out.name = std::filesystem::path(file).stem().string(), out.origin = file;
    if (s.size() < 2 || s.size() > 4)
        throw DataError(
            fmt::format("holds an array of {} dimensions ({}); expected images n x h x w, n x h x w x c or n x d", s.size(), shape_text(s)),
            {file});
    out.n = s[0];
    if (s.size() == 2) {
        const auto side = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(s[1]))));
        const bool square = side * side == s[1];
        out.height = square ? side : 1, out.width = square ? side : s[1];
    } else {
        out.height = s[1], out.width = s[2];
    }
    if (s.size() == 4) out.channels = s[3];
    if (out.channels != 1 && out.channels != 3)
        throw DataError(fmt::format("has {} channels ({}); expected 1 or 3 as the last dimension", out.channels, shape_text(s)), {file});
    if (array.type == NpyType::boolean) range = PixelRange::unit;
    else if (array.type == NpyType::i32 || array.type == NpyType::i64) range = PixelRange::byte;
    const Bytes pixels = array.type == NpyType::u8 ? array.bytes : quantised(array.values(), range, file);
    out.pixels = planar(pixels, out.n, out.height * out.width, out.channels);
    finish(out);
    return out;
}

std::vector<std::uint8_t> labels_from_npy(const NpyArray& array, const std::string& file) {
    const bool column = array.shape.size() == 1 || (array.shape.size() == 2 && array.shape[1] == 1);
    if (!column || array.type == NpyType::f32 || array.type == NpyType::f64)
        throw DataError(fmt::format("holds no labels ({} {}); expected one whole number per image", shape_text(array.shape),
                                    array.type == NpyType::f32 || array.type == NpyType::f64 ? "floats" : "values"),
                        {file});
    std::vector<std::uint8_t> out;
    for (const double label : array.values()) {
        if (label < 0 || label > 255)
            throw DataError(fmt::format("label {} of image {} is no class; expected 0 to 255", label, out.size()), {file});
        out.push_back(static_cast<std::uint8_t>(label));
    }
    return out;
}

Bytes npy_bytes(const Dataset& data) {
    if (data.channels == 1) return npy_bytes(std::vector<std::size_t>{data.n, data.height, data.width}, data.pixels);
    Bytes last(data.pixels.size());
    const std::size_t area = data.height * data.width;
    for (std::size_t i = 0; i < data.n; ++i)
        for (std::size_t c = 0; c < data.channels; ++c)
            for (std::size_t p = 0; p < area; ++p)
                last[(i * area + p) * data.channels + c] = data.pixels[(i * data.channels + c) * area + p];
    return npy_bytes(std::vector<std::size_t>{data.n, data.height, data.width, data.channels}, last);
}

}  // namespace ganbar
