// The bit generator's reads through wires: rows that are picked at v_read, all other rows and every column at 0 V, so that the current of a
// column is the sum of its transfers from the rows picked. Cells are linear at v_read, as in the reads of weights.
#include "ganbar/bits/trng.h"
#include "ganbar/circuit/transfer.h"

namespace ganbar {

void ArrayTrng::attach_wires(const WireParams& wires) {
    if (!wires.exact(wires.noise)) return;
    wires_ = wires;
    plan_ = std::make_shared<TransferPlan>(n_, n_, wires.lines.ends);
    shown_is_old_ = true;
    if (p_.rewrite != RewritePolicy::every_bit || written_variance_A2_.empty()) return;
    // A change of one cell shows by the square of what part of its voltage it sees: once as its own, once on the way out.
    const Picture seen = through_wires(now_);
    for (std::size_t r = 0; r < n_; ++r)
        for (std::size_t c = 0; c < n_; ++c) {
            const float passes = now_.current_A(r, c) != 0 ? seen.current_A(r, c) / now_.current_A(r, c) : 1.0f;
            written_variance_A2_(r, c) *= passes * passes * passes * passes;
        }
}

ArrayTrng::Picture ArrayTrng::through_wires(const Picture& bare) const {
    const double v = p_.v_read.si;
    std::vector<double> g(n_ * n_), t(n_ * n_);
    for (std::size_t r = 0; r < n_; ++r)
        for (std::size_t c = 0; c < n_; ++c) g[r * n_ + c] = std::max(0.0, static_cast<double>(bare.current_A(r, c)) / v);
    transfer_matrix(*plan_, std::span<const double>(g), wires_->lines, t);
    Picture out{Matrix(n_, n_), Matrix(n_, n_), bare.next_write, std::vector<double>(n_, 0.0)};
    for (std::size_t r = 0; r < n_; ++r)
        for (std::size_t c = 0; c < n_; ++c) {
            const std::size_t k = r * n_ + c;
            out.current_A(r, c) = static_cast<float>(v * t[k]);
            out.variance_A2(r, c) = g[k] > 0 ? bare.variance_A2(r, c) * static_cast<float>(t[k] / g[k]) : bare.variance_A2(r, c);
            out.row_A[r] += v * t[k];
        }
    return out;
}

const ArrayTrng::Picture& ArrayTrng::shown() {
    if (!wires_) return now_;
    if (shown_is_old_) shown_ = through_wires(now_);
    shown_is_old_ = false;
    return shown_;
}

}  // namespace ganbar
