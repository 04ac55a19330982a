#include "ganbar/circuit/line_solver.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/error.h"

namespace ganbar {
namespace {

constexpr std::size_t padded(std::size_t n) { return (n + 15) / 16 * 16; }

line_pass::Lines lines(std::size_t n, std::size_t length, const Ohm& segment, const Ohm& terminal, Ends ends, bool terminal_last) {
    const bool both = ends == Ends::both;
    if (both && terminal.si == 0)
        throw ConfigError(
            "lines with terminals of 0 ohm at both ends are loops; expected a terminal resistance above 0, or programming = sequential");
    return {padded(n),
            length,
            static_cast<float>(segment.si),
            static_cast<float>(terminal.si),
            terminal_last,
            both ? static_cast<float>(1 / terminal.si) : 0.0f};
}

line_pass::Walk views(Matrix (&m)[2]) { return {m[0].row(0), m[1].row(0)}; }

}  // namespace

LineSolver::LineSolver(std::size_t rows, std::size_t cols, const Wires& wires)
    : rows_(rows),
      cols_(cols),
      word_(lines(rows, cols, wires.rw, wires.rdrv, wires.ends, false)),
      bit_(lines(cols, rows, wires.rb, wires.rsense, wires.ends, true)) {
    // Both dimensions padded, so that transposing moves whole squares; padding holds cells of no conductance between sources of 0 V.
    const auto clear = [](Matrix& m, std::size_t r, std::size_t c) { m.resize(padded(r), padded(c)), m.fill(0); };
    for (Matrix* m : {&a_, &c_, &w_, &b_, &u_}) clear(*m, rows, cols);
    for (Matrix* m : {&a_by_column_, &c_by_column_, &w_by_column_, &b_by_column_}) clear(*m, cols, rows);
    for (Matrix& m : walk_[0]) clear(m, cols, rows);
    for (Matrix& m : walk_[1]) clear(m, rows, cols);
    clear(vw_, 1, rows), clear(vb_, 1, cols);
}

void LineSolver::load(std::size_t r, std::span<const double> linear, std::span<const double> cubic) {
    for (std::size_t k = 0; k < cols_; ++k) {
        a_(r, k) = a_by_column_(k, r) = static_cast<float>(linear[k]);
        c_(r, k) = c_by_column_(k, r) = static_cast<float>(cubic[k]);
    }
}

int LineSolver::solve(std::span<const double> vw_V, std::span<const double> vb_V, double tolerance_V) {
    constexpr float share = 0.75f;  // of the sources' voltages, where cells are first taken to stand: what good wires leave of them
    std::copy(vw_V.begin(), vw_V.end(), vw_.row(0)), std::copy(vb_V.begin(), vb_V.end(), vb_.row(0));
    const std::size_t n_word = w_by_column_.stride(), n_bit = b_.stride();
    for (std::size_t r = 0; r < n_word; ++r) w_by_column_.row(0)[r] = share * vw_.row(0)[r];
    for (std::size_t k = 0; k < n_bit; ++k) b_.row(0)[k] = share * vb_.row(0)[k];
    for (std::size_t k = 0; k < cols_; ++k) {
        if (k > 0) std::copy_n(w_by_column_.row(0), n_word, w_by_column_.row(k));
        float* same = b_by_column_.row(k);
        const float v = b_.row(0)[k];
#pragma omp simd
        for (std::size_t r = 0; r < n_word; ++r) same[r] = v;
    }
    for (std::size_t r = 1; r < rows_; ++r) std::copy_n(b_.row(0), n_bit, b_.row(r));
    auto word_walk = views(walk_[0]), bit_walk = views(walk_[1]);
    // After a pass the other lines have yet to follow it: by the part that they followed the last such pass by, and less and less after
    // that.
    constexpr int most_passes = 160;
    constexpr float caution = 3;  // how far the worst cells of an array lie above what the last passes foretell
    float change[3] = {0, 0, 0};  // of this pass and the two before
    for (int pass = 1; pass <= most_passes; ++pass) {
        change[2] = change[1], change[1] = change[0];
        if (pass % 2 == 1) {
            if (pass > 1) line_pass::transpose(b_.row(0), b_.rows(), n_bit, b_by_column_.row(0));
            change[0] = line_pass::relax(word_, a_by_column_.row(0), c_by_column_.row(0), w_by_column_.row(0), b_by_column_.row(0),
                                         vw_.row(0), word_walk);
            line_pass::transpose(w_by_column_.row(0), w_by_column_.rows(), n_word, w_.row(0));
        } else {
            change[0] = line_pass::relax(bit_, a_.row(0), c_.row(0), b_.row(0), w_.row(0), vb_.row(0), bit_walk);
        }
        if (!std::isfinite(change[0])) return 0;
        if (pass == 6 && change[2] > 0) {  // successive over-relaxation, by what a turn leaves of the error (Young 1954)
            constexpr float most_left = 0.75f;
            const float left = std::min(most_left, change[0] / change[2]);
            word_walk.over = bit_walk.over = 2 / (1 + std::sqrt(1 - left)) - 1;
        }
        const float follow = pass > 2 ? std::max(word_walk.over, std::min(1.0f, change[1] / change[2])) : 1.0f,
                    rate = pass > 2 ? std::min(0.95f, change[0] / change[2]) : 0.5f;
        if (pass > 1 && caution * change[0] * follow / (1 - rate) <= static_cast<float>(tolerance_V)) return pass;
    }
    return 0;
}

line_pass::Power LineSolver::finish() {
    return line_pass::finish({rows_, u_.stride(), vw_.row(0), vb_.row(0)}, a_.row(0), c_.row(0), w_.row(0), b_.row(0), u_.row(0));
}

double LineSolver::cell_power_W(std::size_t r, std::size_t c) const {
    const double u = static_cast<double>(u_(r, c));
    return u * u * (static_cast<double>(a_(r, c)) + static_cast<double>(c_(r, c)) * u * u);
}

}  // namespace ganbar
