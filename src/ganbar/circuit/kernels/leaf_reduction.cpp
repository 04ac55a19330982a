// Reduction of leaves, one vector = the same entry of several leaves.
#include <algorithm>
#include <cstring>

#include "ganbar/circuit/kernels/reduction.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/circuit/kernels/leaf_reduction.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::reduction::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using V = hn::Vec<D>;

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

// Columns [c, c + n) of row k of the panel: what the children bring along and the rows above pass on. The row just above is scaled on the
// way.
template <int n>
HWY_INLINE void lane_panel_columns(const Merge& m, const double* HWY_RESTRICT storage, double* HWY_RESTRICT panel, std::size_t stride,
                                   std::size_t k, std::size_t c, V scale, V& sum) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    const auto* first = m.row_sources.data() + k * stride + c;
    V v[n];
    for (int i = 0; i < n; ++i) v[i] = hn::Load(d, storage + first[i] * n_lanes);
    for (int i = 0; i < n && c + i < m.e; ++i)
        v[i] = hn::Add(v[i], hn::Load(d, storage + (m.child[1] + k * m.child_stride[1] + c + i) * n_lanes));
    for (std::size_t j = 0; j + 1 < k; ++j) {
        const double* above = panel + j * stride * n_lanes;
        const V a = hn::Load(d, above + k * n_lanes);
        for (int i = 0; i < n; ++i) v[i] = hn::MulAdd(a, hn::Load(d, above + (c + i) * n_lanes), v[i]);
    }
    if (k > 0) {
        double* above = panel + (k - 1) * stride * n_lanes;
        const V a = hn::Load(d, above + k * n_lanes);
        for (int i = 0; i < n; ++i) {
            const V w = hn::Mul(hn::Load(d, above + (c + i) * n_lanes), scale);
            hn::Store(w, d, above + (c + i) * n_lanes);
            v[i] = hn::MulAdd(a, w, v[i]);
        }
    }
    for (int i = 0; i < n; ++i) hn::Store(v[i], d, panel + (k * stride + c + i) * n_lanes);
    if constexpr (n == 1) sum = hn::Add(sum, v[0]);
    else
        for (int i = 0; i < n; i += 4) sum = hn::Add(sum, hn::Add(hn::Add(v[i], v[i + 1]), hn::Add(v[i + 2], v[i + 3])));
}

HWY_INLINE void lane_scale(double* HWY_RESTRICT row, std::size_t begin, std::size_t end, V scale) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    for (std::size_t c = begin; c < end; ++c) hn::Store(hn::Mul(hn::Load(d, row + c * n_lanes), scale), d, row + c * n_lanes);
}

// The rows of the eliminated nodes, each scaled by 1/sqrt(pivot).
HWY_INLINE void lane_panel(const Merge& m, const double* HWY_RESTRICT storage, double* HWY_RESTRICT panel, std::size_t stride) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d), end = m.e + m.p;
    V scale = hn::Zero(d);
    for (std::size_t k = 0; k < m.e; ++k) {
        double* row = panel + k * stride * n_lanes;
        V sum = hn::Zero(d);
        std::size_t c = k + 1;
        if (k > 0) lane_scale(row - stride * n_lanes, k, k + 1, scale);
        for (; c + 8 <= end; c += 8) lane_panel_columns<8>(m, storage, panel, stride, k, c, scale, sum);
        for (; c + 4 <= end; c += 4) lane_panel_columns<4>(m, storage, panel, stride, k, c, scale, sum);
        for (; c < end; ++c) lane_panel_columns<1>(m, storage, panel, stride, k, c, scale, sum);
        scale = inverse_root(d, sum);
        for (; c < stride; ++c) hn::Store(hn::Zero(d), d, row + c * n_lanes);
    }
    lane_scale(panel + (m.e - 1) * stride * n_lanes, m.e, end, scale);
}

template <int n_cols>
HWY_INLINE void lane_tile(const double* HWY_RESTRICT wr, const double* HWY_RESTRICT wc, std::size_t w_stride,
                          const std::uint32_t* HWY_RESTRICT source, const double* HWY_RESTRICT storage, double* HWY_RESTRICT out,
                          std::size_t stride, std::size_t n_k) {
    const D d;
    const std::size_t n_lanes = hn::Lanes(d);
    V sum[4][n_cols];
    for (int r = 0; r < 4; ++r)
        for (int c = 0; c < n_cols; ++c) sum[r][c] = hn::Load(d, storage + source[r * stride + c] * n_lanes);
    for (std::size_t k = 0; k < n_k; ++k) {
        V b[n_cols];
        for (int c = 0; c < n_cols; ++c) b[c] = hn::Load(d, wc + (k * w_stride + c) * n_lanes);
        for (int r = 0; r < 4; ++r) {
            const V a = hn::Load(d, wr + (k * w_stride + r) * n_lanes);
            for (int c = 0; c < n_cols; ++c) sum[r][c] = hn::MulAdd(a, b[c], sum[r][c]);
        }
    }
    for (int r = 0; r < 4; ++r)
        for (int c = 0; c < n_cols; ++c) hn::Store(sum[r][c], d, out + (r * stride + c) * n_lanes);
}

void lane_merge(const Merge& m, double* HWY_RESTRICT storage, double* HWY_RESTRICT panel) {
    const std::size_t n_lanes = hn::Lanes(D()), stride = m.e + m.stride;
    lane_panel(m, storage, panel, stride);
    constexpr std::size_t wide = HWY_TARGET <= HWY_AVX3 ? 4 : 3;  // accumulators fill the registers
    for (std::size_t r = 0; r < m.p; r += 4)
        for (std::size_t c = r, left = m.stride - r, n = 0; left > 0; c += n, left -= n) {
            n = left == wide || left > 4 ? wide : 2;
            const double *wr = panel + (m.e + r) * n_lanes, *wc = panel + (m.e + c) * n_lanes;
            const auto* source = m.sources.data() + r * m.stride + c;
            double* out = storage + (m.out + r * m.stride + c) * n_lanes;
            if (n == 2) lane_tile<2>(wr, wc, stride, source, storage, out, m.stride, m.e);
            else lane_tile<wide>(wr, wc, stride, source, storage, out, m.stride, m.e);
        }
}

void run_leaves_here(const LeafProgram& program, const double* inputs, double* work) {
    const std::size_t n_lanes = hn::Lanes(D());
    double* panel = work + program.storage * n_lanes;
    double* slots = panel + program.panel * n_lanes;
    hn::Store(hn::Zero(D()), D(), work);
    std::size_t base = 0, merge = 0;
    for (const auto kind : program.order) {
        if (kind == 0) run_base(program.bases[base++], inputs, work, slots);
        else lane_merge(program.merges[merge++], work, panel);
    }
}

// Four entries in a row of each lane, n_step vectors apart, to places in a row; lanes without a place are left out.
HWY_INLINE void spread_four(const double* HWY_RESTRICT from, std::size_t n_step, double* const* to, std::size_t n_leaves, std::size_t at) {
    const D d;
    const std::size_t step = n_step * hn::Lanes(d);
    const V a = hn::Load(d, from), b = hn::Load(d, from + step), c = hn::Load(d, from + 2 * step), e = hn::Load(d, from + 3 * step);
#if HWY_MAX_BYTES == 32
    const V ab0 = hn::InterleaveLower(d, a, b), ab1 = hn::InterleaveUpper(d, a, b);
    const V ce0 = hn::InterleaveLower(d, c, e), ce1 = hn::InterleaveUpper(d, c, e);
    if (to[0] != nullptr) hn::StoreU(hn::ConcatLowerLower(d, ce0, ab0), d, to[0] + at);
    if (to[1] != nullptr) hn::StoreU(hn::ConcatLowerLower(d, ce1, ab1), d, to[1] + at);
    if (to[2] != nullptr) hn::StoreU(hn::ConcatUpperUpper(d, ce0, ab0), d, to[2] + at);
    if (to[3] != nullptr) hn::StoreU(hn::ConcatUpperUpper(d, ce1, ab1), d, to[3] + at);
    (void)n_leaves;
#else
    HWY_ALIGN double buffer[32];
    hn::StoreInterleaved4(a, b, c, e, d, buffer);
    for (std::size_t l = 0; l < n_leaves; ++l)
        if (to[l] != nullptr) std::memcpy(to[l] + at, buffer + 4 * l, 4 * sizeof(double));
#endif
}

void unpack_here(const double* from, std::size_t row_step, std::size_t col_step, std::size_t rows, std::size_t cols, bool triangle,
                 double* const* to, const std::size_t* strides, std::size_t n_leaves) {
    const std::size_t n_lanes = hn::Lanes(D());
    double* at[8] = {};
    std::copy_n(to, n_leaves, at);
    for (std::size_t r = 0; r < rows; ++r) {
        const double* row = from + r * row_step * n_lanes;
        std::size_t c = triangle ? r / 4 * 4 : 0;
        for (; c + 4 <= cols; c += 4) spread_four(row + c * col_step * n_lanes, col_step, at, n_leaves, c);
        for (std::size_t l = 0; l < n_leaves; ++l) {
            if (at[l] == nullptr) continue;
            for (std::size_t last = c; last < cols; ++last) at[l][last] = row[last * col_step * n_lanes + l];
            std::fill(at[l] + cols, at[l] + rounded_up(cols), 0.0);
            at[l] += strides[l];
        }
    }
}

std::size_t lanes_here() { return hn::Lanes(D()); }

}  // namespace ganbar::reduction::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::reduction {
HWY_EXPORT(lanes_here);
HWY_EXPORT(run_leaves_here);
HWY_EXPORT(unpack_here);

std::size_t lanes() { return HWY_DYNAMIC_DISPATCH(lanes_here)(); }
void run_leaves(const LeafProgram& program, const double* inputs, double* work) {
    HWY_DYNAMIC_DISPATCH(run_leaves_here)(program, inputs, work);
}
void unpack(const double* from, std::size_t row_step, std::size_t col_step, std::size_t rows, std::size_t cols, bool triangle,
            double* const* to, const std::size_t* strides, std::size_t n_leaves) {
    HWY_DYNAMIC_DISPATCH(unpack_here)(from, row_step, col_step, rows, cols, triangle, to, strides, n_leaves);
}

void find_sources(Merge& m) {
    const auto at = [&](const Segment& s, std::size_t row, std::size_t p) {
        return static_cast<std::uint32_t>(m.child[s.child] + row * m.child_stride[s.child] + s.from + p - s.to);
    };
    m.sources.assign(m.stride * m.stride, 0);
    m.row_sources.assign(m.e * (m.e + m.stride), 0);
    for (std::size_t k = 0; k < m.e; ++k) {
        auto* row = m.row_sources.data() + k * (m.e + m.stride);
        for (std::size_t c = k + 1; c < m.e; ++c) row[c] = static_cast<std::uint32_t>(m.child[0] + k * m.child_stride[0] + c);
        for (const auto& s : m.segments)
            for (std::size_t p = s.to; p < s.to + s.length; ++p) row[m.e + p] = at(s, k, p);
    }
    for (const auto& rows : m.segments)
        for (const auto& cols : m.segments)
            for (std::size_t r = rows.to; rows.child == cols.child && r < rows.to + rows.length; ++r)
                for (std::size_t c = std::max(cols.to, r + 1); c < cols.to + cols.length; ++c)
                    m.sources[r * m.stride + c] = at(cols, rows.from + r - rows.to, c);
}

}  // namespace ganbar::reduction
#endif
