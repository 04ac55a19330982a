#include "ganbar/circuit/write_solver.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "ganbar/circuit/kernels/write_sweep.h"
#include "ganbar/core/kernels/gemm.h"

namespace ganbar {
namespace ws = write_sweep;

WriteSolver::WriteSolver(const CellSolver& lines) : lines_(lines), rows_(lines.rows()), cols_(lines.cols()) {
    for (Matrix* m : {&a_, &c_, &u_, &next_, &one_, &hat_, &base_, &weight_, &f_, &last_f_, &last_u_})
        m->resize(rows_, cols_), std::fill_n(m->row(0), rows_ * m->stride(), 0.0f);
    for (auto& m : df_) m.resize(rows_, cols_);
    for (auto& m : dxf_) m.resize(rows_, cols_);
    size_ = rows_ * u_.stride();
    vw_.assign(rows_, 0), vb_.assign(u_.stride(), 0);
    for (auto* v : {&vb_single_, &l_word_, &q_word_sum_}) v->assign(u_.stride(), 0);
    for (std::size_t c = 0; c < cols_; ++c)
        l_word_[c] = static_cast<float>(lines.l_word_[c]), q_word_sum_[c] = static_cast<float>(lines.q_word_sum_[c]);
}

// From slopes at three quarters of the sources' voltages: near what cells see, and with mixing the exact value does not matter.
void WriteSolver::choose_g0(const std::vector<float>& word, const std::vector<float>& bit) {
    double sum = 0;
    float most = 0;
    for (std::size_t r = 0; r < rows_; ++r) {
        const auto s = ws::row_slopes(a_.row(r), c_.row(r), static_cast<float>(vw_[r]), vb_single_.data(), 0.75f, u_.stride());
        most = std::max(most, s.most), sum += static_cast<double>(s.sum);
    }
    const double mean = sum / static_cast<double>(rows_ * cols_);
    constexpr double mean_weight = 1.3,
                     most_weight = 0.6;  // half the largest would always contract; near the mean is faster when few cells are steep
    g0_ = static_cast<float>(std::max(std::min(most_weight * static_cast<double>(most), mean_weight * mean), 1e-15));
    for (std::size_t r = 0; r < rows_; ++r)
        ws::row_modes({g0_, static_cast<float>(lines_.l_bit_[r]), word[r], static_cast<float>(lines_.q_bit_sum_[r])}, l_word_.data(),
                      q_word_sum_.data(), bit.data(), base_.row(r), weight_.row(r), u_.stride());
}

/// next_ <- Q hat_ Q^T
void WriteSolver::to_voltages() {
    kernels::gemm_rows(lines_.q_bit_.row(0), lines_.q_bit_.stride(), hat_.row(0), hat_.stride(), one_.row(0), one_.stride(), rows_, rows_,
                       cols_);
    kernels::gemm_rows(one_.row(0), one_.stride(), lines_.q_word_t_.row(0), lines_.q_word_t_.stride(), next_.row(0), next_.stride(), rows_,
                       cols_, cols_);
}

/// u_ <- the voltages of linear cells with conductance g0.
void WriteSolver::start() {
    // The sources in the eigenbasis: a matrix of rank two.
    std::vector<double> word(rows_, 0.0), bit(cols_, 0.0);
    for (std::size_t i = 0; i < rows_; ++i)
        for (std::size_t a = 0; vw_[i] != 0 && a < rows_; ++a) word[a] += lines_.exact_bit_[i * rows_ + a] * vw_[i];
    for (std::size_t j = 0; j < cols_; ++j)
        for (std::size_t c = 0; vb_[j] != 0 && c < cols_; ++c) bit[c] += lines_.exact_word_[j * cols_ + c] * vb_[j];
    std::vector<float> word_single(word.begin(), word.end()), bit_single(u_.stride(), 0.0f);
    std::copy(bit.begin(), bit.end(), bit_single.begin());
    choose_g0(word_single, bit_single);
    std::copy_n(base_.row(0), size_, hat_.row(0));
    to_voltages();
    std::swap(u_, next_);
}

/// f_ <- the plain step from u_; returns the largest of it.
float WriteSolver::correction() {
    ws::excess(u_.row(0), a_.row(0), c_.row(0), g0_, next_.row(0), size_);
    kernels::gemm_at_b(lines_.q_bit_.row(0), lines_.q_bit_.stride(), next_.row(0), next_.stride(), one_.row(0), one_.stride(), rows_, rows_,
                       cols_, false);
    kernels::gemm_rows(one_.row(0), one_.stride(), lines_.q_word_.row(0), lines_.q_word_.stride(), hat_.row(0), hat_.stride(), rows_, cols_,
                       cols_);
    ws::reflect(hat_.row(0), weight_.row(0), base_.row(0), size_);
    to_voltages();
    return ws::difference(next_.row(0), u_.row(0), f_.row(0), size_);
}

/// Keeps how f_ and u_ changed since the last step, the oldest of `depth` such changes goes.
void WriteSolver::remember() {
    if (n_mixed_ == depth) {
        for (std::size_t a = 0; a + 1 < depth; ++a) {
            std::swap(df_[a], df_[a + 1]), std::swap(dxf_[a], dxf_[a + 1]);
            for (std::size_t b = 0; b <= a; ++b) gram_[a][b] = gram_[a + 1][b + 1];
        }
        --n_mixed_;
    }
    ws::history(f_.row(0), last_f_.row(0), u_.row(0), last_u_.row(0), df_[n_mixed_].row(0), dxf_[n_mixed_].row(0), size_);
    for (std::size_t b = 0; b <= n_mixed_; ++b) gram_[n_mixed_][b] = ws::dot(df_[n_mixed_].row(0), df_[b].row(0), size_);
    ++n_mixed_;
}

/// u_ += f_, corrected by the best combination of the changes kept (least squares on the differences of f_).
void WriteSolver::step() {
    Eigen::MatrixXd normal(n_mixed_, n_mixed_);
    Eigen::VectorXd right(n_mixed_);
    for (std::size_t a = 0; a < n_mixed_; ++a) {
        for (std::size_t b = 0; b <= a; ++b) normal(a, b) = normal(b, a) = static_cast<double>(gram_[a][b]);
        normal(a, a) *= 1 + 1e-6;
        right(a) = static_cast<double>(ws::dot(df_[a].row(0), f_.row(0), size_));
    }
    float mix[depth] = {};
    const float* direction[depth] = {};
    if (n_mixed_ > 0) {
        const Eigen::VectorXd solution = normal.ldlt().solve(right);
        for (std::size_t a = 0; a < n_mixed_; ++a)
            mix[a] = std::isfinite(solution(a)) ? static_cast<float>(solution(a)) : 0.0f, direction[a] = dxf_[a].row(0);
    }
    std::copy_n(f_.row(0), size_, last_f_.row(0));
    std::copy_n(u_.row(0), size_, last_u_.row(0));
    ws::advance(u_.row(0), f_.row(0), direction, mix, n_mixed_, size_);
}

/// The door, as CellSolver's: whether a small step is a small error. Steps of linear cells behind wires hide at most g0 Lmax of it.
bool WriteSolver::believable() const {
    const float l_max = static_cast<float>(lines_.l_word_.back() + lines_.l_bit_.back()), most_hidden = 1e3f;
    if (!std::isfinite(g0_)) return false;
    if (1 + g0_ * l_max <= most_hidden) return true;
    float least = INFINITY;
    for (std::size_t r = 0; r < rows_; ++r) least = std::min(least, *std::min_element(a_.row(r), a_.row(r) + cols_));
    return 1 + g0_ * l_max <= most_hidden * (1 + std::max(least, 0.0f) * l_max);
}

int WriteSolver::solve(std::span<const double> vw_V, std::span<const double> vb_V, double tolerance_V) {
    std::copy(vw_V.begin(), vw_V.end(), vw_.begin());
    std::copy(vb_V.begin(), vb_V.end(), vb_.begin());
    std::copy(vb_V.begin(), vb_V.end(), vb_single_.begin());
    if (lines_.l_word_.back() + lines_.l_bit_.back() ==
        0) {  // no resistance anywhere: nothing to solve, and thresholds hold to the last digit
        for (std::size_t r = 0; r < rows_; ++r)
            for (std::size_t c = 0; c < cols_; ++c) u_(r, c) = static_cast<float>(vw_[r] - vb_[c]);
        return 1;
    }
    start();
    constexpr int most_sweeps = 60;
    n_mixed_ = 0;
    float previous = 0;
    for (int sweep = 1; sweep <= most_sweeps; ++sweep) {
        const float largest = correction();
        if (!std::isfinite(largest)) return 0;
        if (sweep > 1) remember();
        step();
        // What is left shrinks at least as it did between the last two steps; half when that is not known.
        const float rate = sweep > 1 ? std::min(0.5f, largest / previous) : 0.5f;
        if (largest * rate <= static_cast<float>(tolerance_V)) return believable() ? sweep : 0;
        previous = largest;
    }
    return 0;
}

WriteSolver::Power WriteSolver::power() const {
    Power out;
    for (std::size_t r = 0; r < rows_; ++r) {
        const auto p = ws::row_power(u_.row(r), a_.row(r), c_.row(r), vw_[r], vb_.data(), u_.stride());
        out.cells_W += p.cells_W, out.delivered_W += p.delivered_W;
    }
    return out;
}

double WriteSolver::cell_power_W(std::size_t r, std::size_t c) const {
    const double u = static_cast<double>(u_(r, c));
    return u * u * (static_cast<double>(a_(r, c)) + static_cast<double>(c_(r, c)) * u * u);
}

}  // namespace ganbar
