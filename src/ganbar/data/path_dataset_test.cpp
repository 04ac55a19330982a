// The user's own images: every format comes out with the pixels and labels that were put in, or with a fault that names the file.
#include "ganbar/data/path_dataset.h"

#include "ganbar/data/catalogue.h"
#include "ganbar/data/idx.h"
#include "ganbar/data/npy.h"
#include "ganbar/data/png.h"
#include "ganbar/data/test_files.h"

namespace ganbar {
namespace {

using test::Folder;
using test::gzipped;
using test::message_of;

/// n images of 2 x 2 whose pixels tell part and image.
IdxArray images(std::size_t n, std::uint8_t first) {
    IdxArray out{{n, 2, 2}, {}};
    for (std::size_t i = 0; i < 4 * n; ++i) out.values.push_back(static_cast<std::uint8_t>(first + i));
    return out;
}

TEST(IdxFolder, NamesAndPackingsOfMnistsKind) {
    const Bytes train = idx_bytes(images(3, 10)), test = idx_bytes(images(2, 100)), train_labels = idx_bytes({{3}, {0, 4, 2}}),
                test_labels = idx_bytes({{2}, {1, 1}});
    const struct {
        std::string folder, train, train_labels, test, test_labels;
        bool packed;
    } layouts[] = {{"a", "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", false},
                   {"b/raw", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
                    "t10k-labels-idx1-ubyte.gz", true},
                   {"c", "train-images.idx3-ubyte", "train-labels.idx1-ubyte", "test-images.idx3-ubyte", "test-labels.idx1-ubyte", false}};
    for (const auto& l : layouts) {
        Folder f;
        make_folder(f / l.folder);
        const auto put = [&](const std::string& name, const Bytes& bytes) {
            write_file(f / (l.folder + "/" + name), l.packed ? gzipped(bytes) : bytes);
        };
        put(l.train, train), put(l.train_labels, train_labels), put(l.test, test), put(l.test_labels, test_labels);
        const std::string path = (f / l.folder.substr(0, 1)).string();
        const Dataset a = load_dataset(path, "train", {}), b = load_dataset(path, "test", {});
        EXPECT_EQ(a.labels, (Bytes{0, 4, 2})) << l.folder;
        EXPECT_EQ(a.n_classes(), 5u);
        EXPECT_EQ(b.labels, (Bytes{1, 1}));
        EXPECT_EQ(a.image(1)[0], 14);
        EXPECT_EQ(b.image(1)[3], 107);
        EXPECT_TRUE(has_dataset(path, "test", {}));
        EXPECT_EQ(a.name, path);
    }
}

TEST(IdxFolder, PlainLabelsBesidePackedImages) {  // as some tools unpack only what they need
    Folder f;
    write_file(f / "train-images-idx3-ubyte.gz", gzipped(idx_bytes(images(2, 5))));
    write_file(f / "train-labels-idx1-ubyte", idx_bytes({{2}, {1, 0}}));
    EXPECT_EQ(load_dataset(f.path().string() + "/", "train", {}).labels, (Bytes{1, 0}));
    EXPECT_FALSE(has_dataset(f.path().string(), "test", {}));
    EXPECT_HAS(message_of<DataError>([&] { load_dataset(f.path().string(), "test", {}); }), "has no split \"test\"");
}

TEST(IdxFile, AloneWithAndWithoutLabels) {
    Folder f;
    write_file(f / "mine-images.idx", idx_bytes(images(2, 5)));
    EXPECT_TRUE(load_dataset((f / "mine-images.idx").string(), "train", {}).labels.empty());
    write_file(f / "mine-labels.idx", idx_bytes({{2}, {3, 0}}));
    EXPECT_EQ(load_dataset((f / "mine-images.idx").string(), "train", {}).labels, (Bytes{3, 0}));
    write_file(f / "colour-idx4-ubyte", idx_bytes({{1, 3, 1, 2}, {1, 2, 3, 4, 5, 6}}));
    const Dataset colour = load_dataset((f / "colour-idx4-ubyte").string(), "train", {});
    EXPECT_EQ(colour.channels, 3u);
    EXPECT_EQ(colour.pixels, (Bytes{1, 2, 3, 4, 5, 6}));
    write_file(f / "two-idx4-ubyte", idx_bytes({{1, 2, 1, 1}, {1, 2}}));
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "two-idx4-ubyte").string(), "train", {}); }), "has 2 channels");
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "mine-labels.idx").string(), "train", {}); }), "expected images");
}

TEST(TorchvisionFolders, AreFoundByName) {
    Folder f;
    make_folder(f / "MNIST/raw");
    make_folder(f / "FashionMNIST/raw");
    for (const std::string set : {"MNIST", "FashionMNIST"}) {
        write_file(f / (set + "/raw/t10k-images-idx3-ubyte"), idx_bytes(images(1, set.size() == 5 ? 1 : 50)));
        write_file(f / (set + "/raw/t10k-labels-idx1-ubyte.gz"), gzipped(idx_bytes({{1}, {9}})));
    }
    EXPECT_EQ(load_dataset("mnist", "test", {f.path()}).pixels[0], 1);
    EXPECT_EQ(load_dataset("fashion-mnist", "test", {f.path()}).pixels[0], 50);
    EXPECT_EQ(load_dataset("fashion-mnist", "test", {f.path()}).class_names[9], "ankle-boot");
    EXPECT_HAS(message_of<DataError>([&] { load_dataset(f.path().string() + "/", "test", {}); }),
               "holds several data sets; expected one of");
    Folder one;
    make_folder(one / "MNIST/raw");
    write_file(one / "MNIST/raw/train-images-idx3-ubyte", idx_bytes(images(2, 7)));
    EXPECT_EQ(load_dataset(one.path().string() + "/", "train", {}).pixels[0], 7);
}

TEST(NpyLabels, OfEveryWholeType) {
    Folder f;
    write_npy<std::uint8_t>(f / "x.npy", {3, 1, 2}, Bytes{1, 2, 3, 4, 5, 6});
    const auto labels_are = [&](const Bytes& file) {
        write_file(f / "x.labels.npy", file, Replace::yes);
        return load_dataset((f / "x.npy").string(), "train", {}).labels;
    };
    const std::vector<std::int64_t> wide{2, 0, 2};
    const std::vector<std::int32_t> narrow{2, 0, 2};
    EXPECT_EQ(labels_are(npy_bytes(std::vector<std::size_t>{3}, std::span<const std::int64_t>(wide))), (Bytes{2, 0, 2}));
    EXPECT_EQ(labels_are(npy_bytes(std::vector<std::size_t>{3, 1}, std::span<const std::int32_t>(narrow))), (Bytes{2, 0, 2}));
    EXPECT_EQ(labels_are(npy_bytes(std::vector<std::size_t>{3}, std::span<const std::uint8_t>(Bytes{1, 1, 0}))), (Bytes{1, 1, 0}));
    const auto fault_of = [&](const Bytes& file) { return message_of<DataError>([&] { labels_are(file); }); };
    for (const std::int64_t bad : {std::int64_t{-1}, std::int64_t{256}, std::int64_t{1} << 40}) {
        const std::vector<std::int64_t> labels{0, bad, 1};
        EXPECT_HAS(fault_of(npy_bytes(std::vector<std::size_t>{3}, std::span<const std::int64_t>(labels))),
                   "of image 1 is no class; expected 0 to 255");
    }
    const std::vector<float> floats{0, 1, 1};
    EXPECT_HAS(fault_of(npy_bytes(std::vector<std::size_t>{3}, std::span<const float>(floats))), "holds no labels (3 floats)");
    EXPECT_HAS(fault_of(npy_bytes(std::vector<std::size_t>{3, 2}, std::span<const std::uint8_t>(Bytes(6)))),
               "holds no labels (3 x 2 values)");
}

TEST(NpyImages, OfWholeNumbersAndTruthValues) {
    const std::vector<std::int64_t> wide{0, 128, 255, 7};
    EXPECT_EQ(
        dataset_from_npy(parse_npy(npy_bytes(std::vector<std::size_t>{1, 2, 2}, std::span<const std::int64_t>(wide)), "x"), "x").pixels,
        (Bytes{0, 128, 255, 7}));
    const std::vector<std::int32_t> small{0, 1, 1, 0}, large{0, 1, 256, 0};
    EXPECT_EQ(
        dataset_from_npy(parse_npy(npy_bytes(std::vector<std::size_t>{1, 2, 2}, std::span<const std::int32_t>(small)), "x"), "x").pixels,
        (Bytes{0, 1, 1, 0}));  // no guess at what 1 means
    EXPECT_HAS(
        message_of<DataError>([&] {
            dataset_from_npy(parse_npy(npy_bytes(std::vector<std::size_t>{1, 2, 2}, std::span<const std::int32_t>(large)), "x"), "x");
        }),
        "expected 0 to 255");
    Bytes file = npy_bytes(std::vector<std::size_t>{1, 2, 2}, std::span<const std::uint8_t>(Bytes{0, 1, 1, 0}));
    const std::string header(file.begin(), file.end());
    const auto at = header.find("|u1");
    file[at + 1] = 'b';
    EXPECT_EQ(dataset_from_npy(parse_npy(file, "x"), "x").pixels, (Bytes{0, 255, 255, 0}));
}

}  // namespace
}  // namespace ganbar
