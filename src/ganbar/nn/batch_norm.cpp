#include "ganbar/nn/batch_norm.h"

#include <cmath>

#include "ganbar/core/kernels/columns.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/row_items.h"

namespace ganbar::nn {
namespace {

constexpr std::size_t norm_rows_per_item = 64;
std::size_t n_items(std::size_t rows) { return (rows + norm_rows_per_item - 1) / norm_rows_per_item; }

/// Sums over rows [first, first + rows) of two quantities per column, in double over fixed pieces; piece(row, rows, s1, s2) adds one piece.
template <class Piece>
void summed(std::size_t first, std::size_t rows, std::size_t cols, std::vector<double>& s1, std::vector<double>& s2, const Piece& piece) {
    const std::size_t n = n_items(rows);
    Matrix a(n, cols), b(n, cols);
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * norm_rows_per_item;
        piece(first + r, std::min(norm_rows_per_item, rows - r), a.row(item), b.row(item));
    });
    s1.assign(cols, 0), s2.assign(cols, 0);
    for (std::size_t item = 0; item < n; ++item)
        for (std::size_t c = 0; c < cols; ++c) s1[c] += a(item, c), s2[c] += b(item, c);
}

void put(const std::vector<double>& values, Matrix& row) {
    for (std::size_t c = 0; c < values.size(); ++c) row(0, c) = static_cast<float>(values[c]);
}

}  // namespace

BatchNorm::BatchNorm(std::string name, std::size_t channels, std::size_t positions, const BatchNormSpec& spec, Activation activation,
                     double slope)
    : SameShape(channels * positions, positions),
      name_(std::move(name)),
      channels_(channels),
      spec_(spec),
      activation_(activation),
      slope_(static_cast<float>(slope)),
      gamma_(name_ + "/gamma", channels, 1.0f),
      beta_(name_ + "/beta", channels, 0.0f),
      running_mean_(channels, 0.0f),
      running_variance_(channels, 1.0f) {}

void BatchNorm::measure(const Matrix& x, Part& p) {
    std::vector<double> s1, s2;
    // Twice: moments about a value close to the mean do not cancel.
    Matrix shift(1, channels_);
    for (int pass = 0; pass < 2; ++pass) {
        summed(p.first, p.n_measured, channels_, s1, s2, [&](std::size_t r, std::size_t n, float* a, float* b) {
            kernels::column_moments(x.row(r), x.stride(), n, channels_, shift.row(0), a, b);
        });
        for (std::size_t c = 0; pass == 0 && c < channels_; ++c)
            shift(0, c) = static_cast<float>(s1[c] / static_cast<double>(p.n_measured));
    }
    p.mean.resize(channels_), p.deviation.resize(channels_);
    const auto n = static_cast<double>(p.n_measured);
    for (std::size_t c = 0; c < channels_; ++c) {
        const double rest = s1[c] / n, variance = std::max(0.0, s2[c] / n - rest * rest), unbiased = variance * n / std::max(1.0, n - 1);
        p.mean[c] = shift(0, c) + rest;
        p.deviation[c] = std::sqrt(variance + spec_.epsilon);
        running_mean_[c] = static_cast<float>(running_mean_[c] + spec_.momentum * (p.mean[c] - running_mean_[c]));
        running_variance_[c] = static_cast<float>(running_variance_[c] + spec_.momentum * (unbiased - running_variance_[c]));
    }
}

const Matrix& BatchNorm::forward(const Matrix& x, Step& step) {
    GANBAR_ASSERT(x.cols() == channels_ && x.rows() % positions_in() == 0);
    x_ = &x;
    if (spec_.statistics == Statistics::reference) {
        GANBAR_ASSERT(step.n_reference > 0);
        parts_.assign(1, {0, x.rows(), step.n_reference * positions_in(), {}, {}});
        measure(x, parts_[0]);
    } else if (step.training) {
        GANBAR_ASSERT(x.rows() % (positions_in() * step.n_parts) == 0);
        parts_.assign(step.n_parts, {});
        for (std::size_t p = 0; p < parts_.size(); ++p) {
            const std::size_t rows = x.rows() / parts_.size();
            parts_[p].first = p * rows, parts_[p].rows = parts_[p].n_measured = rows;
            measure(x, parts_[p]);
        }
    } else {
        parts_.assign(1, {0, x.rows(), 0, {running_mean_.begin(), running_mean_.end()}, std::vector<double>(channels_)});
        for (std::size_t c = 0; c < channels_; ++c) parts_[0].deviation[c] = std::sqrt(running_variance_[c] + spec_.epsilon);
    }
    y_.resize(x.rows(), channels_);
    for (const Part& p : parts_) {
        Matrix scale(1, channels_), shift(1, channels_);
        for (std::size_t c = 0; c < channels_; ++c) {
            const double a = gamma_.data()[c] / p.deviation[c];
            scale(0, c) = static_cast<float>(a);
            shift(0, c) = static_cast<float>(beta_.data()[c] - a * p.mean[c]);
        }
        parallel_for(n_items(p.rows), [&](std::size_t item) {
            const std::size_t r = p.first + item * norm_rows_per_item, count = std::min(norm_rows_per_item, p.first + p.rows - r);
            kernels::affine_rows(x.row(r), x.stride(), y_.row(r), y_.stride(), count, channels_, scale.row(0), shift.row(0));
            kernels::activate_rows(y_.row(r), y_.stride(), count, channels_, nullptr, activation_, slope_);
        });
    }
    return y_;
}

// With z = gamma u + beta, u = (x - mean) / s, and n rows measured: dx = gamma / s dz everywhere, and on the measured rows also
// - gamma / s (sum(dz) + u sum(dz u)) / n, the sums running over all rows that use these statistics.
const Matrix& BatchNorm::backward(Matrix& dy, bool need_dx, Step&) {
    GANBAR_ASSERT(dy.rows() == y_.rows() && dy.cols() == channels_);
    activation_gradient(dy, y_, activation_, slope_);
    d_gamma_.assign(channels_, 0), d_beta_.assign(channels_, 0);
    for (const Part& p : parts_) {
        Matrix mean(1, channels_), a(1, channels_), b(1, channels_), c0(1, channels_), none(1, channels_);
        put(p.mean, mean);
        std::vector<double> s1, s2;
        summed(p.first, p.rows, channels_, s1, s2, [&](std::size_t r, std::size_t n, float* sum, float* product) {
            kernels::column_products(dy.row(r), dy.stride(), x_->row(r), x_->stride(), n, channels_, mean.row(0), sum, product);
        });
        const double n = std::max(1.0, static_cast<double>(p.n_measured));
        for (std::size_t c = 0; c < channels_; ++c) {
            const double along = s2[c] / p.deviation[c], slope = gamma_.data()[c] / p.deviation[c];
            d_gamma_[c] += static_cast<float>(along), d_beta_[c] += static_cast<float>(s1[c]);
            a(0, c) = static_cast<float>(slope);
            b(0, c) = static_cast<float>(-slope * along / (n * p.deviation[c]));
            c0(0, c) = static_cast<float>(-slope * s1[c] / n);
        }
        const auto through = [&](std::size_t first, std::size_t rows, const Matrix& by_x, const Matrix& constant) {
            parallel_for(n_items(rows), [&](std::size_t item) {
                const std::size_t r = first + item * norm_rows_per_item, count = std::min(norm_rows_per_item, first + rows - r);
                kernels::affine_gradient_rows(dy.row(r), dy.stride(), x_->row(r), x_->stride(), count, channels_, a.row(0), by_x.row(0),
                                              mean.row(0), constant.row(0));
            });
        };
        if (!need_dx) continue;
        through(p.first, p.n_measured, b, c0);
        through(p.first + p.n_measured, p.rows - p.n_measured, none, none);
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
