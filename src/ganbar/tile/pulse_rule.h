// The seam between rules and cells: a rule is given a matrix of cells and a gradient, and programs.
#pragma once
#include "ganbar/tile/cell_matrix.h"

namespace ganbar {

/// A rule for one set of cells. Immutable: what it remembers between updates is the matrix's memory.
class PulseRule : public CellRule {
public:
    /// True: it is given inputs and errors sample by sample, not their product.
    virtual bool wants_pairs() const { return false; }
    /// gradient: [n_in x n_out]. Pulses cells against it and books what that takes under update/.
    virtual void program(CellMatrix& cells, const Matrix& gradient, Step& step) const;
    /// x: [batch x n_in], dy: [batch x n_out].
    virtual void program_pairs(CellMatrix& cells, const Matrix& x, const Matrix& dy, Step& step) const;
};

}  // namespace ganbar
