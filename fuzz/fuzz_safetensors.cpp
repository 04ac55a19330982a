// uses: data
// A safetensors file. Allowed outcomes: a DataError, or content that is written, read and written again to the same bytes.
#include "expect.h"
#include "ganbar/data/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ganbar;
    try {
        const TensorFile content = parse_safetensors({data, size}, "input");
        const Bytes once = safetensors_bytes(content);
        const TensorFile back = parse_safetensors(once, "again");
        fuzz::expect(
            back.metadata == content.metadata && back.tensors().size() == content.tensors().size() && safetensors_bytes(back) == once,
            "tensors read back to themselves");
    } catch (const DataError&) {
    }
    return 0;
}
