// The hybrid of krestinskaya2020 as satyam2022 tells it (sec. I): errors go back in digital logic, and the sign of a weight is a bit of a
// binary array beside the magnitudes, rewritten when a weight passes through zero.
#include <numeric>

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/patches.h"
#include "ganbar/tile/analog_op.h"
#include "ganbar/core/account.h"

namespace ganbar {

const Matrix& AnalogOp::digital_copy(std::size_t n_taps) {
    const std::size_t rows = n_taps * n_out_;
    if (copy_due_ || copy_.rows() != rows) transpose_taps(weights(), n_taps, copy_);
    copy_due_ = false;
    return copy_;
}

void AnalogOp::backward_digital(const Matrix& dy, Matrix& dx, Step& step) {
    multiply(dy, digital_copy(1), dx);
    book_digital(dy.rows(), step);
}

void AnalogOp::book_digital(std::size_t rows, Step& step) const {
    const auto macs = static_cast<std::int64_t>(rows * n_in_ * n_out_);
    charge(step.ledger, {step.account + "/" + name_, Phase::backward, Component::digital}, macs, static_cast<double>(macs) * params_.mac_energy);
}

// A cell that shows zero weight, or less, and is asked for less still: its sign bit flips and the same pulse becomes a set.
// Weights are asked to move by `direction` times `demand`; what stays within the threshold asks for nothing.
void AnalogOp::flip_signs(const Matrix& demand, float direction, float threshold, Step& step) {
    const auto [g_min, g_max] = window();
    const auto bottom = static_cast<float>(g_min.si + 1e-3 * (g_max.si - g_min.si));
    std::vector<std::int64_t> flipped(n_items(n_in_), 0);
    parallel_for(flipped.size(), [&](std::size_t item) {
        std::vector<float> g_S(n_out_);
        for (std::size_t i = item * rows_per_item; i < std::min(n_in_, (item + 1) * rows_per_item); ++i) {
            planes_[0]->conductance(i * n_out_, g_S);
            for (std::size_t j = 0; j < n_out_; ++j) {
                if (g_S[j] > bottom) continue;
                const std::size_t k = i * n_out_ + j;
                const float more = direction * demand(i, j);
                const int wanted = (more > threshold) - (more < -threshold);
                if (wanted * sign_[k] >= 0) continue;
                sign_[k] = static_cast<std::int8_t>(-sign_[k]);
                if (!owed_[0].empty()) owed_[0][k] = static_cast<std::int8_t>(-owed_[0][k]);
                ++flipped[item];
            }
        }
    });
    const std::int64_t n = std::accumulate(flipped.begin(), flipped.end(), std::int64_t{0});
    charge(step.ledger, {step.account + "/" + name_, Phase::update, Component::sign}, n, static_cast<double>(n) * params_.sign_energy);
}

}  // namespace ganbar
