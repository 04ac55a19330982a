// IDX files, the format of MNIST and Fashion-MNIST: 00 00 type rank, big-endian sizes, then the bytes. Only type 08 (uint8).
// Source: the format note on the MNIST page (LeCun, Cortes, Burges). Plain or gzip.
#pragma once
#include <filesystem>

#include "ganbar/data/bytes.h"
#include "ganbar/data/dataset.h"

namespace ganbar {

struct IdxArray {
    std::vector<std::size_t> shape;  ///< 1 to 4 sizes
    Bytes values;                    ///< row-major
};

/// `bytes` is the uncompressed file. DataError: wrong magic, type or rank, absurd sizes, truncation, bytes after the end.
IdxArray parse_idx(std::span<const std::uint8_t> bytes, const std::string& file);
IdxArray read_idx(const std::filesystem::path& path);
/// The same bytes that parse_idx reads.
Bytes idx_bytes(const IdxArray& array);

/// Images (rank 3: n x h x w, or rank 4: n x c x h x w) with their labels (rank 1). Class names "0", "1", ... up to the
/// highest label when `class_names` is empty. DataError when the two files do not belong together.
Dataset read_idx_dataset(const std::filesystem::path& images, const std::filesystem::path& labels,
                         std::vector<std::string> class_names = {});
/// Images alone, without labels.
Dataset read_idx_images(const std::filesystem::path& images);

}  // namespace ganbar
