// Inner loops of the line solver (line_solver.h): single precision, cells i = a u + c u^3, one line a vector lane, so that bits do not
// depend on the vector length. Arrays are steps along the lines x lines, lines padded to a multiple of 16 with cells of no conductance;
// pointers 64-byte aligned.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ganbar::line_pass {

struct Lines {
    std::size_t n = 0, length = 0;  ///< lines (padded), cells on each
    float segment_ohm = 0, terminal_ohm = 0;
    bool terminal_last = false;  ///< the terminal lies behind the last cell, not before the first
    float far_S = 0;             ///< conductance of a second terminal at the other end, to the same source; 0 = open
};
/// Scratch: what lies beyond each cell, as seen from it; length x n values each. over: potentials go this part of their way further
/// (over-relaxation).
struct Walk {
    float *admittance, *current;
    float over = 0;
};
/// Every line's own potentials for the potentials `other` on the cells' other side: the line, a chain of resistances loaded by the tangents
/// of its cells at own - other, is solved from its far end to its terminal and back. Returns the largest change.
float relax(const Lines& lines, const float* a, const float* c, float* own, const float* other, const float* source, const Walk& walk);
/// out (cols x rows) = in (rows x cols), both padded to multiples of 16.
void transpose(const float* in, std::size_t rows, std::size_t cols, float* out);
struct Array {
    std::size_t rows = 0, stride = 0;
    const float *word_V, *bit_V;  ///< sources: rows, stride values
};
/// u = w - b; the sums of u i(u), and of i(u) times the voltage between the cell's sources.
struct Power {
    double cells_W, delivered_W;
};
Power finish(const Array& array, const float* a, const float* c, const float* w, const float* b, float* u);

/// Voltages of n cells (n a multiple of 16; 0 beyond the last) that are not 0 and reach `least`, with their numbers, which begin at
/// `first`; returns how many. Room for n.
std::size_t strong(const float* u, std::size_t n, float least, std::uint32_t first, std::uint32_t* cells, float* volts);

}  // namespace ganbar::line_pass
