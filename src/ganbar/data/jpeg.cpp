#include "ganbar/data/jpeg.h"

#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include <fmt/format.h>

#include "ganbar/core/error.h"

namespace ganbar {

namespace {

/// libjpeg reports faults by a call that must not return. It jumps out of `guarded`, whose frames hold nothing that needs destruction.
struct Fault {
    jpeg_error_mgr base{};
    std::jmp_buf back{};
    char text[JMSG_LENGTH_MAX] = "";
};

void leave(j_common_ptr info) {
    auto* fault = reinterpret_cast<Fault*>(info->err);
    info->err->format_message(info, fault->text);
    std::longjmp(fault->back, 1);
}

/// Warnings are damage too: the library fills what is missing with grey.
void leave_on_warning(j_common_ptr info, int level) {
    if (level < 0) leave(info);
}

template <class Body>
bool guarded(Fault& fault, const Body& body) {
    if (setjmp(fault.back) != 0) return false;
    body();
    return true;
}

struct Decoder {
    jpeg_decompress_struct info{};
    Fault fault;
    Decoder() {
        info.err = jpeg_std_error(&fault.base);
        fault.base.error_exit = leave;
        fault.base.emit_message = leave_on_warning;
    }
    ~Decoder() { jpeg_destroy_decompress(&info); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
};

}  // namespace

Image parse_jpeg(std::span<const std::uint8_t> bytes, const std::string& file, std::size_t max_pixels) {
    if (!is_jpeg(bytes)) throw DataError("is not a JPEG", {file});
    Decoder decoder;
    auto& info = decoder.info;
    const auto fail = [&](const char* what) {
        return DataError(fmt::format("is {} JPEG: {}; fetch or make it again", what, decoder.fault.text), {file});
    };
    const bool begun = guarded(decoder.fault, [&] {
        jpeg_create_decompress(&info);
        jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
        jpeg_read_header(&info, TRUE);
    });
    if (!begun) throw fail("no readable");
    const std::size_t width = info.image_width, height = info.image_height;
    if (width == 0 || height == 0 || width > max_pixels / height)
        throw DataError(fmt::format("has {} x {} pixels; expected at most {}", width, height, max_pixels), {file});
    if (info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK)
        throw DataError("is a CMYK JPEG; expected grey or RGB", {file});
    const bool grey = info.jpeg_color_space == JCS_GRAYSCALE;
    info.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    info.dct_method = JDCT_ISLOW;
    Image out(width, height, grey ? 1 : 3);
    const bool done = guarded(decoder.fault, [&] {
        jpeg_start_decompress(&info);
        while (info.output_scanline < info.output_height) {
            JSAMPROW row = out.pixels.data() + info.output_scanline * width * out.channels;
            jpeg_read_scanlines(&info, &row, 1);
        }
        jpeg_finish_decompress(&info);
    });
    if (!done) throw fail("a damaged");
    return out;
}

}  // namespace ganbar
