// The layer `circuit` alone: two cells side by side on one word line share its current by their conductances.
#include <ganbar/circuit/nodal.h>

#include <cstdio>

int main() {
    ganbar::CrossbarProblem p;
    p.rows = 1, p.cols = 2, p.g_S = {100e-6, 300e-6};
    p.wires.rw = p.wires.rb = p.wires.rdrv = p.wires.rsense = ganbar::Ohm{0};
    p.vw_V = {0.2}, p.vb_V = {0.0, 0.0};
    const auto point = ganbar::solve_operating_point(p);
    std::printf("%.9g %.9g\n", point.i_bit_A.at(0), point.i_bit_A.at(1));
}
