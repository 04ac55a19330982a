// A layer caches what its backward pass needs; forward, backward and update come in that order. No tape: hardware operations are explicit.
#pragma once
#include <functional>
#include <memory>
#include <span>

#include "ganbar/core/kernels/activation.h"
#include "ganbar/core/linear_op.h"
#include "ganbar/core/optimizer.h"

namespace ganbar::nn {

using kernels::Activation;

/// Makes an operator hold these weights, as far as it can.
using Rewrite = std::function<void(LinearOp& op, const Matrix& weights)>;

/// Batch norms whose scale went into the weights before them, and others.
struct FoldCount {
    std::size_t n_folded = 0, n_left = 0;
    void operator+=(const FoldCount& c) { n_folded += c.n_folded, n_left += c.n_left; }
};

class Layer {
public:
    virtual ~Layer() = default;
    virtual std::size_t n_in() const = 0;  ///< values of one sample
    virtual std::size_t n_out() const = 0;
    /// Positions of one sample: a vector is one row of n values, a feature map of P positions P rows of n / P channels (patch_map.h).
    virtual std::size_t positions_in() const { return 1; }
    virtual std::size_t positions_out() const { return 1; }
    /// x [batch * positions_in x n_in / positions_in] must live until update(); the result, shaped likewise, until the next forward.
    virtual const Matrix& forward(const Matrix& x, Step& step) = 0;
    /// dy, shaped as the result, is used up. Returns dx, shaped as x, or an empty matrix when it is not needed (then nothing is read or
    /// billed).
    virtual const Matrix& backward(Matrix& dy, bool need_dx, Step& step) = 0;
    virtual void update(const UpdateRule&, Step&) {}
    virtual std::size_t n_widest() const { return n_out(); }  ///< most values that one sample takes while it passes
    virtual std::vector<LinearOp*> ops() { return {}; }       ///< its weight matrices
    /// Multiplies each output channel by its scale, in the weights. False, and nothing done, where no weights are or where an activation
    /// follows them.
    virtual bool scale_channels(std::span<const float>, const Rewrite&) { return false; }
    virtual bool keeps_channels() const {
        return false;
    }  ///< passes channels on as they are, for the batch norm after it to reach the weights
    virtual FoldCount fold(Layer* before, const Rewrite&);  ///< batch norms; `before`: what hands it its input (fold.h)
    virtual State state() const { return {}; }
    virtual void restore(const State&) {}
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
    std::vector<LinearOp*> ops() override { return {op_.get()}; }
    bool scale_channels(std::span<const float> scale, const Rewrite& rewrite) override;
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
