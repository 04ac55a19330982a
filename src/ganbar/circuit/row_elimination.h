// The transfer matrix row by row: short, slow (2 n^4), and independent of transfer.h, whose reference it is.
// With W_i the word nodes and B_i the bit nodes of row i, D_i = diag(G_i), T_i the tridiagonal matrix of word line i:
//   W_i = T_i^-1 (D_i B_i + e Vw_i / rdrv),   P_i = D_i + (bit wires at row i) - D_i T_i^-1 D_i - gb^2 P_{i-1}^-1,
//   P_i B_i - gb B_{i+1} = Y_i Vw,            Y_i = D_i T_i^-1 e / rdrv for column i, plus gb P_{i-1}^-1 Y_{i-1}.
// The last row gives I = B_{M-1} / rsense. Valid for resistances > 0, terminals at one end.
#pragma once
#include <span>
#include <vector>

#include "ganbar/circuit/wires.h"

namespace ganbar {

/// T[i * cols + j]: current into bit terminal j per volt on word source i, all other terminals at 0 V. g_S: rows x cols.
/// Throws ConfigError when a resistance is 0 or ends = both.
std::vector<double> transfer_by_rows(std::size_t rows, std::size_t cols, std::span<const double> g_S, const Wires& wires);

}  // namespace ganbar
