// A linear operator divided by its largest singular value, followed by one power iteration a training read (Miyato et al. 2018, alg. 1).
#pragma once
#include <memory>

#include "ganbar/core/linear_op.h"

namespace ganbar::nn {

/// y = x W / sigma(W), sigma = u W v^T with u, v from power iteration. Weights in memory and on crossbars alike: the iteration uses the
/// operator's own reads (one forward, one backward of a single vector, booked as such), so on crossbars sigma is what the hardware shows.
/// Every training forward moves u, v one step; others use them as they are. Gradients take u and v as constants.
class SpectralNormOp final : public LinearOp {
public:
    /// u starts at random under `rng` and is brought near by `n_start` iterations before the first read.
    SpectralNormOp(std::string name, std::unique_ptr<LinearOp> op, const Rng& rng, int n_start = 5);
    std::size_t n_in() const override { return op_->n_in(); }
    std::size_t n_out() const override { return op_->n_out(); }
    void forward(const Matrix& x, Matrix& y, Step& step) override;
    void backward(const Matrix& dy, Matrix& dx, Step& step) override;
    void update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) override;
    Matrix weights() const override;
    State state() const override;
    void restore(const State& state) override;
    double sigma() const { return sigma_; }  ///< 1 before the first read

private:
    void iterate(Step& step, std::uint64_t index);
    std::string name_;
    std::unique_ptr<LinearOp> op_;
    int n_start_;
    Matrix u_, v_, y_;  // u [1 x n_in], v [1 x n_out], unit length; y_: the last result, already divided
    double sigma_ = 1;
    bool started_ = false;
};

}  // namespace ganbar::nn
