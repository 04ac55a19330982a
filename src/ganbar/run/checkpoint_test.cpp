// What a checkpoint must agree with besides its own seal.
#include "ganbar/run/checkpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "ganbar/core/error.h"

namespace ganbar {
namespace {

namespace fs = std::filesystem;

TEST(Checkpoint, HoldsTheRoundOfItsName) {
    const fs::path folder = fs::temp_directory_path() / ("checkpoint_test." + std::to_string(::getpid()));
    Checkpoint c;
    c.round = 3, c.experiment_sha256 = "digest";
    write_checkpoint(folder, c);
    EXPECT_EQ(read_checkpoint(folder / "000003.safetensors").round, 3);
    fs::rename(folder / "000003.safetensors", folder / "000007.safetensors");
    try {
        read_checkpoint(folder / "000007.safetensors");
        FAIL() << "the checkpoint of round 3 passed for that of round 7";
    } catch (const DataError& e) {
        EXPECT_NE(std::string(e.what()).find("holds round 3; expected that of its name"), std::string::npos) << e.what();
    }
    fs::remove_all(folder);
}

}  // namespace
}  // namespace ganbar
