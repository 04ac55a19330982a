// uses: data
// A PNG file as image folders hold them. Allowed outcomes: a DataError, or a picture that reads back the same after writing.
#include "expect.h"
#include "ganbar/core/error.h"
#include "ganbar/data/png.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ganbar;
    try {
        const Image image = parse_png({data, size}, "input", 1 << 16);
        const Image back = parse_png(png_bytes(image), "again", 1 << 16);
        fuzz::expect(
            back.width == image.width && back.height == image.height && back.channels == image.channels && back.pixels == image.pixels,
            "a picture reads back to itself");
    } catch (const DataError&) {
    }
    return 0;
}
