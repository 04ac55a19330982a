// A layer caches what its backward pass needs; forward, backward and update come in that order. No tape: hardware operations are explicit.
#pragma once
#include <memory>

#include "ganbar/core/kernels/activation.h"
#include "ganbar/core/linear_op.h"
#include "ganbar/nn/optimizer.h"

namespace ganbar::nn {

using kernels::Activation;

class Layer {
public:
    virtual ~Layer() = default;
    virtual std::size_t n_in() const = 0;
    virtual std::size_t n_out() const = 0;
    /// x [batch x n_in] must live until update(); the result [batch x n_out] until the next forward.
    virtual const Matrix& forward(const Matrix& x, Step& step) = 0;
    /// dy [batch x n_out] is used up. Returns dx [batch x n_in], or an empty matrix when it is not needed (then nothing is read or billed).
    virtual const Matrix& backward(Matrix& dy, bool need_dx, Step& step) = 0;
    virtual void update(const UpdateRule& rule, Step& step) = 0;
    virtual LinearOp* op() = 0;  ///< nullptr for layers without weights
    virtual State state() const = 0;
    virtual void restore(const State& state) = 0;
};

/// none: y = f(x W); digital: y = f(x W + b) with b in digital memory; cells: b is one more row of W, driven by a constant input of 1.
enum class BiasKind : std::uint8_t { none, digital, cells };

/// y = f(x W + b). The op has n_in + 1 rows when the bias lives in cells.
class Dense final : public Layer {
public:
    Dense(std::string name, std::unique_ptr<LinearOp> op, BiasKind bias, Activation activation, double slope);
    std::size_t n_in() const override { return op_->n_in() - (bias_kind_ == BiasKind::cells ? 1 : 0); }
    std::size_t n_out() const override { return op_->n_out(); }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    void update(const UpdateRule& rule, Step& step) override;
    LinearOp* op() override { return op_.get(); }
    State state() const override;
    void restore(const State& state) override;
private:
    std::string name_;
    std::unique_ptr<LinearOp> op_;
    BiasKind bias_kind_;
    Activation activation_;
    float slope_;
    Matrix bias_, with_one_, y_, dx_;  // bias_: one row, padded
    const Matrix* x_ = nullptr;
    Matrix* dz_ = nullptr;
    Moments bias_moments_;
};

}  // namespace ganbar::nn
