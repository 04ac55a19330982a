#include <algorithm>

#include "ganbar/core/parallel.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/layer.h"

namespace ganbar::nn {
namespace {
constexpr std::size_t dense_rows_per_item = 32;
}

Dense::Dense(std::string name, std::unique_ptr<LinearOp> op, BiasKind bias, Activation activation, double slope)
    : name_(std::move(name)),
      op_(std::move(op)),
      bias_kind_(bias),
      activation_(activation),
      slope_(static_cast<float>(slope)),
      bias_(1, op_->n_out()) {}

const Matrix& Dense::forward(const Matrix& x, Step& step) {
    GANBAR_ASSERT(x.cols() == n_in());
    x_ = &x;
    if (bias_kind_ == BiasKind::cells) {
        with_one_.resize(x.rows(), x.cols() + 1);
        for (std::size_t r = 0; r < x.rows(); ++r) {
            std::copy_n(x.row(r), x.cols(), with_one_.row(r));
            with_one_(r, x.cols()) = 1;
        }
        x_ = &with_one_;
    }
    op_->forward(*x_, y_, step);
    const float* bias = bias_kind_ == BiasKind::digital ? bias_.row(0) : nullptr;
    parallel_for((y_.rows() + dense_rows_per_item - 1) / dense_rows_per_item, [&](std::size_t item) {
        const std::size_t r = item * dense_rows_per_item;
        kernels::activate_rows(y_.row(r), y_.stride(), std::min(dense_rows_per_item, y_.rows() - r), y_.cols(), bias, activation_, slope_);
    });
    return y_;
}

const Matrix& Dense::backward(Matrix& dy, bool need_dx, Step& step) {
    GANBAR_ASSERT(dy.rows() == y_.rows() && dy.cols() == n_out());
    parallel_for((dy.rows() + dense_rows_per_item - 1) / dense_rows_per_item, [&](std::size_t item) {
        const std::size_t r = item * dense_rows_per_item;
        kernels::activation_gradient_rows(dy.row(r), dy.stride(), y_.row(r), y_.stride(), std::min(dense_rows_per_item, dy.rows() - r),
                                          dy.cols(), activation_, slope_);
    });
    dz_ = &dy;
    if (!need_dx) {
        dx_.resize(0, n_in());
        return dx_;
    }
    op_->backward(dy, dx_, step);
    if (bias_kind_ == BiasKind::cells) {  // the constant input has no one to pass its error to
        Matrix trimmed(dx_.rows(), n_in());
        for (std::size_t r = 0; r < dx_.rows(); ++r) std::copy_n(dx_.row(r), n_in(), trimmed.row(r));
        dx_ = std::move(trimmed);
    }
    return dx_;
}

void Dense::update(const UpdateRule& rule, Step& step) {
    GANBAR_ASSERT(dz_ != nullptr);
    op_->update(*x_, *dz_, rule, step);
    if (bias_kind_ != BiasKind::digital) return;
    std::vector<float> gradient(n_out(), 0.0f);
    for (std::size_t r = 0; r < dz_->rows(); ++r)
        for (std::size_t c = 0; c < n_out(); ++c) gradient[c] += (*dz_)(r, c);
    apply_rule(bias_.row_span(0), gradient, bias_moments_, rule.digital);
}

State Dense::state() const {
    State out = op_->state();
    if (bias_kind_ == BiasKind::digital) {
        out.push_back({name_ + "/bias", flatten(bias_)});
        out.push_back({name_ + "/bias_moment1", bias_moments_.first});
        out.push_back({name_ + "/bias_moment2", bias_moments_.second});
        out.push_back({name_ + "/bias_steps", {static_cast<float>(bias_moments_.steps)}});
    }
    return out;
}

void Dense::restore(const State& state) {
    op_->restore(state);
    if (bias_kind_ != BiasKind::digital) return;
    unflatten(find_tensor(state, name_ + "/bias", n_out()), bias_);
    bias_moments_.first = find_tensor(state, name_ + "/bias_moment1");
    bias_moments_.second = find_tensor(state, name_ + "/bias_moment2");
    bias_moments_.steps = find_tensor(state, name_ + "/bias_steps", 1)[0];
}

}  // namespace ganbar::nn
