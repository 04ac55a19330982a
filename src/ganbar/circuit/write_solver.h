// Cell voltages of one write phase, in single precision: what programming needs many times over. The method is CellSolver's
// (cell_solver.h), kept in the lines' eigenbasis, where the sources are a matrix of rank two and no running sums along lines are needed:
//   u <- Q [ K u0^ - (L K) (Q^T (i(u) - g0 u)) ],  K = 1/(1 + g0 L),  with Anderson's mixing of up to four earlier steps.
// Cells i = a u + c u^3, all terminals driven, voltages to 2e-6 of the largest source at best.
#pragma once
#include "ganbar/circuit/cell_solver.h"

namespace ganbar {

/// Scratch of one thread for one array; coefficients are set by row, then any number of phases are solved.
class WriteSolver {
public:
    explicit WriteSolver(const CellSolver& lines);
    std::size_t stride() const { return u_.stride(); }
    /// Coefficients of row r (cols values each).
    float* linear(std::size_t r) { return a_.row(r); }
    float* cubic(std::size_t r) { return c_.row(r); }
    /// Solves for sources vw (rows), vb (cols), none floating, until the next correction would stay below tolerance_V. Returns the sweeps,
    /// or 0 when it did not settle within 60 (CellSolver then does).
    int solve(std::span<const double> vw_V, std::span<const double> vb_V, double tolerance_V);
    const float* voltages(std::size_t r) const { return u_.row(r); }
    float* voltages(std::size_t r) { return u_.row(r); }
    struct Power {
        double cells_W = 0, delivered_W = 0;
    };
    /// Of the phase solved last.
    Power power() const;
    double cell_power_W(std::size_t r, std::size_t c) const;

private:
    /// `word`, `bit`: the sources in the eigenbasis, padded like a row.
    void choose_g0(const std::vector<float>& word, const std::vector<float>& bit);
    void to_voltages();
    void start();
    float correction();
    void remember();
    void step();
    bool believable() const;
    static constexpr std::size_t depth = 4;  // earlier steps that are mixed
    const CellSolver& lines_;
    std::size_t rows_, cols_, size_;
    Matrix a_, c_, u_, next_, one_, hat_, base_, weight_, f_, last_f_, last_u_;
    Matrix df_[depth], dxf_[depth];
    float gram_[depth][depth] = {};
    std::size_t n_mixed_ = 0;
    std::vector<double> vw_, vb_;
    std::vector<float> vb_single_, l_word_, q_word_sum_;  // padded like a row
    float g0_ = 0;
};

}  // namespace ganbar
