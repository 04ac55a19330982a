#include "ganbar/nn/spectral_norm.h"

#include <algorithm>
#include <cmath>

#include "ganbar/nn/digital_op.h"

namespace ganbar::nn {
namespace {

double length(const Matrix& row) {
    double sum = 0;
    for (const float v : row.row_span(0)) sum += double{v} * v;
    return std::sqrt(sum);
}
void scale(Matrix& m, double factor) {
    for (std::size_t r = 0; r < m.rows(); ++r)
        for (float& v : m.row_span(r)) v = static_cast<float>(v * factor);
}
constexpr double smallest = 1e-12;  // a matrix of zeros has no direction: sigma stays at 1

}  // namespace

SpectralNormOp::SpectralNormOp(std::string name, std::unique_ptr<LinearOp> op, const Rng& rng, int n_start)
    : name_(std::move(name)), op_(std::move(op)), n_start_(n_start), u_(1, op_->n_in()), v_(1, op_->n_out()) {
    Rng draws = rng.stream("spectral");
    for (float& x : u_.row_span(0)) x = static_cast<float>(draws.normal());
    scale(u_, 1 / length(u_));
}

void SpectralNormOp::iterate(Step& step, std::uint64_t index) {
    const Rng own = step.rng.stream(name_ + "/spectral", index);
    Step reading{own, step.ledger, step.account, step.training};
    Matrix v, u;
    op_->forward(u_, v, reading);
    const double n_v = length(v);
    if (n_v < smallest) return;
    scale(v, 1 / n_v);
    v_ = v;
    op_->backward(v_, u, reading);
    const double n_u = length(u);
    if (n_u < smallest) return;
    scale(u, 1 / n_u);
    u_ = u;
    sigma_ = static_cast<float>(n_u);  // |W v|: what u W v^T is for the new u; float, as a checkpoint keeps it
}

void SpectralNormOp::forward(const Matrix& x, Matrix& y, Step& step) {
    if (!started_) {
        for (int k = 1; k < n_start_; ++k) iterate(step, static_cast<std::uint64_t>(k));
        started_ = true;
        iterate(step, 0);
    } else if (step.training) {
        iterate(step, 0);
    }
    op_->forward(x, y, step);
    scale(y, 1 / sigma_);
    y_ = y;
}

void SpectralNormOp::backward(const Matrix& dy, Matrix& dx, Step& step) {
    op_->backward(dy, dx, step);
    scale(dx, 1 / sigma_);
}

// With W' = W / (u W v^T): dL/dW = (x^T dy - (sum of dy y) u^T v) / sigma, so the term of the norm is one more sample of the batch.
void SpectralNormOp::update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) {
    GANBAR_ASSERT(dy.rows() == y_.rows() && dy.cols() == y_.cols());
    Matrix more_x(x.rows() + 1, x.cols()), more_dy(x.rows() + 1, dy.cols());
    double along = 0;
    for (std::size_t r = 0; r < x.rows(); ++r) {
        std::copy_n(x.row(r), x.cols(), more_x.row(r));
        for (std::size_t c = 0; c < dy.cols(); ++c) {
            more_dy(r, c) = static_cast<float>(dy(r, c) / sigma_);
            along += double{dy(r, c)} * y_(r, c);
        }
    }
    std::copy_n(u_.row(0), x.cols(), more_x.row(x.rows()));
    for (std::size_t c = 0; c < dy.cols(); ++c) more_dy(x.rows(), c) = static_cast<float>(-along / sigma_ * v_(0, c));
    op_->update(more_x, more_dy, rule, step);
}

Matrix SpectralNormOp::weights() const {
    Matrix w = op_->weights();
    scale(w, 1 / sigma_);
    return w;
}

State SpectralNormOp::state() const {
    State out = op_->state();
    out.push_back({name_ + "/spectral_u", flatten(u_)});
    out.push_back({name_ + "/spectral_v", flatten(v_)});
    out.push_back({name_ + "/spectral_sigma", {static_cast<float>(sigma_), started_ ? 1.0f : 0.0f}});
    return out;
}

void SpectralNormOp::restore(const State& state) {
    op_->restore(state);
    unflatten(find_tensor(state, name_ + "/spectral_u", n_in()), u_);
    unflatten(find_tensor(state, name_ + "/spectral_v", n_out()), v_);
    const auto& sigma = find_tensor(state, name_ + "/spectral_sigma", 2);
    sigma_ = sigma[0];
    started_ = sigma[1] != 0;
}

}  // namespace ganbar::nn
