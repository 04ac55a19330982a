// Which positions of a feature map meet which kernel taps. Convolutions, transposed convolutions (whole or one phase) and pooling are
// this table and nothing else: patch i feeds output position target[i] and holds, for tap t, source position source[i n_taps + t].
// A feature map of P positions and C channels travels as a Matrix [samples * P x C], position after position (the last axis fastest).
#pragma once
#include <cstdint>
#include <vector>

#include "ganbar/core/matrix.h"

namespace ganbar {

struct PatchMap {
    std::size_t n_source = 0, n_target = 0;  ///< positions of one sample on the input and the output side
    std::size_t n_taps = 0;
    std::vector<std::int32_t> source;  ///< [n_patches x n_taps]; -1: outside the map, reads as zero
    std::vector<std::int32_t> target;  ///< [n_patches], each output position at most once

    std::size_t n_patches() const { return target.size(); }

    /// Rows (output or input positions) whose valid taps are the same, so that no zero is ever multiplied.
    struct Group {
        std::vector<std::int32_t> row;    ///< positions that are written
        std::vector<std::int32_t> tap;    ///< valid taps, ascending; empty: the rows are zero
        std::vector<std::int32_t> other;  ///< [row x tap] positions that are read
    };
    std::vector<Group> forward;  ///< row: output positions, other: input positions
    std::vector<Group> adjoint;  ///< row: input positions, other: output positions
    struct Pair {
        std::int32_t source, target;
    };
    std::vector<std::vector<Pair>> by_tap;              ///< per tap, ascending target: what the weight gradient sums over
    bool covers_source = false, covers_target = false;  ///< every position occurs in a group
    bool in_order = false;                              ///< patch i feeds output position i, and there are no other positions
    std::size_t n_pairs() const;                        ///< multiplications per sample and channel pair

    /// Fills the derived tables above from the first four members.
    void finish();
};

}  // namespace ganbar
