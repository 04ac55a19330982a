// Images as the metrics see them: bytes 0..255, one image after another. Quality is always measured on the bytes that
// are written to samples.npy, so a later evaluation of that file gives the same numbers as the run itself.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ganbar/core/matrix.h"

namespace ganbar::gan {

/// A view of n images of n_pixels bytes each (any layout, as long as it is the same everywhere).
struct ImageSet {
    std::span<const std::uint8_t> pixels;
    std::size_t n_pixels = 0;
    std::size_t size() const { return n_pixels == 0 ? 0 : pixels.size() / n_pixels; }
    std::span<const std::uint8_t> image(std::size_t i) const { return pixels.subspan(i * n_pixels, n_pixels); }
};

/// Images [first, first + count) as rows in [-1, 1]: byte / 127.5 - 1.
void to_floats(const ImageSet& images, std::size_t first, std::size_t count, Matrix& out);
/// The listed images as rows in [-1, 1].
void to_floats(const ImageSet& images, std::span<const std::size_t> which, Matrix& out);

}  // namespace ganbar::gan
