#include "ganbar/nn/convolution.h"

#include "ganbar/core/patches.h"
#include "ganbar/nn/row_items.h"

namespace ganbar::nn {
namespace {

void clear(Matrix& m) {
    over_rows(m, [&](std::size_t r, std::size_t rows) { std::fill_n(m.row(r), rows * m.stride(), 0.0f); });
}

}  // namespace

Convolution::Convolution(std::string name, std::vector<MapPart> parts, std::size_t channels_in, BiasKind bias, Activation activation,
                         double slope)
    : name_(std::move(name)),
      parts_(std::move(parts)),
      scratch_(parts_.size()),
      channels_in_(channels_in),
      channels_out_(parts_.at(0).op->n_out()),
      bias_kind_(bias),
      activation_(activation),
      slope_(static_cast<float>(slope)),
      bias_(name_ + "/bias", channels_out_, 0.0f) {
    std::size_t n_covered = 0;
    for (const auto& part : parts_) {
        GANBAR_ASSERT(part.op->n_in() == part.map.n_taps * channels_in_ + (bias == BiasKind::cells ? 1 : 0) &&
                      part.op->n_out() == channels_out_);
        n_covered += part.map.n_patches();
    }
    covered_ = n_covered == positions_out();
}

// Biases in cells need a row of ones among the patches.
PatchOperator* Convolution::follower(std::size_t p) { return bias_kind_ == BiasKind::cells ? nullptr : parts_[p].op->patches(); }

void Convolution::forward_part(std::size_t p, Step& step) {
    MapPart& part = parts_[p];
    Scratch& s = scratch_[p];
    if (PatchOperator* op = follower(p)) return op->forward_patches(part.map, *x_, samples_, y_, step);
    gather_patches(part.map, *x_, samples_, bias_kind_ == BiasKind::cells, s.patches);
    if (part.map.in_order) return part.op->forward(s.patches, y_, step);
    part.op->forward(s.patches, s.rows, step);
    rows_to_targets(part.map, s.rows, samples_, y_);
}

const Matrix& Convolution::forward(const Matrix& x, Step& step) {
    GANBAR_ASSERT(x.cols() == channels_in_ && x.rows() % positions_in() == 0);
    x_ = &x;
    samples_ = x.rows() / positions_in();
    y_.resize(samples_ * positions_out(), channels_out_);
    if (!covered_) clear(y_);
    for (std::size_t p = 0; p < parts_.size(); ++p) forward_part(p, step);
    activate(y_, bias_kind_ == BiasKind::digital ? bias_.data() : nullptr, activation_, slope_);
    return y_;
}

const Matrix& Convolution::errors_of(std::size_t p) {
    if (parts_[p].map.in_order) return *dz_;
    rows_from_targets(parts_[p].map, *dz_, samples_, scratch_[p].d_rows);
    return scratch_[p].d_rows;
}

void Convolution::backward_part(std::size_t p, Step& step) {
    if (PatchOperator* op = follower(p)) return op->backward_patches(parts_[p].map, *dz_, samples_, dx_, p > 0, step);
    if (p == 0) clear(dx_);
    parts_[p].op->backward(errors_of(p), scratch_[p].d_patches, step);
    scatter_patches(parts_[p].map, scratch_[p].d_patches, samples_, dx_);
}

const Matrix& Convolution::backward(Matrix& dy, bool need_dx, Step& step) {
    GANBAR_ASSERT(dy.rows() == y_.rows() && dy.cols() == channels_out_);
    activation_gradient(dy, y_, activation_, slope_);
    dz_ = &dy;
    dx_.resize(need_dx ? x_->rows() : 0, channels_in_);
    if (!need_dx) return dx_;
    for (std::size_t p = 0; p < parts_.size(); ++p) backward_part(p, step);
    return dx_;
}

void Convolution::update(const UpdateRule& rule, Step& step) {
    GANBAR_ASSERT(dz_ != nullptr);
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        if (PatchOperator* op = follower(p)) op->update_patches(parts_[p].map, *x_, *dz_, samples_, rule, step);
        else parts_[p].op->update(scratch_[p].patches, errors_of(p), rule, step);
    }
    if (bias_kind_ == BiasKind::digital) bias_.update(column_sums(*dz_), rule);
}

std::size_t Convolution::n_widest() const {
    std::size_t n = std::max(n_in(), n_out());
    for (const auto& part : parts_) n = std::max(n, part.map.n_patches() * part.op->n_in());
    return n;
}

std::vector<LinearOp*> Convolution::ops() {
    std::vector<LinearOp*> out;
    for (auto& part : parts_) out.push_back(part.op.get());
    return out;
}

State Convolution::state() const {
    State out;
    for (const auto& part : parts_)
        for (auto& t : part.op->state()) out.push_back(std::move(t));
    if (bias_kind_ == BiasKind::digital) bias_.append_state(out);
    return out;
}

void Convolution::restore(const State& state) {
    for (auto& part : parts_) part.op->restore(state);
    if (bias_kind_ == BiasKind::digital) bias_.restore(state);
}

}  // namespace ganbar::nn
