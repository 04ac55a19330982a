// The hybrid of krestinskaya2020 as satyam2022 tells it (sec. I): errors go back in digital logic, and the sign of a weight is a bit of a
// binary array beside the magnitudes, rewritten when a weight passes through zero.
#include "ganbar/core/linalg.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar {

void AnalogOp::backward_digital(const Matrix& dy, Matrix& dx, Step& step) {
    Matrix transposed;
    transpose(weights(), transposed);
    multiply(dy, transposed, dx);
    const auto macs = static_cast<std::int64_t>(dy.rows() * n_in_ * n_out_);
    step.ledger.charge(step.account + "/" + name_ + "/backward/digital", macs, static_cast<double>(macs) * params_.mac_energy);
}

// A cell that shows zero weight, or less, and is asked for less still: its sign bit flips and the same pulse becomes a set.
// Weights are asked to move by `direction` times `demand`; what stays within the threshold asks for nothing.
void AnalogOp::flip_signs(const Matrix& demand, float direction, float threshold, Step& step) {
    const std::vector<float> g_S = conductance();
    const auto [g_min, g_max] = window();
    const auto bottom = static_cast<float>(g_min.si + 1e-3 * (g_max.si - g_min.si));
    std::int64_t n = 0;
    for (std::size_t i = 0; i < n_in_; ++i)
        for (std::size_t j = 0; j < n_out_; ++j) {
            const std::size_t k = i * n_out_ + j;
            const float more = direction * demand(i, j);
            const int wanted = (more > threshold) - (more < -threshold);
            if (wanted * sign_[k] >= 0 || g_S[k] > bottom) continue;
            sign_[k] = static_cast<std::int8_t>(-sign_[k]);
            if (!owed_[0].empty()) owed_[0][k] = static_cast<std::int8_t>(-owed_[0][k]);
            ++n;
        }
    step.ledger.charge(step.account + "/" + name_ + "/update/sign", n, static_cast<double>(n) * params_.sign_energy);
}

}  // namespace ganbar
