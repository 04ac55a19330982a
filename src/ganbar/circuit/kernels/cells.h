// Inner loops of the fixed point on cell voltages (cell_solver.h).
#pragma once
#include <cstddef>

#include "ganbar/circuit/crossbar_problem.h"

namespace ganbar::cells {

/// i[k] = g[k] shape(u[k]); slope[k] = g[k] shape'(u[k]) where slope is given. Bits do not depend on the vector length.
void curve_current(const CellCurve& curve, const double* g_S, const double* u_V, double* i_A, double* slope_S, std::size_t n);

/// i = linear u + cubic u^3, slope likewise.
void cubic_current(const double* linear, const double* cubic, const double* u_V, double* i_A, double* slope_S, std::size_t n);

struct Geometry {
    std::size_t rows = 0, cols = 0;
    double rw_ohm = 0, rb_ohm = 0, rdrv_ohm = 0, rsense_ohm = 0;
    bool both = false;
};
/// What the wires make of the cell currents i: voltage of every word node (w) and bit node (b) behind sources vw, vb, and the current of
/// every line (out of the word sources, into the bit terminals), by running sums along the lines.
void line_voltages(const Geometry& lines, const double* i_A, const double* vw_V, const double* vb_V, double* w_V, double* b_V,
                   double* i_word_A, double* i_bit_A);
/// f = w - b - u in single precision (n values) and the largest |f| in double.
double mismatch(const double* w_V, const double* b_V, const double* u_V, float* f_V, std::size_t n);

struct Range {
    double least, most, sum;
};
Range range(const double* values, std::size_t n);
/// Largest |f|; infinity when any is not finite.
double largest(const float* f, std::size_t n);
/// row[k] = 1 / (1 + g0 (l + l_other[k]))
void kernel_row(double g0_S, double l_ohm, const double* l_other_ohm, float* row, std::size_t n);
/// df = f - previous_f, dxf = df + (u - previous_u)
void differences(const float* f, const float* previous_f, const double* u, const double* previous_u, float* df, float* dxf, std::size_t n);
double dot(const float* a, const float* b, std::size_t n);
/// u += f - sum over k < m of weight[k] * step[k]  (Anderson's combination; m = 0 is the plain fixed point)
void advance(double* u, const float* f, const float* const* step, const double* weight, std::size_t m, std::size_t n);

}  // namespace ganbar::cells
