// Class embedding of a convolutional discriminator: an image and its class become a feature map with one more channel.
#pragma once
#include "ganbar/nn/layer.h"

namespace ganbar::nn {

/// Input [batch x channels * positions + n_classes]: a planar image, then its class as one value of 1 among zeros. Output: the image as
/// a feature map whose last channel is the class's row of a learned matrix E [n_classes x positions] (conditional GAN: Mirza and
/// Osindero 2014). Errors reach the image; those of the class end in E.
class ClassChannel final : public Layer {
public:
    ClassChannel(std::unique_ptr<LinearOp> embedding, std::size_t channels);
    std::size_t n_in() const override { return channels_ * positions_out() + embedding_->n_in(); }
    std::size_t n_out() const override { return (channels_ + 1) * positions_out(); }
    std::size_t positions_out() const override { return embedding_->n_out(); }
    const Matrix& forward(const Matrix& x, Step& step) override;
    const Matrix& backward(Matrix& dy, bool need_dx, Step& step) override;
    void update(const UpdateRule& rule, Step& step) override { embedding_->update(one_hot_, d_plane_, rule, step); }
    std::vector<LinearOp*> ops() override { return {embedding_.get()}; }
    State state() const override { return embedding_->state(); }
    void restore(const State& state) override { embedding_->restore(state); }

private:
    std::unique_ptr<LinearOp> embedding_;
    std::size_t channels_;
    Matrix one_hot_, plane_, y_, d_plane_, dx_;
};

}  // namespace ganbar::nn
