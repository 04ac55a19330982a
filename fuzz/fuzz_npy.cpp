// uses: data
// An NPY file, also as a data set. Allowed outcomes: a DataError, or an array that reads back the same after writing.
#include <cstring>

#include "expect.h"
#include "ganbar/data/npy.h"

namespace {

using namespace ganbar;

template <class T>
Bytes rewritten(const NpyArray& array) {
    std::vector<T> values(array.n());
    if (!values.empty()) std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
    return npy_bytes(array.shape, values);
}

Bytes again(const NpyArray& array) {
    switch (array.type) {
        case NpyType::i32: return rewritten<std::int32_t>(array);
        case NpyType::i64: return rewritten<std::int64_t>(array);
        case NpyType::f32: return rewritten<float>(array);
        case NpyType::f64: return rewritten<double>(array);
        default: return rewritten<std::uint8_t>(array);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const NpyArray array = parse_npy({data, size}, "input");
        if (array.type != NpyType::boolean) {  // never written
            const NpyArray back = parse_npy(again(array), "again");
            fuzz::expect(back.shape == array.shape && back.type == array.type && back.bytes == array.bytes,
                         "an array reads back to itself");
        }
        const Dataset images = dataset_from_npy(array, "input");
        fuzz::expect(dataset_from_npy(parse_npy(npy_bytes(images), "again"), "again").pixels == images.pixels,
                     "images read back to themselves");
    } catch (const DataError&) {
    }
    return 0;
}
