// uses: data
// An IDX file. Allowed outcomes: a DataError, or an array that is written back to the same bytes.
#include <cstdlib>

#include "ganbar/data/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ganbar;
    const std::span<const std::uint8_t> bytes(data, size);
    try {
        const Bytes content = is_gzip(bytes) ? gunzip(bytes, "input", 1 << 24) : Bytes(bytes.begin(), bytes.end());
        if (idx_bytes(parse_idx(content, "input")) != content) std::abort();
    } catch (const DataError&) {
    }
    return 0;
}
