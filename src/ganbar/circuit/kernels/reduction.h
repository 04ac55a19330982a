// Numeric kernels of the hierarchical port reduction (transfer.h): merging two reduced blocks by eliminating the nodes they share.
// A block of p ports is its matrix of port-to-port conductances (all >= 0; only entries above the diagonal are kept). Eliminating node k
// with conductances g_k* of sum d adds g_ka g_kb / d to every other pair (star-mesh): no subtraction anywhere, hence no cancellation.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ganbar::reduction {

/// A run of ports of a merged block: where it comes from. Ports that are terminals of the same kind never need their mutual conductance.
struct Segment {
    enum class Terminal : std::uint8_t { no, word, bit };
    std::uint8_t child = 0;  ///< 0, 1; 2 = new ports, coupled one to one with the eliminated nodes (Merge::coupling)
    Terminal terminal = Terminal::no;
    std::size_t from = 0, to = 0, length = 0;  ///< position in the child, in the parent
};

/// Eight ports of a merged block in a row, of one segment; at its end some may be none (conductance 0).
struct Slab {
    std::uint8_t child = 0;  ///< as in Segment
    Segment::Terminal terminal = Segment::Terminal::no;
    std::size_t from = 0;  ///< position of the first in the child
};

/// Eliminates the first e ports of each child, which are the same nodes.
struct Merge {
    std::size_t e = 0, p = 0;       ///< eliminated nodes, remaining ports
    std::size_t child[2] = {0, 0};  ///< storage offsets
    std::size_t child_stride[2] = {0, 0};
    bool single = false;  ///< there is no second child
    std::size_t out = 0, stride = 0;
    std::size_t coupling = 0;       ///< single: first of the e conductances to the new ports
    std::vector<Segment> segments;  ///< in the parent's order, covering [0, p)
    std::vector<Slab> slabs;        ///< the same, eight ports each
    /// In leaves: which vector of the storage an entry of the parent, or of the rows of the eliminated nodes, starts from; the first is 0.
    std::vector<std::uint32_t> sources, row_sources;
};
std::vector<Slab> slabs_of(const std::vector<Segment>& segments, std::size_t p);
void find_sources(Merge& m);  ///< of a leaf

/// Elimination inside a block of at most 2 x 2 cells, as operations on numbered conductances ("slots").
struct Base {
    struct Load {
        std::size_t slot, source;
    };
    struct Elimination {
        std::vector<std::size_t> star;  ///< slots of the node's neighbours
        std::vector<std::size_t> mesh;  ///< slots of the pairs (0,1), (0,2), ... (1,2), ...
        std::vector<std::uint8_t> mesh_is_new;
    };
    std::vector<Load> loads;
    std::vector<Elimination> eliminations;
    std::vector<std::size_t> ports;  ///< row-major p x p: slot + 1, 0 = not joined (only above the diagonal)
    std::size_t p = 0, n_slots = 0, out = 0, stride = 0;
};

/// What one leaf (m x n cells) does, on as many leaves at once as a vector has lanes.
/// Inputs, one vector each: cells (row-major), left wires (m), bottom wires (n), word segment, bit segment.
struct LeafProgram {
    std::size_t m = 0, n = 0;
    std::vector<Base> bases;
    std::vector<Merge> merges;
    std::vector<std::uint8_t> order;                                            ///< 0 = next base, 1 = next merge
    std::size_t p = 0, out = 0, stride = 0, storage = 0, panel = 0, slots = 0;  ///< sizes in vectors
    std::size_t n_inputs() const { return m * n + m + n + 2; }
};

std::size_t lanes();  ///< doubles in a vector of this machine
/// All pointers 64-byte aligned; work holds storage + panel + slots vectors, of which the first `storage` keep the result.
void run_leaves(const LeafProgram& program, const double* inputs, double* work);
/// A rows x cols piece of the result, entries row_step and col_step vectors apart, row by row to a matrix of each lane, `to` null for none;
/// `triangle`: the part above the diagonal only.
void unpack(const double* from, std::size_t row_step, std::size_t col_step, std::size_t rows, std::size_t cols, bool triangle,
            double* const* to, const std::size_t* strides, std::size_t n_leaves);
/// storage and panel in doubles; panel 64-byte aligned, of panel_size(e, p).
void run_merge(const Merge& merge, double* storage, double* panel, const double* coupling_S);

constexpr std::size_t rounded_up(std::size_t n) { return (n + 7) / 8 * 8; }
inline std::size_t panel_size(std::size_t e, std::size_t p) { return rounded_up(e) * (rounded_up(e) + rounded_up(p)); }
inline std::size_t dense_stride(std::size_t p) { return rounded_up(p) + 8; }
inline std::size_t dense_rows(std::size_t p) { return rounded_up(p); }
inline std::size_t lane_stride(std::size_t p) { return (p + 3) / 4 * 4; }

}  // namespace ganbar::reduction
