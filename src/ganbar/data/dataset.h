// Labelled 8-bit images in memory, selection by class, and their conversion to network inputs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ganbar/core/matrix.h"
#include "ganbar/data/read_options.h"

namespace ganbar {

/// n images of channels x height x width, 8 bits, 0 = black. Planar: all of channel 0 row by row, then channel 1, ...
/// so image i begins at pixels[i * image_size()]. Every column of a Matrix made from it has that order too.
struct Dataset {
    std::string name, split;  ///< "mnist", "train"
    std::size_t n = 0, height = 0, width = 0, channels = 1;
    std::vector<std::uint8_t> pixels;      ///< n * image_size()
    std::vector<std::uint8_t> labels;      ///< n class numbers, or empty when the images have none
    std::vector<std::string> class_names;  ///< by class number; empty when there are no labels
    std::string sha256;                    ///< of shape, pixels and labels (content_sha256), whatever file format they came from
    std::string origin;                    ///< the file or folder it was read from, or how it was made
    std::string laid_over;                 ///< "black" or "white" where a picture had an alpha channel, else ""

    std::size_t image_size() const { return channels * height * width; }
    std::span<const std::uint8_t> image(std::size_t i) const { return {pixels.data() + i * image_size(), image_size()}; }
    std::size_t n_classes() const { return class_names.size(); }
};

/// Hash of "n channels height width", pixels and labels.
std::string content_sha256(const Dataset& data);
/// Throws DataError when sizes, labels and class names do not fit together; sets sha256. Every reader ends with it.
void finish(Dataset& data);

/// Class names "0", "1", ... up to the highest label.
void name_classes_by_number(Dataset& data);

/// How many images each class has; length n_classes().
std::vector<std::size_t> class_counts(const Dataset& data);
/// Positions, ascending, of the images of these classes; all when `classes` is empty.
/// ConfigError for a class that the data does not have, a class named twice, or data without labels.
std::vector<std::size_t> indices_of(const Dataset& data, std::span<const std::int64_t> classes);
/// The images of these classes, in order, labels unchanged.
Dataset select_classes(const Dataset& data, std::span<const std::int64_t> classes);
/// The images at these positions, in this order. Positions must be below n.
Dataset take(const Dataset& data, std::span<const std::size_t> indices);

/// The images at another size: each new pixel is the mean of the old ones it covers, parts counted by area.
/// ConfigError for a side of 0 or above 4096.
Dataset resize_images(const Dataset& data, std::size_t height, std::size_t width);

/// The images in the shape that the options ask for: cropped or padded to a square, then resized. Unchanged where nothing is asked.
/// ConfigError for a side above 4096.
Dataset fit_images(Dataset data, const ReadOptions& options);

/// What a user should know before training on these images, a sentence each: all the same, nearly one grey, many of a single colour.
std::vector<std::string> image_warnings(const Dataset& data);

/// v / 127.5 - 1: 0 -> -1, 255 -> +1.
float to_signed(std::uint8_t pixel);
/// round((v + 1) * 127.5) clamped to 0..255; NaN gives 0. Inverse of to_signed.
std::uint8_t to_pixel(float value);

/// out becomes indices.size() x image_size(), values in [-1, 1].
void gather(const Dataset& data, std::span<const std::size_t> indices, Matrix& out);
Matrix gather(const Dataset& data, std::span<const std::size_t> indices);
/// Rows of a Matrix in [-1, 1] as pixels, row after row without padding.
std::vector<std::uint8_t> to_pixels(const Matrix& values);

}  // namespace ganbar
