#include "ganbar/nn/digital_op.h"

#include <algorithm>

#include "ganbar/core/linalg.h"
#include "ganbar/core/patches.h"

namespace ganbar::nn {

DigitalOp::DigitalOp(std::string name, Matrix initial, double w_max) : name_(std::move(name)), w_(std::move(initial)), w_max_(w_max) {}

void DigitalOp::forward(const Matrix& x, Matrix& y, Step&) { multiply(x, w_, y); }

void DigitalOp::backward(const Matrix& dy, Matrix& dx, Step&) {
    if (dirty_ || transposed_.rows() != w_.cols() || transposed_.cols() != w_.rows()) transpose(w_, transposed_);
    dirty_ = false;
    multiply(dy, transposed_, dx);
}

void DigitalOp::update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step&) {
    multiply_at_b(x, dy, gradient_);
    apply(rule);
}

void DigitalOp::forward_patches(const PatchMap& map, const Matrix& x, std::size_t samples, Matrix& y, Step&) {
    multiply_patches(map, x, w_, samples, y);
}

void DigitalOp::backward_patches(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, bool accumulate, Step&) {
    if (dirty_ || transposed_.rows() != map.n_taps * w_.cols()) transpose_taps(w_, map.n_taps, transposed_);
    dirty_ = false;
    multiply_patches_adjoint(map, dy, transposed_, samples, dx, accumulate);
}

void DigitalOp::update_patches(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, const UpdateRule& rule, Step&) {
    patch_gradient(map, x, dy, samples, gradient_);
    apply(rule);
}

void DigitalOp::apply(const UpdateRule& rule) {
    apply_rule(w_, gradient_, moments_, rule.digital);
    clip();
}

void DigitalOp::clip() {
    dirty_ = true;
    if (w_max_ <= 0) return;
    const auto limit = static_cast<float>(w_max_);
    for (std::size_t r = 0; r < w_.rows(); ++r)
        for (float& v : w_.row_span(r)) v = std::clamp(v, -limit, limit);
}

void DigitalOp::set_weights(const Matrix& w) {
    GANBAR_ASSERT(w.rows() == w_.rows() && w.cols() == w_.cols());
    w_ = w;
    clip();
}

State DigitalOp::state() const {
    return {{name_ + "/weights", flatten(w_)},
            {name_ + "/moment1", moments_.first},
            {name_ + "/moment2", moments_.second},
            {name_ + "/steps", {static_cast<float>(moments_.steps)}}};
}

void DigitalOp::restore(const State& state) {
    unflatten(find_tensor(state, name_ + "/weights", w_.rows() * w_.cols()), w_);
    moments_.first = find_tensor_or_empty(state, name_ + "/moment1", w_.rows() * w_.cols());
    moments_.second = find_tensor_or_empty(state, name_ + "/moment2", w_.rows() * w_.cols());
    moments_.steps = find_tensor(state, name_ + "/steps", 1)[0];
    dirty_ = true;
}

}  // namespace ganbar::nn
