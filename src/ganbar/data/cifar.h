// CIFAR-10's binary files: records of 1 label byte and 3,072 pixel bytes (1,024 red, green, blue; row-major 32 x 32).
// Source: the "binary version" layout on the CIFAR-10 page (A. Krizhevsky, 2009). Plain or gzip.
#pragma once
#include <filesystem>

#include "ganbar/data/bytes.h"
#include "ganbar/data/dataset.h"

namespace ganbar {

inline constexpr std::size_t cifar_record_bytes = 1 + 3 * 32 * 32;
const std::vector<std::string>& cifar_class_names();

/// Any number of whole records. DataError: empty, a part of a record, a label above 9.
Dataset parse_cifar(std::span<const std::uint8_t> bytes, const std::string& file);
/// The records of several files, one after the other.
Dataset read_cifar(std::span<const std::filesystem::path> files);

}  // namespace ganbar
