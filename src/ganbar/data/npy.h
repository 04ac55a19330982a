// NPY files (numpy's format, versions 1.0 and 2.0): bytes, truth values, int32, int64, float32 and float64, little-endian, C order.
// Source: numpy's format description (numpy.lib.format).
#pragma once
#include <filesystem>

#include "ganbar/data/atomic_file.h"
#include "ganbar/data/bytes.h"
#include "ganbar/data/dataset.h"

namespace ganbar {

enum class NpyType : std::uint8_t { u8, boolean, i32, i64, f32, f64 };

struct NpyArray {
    NpyType type = NpyType::u8;
    std::vector<std::size_t> shape;  ///< row-major; empty for a single number
    Bytes bytes;                     ///< the elements, in memory order

    std::size_t n() const;
    /// Every element as double, whatever the type.
    std::vector<double> values() const;
};

/// DataError: wrong magic, version, header, element type or order, absurd shape, truncation, bytes after the end.
NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string& file);
NpyArray read_npy(const std::filesystem::path& path);  ///< plain or gzip

/// A whole NPY file (version 1.0, data aligned to 64 bytes). The span holds as many elements as the shape says.
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const std::uint8_t> values);
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const std::int32_t> values);
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const std::int64_t> values);
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const float> values);
Bytes npy_bytes(std::span<const std::size_t> shape, std::span<const double> values);
template <class T>
void write_npy(const std::filesystem::path& path, const std::vector<std::size_t>& shape, std::span<const T> values,
               Replace replace = Replace::no) {
    write_file(path, npy_bytes(shape, values), replace);
}
/// rows x cols float32.
void write_npy(const std::filesystem::path& path, const Matrix& values, Replace replace = Replace::no);

/// What black and white are in an array of floats. `detect`: [0, 1] or [-1, 1] when all values lie there, else [0, 255].
enum class PixelRange : std::uint8_t { detect, unit, signed_unit, byte };

/// Images without labels: n x h x w, n x h x w x c (c = 1 or 3, stored planar from here on) or n x d (a square side, else 1 x d).
/// Bytes and whole numbers are 0 (black) to 255, truth values black and white; floats are mapped by `range`. DataError: other ranks, NaN,
/// values outside the range.
Dataset dataset_from_npy(const NpyArray& array, const std::string& file, PixelRange range = PixelRange::detect);
/// Class numbers: n (or n x 1) whole numbers from 0 to 255 of any type but float. DataError otherwise.
std::vector<std::uint8_t> labels_from_npy(const NpyArray& array, const std::string& file);
/// The pixels as a uint8 NPY file: n x h x w for one channel, else n x h x w x c.
Bytes npy_bytes(const Dataset& data);

}  // namespace ganbar
