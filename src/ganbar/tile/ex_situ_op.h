// Weights trained in memory with the noise of cells in mind, then written into cells: ex-situ training.
#pragma once
#include <memory>

#include "ganbar/tile/analog_op.h"

namespace ganbar {

/// Before deploy(): the digital operator's weights; training reads see each weight with fresh Gaussian noise of weight_noise w_max, the
/// same forward and backward, and updates move the weights without it (Joshi et al., Nat. Commun. 11 (2020) 2473, sec. "Additive noise
/// training"). After deploy(): the cells, which no update moves any more.
class ExSituOp final : public LinearOp {
public:
    ExSituOp(std::string name, std::unique_ptr<LinearOp> digital, std::unique_ptr<AnalogOp> cells, double noise_std);
    std::size_t n_in() const override { return cells_->n_in(); }
    std::size_t n_out() const override { return cells_->n_out(); }
    void forward(const Matrix& x, Matrix& y, Step& step) override;
    void backward(const Matrix& dy, Matrix& dx, Step& step) override;
    void update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) override;
    Matrix weights() const override { return deployed_ ? cells_->weights() : digital_->weights(); }
    State state() const override;
    void restore(const State& state) override;
    TuneReport deploy(const TuneSpec& spec, Step& step);  ///< writes the weights; from now on the cells are read
    LinearOp& digital() { return *digital_; }
    bool deployed() const { return deployed_; }

private:
    std::string name_;
    std::unique_ptr<LinearOp> digital_;
    std::unique_ptr<AnalogOp> cells_;
    double noise_std_;
    Matrix noisy_, transposed_;  // the weights of the last training read
    bool noisy_read_ = false, deployed_ = false;
};

}  // namespace ganbar
