#include "ganbar/periphery/kernels/neuron_rows.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/periphery/kernels/neuron_rows.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::periphery::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, 8>;
using F = hn::Rebind<float, D>;
using V = hn::Vec<D>;
using kernels::Activation;

constexpr std::size_t columns_at_once = 256;  // of neuron_rows_at_once rows: what lies between the steps stays in the first-level cache

struct PointV {
    V y, slope;
};

// An output outside the swing stays at its end, with slope 0; what is not a number stays what it is.
HWY_INLINE PointV limited(const PointV& p, double swing_V) {
    const D d;
    const V high = hn::Set(d, swing_V);
    const auto inside = hn::Lt(hn::Abs(p.y), high);
    const V end = hn::CopySign(high, p.y);
    return {hn::IfThenElse(hn::Or(inside, hn::IsNaN(p.y)), p.y, end), hn::IfThenElseZero(inside, p.slope)};
}
HWY_INLINE PointV linear(const StageNumbers& s, V y, V slope) {
    const D d;
    const V gain = hn::Set(d, s.gain);
    return {hn::Add(hn::Mul(gain, y), hn::Set(d, s.offset_V)), hn::Mul(gain, slope)};
}
HWY_INLINE PointV stage(const StageNumbers& s, V y, V slope) { return limited(linear(s, y, slope), s.swing_V); }

template <Activation f>
HWY_INLINE PointV activated(const NeuronPath& p, V x) {
    const D d;
    const V one = hn::Set(d, 1.0), zero = hn::Zero(d);
    if constexpr (f == Activation::identity) {
        return stage(p.outer, x, one);
    } else if constexpr (f == Activation::relu) {
        const PointV y = stage(p.outer, x, one);
        const auto on = hn::Not(hn::Le(y.y, zero));
        return {hn::IfThenElseZero(on, y.y), hn::IfThenElseZero(on, y.slope)};
    } else if constexpr (f == Activation::leaky_relu) {
        PointV a = stage(p.inner, hn::Neg(x), hn::Set(d, -1.0));
        const auto off = hn::Gt(a.y, zero);
        a = {hn::IfThenElse(off, zero, a.y), hn::IfThenElse(off, zero, a.slope)};
        const V rest = hn::Set(d, -(1 - p.leak)), leak = hn::Set(d, p.leak);
        return stage(p.outer, hn::Add(hn::Mul(rest, a.y), hn::Mul(leak, x)), hn::Add(hn::Mul(rest, a.slope), leak));
    } else {
        const V unit = hn::Set(d, p.pair_V), u = hn::Div(x, unit);
        if constexpr (f == Activation::tanh) {
            const V t = hn::Tanh(d, u);
            return stage(p.outer, hn::Mul(unit, t), hn::Sub(one, hn::Mul(t, t)));
        } else {
            const V s = hn::IfThenElse(hn::IsNaN(u), u, hn::Div(one, hn::Add(one, hn::Exp(d, hn::Neg(u)))));  // Exp hides NaN
            return stage(p.outer, hn::Mul(unit, s), hn::Mul(s, hn::Sub(one, s)));
        }
    }
}

/// One slice of columns of a few rows. Loops over whole vectors touch up to 7 columns more than there are: rows are padded to 16 floats.
struct Slice {
    std::size_t first, count, rows;
};
struct Buffers {
    alignas(64) double v[neuron_rows_at_once][columns_at_once];
    alignas(64) float read_slope[neuron_rows_at_once][columns_at_once];
};

// Where the readouts would settle without their swing, and with which slope.
HWY_INLINE void targets(const NeuronPath& p, const float* HWY_RESTRICT x, std::size_t x_stride, const Slice& at, Buffers& b) {
    const D d;
    const F df;
    const std::size_t lanes = hn::Lanes(d);
    const V unit = hn::Set(d, p.unit_V), minus = hn::Set(d, -1.0), share = hn::Set(d, 1 - p.left);
    for (std::size_t r = 0; r < at.rows; ++r)
        for (std::size_t k = 0; k < at.count; k += lanes) {
            const V volts = hn::Mul(hn::PromoteTo(d, hn::LoadU(df, x + r * x_stride + at.first + k)), unit);
            const PointV a = stage(p.first, hn::Neg(volts), minus);
            const PointV t = linear(p.second, hn::Neg(a.y), hn::Neg(a.slope));
            hn::Store(t.y, d, &b.v[r][k]);
            hn::StoreU(hn::DemoteTo(df, hn::Mul(t.slope, share)), df, &b.read_slope[r][k]);
        }
}

// In turn: every column starts from what the one before left. The rows are independent, so their chains of dependent sums overlap.
HWY_INLINE void settle(const NeuronPath& p, const Slice& at, double* previous, Buffers& b) {
    const double high = p.second.swing_V, left = p.left;
    const auto column = [&](std::size_t k, std::size_t r) {
        const double target = b.v[r][k], y = target + (previous[r] - target) * left;
        const bool inside = std::abs(y) < high;
        previous[r] = std::clamp(y, -high, high);
        b.v[r][k] = previous[r];
        if (!inside) b.read_slope[r][k] = 0;
    };
    for (std::size_t k = 0; k < at.count; ++k) {
        if ((at.first + k) % p.turn == 0) std::fill_n(previous, neuron_rows_at_once, 0.0);  // another readout, reset before a new position
        if (at.rows == neuron_rows_at_once)
            for (std::size_t r = 0; r < neuron_rows_at_once; ++r) column(k, r);
        else
            for (std::size_t r = 0; r < at.rows; ++r) column(k, r);
    }
}

template <Activation f>
HWY_INLINE void after_readout(const NeuronPath& p, const std::uint8_t* gates, const Slice& at, const Buffers& b, float* HWY_RESTRICT y,
                              float* HWY_RESTRICT slope, std::size_t stride) {
    const D d;
    const F df;
    const std::size_t lanes = hn::Lanes(d);
    const V unit = hn::Set(d, p.unit_V), pass_hold = hn::Set(d, p.hold_pass);
    HWY_ALIGN double per_column[5][8], gate[8];
    for (std::size_t k = 0; k < at.count; k += lanes) {
        const std::size_t here = std::min(lanes, at.count - k), c = at.first + k;
        const double* from[5] = {p.offset_V, p.normal_mean_V, p.normal_gain, p.normal_stage_gain, p.normal_stage_offset_V};
        for (int i = 0; i < (p.normal_gain != nullptr ? 5 : 1); ++i) {
            std::fill_n(per_column[i], lanes, 0.0);
            std::copy_n(from[i] + c, here, per_column[i]);
        }
        const V offset = hn::Load(d, per_column[0]);
        for (std::size_t r = 0; r < at.rows; ++r) {
            const PointV held = stage(p.hold, hn::Mul(hn::Add(hn::Load(d, &b.v[r][k]), offset), pass_hold), pass_hold);
            V value = held.y, along = held.slope;
            if (p.normal_gain != nullptr) {
                const V gain = hn::Load(d, per_column[2]), stage_gain = hn::Load(d, per_column[3]);
                const V ideal = hn::Mul(gain, hn::Sub(value, hn::Load(d, per_column[1])));
                const PointV normal =
                    limited({hn::Add(hn::Mul(stage_gain, ideal), hn::Load(d, per_column[4])), hn::Mul(stage_gain, gain)}, p.normal_swing_V);
                value = normal.y, along = hn::Mul(along, normal.slope);
            }
            const PointV out = activated<f>(p, value);
            V result = out.y, steep = hn::Mul(along, out.slope);
            if (gates != nullptr) {
                for (std::size_t i = 0; i < lanes; ++i) gate[i] = i < here && gates[r * p.columns + c + i] != 0 ? p.closed : p.open;
                const V pass = hn::Load(d, gate);
                result = hn::Mul(result, pass), steep = hn::Mul(steep, pass);
            }
            hn::StoreU(hn::DemoteTo(df, hn::Div(result, unit)), df, y + r * stride + c);
            hn::StoreU(hn::DemoteTo(df, steep), df, slope + r * stride + c);
        }
    }
}

template <Activation f>
void forward(const NeuronPath& p, const float* x, std::size_t x_stride, const std::uint8_t* gates, std::size_t rows, float* y,
             float* read_slope, float* slope, std::size_t stride) {
    Buffers b;
    double previous[neuron_rows_at_once] = {};
    for (std::size_t first = 0; first < p.columns; first += columns_at_once) {
        const Slice at{first, std::min(columns_at_once, p.columns - first), rows};
        targets(p, x, x_stride, at, b);
        settle(p, at, previous, b);
        after_readout<f>(p, gates, at, b, y, slope, stride);
        for (std::size_t r = 0; r < rows; ++r) std::copy_n(b.read_slope[r], at.count, read_slope + r * stride + first);
    }
}

void forward_entry(const NeuronPath& p, const float* x, std::size_t x_stride, const std::uint8_t* gates, std::size_t rows, float* y,
                   float* read_slope, float* slope, std::size_t stride) {
    switch (p.activation) {
        case Activation::identity: return forward<Activation::identity>(p, x, x_stride, gates, rows, y, read_slope, slope, stride);
        case Activation::relu: return forward<Activation::relu>(p, x, x_stride, gates, rows, y, read_slope, slope, stride);
        case Activation::leaky_relu: return forward<Activation::leaky_relu>(p, x, x_stride, gates, rows, y, read_slope, slope, stride);
        case Activation::tanh: return forward<Activation::tanh>(p, x, x_stride, gates, rows, y, read_slope, slope, stride);
        case Activation::sigmoid: return forward<Activation::sigmoid>(p, x, x_stride, gates, rows, y, read_slope, slope, stride);
    }
}

// From the last slice to the first: what every output passes back, then the chains of residues, then the slope of the readout.
void backward_entry(const NeuronPath& p, const float* dy, std::size_t dy_stride, const float* read_slope, const float* slope,
                    std::size_t slope_stride, std::size_t rows, float* dx, std::size_t dx_stride) {
    const D d;
    const F df;
    const std::size_t lanes = hn::Lanes(d);
    alignas(64) double here[neuron_rows_at_once][columns_at_once], carry[neuron_rows_at_once][columns_at_once];
    double carried[neuron_rows_at_once] = {};
    const V left = hn::Set(d, double{static_cast<float>(p.left)});
    for (std::size_t first = (p.columns - 1) / columns_at_once * columns_at_once;; first -= columns_at_once) {
        const std::size_t count = std::min(columns_at_once, p.columns - first);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t k = 0; k < count; k += lanes) {
                const auto wide = [&](const float* from) { return hn::PromoteTo(d, hn::LoadU(df, from + first + k)); };
                hn::Store(hn::Mul(wide(dy + r * dy_stride), wide(slope + r * slope_stride)), d, &here[r][k]);
                // A clipped output passes nothing on from the column before.
                hn::Store(hn::IfThenZeroElse(hn::Eq(wide(read_slope + r * slope_stride), hn::Zero(d)), left), d, &carry[r][k]);
            }
        for (std::size_t k = count; k-- > 0;) {
            const double keep = (first + k) % p.turn == 0 ? 0.0 : 1.0;  // the first column of a readout has none before it
            const auto column = [&](std::size_t r) {
                here[r][k] += carried[r];
                carried[r] = here[r][k] * carry[r][k] * keep;
            };
            if (rows == neuron_rows_at_once)
                for (std::size_t r = 0; r < neuron_rows_at_once; ++r) column(r);
            else
                for (std::size_t r = 0; r < rows; ++r) column(r);
        }
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t k = 0; k < count; k += lanes)
                hn::StoreU(hn::Mul(hn::DemoteTo(df, hn::Load(d, &here[r][k])), hn::LoadU(df, read_slope + r * slope_stride + first + k)),
                           df, dx + r * dx_stride + first + k);
        if (first == 0) return;
    }
}

}  // namespace ganbar::periphery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::periphery {
HWY_EXPORT(forward_entry);
HWY_EXPORT(backward_entry);

void neuron_rows(const NeuronPath& path, const float* x, std::size_t x_stride, const std::uint8_t* gates, std::size_t rows, float* y,
                 float* read_slope, float* slope, std::size_t out_stride) {
    HWY_DYNAMIC_DISPATCH(forward_entry)(path, x, x_stride, gates, rows, y, read_slope, slope, out_stride);
}

void neuron_rows_back(const NeuronPath& path, const float* dy, std::size_t dy_stride, const float* read_slope, const float* slope,
                      std::size_t slope_stride, std::size_t rows, float* dx, std::size_t dx_stride) {
    HWY_DYNAMIC_DISPATCH(backward_entry)(path, dy, dy_stride, read_slope, slope, slope_stride, rows, dx, dx_stride);
}
}  // namespace ganbar::periphery
#endif
