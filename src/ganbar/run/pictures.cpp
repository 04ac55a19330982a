#include "ganbar/run/pictures.h"

#include <algorithm>
#include <cmath>

#include "ganbar/data/npy.h"

namespace ganbar {

Image conductance_map(const Model& model) {
    const auto& p = model.placement;
    std::size_t planes = 1;
    for (const auto& m : model.analog) planes = std::max(planes, m.op->n_planes());
    const std::size_t n = p.n_crossbars * planes, gap = 2;
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(n) * 1.6)));
    const std::size_t rows = (n + columns - 1) / columns;
    Image image(columns * (p.crossbar.cols + gap) + gap, rows * (p.crossbar.rows + gap) + gap, 3, 24);
    for (const auto& [name, op, cells] : model.analog) {
        const auto [g_min, g_max] = op->window();
        for (std::size_t plane = 0; plane < op->n_planes(); ++plane) {
            const auto g = op->conductance(plane);
            for (const auto& b : op->blocks()) {
                const std::size_t crossbar = b.crossbar + plane * p.n_crossbars;
                const std::size_t x0 = gap + crossbar % columns * (p.crossbar.cols + gap) + b.at_col;
                const std::size_t y0 = gap + crossbar / columns * (p.crossbar.rows + gap) + b.at_row;
                for (std::size_t r = 0; r < b.rows; ++r)
                    for (std::size_t c = 0; c < b.cols; ++c) {
                        const double value = g[(b.row0 + r) * op->n_out() + b.col0 + c];
                        const Colour colour = perceptual_colour((value - g_min.si) / (g_max.si - g_min.si));
                        std::copy(colour.begin(), colour.end(), image.at(x0 + c, y0 + r));
                    }
            }
        }
    }
    return image;
}

std::vector<HistogramRow> conductance_histogram(const Model& model, std::size_t n_bins) {
    std::vector<HistogramRow> out;
    for (const auto& [layer, held, cells] : model.analog) {
        const AnalogOp& op = *held;
        const auto [g_min, g_max] = op.window();
        const double width = (g_max.si - g_min.si) / static_cast<double>(n_bins);
        std::vector<std::int64_t> counts(n_bins, 0);
        for (std::size_t plane = 0; plane < op.n_planes(); ++plane)
            for (const float g : op.conductance(plane)) {
                const double bin = std::floor((g - g_min.si) / width);
                ++counts[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(n_bins - 1)))];
            }
        for (std::size_t b = 0; b < n_bins; ++b)
            out.push_back({layer, g_min.si + static_cast<double>(b) * width, g_min.si + static_cast<double>(b + 1) * width, counts[b]});
    }
    return out;
}

Image sample_grid(std::span<const std::uint8_t> pixels, std::size_t n, std::size_t channels, std::size_t height, std::size_t width,
                  std::size_t columns) {
    GridOptions options;
    options.columns = columns;
    options.upscale = std::max<std::size_t>(1, 56 / std::max(height, width));
    return image_grid(pixels, n, channels, height, width, options);
}

std::string grid_png(const Dataset& images) {
    const auto png =
        png_bytes(sample_grid(images.pixels, std::min<std::size_t>(64, images.n), images.channels, images.height, images.width));
    return {png.begin(), png.end()};
}

Bytes images_npy(const std::vector<std::uint8_t>& pixels, std::size_t channels, std::size_t height, std::size_t width) {
    Dataset images;
    images.channels = channels, images.height = height, images.width = width;
    images.n = pixels.size() / images.image_size();
    images.pixels = pixels;
    return npy_bytes(images);
}

}  // namespace ganbar
