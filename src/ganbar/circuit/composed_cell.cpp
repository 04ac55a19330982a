#include "ganbar/circuit/composed_cell.h"

#include <utility>

namespace ganbar {

CellPoint composed_cell(const CellCurve& curve, double g_S, const Selector& s, double u_V, double gate_V, double bit_V) {
    if (g_S == 0) return {0, 0, 0, u_V};
    return composed_cell([&](double v) { return std::pair{g_S * curve.shape(v), g_S * curve.slope(v)}; }, s, u_V, gate_V, bit_V);
}

}  // namespace ganbar
