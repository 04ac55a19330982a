#include "ganbar/gan/metrics/images.h"

namespace ganbar::gan {

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

}  // namespace ganbar::gan
