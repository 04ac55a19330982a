#include "ganbar/core/sha256.h"

#include <gtest/gtest.h>

#include <string_view>

namespace ganbar {
namespace {

std::string hash(std::string_view s) {
    return sha256_hex({reinterpret_cast<const std::uint8_t*>(s.data()), s.size()});
}

TEST(Sha256, KnownAnswers) {  // FIPS 180-4 example values
    EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace ganbar
