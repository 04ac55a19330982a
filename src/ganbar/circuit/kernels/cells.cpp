#include "ganbar/circuit/kernels/cells.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/circuit/kernels/cells.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::cells::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using F = hn::Rebind<float, D>;
using V = hn::Vec<D>;

template <class Law>
HWY_INLINE void each_cell(const double* g, const double* u, double* i, double* slope, std::size_t n, const Law& law) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    const auto block = [&](const double* gk, const double* uk, double* ik, double* sk) {
        const V conductance = hn::LoadU(d, gk), voltage = hn::LoadU(d, uk);
        V shape, derivative;
        law(voltage, shape, derivative);
        hn::StoreU(hn::Mul(conductance, shape), d, ik);
        if (sk != nullptr) hn::StoreU(hn::Mul(conductance, derivative), d, sk);
    };
    std::size_t k = 0;
    for (; k + lanes <= n; k += lanes) block(g + k, u + k, i + k, slope == nullptr ? nullptr : slope + k);
    if (k == n) return;
    HWY_ALIGN double tail[4][8] = {};
    for (std::size_t t = k; t < n; ++t) tail[0][t - k] = g[t], tail[1][t - k] = u[t];
    block(tail[0], tail[1], tail[2], tail[3]);
    for (std::size_t t = k; t < n; ++t) {
        i[t] = tail[2][t - k];
        if (slope != nullptr) slope[t] = tail[3][t - k];
    }
}

void curve_current_here(const CellCurve& curve, const double* g, const double* u, double* i, double* slope, std::size_t n) {
    const D d;
    const V one = hn::Set(d, 1.0), c = hn::Set(d, curve.coefficient);
    switch (curve.kind) {
        case CellCurve::Kind::linear: each_cell(g, u, i, slope, n, [&](V x, V& s, V& ds) { s = x, ds = one; }); break;
        case CellCurve::Kind::cubic:
            each_cell(g, u, i, slope, n, [&](V x, V& s, V& ds) {
                const V q = hn::Mul(c, hn::Mul(x, x));
                s = hn::MulAdd(q, x, x), ds = hn::MulAdd(hn::Set(d, 3.0), q, one);
            });
            break;
        case CellCurve::Kind::sinh:
            each_cell(g, u, i, slope, n, [&](V x, V& s, V& ds) {
                const V sinh = hn::Sinh(d, hn::Mul(c, x));
                s = hn::Div(sinh, c), ds = hn::Sqrt(hn::MulAdd(sinh, sinh, one));
            });
            break;
    }
}

void cubic_current_here(const double* linear, const double* cubic, const double* u, double* i, double* slope, std::size_t n) {
    const auto run = [&](auto d, std::size_t k) {
        const auto x = hn::LoadU(d, u + k), a = hn::LoadU(d, linear + k), q = hn::Mul(hn::LoadU(d, cubic + k), hn::Mul(x, x));
        hn::StoreU(hn::Mul(x, hn::Add(a, q)), d, i + k);
        if (slope != nullptr) hn::StoreU(hn::MulAdd(hn::Set(d, 3.0), q, a), d, slope + k);
    };
    std::size_t k = 0;
    for (; k + hn::Lanes(D()) <= n; k += hn::Lanes(D())) run(D(), k);
    for (; k < n; ++k) run(hn::CappedTag<double, 1>(), k);
}

// Word lines run along memory: eight at a time, so that their running sums overlap.
void word_lines(const Geometry& g, const double* HWY_RESTRICT i, const double* HWY_RESTRICT vw, double* HWY_RESTRICT w,
                double* HWY_RESTRICT i_word) {
    const std::size_t n = g.cols;
    for (std::size_t r0 = 0; r0 < g.rows; r0 += 8) {
        const std::size_t n_lines = std::min<std::size_t>(8, g.rows - r0);
        double rest[8] = {}, moment[8] = {}, voltage[8], flow[8];
        for (std::size_t j = n; j-- > 0;)
            for (std::size_t r = 0; r < n_lines; ++r) {
                rest[r] += i[(r0 + r) * n + j];  // what flows into cells j and beyond
                if (j > 0) moment[r] += rest[r];
            }
        for (std::size_t r = 0; r < n_lines; ++r) {
            const double total = rest[r];
            i_word[r0 + r] = flow[r] = total;
            if (g.both) {  // the share that enters on the left: equal voltages at both sources
                const double loop = 2 * g.rdrv_ohm + g.rw_ohm * static_cast<double>(n - 1);
                if (loop > 0) flow[r] = total - (g.rdrv_ohm * total + g.rw_ohm * moment[r]) / loop;
            }
            voltage[r] = vw[r0 + r] - g.rdrv_ohm * flow[r];
        }
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t r = 0; r < n_lines; ++r) {
                w[(r0 + r) * n + j] = voltage[r];
                flow[r] -= i[(r0 + r) * n + j];
                voltage[r] -= g.rw_ohm * flow[r];
            }
    }
}

// Bit lines run across memory: a vector of neighbours at a time.
void bit_lines(const Geometry& g, const double* HWY_RESTRICT i, const double* HWY_RESTRICT vb, double* HWY_RESTRICT b,
               double* HWY_RESTRICT i_bit) {
    const std::size_t n = g.cols, m = g.rows;
    const auto columns = [&](auto d, std::size_t j) {
        using W = hn::Vec<decltype(d)>;
        const W r = hn::Set(d, g.rb_ohm), sense = hn::Set(d, g.rsense_ohm), none = hn::Zero(d);
        W total = none, moment = none;
        for (std::size_t k = 0; k < m; ++k) {
            total = hn::Add(total, hn::LoadU(d, i + k * n + j));
            if (k + 1 < m) moment = hn::Add(moment, total);  // sum over segments of what has come in above them
        }
        W flow = total;  // what leaves at the lower end
        if (g.both) {
            const double loop = 2 * g.rsense_ohm + g.rb_ohm * static_cast<double>(m - 1);
            if (loop > 0) flow = hn::Sub(total, hn::Div(hn::MulAdd(sense, total, hn::Mul(r, moment)), hn::Set(d, loop)));
        }
        hn::StoreU(total, d, i_bit + j);
        W voltage = hn::MulAdd(sense, flow, hn::LoadU(d, vb + j));
        for (std::size_t k = m; k-- > 0;) {
            hn::StoreU(voltage, d, b + k * n + j);
            flow = hn::Sub(flow, hn::LoadU(d, i + k * n + j));
            voltage = hn::MulAdd(r, flow, voltage);
        }
    };
    std::size_t j = 0;
    for (; j + hn::Lanes(D()) <= n; j += hn::Lanes(D())) columns(D(), j);
    for (; j < n; ++j) columns(hn::CappedTag<double, 1>(), j);
}

void line_voltages_here(const Geometry& g, const double* i, const double* vw, const double* vb, double* w, double* b, double* i_word,
                        double* i_bit) {
    word_lines(g, i, vw, w, i_word);
    bit_lines(g, i, vb, b, i_bit);
}

double mismatch_here(const double* HWY_RESTRICT w, const double* HWY_RESTRICT b, const double* HWY_RESTRICT u, float* HWY_RESTRICT f,
                     std::size_t n) {
    const D d;
    const F single;
    const std::size_t lanes = hn::Lanes(d);
    V worst = hn::Zero(d);
    std::size_t k = 0;
    for (; k + lanes <= n; k += lanes) {
        const V x = hn::Sub(hn::Sub(hn::LoadU(d, w + k), hn::LoadU(d, b + k)), hn::LoadU(d, u + k));
        worst = hn::Max(worst, hn::Abs(x));
        hn::StoreU(hn::DemoteTo(single, x), single, f + k);
    }
    double most = hn::GetLane(hn::MaxOfLanes(d, worst));
    for (; k < n; ++k) {
        const double x = w[k] - b[k] - u[k];
        most = std::max(most, std::abs(x));
        f[k] = static_cast<float>(x);
    }
    return most;
}

Range range_here(const double* HWY_RESTRICT x, std::size_t n) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    HWY_ALIGN double part[8] = {};
    V sum[8], least = hn::Set(d, x[0]), most = least;
    for (auto& s : sum) s = hn::Zero(d);
    std::size_t k = 0;
    for (; k + 8 <= n; k += 8)
        for (std::size_t q = 0; q * lanes < 8; ++q) {
            const V v = hn::LoadU(d, x + k + q * lanes);
            sum[q] = hn::Add(sum[q], v), least = hn::Min(least, v), most = hn::Max(most, v);
        }
    for (std::size_t q = 0; q * lanes < 8; ++q) hn::StoreU(sum[q], d, part + q * lanes);
    Range out{hn::GetLane(hn::MinOfLanes(d, least)), hn::GetLane(hn::MaxOfLanes(d, most)), 0};
    for (; k < n; ++k) part[k % 8] += x[k], out.least = std::min(out.least, x[k]), out.most = std::max(out.most, x[k]);
    out.sum = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
    return out;
}

double largest_here(const float* HWY_RESTRICT f, std::size_t n) {
    const hn::CappedTag<float, 16> d;
    const std::size_t lanes = hn::Lanes(d);
    auto most = hn::Zero(d), broken = hn::Zero(d);  // 0 * x is not 0 for what is not finite, and stays so in the sum
    std::size_t k = 0;
    for (; k + lanes <= n; k += lanes) {
        const auto x = hn::LoadU(d, f + k);
        most = hn::Max(most, hn::Abs(x));
        broken = hn::Add(broken, hn::Mul(x, hn::Zero(d)));
    }
    float out = hn::GetLane(hn::MaxOfLanes(d, most)), bad = hn::GetLane(hn::SumOfLanes(d, broken));
    for (; k < n; ++k) out = std::max(out, std::abs(f[k])), bad += 0.0f * f[k];
    return bad == 0.0f ? static_cast<double>(out) : static_cast<double>(INFINITY);
}

void kernel_row_here(double g0, double l, const double* HWY_RESTRICT other, float* HWY_RESTRICT row, std::size_t n) {
    const auto run = [&](auto d, std::size_t k) {
        const auto one = hn::Set(d, 1.0);
        const auto denominator = hn::MulAdd(hn::Set(d, g0), hn::Add(hn::Set(d, l), hn::LoadU(d, other + k)), one);
        const hn::Rebind<float, decltype(d)> single;
        hn::StoreU(hn::DemoteTo(single, hn::Div(one, denominator)), single, row + k);
    };
    std::size_t k = 0;
    for (; k + hn::Lanes(D()) <= n; k += hn::Lanes(D())) run(D(), k);
    for (; k < n; ++k) run(hn::CappedTag<double, 1>(), k);
}

void differences_here(const float* HWY_RESTRICT f, const float* HWY_RESTRICT previous_f, const double* HWY_RESTRICT u,
                      const double* HWY_RESTRICT previous_u, float* HWY_RESTRICT df, float* HWY_RESTRICT dxf, std::size_t n) {
    const auto run = [&](auto d, std::size_t k) {
        const hn::Rebind<float, decltype(d)> single;
        const auto change = hn::Sub(hn::LoadU(single, f + k), hn::LoadU(single, previous_f + k));
        const auto step = hn::DemoteTo(single, hn::Sub(hn::LoadU(d, u + k), hn::LoadU(d, previous_u + k)));
        hn::StoreU(change, single, df + k), hn::StoreU(hn::Add(change, step), single, dxf + k);
    };
    std::size_t k = 0;
    for (; k + hn::Lanes(D()) <= n; k += hn::Lanes(D())) run(D(), k);
    for (; k < n; ++k) run(hn::CappedTag<double, 1>(), k);
}

double dot_here(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t n) {
    const D d;
    const F single;
    const std::size_t lanes = hn::Lanes(d);
    HWY_ALIGN double part[8] = {};
    V sum[8];  // 8 partial sums whatever the vector length
    for (auto& s : sum) s = hn::Zero(d);
    std::size_t k = 0;
    for (; k + 8 <= n; k += 8)
        for (std::size_t q = 0; q * lanes < 8; ++q)
            sum[q] = hn::MulAdd(hn::PromoteTo(d, hn::LoadU(single, a + k + q * lanes)),
                                hn::PromoteTo(d, hn::LoadU(single, b + k + q * lanes)), sum[q]);
    for (std::size_t q = 0; q * lanes < 8; ++q) hn::StoreU(sum[q], d, part + q * lanes);
    for (; k < n; ++k) part[k % 8] += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

void advance_here(double* HWY_RESTRICT u, const float* HWY_RESTRICT f, const float* const* step, const double* weight, std::size_t m,
                  std::size_t n) {
    const D d;
    const F single;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t k = 0;
    for (; k + lanes <= n; k += lanes) {
        V x = hn::PromoteTo(d, hn::LoadU(single, f + k));
        for (std::size_t q = 0; q < m; ++q) x = hn::NegMulAdd(hn::Set(d, weight[q]), hn::PromoteTo(d, hn::LoadU(single, step[q] + k)), x);
        hn::StoreU(hn::Add(hn::LoadU(d, u + k), x), d, u + k);
    }
    for (; k < n; ++k) {
        double x = static_cast<double>(f[k]);
        for (std::size_t q = 0; q < m; ++q) x -= weight[q] * static_cast<double>(step[q][k]);
        u[k] += x;
    }
}

}  // namespace ganbar::cells::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::cells {
HWY_EXPORT(curve_current_here);
HWY_EXPORT(cubic_current_here);
HWY_EXPORT(line_voltages_here);
HWY_EXPORT(mismatch_here);
HWY_EXPORT(range_here);
HWY_EXPORT(largest_here);
HWY_EXPORT(kernel_row_here);
HWY_EXPORT(differences_here);
HWY_EXPORT(dot_here);
HWY_EXPORT(advance_here);

void curve_current(const CellCurve& curve, const double* g, const double* u, double* i, double* slope, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(curve_current_here)(curve, g, u, i, slope, n);
}
void cubic_current(const double* linear, const double* cubic, const double* u, double* i, double* slope, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(cubic_current_here)(linear, cubic, u, i, slope, n);
}
void line_voltages(const Geometry& g, const double* i, const double* vw, const double* vb, double* w, double* b, double* i_word,
                   double* i_bit) {
    HWY_DYNAMIC_DISPATCH(line_voltages_here)(g, i, vw, vb, w, b, i_word, i_bit);
}
double mismatch(const double* w, const double* b, const double* u, float* f, std::size_t n) {
    return HWY_DYNAMIC_DISPATCH(mismatch_here)(w, b, u, f, n);
}
Range range(const double* values, std::size_t n) { return HWY_DYNAMIC_DISPATCH(range_here)(values, n); }
double largest(const float* f, std::size_t n) { return HWY_DYNAMIC_DISPATCH(largest_here)(f, n); }
void kernel_row(double g0, double l, const double* other, float* row, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(kernel_row_here)(g0, l, other, row, n);
}
void differences(const float* f, const float* previous_f, const double* u, const double* previous_u, float* df, float* dxf, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(differences_here)(f, previous_f, u, previous_u, df, dxf, n);
}
double dot(const float* a, const float* b, std::size_t n) { return HWY_DYNAMIC_DISPATCH(dot_here)(a, b, n); }
void advance(double* u, const float* f, const float* const* step, const double* weight, std::size_t m, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(advance_here)(u, f, step, weight, m, n);
}
}  // namespace ganbar::cells
#endif
