#include "ganbar/study/fetch.h"

#include "ganbar/data/catalogue.h"
#include "ganbar/data/test_files.h"
#include "ganbar/study/child_process.h"

namespace ganbar::study {
namespace {

using test::Folder;
using test::message_of;

bool has_program(const std::string& name) {
    try {
        return study::run_program({name, "--version"}, "/").exit_code == 0;
    } catch (const DataError&) {
        return false;
    }
}

TEST(ChildProcess, ExitCodesAndErrors) {
    Folder f;
    EXPECT_EQ(study::run_program({"true"}, f.path()).exit_code, 0);
    EXPECT_EQ(study::run_program({"sh", "-c", "exit 7"}, f.path()).exit_code, 7);
    EXPECT_EQ(study::run_program({"sh", "-c", "kill -9 $$"}, f.path()).exit_code, 137);
    EXPECT_EQ(study::run_program({"sh", "-c", "echo seen; echo told >&2; touch here"}, f.path()).errors, "told\n");
    EXPECT_TRUE(std::filesystem::exists(f / "here"));
    EXPECT_EQ(study::run_program({"sh", "-c", "head -c 300000 /dev/zero >&2"}, f.path()).exit_code, 0);  // more than a pipe holds
    EXPECT_HAS(message_of<DataError>([&] { study::run_program({"no-such-program-here"}, f.path()); }), "cannot be started");
    EXPECT_EQ(study::one_line("\nnpm warn old\nfirst\r\nfirst\n\nsecond\nthird\n"), "first; second");
    EXPECT_EQ(study::one_line(""), "it gave no reason");
}

TEST(Fetch, SaysWhatIsNotFetched) {
    Folder f;
    EXPECT_HAS(message_of<ConfigError>([&] { fetch_dataset("fashion-mnist", f.path()); }), "apt-get install dataset-fashion-mnist");
    EXPECT_HAS(message_of<ConfigError>([&] { fetch_dataset("mnits", f.path()); }), "did you mean \"mnist\"?");
}

TEST(Fetch, FaultsLeaveNothingBehind) {
    if (!has_program("curl")) GTEST_SKIP() << "no curl";
    Folder f;
    std::filesystem::create_directory(f / "mirror");
    const std::string mirror = "file://" + (f / "mirror").string();
    EXPECT_HAS(message_of<DataError>([&] { fetch_dataset("mnist", f / "a/b", mirror); }), "could not be downloaded");
    EXPECT_FALSE(std::filesystem::exists(f / "a"));
    write_file(f / "mirror/train-images-idx3-ubyte.gz", "something else");
    EXPECT_HAS(message_of<DataError>([&] { fetch_dataset("mnist", f / "a/b", mirror + "/"); }),
               "delivered another train-images-idx3-ubyte.gz: sha256");
    EXPECT_FALSE(std::filesystem::exists(f / "a"));
    make_folder(f / "c/.mnist.fetch-999999999");  // left by a fetch that was killed
    EXPECT_THROW(fetch_dataset("mnist", f / "c", mirror), DataError);
    EXPECT_TRUE(std::filesystem::is_empty(f / "c"));
    make_folder(f / "d/mnist");
    write_file(f / "d/mnist/t10k-labels-idx1-ubyte.gz", "my own");
    EXPECT_HAS(message_of<DataError>([&] { fetch_dataset("mnist", f / "d", mirror); }), "remove it, then fetch again");
    EXPECT_EQ(read_file(f / "d/mnist/t10k-labels-idx1-ubyte.gz"), test::text_bytes("my own"));
}

TEST(Fetch, MnistFromAMirror) {
    const auto source = test::data_root() / "mnist";
    if (!std::filesystem::exists(source / "t10k-labels-idx1-ubyte.gz")) GTEST_SKIP() << "no MNIST at " << source;
    if (!has_program("curl")) GTEST_SKIP() << "no curl";
    Folder f;
    const std::string mirror = "file://" + source.string();
    FetchResult r = fetch_dataset("mnist", f.path(), mirror);
    EXPECT_EQ(r.n_new, 4u);
    EXPECT_EQ(f.n_entries(), 1u);
    EXPECT_EQ(load_dataset("mnist", "test", {f.path()}).n, 10000u);
    std::filesystem::remove(f / "mnist/t10k-labels-idx1-ubyte.gz");
    r = fetch_dataset("mnist", f.path(), mirror);
    EXPECT_EQ(r.n_new, 1u);
    EXPECT_EQ(r.n_present, 3u);
    EXPECT_EQ(fetch_dataset("mnist", f.path(), "file:///nowhere").n_present, 4u);  // nothing is asked for when all is there
}

}  // namespace
}  // namespace ganbar::study
