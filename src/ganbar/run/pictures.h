// What a run shows: sample grids and maps of every crossbar's conductances (satyam2022, fig. 5).
#pragma once
#include "ganbar/data/picture.h"
#include "ganbar/experiment/build.h"

namespace ganbar {

/// All crossbars side by side, each cell one pixel, coloured over the window; places without a cell are dark.
Image conductance_map(const Model& model);
/// One row a layer and bin: round,layer,bin_lo_S,bin_hi_S,count.
struct HistogramRow {
    std::string layer;
    double lo_S, hi_S;
    std::int64_t count;
};
std::vector<HistogramRow> conductance_histogram(const Model& model, std::size_t n_bins = 30);
/// The images as a grid, enlarged so that small ones can be seen.
Image sample_grid(std::span<const std::uint8_t> pixels, std::size_t n, std::size_t channels, std::size_t height, std::size_t width,
                  std::size_t columns = 0);
/// The first 64 images of a data set as such a grid: the bytes of a PNG file.
std::string grid_png(const Dataset& images);

/// Planar images as an NPY file: n x height x width, or n x height x width x channels for colour.
Bytes images_npy(const std::vector<std::uint8_t>& pixels, std::size_t channels, std::size_t height, std::size_t width);

}  // namespace ganbar
