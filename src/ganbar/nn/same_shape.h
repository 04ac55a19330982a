// Layers whose result has the shape of their input.
#pragma once
#include "ganbar/nn/layer.h"

namespace ganbar::nn {

/// A layer whose result has the shape of its input.
class SameShape : public Layer {
public:
    SameShape(std::size_t n, std::size_t positions) : n_(n), positions_(positions) {}
    std::size_t n_in() const final { return n_; }
    std::size_t n_out() const final { return n_; }
    std::size_t positions_in() const final { return positions_; }
    std::size_t positions_out() const final { return positions_; }

private:
    std::size_t n_, positions_;
};

}  // namespace ganbar::nn
