// A weight matrix in digital memory: the software baseline and the reference for AnalogOp.
#pragma once
#include "ganbar/core/optimizer.h"
#include "ganbar/core/state.h"

namespace ganbar::nn {

class DigitalOp final : public LinearOp, public PatchOperator {
public:
    /// w_max > 0 clips the weights after every update; 0 leaves them free.
    DigitalOp(std::string name, Matrix initial, double w_max = 0);
    std::size_t n_in() const override { return w_.rows(); }
    std::size_t n_out() const override { return w_.cols(); }
    void forward(const Matrix& x, Matrix& y, Step& step) override;
    void backward(const Matrix& dy, Matrix& dx, Step& step) override;
    void update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) override;
    PatchOperator* patches() override { return this; }
    void forward_patches(const PatchMap& map, const Matrix& x, std::size_t samples, Matrix& y, Step& step) override;
    void backward_patches(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, bool accumulate, Step& step) override;
    void update_patches(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, const UpdateRule& rule,
                        Step& step) override;
    Matrix weights() const override { return w_; }
    void set_weights(const Matrix& w);
    State state() const override;
    void restore(const State& state) override;

private:
    void apply(const UpdateRule& rule);  ///< to the weights, from gradient_
    void clip();
    std::string name_;
    Matrix w_, transposed_, gradient_;
    double w_max_;
    Moments moments_;
    bool dirty_ = true;
};

}  // namespace ganbar::nn
