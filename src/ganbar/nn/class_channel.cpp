#include "ganbar/nn/class_channel.h"

#include <algorithm>

#include "ganbar/core/parallel.h"

namespace ganbar::nn {

ClassChannel::ClassChannel(std::unique_ptr<LinearOp> embedding, std::size_t channels)
    : embedding_(std::move(embedding)), channels_(channels) {}

const Matrix& ClassChannel::forward(const Matrix& x, Step& step) {
    const std::size_t positions = positions_out(), n_pixels = channels_ * positions;
    GANBAR_ASSERT(x.cols() == n_in());
    one_hot_.resize(x.rows(), embedding_->n_in());
    for (std::size_t s = 0; s < x.rows(); ++s) std::copy_n(x.row(s) + n_pixels, one_hot_.cols(), one_hot_.row(s));
    embedding_->forward(one_hot_, plane_, step);
    y_.resize(x.rows() * positions, channels_ + 1);
    parallel_for(x.rows(), [&](std::size_t s) {
        for (std::size_t p = 0; p < positions; ++p) {
            float* out = y_.row(s * positions + p);
            for (std::size_t c = 0; c < channels_; ++c) out[c] = x(s, c * positions + p);
            out[channels_] = plane_(s, p);
        }
    });
    return y_;
}

const Matrix& ClassChannel::backward(Matrix& dy, bool need_dx, Step&) {
    const std::size_t positions = positions_out(), samples = dy.rows() / positions;
    d_plane_.resize(samples, positions);
    dx_.resize(need_dx ? samples : 0, n_in());
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t p = 0; p < positions; ++p) {
            const float* in = dy.row(s * positions + p);
            d_plane_(s, p) = in[channels_];
            for (std::size_t c = 0; need_dx && c < channels_; ++c) dx_(s, c * positions + p) = in[c];
        }
        if (need_dx) std::fill_n(dx_.row(s) + channels_ * positions, embedding_->n_in(), 0.0f);
    });
    return dx_;
}

}  // namespace ganbar::nn
