// Many inputs of one array whose transfer matrix is known.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace ganbar {

/// Currents [n][cols] in amperes of input voltages [n][rows], by T [rows][cols] in siemens as transfer_matrix() gives it. Each sum runs in
/// the order of the rows, whatever the threads.
std::vector<double> array_currents(std::span<const double> t_S, std::size_t rows, std::size_t cols, std::span<const double> v_V,
                                   std::size_t n);

}  // namespace ganbar
