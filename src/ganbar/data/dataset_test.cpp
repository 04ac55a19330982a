#include "ganbar/data/dataset.h"

#include <numeric>

#include "ganbar/data/idx.h"
#include "ganbar/data/test_files.h"

namespace ganbar {
namespace {

using test::Folder;
using test::message_of;

Dataset small() {
    Dataset d;
    d.name = "small", d.split = "train", d.origin = "made", d.n = 4, d.height = 1, d.width = 2;
    d.pixels = {0, 255, 10, 20, 30, 40, 50, 60};
    d.labels = {1, 0, 2, 1};
    d.class_names = {"zero", "one", "two"};
    finish(d);
    return d;
}

TEST(Dataset, SelectsClassesInOrder) {
    const Dataset d = small();
    EXPECT_EQ(class_counts(d), (std::vector<std::size_t>{1, 2, 1}));
    EXPECT_EQ(indices_of(d, std::vector<std::int64_t>{2, 1}), (std::vector<std::size_t>{0, 2, 3}));
    EXPECT_EQ(indices_of(d, {}).size(), 4u);
    const Dataset ones = select_classes(d, std::vector<std::int64_t>{1});
    EXPECT_EQ(ones.pixels, (Bytes{0, 255, 50, 60}));
    EXPECT_EQ(ones.labels, (Bytes{1, 1}));
    EXPECT_NE(ones.sha256, d.sha256);
    EXPECT_HAS(message_of<ConfigError>([&] { select_classes(d, std::vector<std::int64_t>{3}); }),
               "3 is not a class of small; expected numbers from 0 to 2 (zero, one, two)");
    EXPECT_HAS(message_of<ConfigError>([&] { select_classes(d, std::vector<std::int64_t>{-1}); }), "-1 is not a class");
    EXPECT_HAS(message_of<ConfigError>([&] { select_classes(d, std::vector<std::int64_t>{1, 1}); }), "named twice");
    Dataset bare = d;
    bare.labels.clear(), bare.class_names.clear();
    EXPECT_HAS(message_of<ConfigError>([&] { select_classes(bare, std::vector<std::int64_t>{1}); }), "no labels");
}

TEST(Dataset, SignedValuesAndBack) {
    EXPECT_EQ(to_signed(0), -1.0f);
    EXPECT_EQ(to_signed(255), 1.0f);
    for (int v = 0; v < 256; ++v) EXPECT_EQ(to_pixel(to_signed(static_cast<std::uint8_t>(v))), v);
    EXPECT_EQ(to_pixel(-7), 0);
    EXPECT_EQ(to_pixel(7), 255);
    EXPECT_EQ(to_pixel(std::numeric_limits<float>::quiet_NaN()), 0);
    const Dataset d = small();
    const Matrix m = gather(d, std::vector<std::size_t>{3, 0, 3});
    EXPECT_EQ(m.rows(), 3u);
    EXPECT_EQ(m.cols(), 2u);
    EXPECT_EQ(to_pixels(m), (Bytes{50, 60, 0, 255, 50, 60}));
}

TEST(Dataset, RejectsWhatDoesNotFit) {
    Dataset d = small();
    d.labels.pop_back();
    EXPECT_HAS(message_of<DataError>([&] { finish(d); }), "3 labels for 4 images");
    d = small(), d.labels[2] = 3;
    EXPECT_HAS(message_of<DataError>([&] { finish(d); }), "label 3 of image 2");
    d = small(), d.pixels.pop_back();
    EXPECT_HAS(message_of<DataError>([&] { finish(d); }), "7 pixel bytes");
}

TEST(Idx, RoundTripAndEveryBrokenFile) {
    const IdxArray a{{2, 2, 3}, Bytes(12, 9)};
    const Bytes file = idx_bytes(a);
    EXPECT_EQ(parse_idx(file, "i").shape, a.shape);
    EXPECT_EQ(parse_idx(file, "i").values, a.values);
    for (std::size_t n = 0; n < file.size(); ++n) EXPECT_THROW(parse_idx(std::span(file).first(n), "i"), DataError) << n;
    const auto fault = [&](std::size_t at, std::uint8_t value) {
        Bytes bad = file;
        bad[at] = value;
        return message_of<DataError>([&] { parse_idx(bad, "i"); });
    };
    EXPECT_HAS(fault(0, 1), "i: is not an IDX file: it begins with 01 00");
    EXPECT_HAS(fault(2, 0x0d), "type 0d");
    EXPECT_HAS(fault(3, 0), "0 dimensions");
    EXPECT_HAS(fault(3, 9), "9 dimensions");
    EXPECT_HAS(fault(7, 3), "truncated: 3 x 2 x 3 needs 18 bytes");
    EXPECT_HAS(fault(7, 1), "6 bytes after the end");
    EXPECT_HAS(fault(4, 255), "absurd shape");
}

TEST(Idx, ImagesAndLabelsMustFit) {
    Folder f;
    write_file(f / "images", idx_bytes({{2, 2, 3}, Bytes(12, 9)}));
    write_file(f / "labels", idx_bytes({{2}, {0, 4}}));
    write_file(f / "three", idx_bytes({{3}, {0, 4, 1}}));
    const Dataset d = read_idx_dataset(f / "images", f / "labels");
    EXPECT_EQ(d.n_classes(), 5u);
    EXPECT_EQ(d.width, 3u);
    EXPECT_HAS(message_of<DataError>([&] { read_idx_dataset(f / "images", f / "three"); }), "has 3 labels, but");
    EXPECT_HAS(message_of<DataError>([&] { read_idx_dataset(f / "labels", f / "images"); }), "expected images");
    EXPECT_HAS(message_of<DataError>([&] { read_idx_dataset(f / "images", f / "images"); }), "expected labels");
    EXPECT_HAS(message_of<DataError>([&] { read_idx_dataset(f / "images", f / "labels", {"a", "b"}); }), "label 4 of image 1");
    write_file(f / "none", idx_bytes({{0, 28, 28}, {}}));
    write_file(f / "nolabels", idx_bytes({{0}, {}}));
    EXPECT_HAS(message_of<DataError>([&] { read_idx_dataset(f / "none", f / "nolabels"); }), "holds no images");
}

TEST(Mnist, CountsAndMean) {
    const auto root = test::data_root() / "mnist";
    if (!std::filesystem::exists(root)) GTEST_SKIP() << "no MNIST at " << root;
    const Dataset train = read_idx_dataset(root / "train-images-idx3-ubyte.gz", root / "train-labels-idx1-ubyte.gz");
    const Dataset test = read_idx_dataset(root / "t10k-images-idx3-ubyte.gz", root / "t10k-labels-idx1-ubyte.gz");
    EXPECT_EQ(train.n, 60000u);
    EXPECT_EQ(train.image_size(), 784u);
    EXPECT_EQ(class_counts(train)[3], 6131u);
    EXPECT_EQ(class_counts(test)[3], 1010u);
    const double sum = std::accumulate(train.pixels.begin(), train.pixels.end(), 0.0);
    EXPECT_NEAR(sum / 255 / static_cast<double>(train.pixels.size()), 0.1307, 5e-5);
}

}  // namespace
}  // namespace ganbar
