// Static laws of the cells of one array, as the solver of cell voltages sees them.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "ganbar/circuit/crossbar_problem.h"
#include "ganbar/device/device_array.h"

namespace ganbar {

/// Cells in row-major order.
class StaticCells {
public:
    virtual ~StaticCells() = default;
    virtual std::size_t size() const = 0;
    /// Currents at these voltages and, where slope_S is not empty, di/du. Called from several threads.
    virtual void current(std::span<const double> u_V, std::span<double> i_A, std::span<double> slope_S) const = 0;
};

/// i = g shape(u).
class CurveCells final : public StaticCells {
public:
    CurveCells(std::vector<double> g_S, CellCurve curve) : g_S_(std::move(g_S)), curve_(curve) {}
    std::size_t size() const override { return g_S_.size(); }
    void current(std::span<const double> u_V, std::span<double> i_A, std::span<double> slope_S) const override;

private:
    std::vector<double> g_S_;
    CellCurve curve_;
};

/// Cells [first, first + n) of a device array; slopes by central differences over 1 mV.
class DeviceCells final : public StaticCells {
public:
    DeviceCells(const DeviceArray& array, std::size_t first, std::size_t n) : array_(array), first_(first), n_(n) {}
    std::size_t size() const override { return n_; }
    void current(std::span<const double> u_V, std::span<double> i_A, std::span<double> slope_S) const override;

private:
    const DeviceArray& array_;
    std::size_t first_, n_;
};

/// i = linear u + cubic u^3, each cell with its own coefficients (S, S/V^2).
class CubicCells final : public StaticCells {
public:
    CubicCells(std::vector<double> linear, std::vector<double> cubic) : linear_(std::move(linear)), cubic_(std::move(cubic)) {}
    std::size_t size() const override { return linear_.size(); }
    void current(std::span<const double> u_V, std::span<double> i_A, std::span<double> slope_S) const override;
    /// Takes over cells [cell, cell + n) of the array anew, which stand at [first + cell, ...) there; false when one is not linear plus
    /// cubic.
    bool refresh(const DeviceArray& array, std::size_t first, std::size_t cell, std::size_t n, double v_max_V);
    std::span<const double> linear() const { return linear_; }
    std::span<const double> cubic() const { return cubic_; }

private:
    std::vector<double> linear_, cubic_;
};

/// The cells of an array as they are now. Where every law proves to be linear plus cubic up to v_max_V (checked at a third voltage of the
/// other sign, to 1e-9 of the current), the coefficients are taken over, which is ten times as fast; else the array itself is asked.
std::unique_ptr<StaticCells> static_cells(const DeviceArray& array, std::size_t first, std::size_t n, double v_max_V);

}  // namespace ganbar
