#include "ganbar/nn/batch_norm.h"

#include <cmath>

#include "ganbar/core/kernels/columns.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/row_items.h"

namespace ganbar::nn {
namespace {

constexpr std::size_t rows_per_item = 128;
std::size_t n_items(std::size_t rows) { return (rows + rows_per_item - 1) / rows_per_item; }

/// Sums over rows [first, first + rows) of two quantities per column, in double over fixed pieces; piece(row, rows, s1, s2) adds one piece.
template <class Piece>
void summed(std::size_t first, std::size_t rows, std::size_t cols, std::vector<double>& s1, std::vector<double>& s2, const Piece& piece) {
    const std::size_t n = n_items(rows);
    Matrix a(n, cols), b(n, cols);
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * rows_per_item;
        piece(first + r, std::min(rows_per_item, rows - r), a.row(item), b.row(item));
    });
    s1.assign(cols, 0), s2.assign(cols, 0);
    for (std::size_t item = 0; item < n; ++item)
        for (std::size_t c = 0; c < cols; ++c) s1[c] += a(item, c), s2[c] += b(item, c);
}

void put(const std::vector<double>& values, Matrix& row) {
    for (std::size_t c = 0; c < values.size(); ++c) row(0, c) = static_cast<float>(values[c]);
}

}  // namespace

BatchNorm::BatchNorm(std::string name, std::size_t channels, std::size_t positions, const BatchNormSpec& spec, Activation activation, double slope)
    : name_(std::move(name)), channels_(channels), positions_(positions), spec_(spec), activation_(activation), slope_(static_cast<float>(slope)),
      gamma_(name_ + "/gamma", channels, 1.0f), beta_(name_ + "/beta", channels, 0.0f), running_mean_(channels, 0.0f), running_variance_(channels, 1.0f) {}

void BatchNorm::measure(const Matrix& x, std::size_t part) {
    const std::size_t rows = x.rows() / parts_.size(), first = part * rows;
    std::vector<double> s1, s2;
    // Moments about the first row: no cancellation when the mean is large.
    summed(first, rows, channels_, s1, s2, [&](std::size_t r, std::size_t n, float* a, float* b) {
        kernels::column_moments(x.row(r), x.stride(), n, channels_, x.row(first), a, b);
    });
    Part& p = parts_[part];
    p.mean.resize(channels_), p.deviation.resize(channels_);
    const auto n = static_cast<double>(rows);
    for (std::size_t c = 0; c < channels_; ++c) {
        const double shift = s1[c] / n, variance = std::max(0.0, s2[c] / n - shift * shift);
        p.mean[c] = x(first, c) + shift;
        p.deviation[c] = std::sqrt(variance + spec_.epsilon);
        const double unbiased = variance * n / std::max(1.0, n - 1);
        running_mean_[c] = static_cast<float>(running_mean_[c] + spec_.momentum * (p.mean[c] - running_mean_[c]));
        running_variance_[c] = static_cast<float>(running_variance_[c] + spec_.momentum * (unbiased - running_variance_[c]));
    }
}

const Matrix& BatchNorm::forward(const Matrix& x, Step& step) {
    GANBAR_ASSERT(x.cols() == channels_ && x.rows() % (positions_ * step.n_parts) == 0);
    x_ = &x;
    by_batch_ = step.training;
    parts_.resize(by_batch_ ? step.n_parts : 1);
    if (by_batch_) {
        for (std::size_t p = 0; p < parts_.size(); ++p) measure(x, p);
    } else {
        parts_[0].mean.assign(running_mean_.begin(), running_mean_.end());
        parts_[0].deviation.resize(channels_);
        for (std::size_t c = 0; c < channels_; ++c) parts_[0].deviation[c] = std::sqrt(running_variance_[c] + spec_.epsilon);
    }
    y_.resize(x.rows(), channels_);
    const std::size_t rows = x.rows() / parts_.size();
    std::vector<Matrix> scale(parts_.size(), Matrix(1, channels_)), shift = scale;
    for (std::size_t p = 0; p < parts_.size(); ++p)
        for (std::size_t c = 0; c < channels_; ++c) {
            const double a = gamma_.data()[c] / parts_[p].deviation[c];
            scale[p](0, c) = static_cast<float>(a);
            shift[p](0, c) = static_cast<float>(beta_.data()[c] - a * parts_[p].mean[c]);
        }
    const std::size_t n = n_items(rows);
    parallel_for(n * parts_.size(), [&](std::size_t item) {
        const std::size_t p = item / n, r = p * rows + item % n * rows_per_item, count = std::min(rows_per_item, (p + 1) * rows - r);
        kernels::affine_rows(x.row(r), x.stride(), y_.row(r), y_.stride(), count, channels_, scale[p].row(0), shift[p].row(0));
        kernels::activate_rows(y_.row(r), y_.stride(), count, channels_, nullptr, activation_, slope_);
    });
    return y_;
}

// With n rows, z = gamma u + beta, u = (x - mean) / s:  dx = gamma / s (dz - mean(dz) - u mean(dz u)).
const Matrix& BatchNorm::backward(Matrix& dy, bool need_dx, Step&) {
    GANBAR_ASSERT(dy.rows() == y_.rows() && dy.cols() == channels_);
    activation_gradient(dy, y_, activation_, slope_);
    d_gamma_.assign(channels_, 0), d_beta_.assign(channels_, 0);
    const std::size_t rows = dy.rows() / parts_.size();
    for (std::size_t p = 0; p < parts_.size(); ++p) {
        const Part& part = parts_[p];
        Matrix mean(1, channels_), a(1, channels_), b(1, channels_), c0(1, channels_);
        put(part.mean, mean);
        std::vector<double> s1, s2;
        summed(p * rows, rows, channels_, s1, s2, [&](std::size_t r, std::size_t n, float* sum, float* product) {
            kernels::column_products(dy.row(r), dy.stride(), x_->row(r), x_->stride(), n, channels_, mean.row(0), sum, product);
        });
        for (std::size_t c = 0; c < channels_; ++c) {
            const double along = s2[c] / part.deviation[c], slope = gamma_.data()[c] / part.deviation[c], n = static_cast<double>(rows);
            d_gamma_[c] += static_cast<float>(along), d_beta_[c] += static_cast<float>(s1[c]);
            a(0, c) = static_cast<float>(slope);
            b(0, c) = by_batch_ ? static_cast<float>(-slope * along / (n * part.deviation[c])) : 0.0f;
            c0(0, c) = by_batch_ ? static_cast<float>(-slope * s1[c] / n) : 0.0f;
        }
        if (!need_dx) continue;
        parallel_for(n_items(rows), [&](std::size_t item) {
            const std::size_t r = p * rows + item * rows_per_item, count = std::min(rows_per_item, (p + 1) * rows - r);
            kernels::affine_gradient_rows(dy.row(r), dy.stride(), x_->row(r), x_->stride(), count, channels_, a.row(0), b.row(0), mean.row(0), c0.row(0));
        });
    }
    return dy;
}

void BatchNorm::update(const UpdateRule& rule, Step&) {
    gamma_.update(d_gamma_, rule);
    beta_.update(d_beta_, rule);
}

BatchNorm::Affine BatchNorm::folded() const {
    Affine out{std::vector<float>(channels_), std::vector<float>(channels_)};
    for (std::size_t c = 0; c < channels_; ++c) {
        const double a = gamma_.data()[c] / std::sqrt(running_variance_[c] + spec_.epsilon);
        out.scale[c] = static_cast<float>(a);
        out.shift[c] = static_cast<float>(beta_.data()[c] - a * running_mean_[c]);
    }
    return out;
}

State BatchNorm::state() const {
    State out;
    gamma_.append_state(out);
    beta_.append_state(out);
    out.push_back({name_ + "/mean", running_mean_});
    out.push_back({name_ + "/variance", running_variance_});
    return out;
}

void BatchNorm::restore(const State& state) {
    gamma_.restore(state);
    beta_.restore(state);
    running_mean_ = find_tensor(state, name_ + "/mean", channels_);
    running_variance_ = find_tensor(state, name_ + "/variance", channels_);
}

}  // namespace ganbar::nn
