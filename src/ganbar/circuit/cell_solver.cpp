#include "ganbar/circuit/cell_solver.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "ganbar/circuit/kernels/cells.h"
#include "ganbar/core/kernels/gemm.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/stop.h"

namespace ganbar {

namespace {

/// Eigenvectors (columns) and eigenvalues of the impedance matrix of one line: voltage drop at cell a per ampere drawn at cell b.
void line_spectrum(std::size_t n, double r, double r_terminal, bool both, bool terminal_last, Eigen::MatrixXd& vectors,
                   std::vector<double>& values) {
    Eigen::MatrixXd z(n, n);
    const double last = static_cast<double>(n - 1), loop = 2 * r_terminal + r * last;
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = 0; b < n; ++b) {
            const double lo = static_cast<double>(std::min(a, b)), hi = static_cast<double>(std::max(a, b));
            z(a, b) = !both      ? r_terminal + r * (terminal_last ? last - hi : lo)
                      : loop > 0 ? (r_terminal + r * lo) * (r_terminal + r * (last - hi)) / loop
                                 : 0.0;
        }
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(z);
    if (solver.info() != Eigen::Success) throw NumericError("the spectrum of a line's impedance matrix could not be computed");
    vectors = solver.eigenvectors();
    values.resize(n);
    for (std::size_t k = 0; k < n; ++k) values[k] = std::max(solver.eigenvalues()(k), 0.0);
}

Matrix single_precision(const Eigen::MatrixXd& m) {
    Matrix out(m.rows(), m.cols());
    for (std::size_t r = 0; r < out.rows(); ++r)
        for (std::size_t c = 0; c < out.cols(); ++c) out(r, c) = static_cast<float>(m(r, c));
    return out;
}

std::vector<double> row_major(const Eigen::MatrixXd& m) {
    const Eigen::MatrixXd t = m.transpose();
    return {t.data(), t.data() + t.size()};
}

std::vector<double> column_sums(const Eigen::MatrixXd& m) {
    const Eigen::VectorXd sums = m.colwise().sum();
    return {sums.data(), sums.data() + sums.size()};
}

cells::Geometry geometry(std::size_t rows, std::size_t cols, const Wires& w) {
    return {rows, cols, w.rw.si, w.rb.si, w.rdrv.si, w.rsense.si, w.ends == Ends::both};
}

}  // namespace

CellSolver::CellSolver(std::size_t rows, std::size_t cols, const Wires& wires) : rows_(rows), cols_(cols), wires_(wires) {
    GANBAR_ASSERT(rows > 0 && cols > 0);
    Eigen::MatrixXd word, bit;
    const bool both = wires.ends == Ends::both;
    line_spectrum(cols, wires.rw.si, wires.rdrv.si, both, false, word, l_word_);
    line_spectrum(rows, wires.rb.si, wires.rsense.si, both, true, bit, l_bit_);
    q_word_ = single_precision(word), q_word_t_ = single_precision(word.transpose()), q_bit_ = single_precision(bit);
    exact_word_ = row_major(word), exact_bit_ = row_major(bit);
    q_word_sum_ = column_sums(word), q_bit_sum_ = column_sums(bit);
}

/// One bias on its way to its fixed point. Vectors hold the cells, then an offset for every line (word, bit), 0 where it is driven.
class CellSolver::Iteration {
public:
    /// Ready for a new bias; memory is kept from one to the next.
    void begin(const CellSolver& s, const StaticCells& cells, std::span<const double> vw, std::span<const double> vb) {
        s_ = &s, cells_ = &cells, lines_ = geometry(s.rows_, s.cols_, s.wires_), n_ = s.rows_ * s.cols_;
        GANBAR_ASSERT(cells.size() == n_ && vw.size() == s.rows_ && vb.size() == s.cols_);
        vw_.assign(vw.begin(), vw.end()), vb_.assign(vb.begin(), vb.end());
        for (auto* v : {&i_, &w_, &b_, &slope_}) v->resize(n_);
        i_word_.resize(s.rows_), i_bit_.resize(s.cols_);
        for (auto* m : {&field_, &one_, &two_, &kappa_}) m->resize(s.rows_, s.cols_);
        u_.assign(n_ + s.rows_ + s.cols_, 0.0);
        f_.resize(u_.size());
        floating_.clear();
        for (std::size_t i = 0; i < s.rows_; ++i)
            if (std::isnan(vw_[i])) floating_.push_back(i), vw_[i] = 0;
        for (std::size_t j = 0; j < s.cols_; ++j)
            if (std::isnan(vb_[j])) floating_.push_back(s.rows_ + j), vb_[j] = 0;
        for (const auto* sources : {&vw_, &vb_})
            for (const double v : *sources)
                if (std::isinf(v)) throw NumericError("a source of the crossbar is not a finite voltage");
        if (floating_.size() == n_lines()) throw ConfigError("every line floats; expected at least one driven terminal");
        if (!floating_.empty() && lines_.both)
            throw ConfigError(
                "floating lines with terminals at both ends are beyond the fixed point; expected ends = single, or no floating lines");
        safe_ = has_previous_ = false;
        n_mixed_ = 0;
    }

    CellSolverReport run(std::span<double> u, bool warm, const CellSolverOptions& options) {
        if (warm) {
            std::copy(u.begin(), u.end(), u_.begin());
            guess_offsets();
        }
        choose_g0(false);
        CellSolverReport report;
        double best = INFINITY;
        int worse = 0;
        bool plain = options.mixing == 0;
        for (int sweep = 1; sweep <= options.max_sweeps; ++sweep) {
            stop_point();
            report.mismatch_V = correction();
            report.sweeps = sweep;
            report.correction_V = cells::largest(f_.data(), f_.size());
            if (!std::isfinite(report.correction_V) || !std::isfinite(report.mismatch_V))
                throw NumericError(fmt::format(
                    "the cells' currents left the range of numbers in sweep {}; the cells are too steep at this bias, or not finite",
                    sweep));
            step(plain ? 0 : options.mixing);
            if (report.correction_V <= options.tolerance_V && believable(report, options.tolerance_V)) {
                choose_g0_keep(report);
                std::copy_n(u_.begin(), n_, u.begin());
                return report;
            }
            if (sweep == 1 || sweep == 3) choose_g0(safe_);  // slopes are known only once voltages are
            if (report.correction_V < best) best = report.correction_V, worse = 0;
            else if (++worse >= 6 && !safe_) {  // mixing misled it: from here on the plain contraction
                safe_ = plain = true, worse = 0;
                choose_g0(true);
            } else if (safe_ && worse % 6 == 5) choose_g0(true);
        }
        throw NumericError(
            fmt::format("the cell voltages did not settle within {} sweeps: the last changed them by {:.3g} V, cells and wires still "
                        "disagree by {:.3g} V",
                        options.max_sweeps, report.correction_V, report.mismatch_V));
    }

    OperatingPoint point(std::span<const double> u) {
        std::copy(u.begin(), u.end(), u_.begin());
        guess_offsets();
        OperatingPoint out;
        refresh_wires();
        out.w_V = w_, out.b_V = b_, out.i_word_A = i_word_, out.i_bit_A = i_bit_;
        for (const std::size_t line : floating_) (line < s_->rows_ ? out.i_word_A[line] : out.i_bit_A[line - s_->rows_]) = 0;
        double delivered = 0;
        for (std::size_t i = 0; i < s_->rows_; ++i) delivered += vw_[i] * out.i_word_A[i];
        for (std::size_t j = 0; j < s_->cols_; ++j) delivered -= vb_[j] * out.i_bit_A[j];
        for (std::size_t k = 0; k < n_; ++k) out.cells_W += u_[k] * i_[k];
        out.power_W = delivered, out.wires_W = delivered - out.cells_W;
        return out;
    }

private:
    std::size_t n_lines() const { return s_->rows_ + s_->cols_; }

    void refresh_wires() {
        cells_->current({u_.data(), n_}, i_, {});
        source_ = vw_, terminal_ = vb_;
        for (std::size_t i = 0; i < s_->rows_; ++i) source_[i] += u_[n_ + i];
        for (std::size_t j = 0; j < s_->cols_; ++j) terminal_[j] += u_[n_ + s_->rows_ + j];
        cells::line_voltages(lines_, i_.data(), source_.data(), terminal_.data(), w_.data(), b_.data(), i_word_.data(), i_bit_.data());
    }

    /// Offsets of floating lines that fit given cell voltages: first those that cross driven lines, then the others.
    void guess_offsets() {
        if (floating_.empty()) return;
        const std::size_t m = s_->rows_, n = s_->cols_;
        std::fill(u_.begin() + static_cast<std::ptrdiff_t>(n_), u_.end(), 0.0);
        refresh_wires();
        std::vector<char> known(n_lines(), 1);
        for (const std::size_t line : floating_) known[line] = 0;
        const bool words_first = std::find(known.begin() + static_cast<std::ptrdiff_t>(m), known.end(), 1) != known.end();
        for (const bool word : {words_first, !words_first}) {
            const std::vector<char> before = known;
            for (const std::size_t line : floating_) {
                if ((line < m) != word) continue;
                double sum = 0, count = 0;
                for (std::size_t k = 0; k < (word ? n : m); ++k) {
                    const std::size_t other = word ? m + k : k, cell = word ? line * n + k : k * n + line - m;
                    if (!before[other]) continue;
                    const double mismatch = w_[cell] - b_[cell] - u_[cell];
                    sum += u_[n_ + other] + (word ? -mismatch : mismatch), count += 1;
                }
                u_[n_ + line] = sum / count;
                known[line] = 1;
            }
        }
    }

    /// The door: a small step is not a small error where g0 stands far above the slopes on the way to the answer; K then hides what cells
    /// and wires disagree by. The error is below that disagreement, and below (1 + g0 Lmax) / (1 + slope Lmax) steps, slope the least of
    /// cells at rest and now.
    bool believable(const CellSolverReport& report, double tolerance_V) {
        constexpr double most_hidden = 1e3;
        if (std::min(report.mismatch_V, (1 + g0_ * l_max()) * report.correction_V) <= most_hidden * tolerance_V) return true;
        double least = INFINITY;
        const std::vector<double> rest(n_, 0.0);
        for (const std::span<const double> u : {std::span(rest), std::span<const double>(u_).first(n_)}) {
            cells_->current(u, i_, slope_);
            least = std::min(least, std::max(0.0, cells::range(slope_.data(), n_).least));
        }
        const double steps = l_max() < INFINITY ? (1 + g0_ * l_max()) / (1 + least * l_max()) : g0_ / std::max(least, 1e-300);
        return steps * report.correction_V <= most_hidden * tolerance_V;
    }

    double rate_bound() const { return std::max(most_ - g0_, g0_ - least_) / (g0_ + 1 / l_max()); }
    double l_max() const { return floating_.empty() ? std::max(s_->l_word_.back() + s_->l_bit_.back(), 1e-300) : INFINITY; }
    void choose_g0_keep(CellSolverReport& report) const { report.g0_S = g0_, report.rate_bound = rate_bound(); }

    /// Half the largest slope always contracts; nearer the mean is faster when few cells are steep and steps are mixed.
    void choose_g0(bool safe) {
        cells_->current({u_.data(), n_}, i_, slope_);
        const auto [least, most, sum] = cells::range(slope_.data(), n_);
        least_ = least, most_ = most;
        const double mean = sum / static_cast<double>(n_), middle = 0.5 * (least_ + most_);
        g0_ = std::max(safe ? middle : std::min(middle, mean_weight * mean), 1e-15);
        for (std::size_t i = 0; i < s_->rows_; ++i) cells::kernel_row(g0_, s_->l_bit_[i], s_->l_word_.data(), kappa_.row(i), s_->cols_);
        if (!floating_.empty()) factor_floating();
        n_mixed_ = 0;
        has_previous_ = false;
    }

    /// field_ <- K field_.
    void apply_k() {
        const std::size_t m = s_->rows_, n = s_->cols_, stride = field_.stride();
        kernels::gemm_at_b(s_->q_bit_.row(0), s_->q_bit_.stride(), field_.row(0), stride, one_.row(0), stride, m, m, n, false);
        kernels::gemm_rows(one_.row(0), stride, s_->q_word_.row(0), s_->q_word_.stride(), two_.row(0), stride, m, n, n);
        for (std::size_t i = 0; i < m; ++i) {
            float* t = two_.row(i);
            const float* k = kappa_.row(i);
            for (std::size_t j = 0; j < n; ++j) t[j] *= k[j];
        }
        if (!floating_.empty()) add_offsets();
        kernels::gemm_rows(s_->q_bit_.row(0), s_->q_bit_.stride(), two_.row(0), stride, one_.row(0), stride, m, m, n);
        kernels::gemm_rows(one_.row(0), stride, s_->q_word_t_.row(0), s_->q_word_t_.stride(), field_.row(0), stride, m, n, n);
    }

    /// f_ <- the plain step from u_; returns the largest mismatch between wires and cells.
    double correction() {
        refresh_wires();
        const double worst = cells::mismatch(w_.data(), b_.data(), u_.data(), f_.data(), n_);
        if (field_.stride() == s_->cols_) std::copy_n(f_.data(), n_, field_.row(0));
        else
            for (std::size_t i = 0; i < s_->rows_; ++i) std::copy_n(f_.data() + i * s_->cols_, s_->cols_, field_.row(i));
        std::fill(f_.begin() + static_cast<std::ptrdiff_t>(n_), f_.end(), 0.0f);
        apply_k();
        for (std::size_t i = 0; i < s_->rows_; ++i) std::copy_n(field_.row(i), s_->cols_, f_.data() + i * s_->cols_);
        return worst;
    }

    /// u_ += f_, corrected by the best combination of the last steps (least squares on the differences of f_).
    void step(int mixing) {
        const std::size_t size = u_.size(), depth = static_cast<std::size_t>(mixing);
        double weight[8] = {};
        const float* direction[8] = {};
        std::size_t m = 0;
        if (depth > 0) {
            if (has_previous_) remember(depth);
            m = n_mixed_;
            Eigen::MatrixXd normal(m, m);
            Eigen::VectorXd right(m);
            for (std::size_t a = 0; a < m; ++a) {
                for (std::size_t b = 0; b <= a; ++b) normal(a, b) = normal(b, a) = gram_[a][b];
                right(a) = cells::dot(df_[a].data(), f_.data(), size);
            }
            if (m > 0) {
                normal.diagonal() *= 1 + 1e-10;
                const Eigen::VectorXd solution = normal.ldlt().solve(right);
                for (std::size_t a = 0; a < m; ++a) weight[a] = std::isfinite(solution(a)) ? solution(a) : 0, direction[a] = dxf_[a].data();
            }
            previous_f_ = f_;
            previous_u_ = u_;
            has_previous_ = true;
        }
        cells::advance(u_.data(), f_.data(), direction, weight, m, size);
    }

    void remember(std::size_t depth) {
        depth = std::min<std::size_t>(depth, 8);
        if (n_mixed_ == depth) {  // the oldest goes
            std::rotate(df_.begin(), df_.begin() + 1, df_.begin() + static_cast<std::ptrdiff_t>(depth));
            std::rotate(dxf_.begin(), dxf_.begin() + 1, dxf_.begin() + static_cast<std::ptrdiff_t>(depth));
            for (std::size_t a = 1; a < depth; ++a)
                for (std::size_t b = 1; b <= a; ++b) gram_[a - 1][b - 1] = gram_[a][b];
            --n_mixed_;
        }
        if (df_.size() < depth) df_.resize(depth), dxf_.resize(depth);
        auto &df = df_[n_mixed_], &dxf = dxf_[n_mixed_];
        df.resize(u_.size()), dxf.resize(u_.size());
        cells::differences(f_.data(), previous_f_.data(), u_.data(), previous_u_.data(), df.data(), dxf.data(), u_.size());
        for (std::size_t b = 0; b <= n_mixed_; ++b) gram_[n_mixed_][b] = cells::dot(df.data(), df_[b].data(), u_.size());
        ++n_mixed_;
    }

    // ---- floating lines: offsets x with the lines' currents 0 ----
    // With E spreading offsets over cells (+1 on a word line, -1 on a bit line): du = K (F + E x), and the change of the lines' currents,
    // g0 E^T du, must cancel those at hand:  (E^T K E) x = -c / g0 - E^T K F.

    void factor_floating() {
        const std::size_t m = s_->rows_, n = s_->cols_, n_float = floating_.size();
        Eigen::MatrixXd kernel(n_float, n_float);
        using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        const Eigen::Map<const RowMajor> qb(s_->exact_bit_.data(), m, m), qw(s_->exact_word_.data(), n, n);
        const Eigen::Map<const Eigen::VectorXd> p(s_->q_bit_sum_.data(), m), q(s_->q_word_sum_.data(), n);
        Eigen::MatrixXd kappa(m, n);
        for (std::size_t a = 0; a < m; ++a)
            for (std::size_t c = 0; c < n; ++c) kappa(a, c) = 1 / (1 + g0_ * (s_->l_bit_[a] + s_->l_word_[c]));
        Eigen::MatrixXd all(m + n, m + n);
        all.topLeftCorner(m, m) = qb * (kappa * q.cwiseAbs2()).asDiagonal() * qb.transpose();
        all.bottomRightCorner(n, n) = qw * (kappa.transpose() * p.cwiseAbs2()).asDiagonal() * qw.transpose();
        all.topRightCorner(m, n) = -(qb * p.asDiagonal() * kappa * q.asDiagonal() * qw.transpose());
        for (std::size_t a = 0; a < n_float; ++a)
            for (std::size_t b = a; b < n_float; ++b) kernel(a, b) = kernel(b, a) = all(floating_[a], floating_[b]);
        floating_factor_.compute(kernel);
    }

    /// two_ holds K F in the eigenbasis; adds K E x and leaves x in f_.
    void add_offsets() {
        const std::size_t m = s_->rows_, n = s_->cols_;
        std::vector<double> word_modes(m, 0.0), bit_modes(n, 0.0);  // E^T K F, still in the basis along the other line
        for (std::size_t a = 0; a < m; ++a)
            for (std::size_t c = 0; c < n; ++c) {
                const double t = static_cast<double>(two_(a, c));
                word_modes[a] += t * s_->q_word_sum_[c], bit_modes[c] += t * s_->q_bit_sum_[a];
            }
        Eigen::VectorXd right(floating_.size());
        for (std::size_t k = 0; k < floating_.size(); ++k) {
            const std::size_t line = floating_[k];
            double sum = 0;
            if (line < m)
                for (std::size_t a = 0; a < m; ++a) sum += static_cast<double>(s_->q_bit_(line, a)) * word_modes[a];
            else
                for (std::size_t c = 0; c < n; ++c) sum -= static_cast<double>(s_->q_word_(line - m, c)) * bit_modes[c];
            right(k) = -(line < m ? i_word_[line] : -i_bit_[line - m]) / g0_ - sum;
        }
        const Eigen::VectorXd x = floating_factor_.solve(right);
        std::vector<double> word(m, 0.0), bit(n, 0.0);
        for (std::size_t k = 0; k < floating_.size(); ++k) {
            const std::size_t line = floating_[k];
            f_[n_ + line] = static_cast<float>(x(k));
            if (line < m)
                for (std::size_t a = 0; a < m; ++a) word[a] += static_cast<double>(s_->q_bit_(line, a)) * x(k);
            else
                for (std::size_t c = 0; c < n; ++c) bit[c] -= static_cast<double>(s_->q_word_(line - m, c)) * x(k);
        }
        for (std::size_t a = 0; a < m; ++a)
            for (std::size_t c = 0; c < n; ++c)
                two_(a, c) += kappa_(a, c) * static_cast<float>(word[a] * s_->q_word_sum_[c] + s_->q_bit_sum_[a] * bit[c]);
    }

    static constexpr double mean_weight = 1.3;
    const CellSolver* s_ = nullptr;
    const StaticCells* cells_ = nullptr;
    cells::Geometry lines_;
    std::size_t n_ = 0;
    std::vector<double> vw_, vb_, source_, terminal_;
    std::vector<std::size_t> floating_;  // line numbers: word lines, then bit lines
    std::vector<double> u_, i_, w_, b_, slope_, i_word_, i_bit_, previous_u_;
    std::vector<float> f_, previous_f_;
    Matrix field_, one_, two_, kappa_;
    double g0_ = 0, least_ = 0, most_ = 0;
    bool safe_ = false, has_previous_ = false;
    std::size_t n_mixed_ = 0;
    std::vector<std::vector<float>> df_, dxf_;
    double gram_[8][8] = {};
    Eigen::LLT<Eigen::MatrixXd> floating_factor_;  // of a matrix that is positive definite as long as one line is driven
};

CellSolverReport CellSolver::solve(const StaticCells& cells, std::span<const double> vw_V, std::span<const double> vb_V,
                                   std::span<double> u_V, bool warm, const CellSolverOptions& options) const {
    thread_local Iteration iteration;
    iteration.begin(*this, cells, vw_V, vb_V);
    return iteration.run(u_V, warm, options);
}

std::vector<CellSolverReport> CellSolver::solve_batch(const StaticCells& cells, std::span<const double> vw_V, std::span<const double> vb_V,
                                                      std::span<double> u_V, const CellSolverOptions& options) const {
    const std::size_t n = vw_V.size() / rows_, size = rows_ * cols_;
    GANBAR_ASSERT(vw_V.size() == n * rows_ && vb_V.size() == n * cols_ && u_V.size() == n * size);
    std::vector<CellSolverReport> reports(n);
    parallel_for(n, [&](std::size_t k) {
        reports[k] =
            solve(cells, vw_V.subspan(k * rows_, rows_), vb_V.subspan(k * cols_, cols_), u_V.subspan(k * size, size), false, options);
    });
    return reports;
}

OperatingPoint CellSolver::operating_point(const StaticCells& cells, std::span<const double> vw_V, std::span<const double> vb_V,
                                           std::span<const double> u_V) const {
    thread_local Iteration iteration;
    iteration.begin(*this, cells, vw_V, vb_V);
    return iteration.point(u_V);
}

}  // namespace ganbar
