#include "ganbar/circuit/kernels/reduction.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/circuit/kernels/reduction.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::reduction::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;

// ---- one vector = the same entry of several leaves ----

HWY_INLINE V inverse_root(D d, V sum) {  // 0 for a node that is joined to nothing
    return hn::IfThenElseZero(hn::Gt(sum, hn::Zero(d)), hn::Div(hn::Set(d, 1.0), hn::Sqrt(sum)));
}

void run_base(const Base& base, const double* HWY_RESTRICT inputs, double* HWY_RESTRICT storage, double* HWY_RESTRICT slots) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    for (const auto& load : base.loads) hn::Store(hn::Load(d, inputs + load.source * n_lanes), d, slots + load.slot * n_lanes);
    for (const auto& elimination : base.eliminations) {
        V star[8];
        const std::size_t n = elimination.star.size();
        V sum = hn::Zero(d);
        for (std::size_t a = 0; a < n; ++a) {
            star[a] = hn::Load(d, slots + elimination.star[a] * n_lanes);
            sum = hn::Add(sum, star[a]);
        }
        const V scale = inverse_root(d, sum);
        for (std::size_t a = 0; a < n; ++a) star[a] = hn::Mul(star[a], scale);
        std::size_t pair = 0;
        for (std::size_t a = 0; a < n; ++a)
            for (std::size_t b = a + 1; b < n; ++b, ++pair) {
                double* slot = slots + elimination.mesh[pair] * n_lanes;
                const V old = elimination.mesh_is_new[pair] ? hn::Zero(d) : hn::Load(d, slot);
                hn::Store(hn::MulAdd(star[a], star[b], old), d, slot);
            }
    }
    double* out = storage + base.out * n_lanes;
    for (std::size_t r = 0; r < base.p; ++r)
        for (std::size_t c = r + 1; c < base.p; ++c) {
            const std::size_t slot = base.ports[r * base.p + c];
            hn::Store(slot == 0 ? hn::Zero(d) : hn::Load(d, slots + (slot - 1) * n_lanes), d, out + (r * base.stride + c) * n_lanes);
        }
}

// Row k of the panel: add what the rows above it pass on, then scale by 1/sqrt(pivot).
HWY_INLINE void lane_panel_row(double* HWY_RESTRICT panel, std::size_t stride, std::size_t k, std::size_t end) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    double* row = panel + k * stride * n_lanes;
    V sum = hn::Zero(d);
    std::size_t c = k + 1;
    for (; c + 4 <= end; c += 4) {
        V v0 = hn::Load(d, row + c * n_lanes), v1 = hn::Load(d, row + (c + 1) * n_lanes);
        V v2 = hn::Load(d, row + (c + 2) * n_lanes), v3 = hn::Load(d, row + (c + 3) * n_lanes);
        for (std::size_t j = 0; j < k; ++j) {
            const double* above = panel + j * stride * n_lanes;
            const V a = hn::Load(d, above + k * n_lanes);
            v0 = hn::MulAdd(a, hn::Load(d, above + c * n_lanes), v0);
            v1 = hn::MulAdd(a, hn::Load(d, above + (c + 1) * n_lanes), v1);
            v2 = hn::MulAdd(a, hn::Load(d, above + (c + 2) * n_lanes), v2);
            v3 = hn::MulAdd(a, hn::Load(d, above + (c + 3) * n_lanes), v3);
        }
        hn::Store(v0, d, row + c * n_lanes), hn::Store(v1, d, row + (c + 1) * n_lanes);
        hn::Store(v2, d, row + (c + 2) * n_lanes), hn::Store(v3, d, row + (c + 3) * n_lanes);
        sum = hn::Add(sum, hn::Add(hn::Add(v0, v1), hn::Add(v2, v3)));
    }
    for (; c < end; ++c) {
        V v = hn::Load(d, row + c * n_lanes);
        for (std::size_t j = 0; j < k; ++j) {
            const double* above = panel + j * stride * n_lanes;
            v = hn::MulAdd(hn::Load(d, above + k * n_lanes), hn::Load(d, above + c * n_lanes), v);
        }
        hn::Store(v, d, row + c * n_lanes);
        sum = hn::Add(sum, v);
    }
    const V scale = inverse_root(d, sum);
    for (c = k + 1; c < end; ++c) hn::Store(hn::Mul(hn::Load(d, row + c * n_lanes), scale), d, row + c * n_lanes);
}

template <int n_cols>
HWY_INLINE void lane_tile(const double* HWY_RESTRICT wr, const double* HWY_RESTRICT wc, std::size_t w_stride, double* HWY_RESTRICT out,
                          std::size_t out_stride, std::size_t n_k) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    V sum[4][n_cols];
    for (int r = 0; r < 4; ++r)
        for (int c = 0; c < n_cols; ++c) sum[r][c] = hn::Load(d, out + (r * out_stride + c) * n_lanes);
    for (std::size_t k = 0; k < n_k; ++k) {
        V b[n_cols];
        for (int c = 0; c < n_cols; ++c) b[c] = hn::Load(d, wc + (k * w_stride + c) * n_lanes);
        for (int r = 0; r < 4; ++r) {
            const V a = hn::Load(d, wr + (k * w_stride + r) * n_lanes);
            for (int c = 0; c < n_cols; ++c) sum[r][c] = hn::MulAdd(a, b[c], sum[r][c]);
        }
    }
    for (int r = 0; r < 4; ++r)
        for (int c = 0; c < n_cols; ++c) hn::Store(sum[r][c], d, out + (r * out_stride + c) * n_lanes);
}

HWY_INLINE void lane_copy(const double* HWY_RESTRICT from, double* HWY_RESTRICT to, std::size_t n) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    for (std::size_t k = 0; k < n; ++k) hn::Store(hn::Load(d, from + k * n_lanes), d, to + k * n_lanes);
}

void lane_merge(const Merge& m, double* HWY_RESTRICT storage, double* HWY_RESTRICT panel) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d), stride = m.e + lane_stride(m.p);
    const double* child[2] = {storage + m.child[0] * n_lanes, storage + m.child[1] * n_lanes};
    for (std::size_t k = 0; k < m.e; ++k) {
        double* row = panel + k * stride * n_lanes;
        for (std::size_t c = k + 1; c < m.e; ++c)
            hn::Store(hn::Add(hn::Load(d, child[0] + (k * m.child_stride[0] + c) * n_lanes),
                              hn::Load(d, child[1] + (k * m.child_stride[1] + c) * n_lanes)),
                      d, row + c * n_lanes);
        for (const auto& s : m.segments)
            lane_copy(child[s.child] + (k * m.child_stride[s.child] + s.from) * n_lanes, row + (m.e + s.to) * n_lanes, s.length);
        for (std::size_t c = m.p; c < lane_stride(m.p); ++c) hn::Store(hn::Zero(d), d, row + (m.e + c) * n_lanes);
        lane_panel_row(panel, stride, k, m.e + m.p);
    }
    double* out = storage + m.out * n_lanes;
    for (const auto& rows : m.segments)  // what the children bring along; 0 between the two
        for (std::size_t r = 0; r < rows.length; ++r) {
            double* to = out + (rows.to + r) * m.stride * n_lanes;
            const double* from = child[rows.child] + (rows.from + r) * m.child_stride[rows.child] * n_lanes;
            for (const auto& cols : m.segments) {
                if (cols.to < rows.to) continue;
                if (cols.child == rows.child) lane_copy(from + cols.from * n_lanes, to + cols.to * n_lanes, cols.length);
                else
                    for (std::size_t c = 0; c < cols.length; ++c) hn::Store(hn::Zero(d), d, to + (cols.to + c) * n_lanes);
            }
        }
    constexpr int n_cols = HWY_TARGET <= HWY_AVX3 ? 4 : 2;
    for (std::size_t r = 0; r < m.p; r += 4)
        for (std::size_t c = r; c < m.p; c += n_cols)
            lane_tile<n_cols>(panel + (m.e + r) * n_lanes, panel + (m.e + c) * n_lanes, stride, out + (r * m.stride + c) * n_lanes,
                              m.stride, m.e);
}

void run_leaves_here(const LeafProgram& program, const double* inputs, double* work) {
    const std::size_t n_lanes = hn::Lanes(D());
    double* panel = work + program.storage * n_lanes;
    double* slots = panel + program.panel * n_lanes;
    std::size_t base = 0, merge = 0;
    for (const auto kind : program.order) {
        if (kind == 0) run_base(program.bases[base++], inputs, work, slots);
        else lane_merge(program.merges[merge++], work, panel);
    }
}

std::size_t lanes_here() { return hn::Lanes(D()); }

// ---- one block, vectors along its ports ----

// c[n_rows x (n_vectors vectors)] += sum over k of a[k][row] b[k][col]
template <int n_rows, int n_vectors>
HWY_INLINE void tile(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t w_stride, double* HWY_RESTRICT c,
                     std::size_t c_stride, std::size_t n_k) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    V sum[n_rows][n_vectors];
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) sum[r][v] = hn::LoadU(d, c + r * c_stride + v * n_lanes);
    for (std::size_t k = 0; k < n_k; ++k) {
        V bv[n_vectors];
        for (int v = 0; v < n_vectors; ++v) bv[v] = hn::LoadU(d, b + k * w_stride + v * n_lanes);
        for (int r = 0; r < n_rows; ++r) {
            const V av = hn::Set(d, a[k * w_stride + r]);
            for (int v = 0; v < n_vectors; ++v) sum[r][v] = hn::MulAdd(av, bv[v], sum[r][v]);
        }
    }
    for (int r = 0; r < n_rows; ++r)
        for (int v = 0; v < n_vectors; ++v) hn::StoreU(sum[r][v], d, c + r * c_stride + v * n_lanes);
}

// Eight rows of c; columns [0, n), of which the last vector may reach beyond n.
HWY_INLINE void strip(const double* HWY_RESTRICT a, const double* HWY_RESTRICT b, std::size_t w_stride, double* HWY_RESTRICT c,
                      std::size_t c_stride, std::size_t n, std::size_t n_k) {
    constexpr int n_rows = HWY_TARGET <= HWY_AVX3 ? 8 : 4;
    const std::size_t n_lanes = hn::Lanes(D());
    for (std::size_t r = 0; r < 8; r += n_rows) {
        double* row = c + r * c_stride;
        std::size_t j = 0;
        for (; j + 2 * n_lanes < n; j += 3 * n_lanes) tile<n_rows, 3>(a + r, b + j, w_stride, row + j, c_stride, n_k);
        if (j + n_lanes < n) tile<n_rows, 2>(a + r, b + j, w_stride, row + j, c_stride, n_k);
        else if (j < n) tile<n_rows, 1>(a + r, b + j, w_stride, row + j, c_stride, n_k);
    }
}

// Sum of row[0, n) rounded up to 8 (zeros beyond n), as eight partial sums whatever the vector length.
HWY_INLINE double row_sum(const double* HWY_RESTRICT row, std::size_t n) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    HWY_ALIGN double part[8];
    for (std::size_t q = 0; q < 8; q += n_lanes) {
        V sum = hn::Zero(d);
        for (std::size_t c = 0; c < n; c += 8) sum = hn::Add(sum, hn::LoadU(d, row + c + q));
        hn::Store(sum, d, part + q);
    }
    return ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
}

// Rows [k0, k0 + n_rows) of the panel, n_rows <= 8, after all earlier rows have been added: star-mesh of these nodes among themselves, then
// the same combinations of the whole rows. W = L F with L lower triangular and entrywise >= 0.
void panel_block(double* HWY_RESTRICT panel, std::size_t stride, std::size_t k0, std::size_t n_rows, std::size_t end) {
    double a[8][8], rest[8], lower[8][8] = {};
    const std::size_t c0 = k0 + n_rows;
    for (std::size_t i = 0; i < n_rows; ++i) {
        double* row = panel + (k0 + i) * stride;
        for (std::size_t j = i + 1; j < n_rows; ++j) a[i][j] = row[k0 + j];
        rest[i] = row_sum(row + c0, end - c0);
        lower[i][i] = 1;
    }
    for (std::size_t k = 0; k < n_rows; ++k) {
        double pivot = rest[k];
        for (std::size_t j = k + 1; j < n_rows; ++j) pivot += a[k][j];
        const double inverse = pivot > 0 ? 1 / pivot : 0;
        for (std::size_t j = k + 1; j < n_rows; ++j) {
            const double l = a[k][j] * inverse;
            rest[j] += l * rest[k];
            for (std::size_t t = j + 1; t < n_rows; ++t) a[j][t] += l * a[k][t];
            for (std::size_t t = 0; t <= k; ++t) lower[j][t] += l * lower[k][t];
        }
        const double scale = std::sqrt(inverse);
        for (std::size_t t = 0; t <= k; ++t)
            a[t][k] = lower[k][t] * scale;  // the strictly upper part of column k is spent: keep W's row here
        for (std::size_t j = k + 1; j < n_rows; ++j) panel[(k0 + k) * stride + k0 + j] = a[k][j] * scale;
    }
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    for (std::size_t c = c0; c < end; c += n_lanes) {
        V f[8];
        for (std::size_t i = 0; i < n_rows; ++i) f[i] = hn::LoadU(d, panel + (k0 + i) * stride + c);
        for (std::size_t i = n_rows; i-- > 0;) {
            V w = hn::Mul(hn::Set(d, a[0][i]), f[0]);
            for (std::size_t t = 1; t <= i; ++t) w = hn::MulAdd(hn::Set(d, a[t][i]), f[t], w);
            hn::StoreU(w, d, panel + (k0 + i) * stride + c);
        }
    }
}

// Copies n doubles a vector at a time; up to a vector less one beyond the end of both, which whoever comes next overwrites.
HWY_INLINE void copy(const double* HWY_RESTRICT from, double* HWY_RESTRICT to, std::size_t n) {
    const D d;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) hn::StoreU(hn::LoadU(d, from + k), d, to + k);
}
HWY_INLINE void clear(double* to, std::size_t n) {
    const D d;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) hn::StoreU(hn::Zero(d), d, to + k);
}

void gather_panel(const Merge& m, const double* storage, double* HWY_RESTRICT panel, const double* coupling_S) {
    const std::size_t stride = panel_stride(m.e, m.p);
    for (std::size_t k = 0; k < m.e; ++k) {
        double* HWY_RESTRICT row = panel + k * stride;
        const double* x = storage + m.child[0] + k * m.child_stride[0];
        const double* y = storage + m.child[1] + k * m.child_stride[1];
        if (m.single) copy(x, row, m.e);
        else
            for (std::size_t c = k & ~std::size_t{7}; c < m.e; ++c) row[c] = x[c] + y[c];
        for (const auto& s : m.segments) {
            if (s.child < 2) {
                copy((s.child == 0 ? x : y) + s.from, row + m.e + s.to, s.length);
                continue;
            }
            clear(row + m.e + s.to, s.length);
            row[m.e + s.to + k] = coupling_S[m.coupling + k];
        }
        std::memset(row + m.e + m.p, 0, (stride - m.e - m.p) * sizeof(double));
    }
}

// Rows [r0, r0 + 8) of the parent, columns from c0 on: what the children bring along.
HWY_INLINE void bring_along(const Merge& m, const double* storage, double* HWY_RESTRICT out, std::size_t r0, std::size_t c0,
                            std::size_t c1) {
    for (const auto& rows : m.segments) {
        const std::size_t first = std::max(r0, rows.to), last = std::min({r0 + 8, rows.to + rows.length, m.p});
        for (std::size_t r = first; r < last; ++r) {
            double* HWY_RESTRICT to = out + r * m.stride;
            const double* from =
                rows.child < 2 ? storage + m.child[rows.child] + (rows.from + r - rows.to) * m.child_stride[rows.child] : nullptr;
            for (const auto& cols : m.segments) {
                const std::size_t begin = std::max(cols.to, c0), end = std::min(cols.to + cols.length, c1);
                if (begin >= end) continue;
                if (from != nullptr && cols.child == rows.child) copy(from + cols.from + begin - cols.to, to + begin, end - begin);
                else clear(to + begin, end - begin);
            }
        }
    }
}

// Column ranges of a strip of rows that anybody will read, at least 8 columns apart.
HWY_INLINE std::size_t wanted_ranges(const Merge& m, std::size_t r0, std::size_t (*ranges)[2]) {
    std::size_t n = 0;
    for (const auto& cols : m.segments) {
        const std::size_t begin = std::max(cols.to, r0), end = cols.to + cols.length;
        if (begin >= end) continue;
        bool wanted = cols.terminal == Segment::Terminal::no;
        for (const auto& rows : m.segments)
            if (rows.to < r0 + 8 && rows.to + rows.length > r0 && rows.terminal != cols.terminal) wanted = true;
        if (!wanted) continue;
        if (n > 0 && begin - ranges[n - 1][1] < 8) ranges[n - 1][1] = end;  // a strip may write 7 columns beyond its range
        else ranges[n][0] = begin, ranges[n][1] = end, ++n;
    }
    return n;
}

void run_merge_here(const Merge& m, double* storage, double* HWY_RESTRICT panel, const double* coupling_S) {
    const std::size_t stride = panel_stride(m.e, m.p), end = m.e + m.p;
    gather_panel(m, storage, panel, coupling_S);
    for (std::size_t k = 0; k < m.e; k += 8) {
        const std::size_t n_rows = std::min<std::size_t>(8, m.e - k);
        if (k > 0) strip(panel + k, panel + k, stride, panel + k * stride + k, stride, end - k, k);
        panel_block(panel, stride, k, n_rows, end);
    }
    // cut so that a block of the panel stays in the second-level cache while all strips pass over it
    constexpr std::size_t k_block = 128, c_block = 192;
    double* out = storage + m.out;
    const double* w = panel + m.e;
    for (std::size_t c0 = 0; c0 < m.p; c0 += c_block)
        for (std::size_t k0 = 0; k0 < m.e; k0 += k_block) {
            const std::size_t c1 = std::min(c0 + c_block, m.p), n_k = std::min(k_block, m.e - k0);
            for (std::size_t r0 = 0; r0 < c1; r0 += 8) {
                std::size_t ranges[8][2];
                const std::size_t n_ranges = wanted_ranges(m, r0, ranges);
                for (std::size_t q = 0; q < n_ranges; ++q) {
                    const std::size_t begin = std::max(c0, ranges[q][0]), last = std::min(c1, ranges[q][1]);
                    if (begin >= last) continue;
                    if (k0 == 0) bring_along(m, storage, out, r0, begin, last);
                    const double* wk = w + k0 * stride;
                    strip(wk + r0, wk + begin, stride, out + r0 * m.stride + begin, m.stride, last - begin, n_k);
                }
            }
        }
}

}  // namespace ganbar::reduction::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::reduction {
HWY_EXPORT(lanes_here);
HWY_EXPORT(run_leaves_here);
HWY_EXPORT(run_merge_here);

std::size_t lanes() { return HWY_DYNAMIC_DISPATCH(lanes_here)(); }
void run_leaves(const LeafProgram& program, const double* inputs, double* work) {
    HWY_DYNAMIC_DISPATCH(run_leaves_here)(program, inputs, work);
}
void run_merge(const Merge& merge, double* storage, double* panel, const double* coupling_S) {
    HWY_DYNAMIC_DISPATCH(run_merge_here)(merge, storage, panel, coupling_S);
}

}  // namespace ganbar::reduction
#endif
