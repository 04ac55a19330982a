#include "ganbar/gan/metrics/images.h"

namespace ganbar {

static void one_row(std::span<const std::uint8_t> image, float* out) {
    for (std::size_t j = 0; j < image.size(); ++j) out[j] = static_cast<float>(image[j]) / 127.5f - 1.0f;
}

void to_floats(const ImageSet& images, std::size_t first, std::size_t count, Matrix& out) {
    GANBAR_ASSERT(first + count <= images.size());
    out.resize(count, images.n_pixels);
    for (std::size_t i = 0; i < count; ++i) one_row(images.image(first + i), out.row(i));
}

void to_floats(const ImageSet& images, std::span<const std::size_t> which, Matrix& out) {
    out.resize(which.size(), images.n_pixels);
    for (std::size_t i = 0; i < which.size(); ++i) {
        GANBAR_ASSERT(which[i] < images.size());
        one_row(images.image(which[i]), out.row(i));
    }
}

std::vector<std::uint8_t> to_bytes(const Matrix& rows) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(rows.rows() * rows.cols());
    for (std::size_t i = 0; i < rows.rows(); ++i)
        for (const float v : rows.row_span(i)) {
            const float scaled = (v + 1.0f) * 127.5f + 0.5f;
            bytes.push_back(scaled >= 256.0f ? 255 : scaled > 0.0f ? static_cast<std::uint8_t>(scaled) : 0);
        }
    return bytes;
}

}  // namespace ganbar
