#include "ganbar/device/kernels/nili_steps.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/device/kernels/nili_steps.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::nili_steps::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using F = hn::CappedTag<float, 16>;
using V = hn::Vec<F>;

/// fast::exp, without fused operations as there.
HWY_INLINE V exp_of(F d, V x) {
    const hn::RebindToSigned<F> whole_tag;
    x = hn::Mul(x, hn::Set(d, 1.442695041f));
    const auto lo = hn::Set(d, -126.0f), hi = hn::Set(d, 126.0f);
    const auto limited = hn::IfThenElse(hn::Lt(x, lo), lo, hn::IfThenElse(hn::Gt(x, hi), hi, x));
    const auto half = hn::IfThenElse(hn::Lt(limited, hn::Zero(d)), hn::Set(d, -0.5f), hn::Set(d, 0.5f));
    const auto whole = hn::ConvertTo(whole_tag, hn::Add(limited, half));  // towards zero
    const auto f = hn::Sub(limited, hn::ConvertTo(d, whole));
    auto y = hn::Set(d, 1.525273380e-5f);
    for (const float c : {1.540353039e-4f, 1.333355815e-3f, 9.618129108e-3f, 5.550410866e-2f, 2.402265070e-1f, 6.931471806e-1f, 1.0f})
        y = hn::Add(hn::Mul(y, f), hn::Set(d, c));
    return hn::Mul(y, hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(whole, hn::Set(whole_tag, 127)))));
}

void steps_here(const Tables& t, const float* HWY_RESTRICT v_V, const std::int32_t* HWY_RESTRICT bin, float* HWY_RESTRICT mean_S,
                float* HWY_RESTRICT spread_S, std::size_t n) {
    const F d;
    const hn::RebindToSigned<F> index;
    const auto one = hn::Set(d, 1.0f), two = hn::Set(d, 2.0f), minus_two = hn::Set(d, -2.0f);
    for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
        const auto k = hn::Load(index, bin + i);
        const auto v = hn::Load(d, v_V + i), sign = hn::GatherIndex(d, t.sign, k);
        const auto y = hn::Sub(hn::Mul(hn::GatherIndex(d, t.slope, k), v), hn::GatherIndex(d, t.offset, k));
        const auto tail = hn::Div(hn::Mul(two, sign), hn::Add(one, exp_of(d, hn::Mul(hn::Mul(minus_two, sign), y))));
        const auto mean = hn::Mul(hn::GatherIndex(d, t.amplitude, k), tail);
        auto r = hn::Add(hn::GatherIndex(d, t.r_v2, k), hn::Mul(v, hn::GatherIndex(d, t.r_v3, k)));
        r = hn::Add(hn::GatherIndex(d, t.r_v, k), hn::Mul(v, r));
        r = hn::Add(hn::GatherIndex(d, t.r0, k), hn::Mul(v, r));
        hn::Store(mean, d, mean_S + i);
        hn::Store(hn::Mul(mean, r), d, spread_S + i);
    }
}

}  // namespace ganbar::nili_steps::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::nili_steps {
HWY_EXPORT(steps_here);
void steps(const Tables& tables, const float* v_V, const std::int32_t* bin, float* mean_S, float* spread_S, std::size_t n) {
    HWY_DYNAMIC_DISPATCH(steps_here)(tables, v_V, bin, mean_S, spread_S, n);
}
}  // namespace ganbar::nili_steps
#endif
