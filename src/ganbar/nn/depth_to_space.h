// Channels spread over blocks of positions.
#pragma once
#include "ganbar/nn/layer.h"
#include "ganbar/nn/map_shape.h"

namespace ganbar::nn {

/// A map of C f^d channels becomes one of C channels whose sides are f times as large: output position o takes channel
/// block * C + c of input position o / f, where block counts the positions o mod f of a block, last axis fastest (ONNX DepthToSpace, mode
/// DCR).
class DepthToSpace final : public Layer {
public:
    DepthToSpace(const MapShape& in, std::size_t factor);
    std::size_t n_in() const override { return n_channels_ * source_.size(); }
    std::size_t n_out() const override { return n_in(); }
    std::size_t positions_in() const override { return n_source_; }
    std::size_t positions_out() const override { return source_.size(); }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;

private:
    std::size_t n_channels_ = 0, n_source_ = 0;
    std::vector<std::size_t> source_, first_;  // of every output position: the input position, and its first channel there
    Matrix y_, dx_;
};

/// The shape it makes. ConfigError where the channels do not fill the blocks.
MapShape depth_to_space_output(const MapShape& in, std::size_t factor, const Location& where);

}  // namespace ganbar::nn
