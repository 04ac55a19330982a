// Inner loops of the write-phase solver (write_solver.h): single precision, cells i = a u + c u^3. Bits do not depend on the vector length.
// Arrays hold n values, n a multiple of 16, padded with cells of no conductance; all pointers 64-byte aligned.
#pragma once
#include <cstddef>

namespace ganbar::write_sweep {

/// out = i(u) - g0 u
void excess(const float* u, const float* a, const float* c, float g0, float* out, std::size_t n);
/// hat = base - weight * hat
void reflect(float* hat, const float* weight, const float* base, std::size_t n);
/// f = next - u; returns the largest |f|, infinity when any is not finite.
float difference(const float* next, const float* u, float* f, std::size_t n);
float dot(const float* a, const float* b, std::size_t n);
/// df = f - last_f, dxf = df + u - last_u
void history(const float* f, const float* last_f, const float* u, const float* last_u, float* df, float* dxf, std::size_t n);
/// u += f - sum over k < m of weight[k] step[k]
void advance(float* u, const float* f, const float* const* step, const float* weight, std::size_t m, std::size_t n);
/// Sums over n cells in double precision: u i(u), and i(u) times the voltage between the cell's two sources (drive minus bit_V of its
/// column).
struct Power {
    double cells_W, delivered_W;
};
Power row_power(const float* u, const float* a, const float* c, double drive_V, const double* bit_V, std::size_t n);
/// Largest slope a + 3 c u^2 at u = share * (drive - bit_V), and the sum of slopes.
struct Slopes {
    float most, sum;
};
Slopes row_slopes(const float* a, const float* c, float drive_V, const float* bit_V, float share, std::size_t n);
/// One row of the eigenbasis, k = 1/(1 + g0 l), l = l_bit + l_word[.]: base = k (word q_word[.] - q_bit bit[.]), weight = l k
struct RowModes {
    float g0, l_bit, word, q_bit;
};
void row_modes(const RowModes& row, const float* l_word, const float* q_word, const float* bit, float* base, float* weight, std::size_t n);

}  // namespace ganbar::write_sweep
