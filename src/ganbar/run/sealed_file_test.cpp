#include "ganbar/run/sealed_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "ganbar/data/bytes.h"

namespace ganbar {
namespace {

TensorFile content() {
    TensorFile file;
    file.metadata["format"] = "test";
    file.put("a", {2}, std::vector<float>{1, 2});
    file.put("b", {1, 3}, std::vector<std::int64_t>{3, 4, 5});
    return file;
}
std::string path(const char* name) { return (std::filesystem::path(testing::TempDir()) / name).string(); }

// Whatever byte is another, the file is not taken for what was written; no damage ends in anything but a DataError.
TEST(SealedFile, EveryByteCounts) {
    TensorFile file = content();
    write_sealed(path("sealed"), file);
    EXPECT_EQ(read_sealed(path("sealed")).get<float>("a"), (std::vector<float>{1, 2}));
    const Bytes whole = read_file(path("sealed"));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        Bytes damaged = whole;
        damaged[at] ^= 1;
        write_file(path("damaged"), damaged, Replace::yes);
        try {
            const TensorFile read = read_sealed(path("damaged"));
            // A letter of the digest's own name leaves a file as earlier versions wrote it; blanks between header and values hold nothing.
            EXPECT_TRUE(!read.metadata.contains("content_sha256") || safetensors_bytes(read) == whole) << at;
            EXPECT_EQ(read.get<float>("a"), (std::vector<float>{1, 2})) << at;
        } catch (const DataError&) {
        }
    }
}

TEST(SealedFile, FilesOfEarlierVersionsAreRead) {
    write_safetensors(path("unsealed"), content(), Replace::yes);
    EXPECT_EQ(read_sealed(path("unsealed")).get<std::int64_t>("b"), (std::vector<std::int64_t>{3, 4, 5}));
}

}  // namespace
}  // namespace ganbar
