#include "ganbar/core/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace ganbar {
namespace {

std::string hash(std::string_view s) { return sha256_hex({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}); }

TEST(Sha256, KnownAnswers) {  // FIPS 180-4 example values
    EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
    Sha256 hash;
    const std::string thousand(1000, 'a');
    for (int i = 0; i < 1000; ++i) hash.add(thousand);
    EXPECT_EQ(hash.hex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    EXPECT_EQ(hash.add("abc").hex(), sha256_hex(std::vector<std::uint8_t>{'a', 'b', 'c'}));
}

}  // namespace
}  // namespace ganbar
