// A weight matrix without weights.
#pragma once
#include "ganbar/core/linear_op.h"

namespace ganbar::nn {

/// Knows its shape only: what a plan is made of.
class ShapeOp final : public LinearOp {
public:
    ShapeOp(std::size_t n_in, std::size_t n_out) : n_in_(n_in), n_out_(n_out) {}
    std::size_t n_in() const override { return n_in_; }
    std::size_t n_out() const override { return n_out_; }
    void forward(const Matrix&, Matrix&, Step&) override { GANBAR_ASSERT(false); }
    void backward(const Matrix&, Matrix&, Step&) override { GANBAR_ASSERT(false); }
    void update(const Matrix&, const Matrix&, const UpdateRule&, Step&) override { GANBAR_ASSERT(false); }
    Matrix weights() const override { return Matrix(n_in_, n_out_); }
    State state() const override { return {}; }
    void restore(const State&) override {}

private:
    std::size_t n_in_, n_out_;
};

}  // namespace ganbar::nn
