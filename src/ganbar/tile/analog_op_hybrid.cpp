// The hybrid of krestinskaya2020 as satyam2022 tells it (sec. I): errors go back in digital logic. (The signs of its weights, bits of a
// binary array that are rewritten when a weight passes through zero: CellMatrix::flip_signs.)
#include "ganbar/core/account.h"
#include "ganbar/core/linalg.h"
#include "ganbar/core/patches.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar {

const Matrix& AnalogOp::digital_copy(std::size_t n_taps) {
    const std::size_t rows = n_taps * cells_.n_out;
    if (copy_due_ || copy_.rows() != rows) transpose_taps(weights(), n_taps, copy_);
    copy_due_ = false;
    return copy_;
}

void AnalogOp::backward_digital(const Matrix& dy, Matrix& dx, Step& step) {
    multiply(dy, digital_copy(1), dx);
    book_digital(dy.rows(), step);
}

void AnalogOp::book_digital(std::size_t rows, Step& step) const {
    const auto macs = static_cast<std::int64_t>(rows * cells_.n_in * cells_.n_out);
    charge(step.ledger, {step.account + "/" + cells_.name, Phase::backward, Component::digital}, macs,
           static_cast<double>(macs) * cells_.params.mac_energy);
}

}  // namespace ganbar
