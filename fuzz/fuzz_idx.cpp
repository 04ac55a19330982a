// uses: data
// An IDX file. Allowed outcomes: a DataError, or an array that is written back to the same bytes.
#include "expect.h"
#include "ganbar/data/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ganbar;
    const std::span<const std::uint8_t> bytes(data, size);
    try {
        const Bytes content = is_gzip(bytes) ? gunzip(bytes, "input", 1 << 24) : Bytes(bytes.begin(), bytes.end());
        fuzz::expect(idx_bytes(parse_idx(content, "input")) == content, "a file is written again as it was");
    } catch (const DataError&) {
    }
    return 0;
}
