// uses: data
// A JPEG file as image folders hold them. Allowed outcomes: a DataError, or a picture of the size it declares.
#include "expect.h"
#include "ganbar/core/error.h"
#include "ganbar/data/jpeg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ganbar;
    try {
        const Image image = parse_jpeg({data, size}, "input", 1 << 16);
        fuzz::expect(image.pixels.size() == image.width * image.height * image.channels && (image.channels == 1 || image.channels == 3),
                     "the pixels are those declared");
    } catch (const DataError&) {
    }
    return 0;
}
