// A trained generator small enough for a page that draws with it: dense layers, as numbers.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace ganbar::report {

struct DrawingLayer {
    std::size_t n_in = 0, n_out = 0;
    std::vector<float> weights;  ///< n_in x n_out, row-major; the page keeps half precision (IEEE 754 binary16)
    std::vector<float> bias;     ///< n_out, or empty
    std::string activation;      ///< identity, relu, leaky_relu, tanh, sigmoid
    double slope = 0.2;          ///< of leaky_relu below zero
};

struct DrawingNetwork {
    std::vector<DrawingLayer> layers;
    std::vector<std::vector<float>> latents;          ///< some of its own; the page walks between them
    std::size_t channels = 1, height = 0, width = 0;  ///< of an image: planar values in [-1, 1]
    bool in_cells = false;                            ///< its weights are conductances
};

/// Bytes that the network takes in a page.
std::size_t page_bytes(const DrawingNetwork& network);
/// Half precision, rounded to nearest even; beyond its range the largest finite value.
std::uint16_t half_bits(float value);
/// The network as the page's script reads it: sizes as JSON, numbers as base64 of little-endian half precision.
std::string drawing_json(const DrawingNetwork& network);

struct ReportInput;
/// As render_html(input) (report_input.h), with the generator in a section of its own; nullptr: without.
std::string render_html(const ReportInput& input, const DrawingNetwork* generator);

}  // namespace ganbar::report
