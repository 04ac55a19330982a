// Merging two reduced blocks, vectors along their ports.
#include "ganbar/circuit/kernels/reduction.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/circuit/kernels/reduction.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::reduction::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;

// These columns of a product stay in the first-level cache while rows pass over them, a block of rows in the second-level cache.
constexpr std::size_t tile_slabs = 3, k_block = 96, row_block = 192;

/// The eliminated nodes' rows against themselves and the parent's ports: eight columns a slab, in it one row after the other, so that both
/// factors of a product lie in consecutive cache lines. Columns of ports begin with a slab of their own.
struct Panel {
    double* at;
    std::size_t n_rows;  ///< a multiple of 8
    double* column(std::size_t c) const { return at + c / 8 * n_rows * 8 + c % 8; }
};

/// Where a vector of a tile comes from and goes to.
struct Column {
    const double* b;     ///< panel; rows 8 apart
    const double* from;  ///< what the products are added to; null = 0
    std::size_t from_stride;
    double* to;
};

// to[n_rows x n_vectors] = from + sum over k of a[k][row] b[k][column]
template <int n_rows, int n_vectors>
HWY_INLINE void tile(const double* HWY_RESTRICT a, const Column* columns, std::size_t to_stride, std::size_t n_k) {
    const D d;
    V sum[n_rows][n_vectors];
    const double* HWY_RESTRICT b[n_vectors];
    for (int v = 0; v < n_vectors; ++v) {
        const Column& c = columns[v];
        b[v] = c.b;
        if (c.from == nullptr)
            for (int r = 0; r < n_rows; ++r) sum[r][v] = hn::Zero(d);
        else
            for (int r = 0; r < n_rows; ++r) sum[r][v] = hn::LoadU(d, c.from + r * c.from_stride);
    }
    for (std::size_t k = 0; k < n_k; ++k) {
        V bv[n_vectors];
        for (int v = 0; v < n_vectors; ++v) bv[v] = hn::Load(d, b[v] + k * 8);
        for (int r = 0; r < n_rows; ++r) {
            const V av = hn::Set(d, a[k * 8 + r]);
            for (int v = 0; v < n_vectors; ++v) sum[r][v] = hn::MulAdd(av, bv[v], sum[r][v]);
        }
    }
    for (int v = 0; v < n_vectors; ++v)
        for (int r = 0; r < n_rows; ++r) hn::StoreU(sum[r][v], d, columns[v].to + r * to_stride);
}

template <int n_rows, int n_vectors>
HWY_INLINE void eight_rows(const double* HWY_RESTRICT a, Column* columns, std::size_t to_stride, std::size_t n_k) {
    tile<n_rows, n_vectors>(a, columns, to_stride, n_k);
    if constexpr (n_rows == 4) {
        for (int v = 0; v < n_vectors; ++v) {
            if (columns[v].from != nullptr) columns[v].from += 4 * columns[v].from_stride;
            columns[v].to += 4 * to_stride;
        }
        tile<4, n_vectors>(a + 4, columns, to_stride, n_k);
    }
}

/// Vectors of eight rows that wait for their products.
struct Waiting {
    static constexpr std::size_t most = 30;
    const double* a;
    std::size_t to_stride, n_k;
    std::size_t n = 0;
    Column columns[most];

    Waiting(const double* left, std::size_t stride, std::size_t n_rows) : a(left), to_stride(stride), n_k(n_rows) {}  // columns stay unset
    HWY_INLINE void add(const Column& c) {
        columns[n++] = c;
        if (n == most) finish();
    }
    HWY_INLINE void finish() {
        constexpr int n_rows = HWY_TARGET <= HWY_AVX3 ? 8 : 4;  // accumulators fill the registers
        Column* c = columns;
        for (; n >= 3; n -= 3, c += 3) eight_rows<n_rows, 3>(a, c, to_stride, n_k);
        if (n == 2) eight_rows<n_rows, 2>(a, c, to_stride, n_k);
        else if (n == 1) eight_rows<8, 1>(a, c, to_stride, n_k);
        n = 0;
    }
};

// ---- elimination ----

// Sums of four rows of the panel over slabs [first, last), as eight partial sums whatever the vector length.
HWY_INLINE void row_sums(const Panel& panel, std::size_t row, std::size_t first, std::size_t last, double* HWY_RESTRICT sums) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    HWY_ALIGN double part[4][8];
    for (std::size_t q = 0; q < 8; q += n_lanes) {
        V s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
        for (std::size_t slab = first; slab < last; ++slab) {
            const double* at = panel.column(slab * 8) + row * 8 + q;
            s0 = hn::Add(s0, hn::Load(d, at)), s1 = hn::Add(s1, hn::Load(d, at + 8));
            s2 = hn::Add(s2, hn::Load(d, at + 16)), s3 = hn::Add(s3, hn::Load(d, at + 24));
        }
        hn::Store(s0, d, part[0] + q), hn::Store(s1, d, part[1] + q), hn::Store(s2, d, part[2] + q), hn::Store(s3, d, part[3] + q);
    }
    for (int r = 0; r < 4; ++r) {
        const double* p = part[r];
        sums[r] = ((p[0] + p[4]) + (p[1] + p[5])) + ((p[2] + p[6]) + (p[3] + p[7]));
    }
}

// Rows [row, row + 4) of a slab become sums over t of factor[row][t] times row t, t up to the row itself.
template <int row>
HWY_INLINE void combine_rows(const double (*factor)[8], double* HWY_RESTRICT slab) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    for (std::size_t q = 0; q < 8; q += n_lanes) {
        V w[4];
        for (int t = 0; t < row + 4; ++t) {
            const V f = hn::Load(d, slab + t * 8 + q);
            for (int i = 0; i < 4; ++i)
                if (t <= row + i) {
                    const V l = hn::Set(d, factor[row + i][t]);
                    w[i] = t == 0 ? hn::Mul(l, f) : hn::MulAdd(l, f, w[i]);
                }
        }
        for (int i = 0; i < 4; ++i) hn::Store(w[i], d, slab + (row + i) * 8 + q);
    }
}

// Star-mesh of eight nodes among themselves. In: conductances between them above the diagonal, 1 on it, and to all others (`rest`). Out: a
// lower triangle L, entrywise >= 0; the rows that the nodes pass on are L times their own. No fused multiply-add.
HWY_INLINE void star_mesh(double (*HWY_RESTRICT a)[8], double* HWY_RESTRICT rest, std::size_t n_rows) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    HWY_ALIGN double share[8];
    for (std::size_t k = 0; k < n_rows; ++k) {
        double pivot = rest[k];
        for (std::size_t j = k + 1; j < 8; ++j) pivot += a[k][j];
        const double inverse = pivot > 0 ? 1 / pivot : 0;
        const V own_rest = hn::Set(d, rest[k]);
        for (std::size_t q = 0; q < 8; q += n_lanes) {
            const V l = hn::Mul(hn::Load(d, a[k] + q), hn::Set(d, inverse));
            hn::Store(l, d, share + q);
            hn::Store(hn::Add(hn::Load(d, rest + q), hn::Mul(l, own_rest)), d, rest + q);  // that of nodes up to k is spent
        }
        for (std::size_t q = 0; q < 8; q += n_lanes) {
            const V column = hn::Iota(d, static_cast<double>(q)), row = hn::Load(d, a[k] + q);
            const V low = hn::IfThenElseZero(hn::Le(column, hn::Set(d, static_cast<double>(k))), row);
            for (std::size_t j = k + 1; j < 8; ++j) {  // columns between k and j are none of row j's
                const V part = hn::Or(low, hn::IfThenElseZero(hn::Gt(column, hn::Set(d, static_cast<double>(j))), row));
                hn::Store(hn::Add(hn::Load(d, a[j] + q), hn::Mul(hn::Set(d, share[j]), part)), d, a[j] + q);
            }
            hn::Store(hn::Mul(low, hn::Set(d, std::sqrt(inverse))), d, a[k] + q);
        }
    }
}

// Rows [k0, k0 + n_rows) of the panel, n_rows <= 8, after all earlier rows have been added.
void panel_block(const Panel& panel, std::size_t k0, std::size_t n_rows, std::size_t n_slabs) {
    HWY_ALIGN double a[8][8] = {};
    HWY_ALIGN double rest[8] = {};
    double* own = panel.column(k0) + k0 * 8;
    const std::size_t next = k0 / 8 + 1;
    row_sums(panel, k0, next, n_slabs, rest);
    if (n_rows > 4) row_sums(panel, k0 + 4, next, n_slabs, rest + 4);
    for (std::size_t i = 0; i < n_rows; ++i) {
        a[i][i] = 1;
        for (std::size_t j = i + 1; j < n_rows; ++j) a[i][j] = own[i * 8 + j];
    }
    star_mesh(a, rest, n_rows);
    for (std::size_t slab = next; slab < n_slabs; ++slab) {
        double* at = panel.column(slab * 8) + k0 * 8;
        if (n_rows > 4) combine_rows<4>(a, at);
        combine_rows<0>(a, at);
    }
}

// Rows [r, r + 8) of the panel, slabs [first, last): add what rows [k0, k0 + n_k) pass on.
HWY_INLINE void panel_strip(const Panel& panel, std::size_t r, std::size_t first, std::size_t last, std::size_t k0, std::size_t n_k) {
    Waiting waiting(panel.column(r) + k0 * 8, 8, n_k);
    for (std::size_t slab = first; slab < last; ++slab) {
        double* at = panel.column(slab * 8);
        for (std::size_t q = 0; q < 8; q += hn::Lanes(D())) waiting.add({at + k0 * 8 + q, at + r * 8 + q, 8, at + r * 8 + q});
    }
    waiting.finish();
}

// Blocked twice: 8 rows for the star-mesh, more rows so that what earlier ones pass on is fetched less often.
void eliminate(const Panel& panel, std::size_t e, std::size_t n_slabs) {
    constexpr std::size_t n_rows = 64;
    for (std::size_t r0 = 0; r0 < e; r0 += n_rows) {
        const std::size_t r1 = std::min(r0 + n_rows, e);
        for (std::size_t k0 = 0; k0 < r0; k0 += k_block)
            for (std::size_t slab = r0 / 8; slab < n_slabs; slab += tile_slabs)
                for (std::size_t r = r0; r < std::min(r1, (slab + tile_slabs) * 8); r += 8)
                    panel_strip(panel, r, std::max(slab, r / 8), std::min(slab + tile_slabs, n_slabs), k0, std::min(k_block, r0 - k0));
        for (std::size_t k = r0; k < r1; k += 8) {
            if (k > r0) panel_strip(panel, k, k / 8, n_slabs, r0, k - r0);
            panel_block(panel, k, std::min<std::size_t>(8, e - k), n_slabs);
        }
    }
}

// ---- what the children bring along ----

// Copies n doubles a vector at a time; up to a vector less one beyond the end of both, which whoever comes next overwrites.
HWY_INLINE void copy(const double* HWY_RESTRICT from, double* HWY_RESTRICT to, std::size_t n) {
    const D d;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) hn::StoreU(hn::LoadU(d, from + k), d, to + k);
}
HWY_INLINE void add(const double* HWY_RESTRICT from, double* HWY_RESTRICT to, std::size_t n) {
    const D d;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) hn::StoreU(hn::Add(hn::LoadU(d, to + k), hn::LoadU(d, from + k)), d, to + k);
}

void gather_panel(const Merge& m, const double* storage, const Panel& panel, const double* coupling_S) {
    const double* x = storage + m.child[0];
    const double* y = storage + m.child[1];
    for (std::size_t c = 0; c < m.e; c += 8) {  // rows above the slab's diagonal and the block on it
        double* to = panel.column(c);
        const std::size_t n = std::min<std::size_t>(8, m.e - c);
        for (std::size_t k = 0; k < std::min(c + 8, m.e); ++k, to += 8) {
            copy(x + k * m.child_stride[0] + c, to, 8);
            if (!m.single) add(y + k * m.child_stride[1] + c, to, 8);
            if (n < 8) std::fill(to + n, to + 8, 0.0);
        }
    }
    for (std::size_t slab = 0; slab < m.slabs.size(); ++slab) {
        const Slab& s = m.slabs[slab];
        double* to = panel.column(panel.n_rows + slab * 8);
        if (s.child > 1) {  // new ports, each coupled with its node
            std::fill_n(to, panel.n_rows * 8, 0.0);
            for (std::size_t k = s.from; k < std::min(s.from + 8, m.e); ++k) to[k * 8 + k % 8] = coupling_S[m.coupling + k];
            continue;
        }
        const double* from = storage + m.child[s.child] + s.from;
        for (std::size_t k = 0; k < m.e; ++k) copy(from + k * m.child_stride[s.child], to + k * 8, 8);
    }
}

/// Does anybody read the conductances between these ports? Not between terminals of one kind.
HWY_INLINE bool wanted(const Slab& a, const Slab& b) { return a.terminal == Segment::Terminal::no || a.terminal != b.terminal; }

// Rows [r0, r0 + 8) of the parent, slabs [first, last).
HWY_INLINE void parent_strip(const Merge& m, double* storage, const Panel& panel, std::size_t r0, std::size_t first, std::size_t last,
                             std::size_t k0, std::size_t n_k) {
    const Slab& rows = m.slabs[r0 / 8];
    const std::size_t stride = rows.child < 2 ? m.child_stride[rows.child] : 0;
    const double* from_rows = rows.child < 2 ? storage + m.child[rows.child] + rows.from * stride : nullptr;
    double* out = storage + m.out + r0 * m.stride;
    Waiting waiting(panel.column(panel.n_rows + r0) + k0 * 8, m.stride, n_k);
    for (std::size_t slab = first; slab < last; ++slab) {
        const Slab& cols = m.slabs[slab];
        if (!wanted(rows, cols)) continue;
        double* to = out + slab * 8;
        const double* b = panel.column(panel.n_rows + slab * 8) + k0 * 8;
        Column c{b, to, m.stride, to};
        if (k0 == 0) c.from = rows.child == cols.child && rows.child < 2 ? from_rows + cols.from : nullptr, c.from_stride = stride;
        for (std::size_t q = 0; q < 8; q += hn::Lanes(D()))
            waiting.add({b + q, c.from == nullptr ? nullptr : c.from + q, c.from_stride, to + q});
    }
    waiting.finish();
}

void run_merge_here(const Merge& m, double* storage, double* panel_at, const double* coupling_S) {
    const Panel panel{panel_at, rounded_up(m.e)};
    const std::size_t n_slabs = m.slabs.size();
    gather_panel(m, storage, panel, coupling_S);
    eliminate(panel, m.e, panel.n_rows / 8 + n_slabs);
    if (m.e * m.p <= 2048) {  // all of it stays there
        for (std::size_t r = 0; r < n_slabs; ++r) parent_strip(m, storage, panel, r * 8, r, n_slabs, 0, m.e);
        return;
    }
    for (std::size_t k0 = 0; k0 < m.e; k0 += k_block)
        for (std::size_t row0 = 0; row0 < n_slabs; row0 += row_block / 8)
            for (std::size_t slab = row0; slab < n_slabs; slab += tile_slabs)
                for (std::size_t r = row0; r < std::min({row0 + row_block / 8, slab + tile_slabs, n_slabs}); ++r)
                    parent_strip(m, storage, panel, r * 8, std::max(slab, r), std::min(slab + tile_slabs, n_slabs), k0,
                                 std::min(k_block, m.e - k0));
}

}  // namespace ganbar::reduction::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::reduction {
HWY_EXPORT(run_merge_here);

void run_merge(const Merge& merge, double* storage, double* panel, const double* coupling_S) {
    HWY_DYNAMIC_DISPATCH(run_merge_here)(merge, storage, panel, coupling_S);
}

std::vector<Slab> slabs_of(const std::vector<Segment>& segments, std::size_t p) {
    std::vector<Slab> slabs((p + 7) / 8);
    for (const auto& s : segments) {
        GANBAR_ASSERT(s.from % 8 == 0 && s.to % 8 == 0);
        for (std::size_t k = s.to / 8; k * 8 < s.to + s.length; ++k) slabs[k] = {s.child, s.terminal, s.from + k * 8 - s.to};
    }
    return slabs;
}

}  // namespace ganbar::reduction
#endif
