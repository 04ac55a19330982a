// uses: noise
// A file of random bits in any format. Allowed outcomes: a DataError, or bits that read back the same from text and from packed bytes.
#include "expect.h"
#include "ganbar/noise/bit_file.h"

namespace {

using namespace ganbar;
using noise::BitFormat;
using noise::BitString;

bool same(const BitString& a, const BitString& b) { return a.size() == b.size() && a.packed() == b.packed(); }

void read_as(BitFormat format, std::span<const std::uint8_t> bytes) {
    const BitString bits = noise::read_bits(bytes, format, "input");
    fuzz::expect(bits.size() > 0 && bits.size() <= 8 * bytes.size(), "no bit is invented");
    std::vector<std::uint8_t> text;
    for (const auto bit : bits.unpacked()) text.push_back(bit ? '1' : '0');
    fuzz::expect(same(noise::read_bits(text, BitFormat::ascii, "again"), bits), "text reads back to the same bits");
    fuzz::expect(same(noise::read_bits(bits.unpacked(), BitFormat::bytes, "again"), bits), "bytes read back to the same bits");
    fuzz::expect(same(BitString::from_packed(bits.packed(), bits.size()), bits), "packed bytes read back to the same bits");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const BitFormat format : {BitFormat::automatic, BitFormat::packed, BitFormat::ascii, BitFormat::bytes, BitFormat::hex}) {
        try {
            read_as(format, {data, size});
        } catch (const DataError&) {
        }
    }
    return 0;
}
