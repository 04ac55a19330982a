#include "ganbar/circuit/static_cells.h"

#include <cmath>

#include "ganbar/circuit/kernels/cells.h"

namespace ganbar {

void CurveCells::current(std::span<const double> u_V, std::span<double> i_A, std::span<double> slope_S) const {
    cells::curve_current(curve_, g_S_.data(), u_V.data(), i_A.data(), slope_S.empty() ? nullptr : slope_S.data(), u_V.size());
}

void DeviceCells::current(std::span<const double> u_V, std::span<double> i_A, std::span<double> slope_S) const {
    if (!slope_S.empty()) {
        constexpr double step_V = 1e-3;
        std::vector<double> u(u_V.begin(), u_V.end());
        for (double& x : u) x += step_V;
        array_.current(first_, u, slope_S);
        for (double& x : u) x -= 2 * step_V;
        array_.current(first_, u, i_A);
        for (std::size_t k = 0; k < n_; ++k) slope_S[k] = (slope_S[k] - i_A[k]) / (2 * step_V);
    }
    array_.current(first_, u_V, i_A);
}

void CubicCells::current(std::span<const double> u_V, std::span<double> i_A, std::span<double> slope_S) const {
    cells::cubic_current(linear_.data(), cubic_.data(), u_V.data(), i_A.data(), slope_S.empty() ? nullptr : slope_S.data(), u_V.size());
}

bool CubicCells::refresh(const DeviceArray& array, std::size_t first, std::size_t cell, std::size_t n, double v_max_V) {
    const double lo = 0.375 * v_max_V, hi = v_max_V, check = -0.75 * v_max_V;
    std::vector<double> v(n, lo), at_lo(n), at_hi(n), at_check(n);
    array.current(first + cell, v, at_lo);
    v.assign(n, hi);
    array.current(first + cell, v, at_hi);
    v.assign(n, check);
    array.current(first + cell, v, at_check);
    bool fits = true;
    for (std::size_t k = 0; k < n; ++k) {
        const double cubic = (at_hi[k] / hi - at_lo[k] / lo) / (hi * hi - lo * lo), linear = at_lo[k] / lo - cubic * lo * lo;
        const double predicted = check * (linear + cubic * check * check);
        fits =
            fits && std::abs(predicted - at_check[k]) <= 1e-9 * std::abs(at_check[k]) && linear >= 0 && cubic >= -1e-9 * linear / (hi * hi);
        linear_[cell + k] = linear, cubic_[cell + k] = cubic;
    }
    return fits;
}

std::unique_ptr<StaticCells> static_cells(const DeviceArray& array, std::size_t first, std::size_t n, double v_max_V) {
    auto cubic = std::make_unique<CubicCells>(std::vector<double>(n), std::vector<double>(n));
    if (cubic->refresh(array, first, 0, n, v_max_V)) return cubic;
    return std::make_unique<DeviceCells>(array, first, n);
}

}  // namespace ganbar
