#include "ganbar/core/kernels/activation.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/core/kernels/activation.cpp"
#include <hwy/foreach_target.h>

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

HWY_INLINE V sigmoid(V x) {
    const D d;
    return hn::Div(hn::Set(d, 1.0f), hn::Add(hn::Set(d, 1.0f), hn::Exp(d, hn::Neg(x))));
}

// tanh x = 1 - 2 / (exp(2x) + 1), odd; near zero the series keeps relative accuracy.
HWY_INLINE V tanh(V x) {
    const D d;
    const V a = hn::Min(hn::Abs(x), hn::Set(d, 10.0f));
    const V one = hn::Set(d, 1.0f);
    const V big = hn::Sub(one, hn::Div(hn::Set(d, 2.0f), hn::Add(hn::Exp(d, hn::Add(a, a)), one)));
    const V a2 = hn::Mul(a, a);
    V s = hn::MulAdd(a2, hn::Set(d, -17.0f / 315), hn::Set(d, 2.0f / 15));
    s = hn::MulAdd(s, a2, hn::Set(d, -1.0f / 3));
    const V small = hn::MulAdd(hn::Mul(s, a2), a, a);
    return hn::CopySign(hn::IfThenElse(hn::Lt(a, hn::Set(d, 0.15f)), small, big), x);
}

template <Activation f>
void activate(float* y, std::size_t stride, std::size_t rows, std::size_t cols, const float* bias, float slope) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < cols; c += lanes) {
            float* p = y + r * stride + c;
            V x = hn::Load(d, p);
            if (bias != nullptr) x = hn::Add(x, hn::Load(d, bias + c));
            if constexpr (f == Activation::relu) x = hn::Max(x, hn::Zero(d));
            if constexpr (f == Activation::leaky_relu) x = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(x, hn::Set(d, slope)), x);
            if constexpr (f == Activation::tanh) x = tanh(x);
            if constexpr (f == Activation::sigmoid) x = sigmoid(x);
            hn::Store(x, d, p);
        }
}

template <Activation f>
void gradient(float* g, std::size_t g_stride, const float* y, std::size_t y_stride, std::size_t rows, std::size_t cols, float slope) {
    const D d;
    const std::size_t lanes = hn::Lanes(d);
    const V one = hn::Set(d, 1.0f);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < cols; c += lanes) {
            float* p = g + r * g_stride + c;
            const V v = hn::Load(d, y + r * y_stride + c);
            V dz = hn::Load(d, p);
            if constexpr (f == Activation::relu) dz = hn::IfThenElseZero(hn::Gt(v, hn::Zero(d)), dz);
            if constexpr (f == Activation::leaky_relu) dz = hn::IfThenElse(hn::Lt(v, hn::Zero(d)), hn::Mul(dz, hn::Set(d, slope)), dz);
            if constexpr (f == Activation::tanh) dz = hn::Mul(dz, hn::NegMulAdd(v, v, one));
            if constexpr (f == Activation::sigmoid) dz = hn::Mul(dz, hn::Mul(v, hn::Sub(one, v)));
            hn::Store(dz, d, p);
        }
}

void activate_entry(float* y, std::size_t stride, std::size_t rows, std::size_t cols, const float* bias, Activation f, float slope) {
    switch (f) {
        case Activation::identity: return activate<Activation::identity>(y, stride, rows, cols, bias, slope);
        case Activation::relu: return activate<Activation::relu>(y, stride, rows, cols, bias, slope);
        case Activation::leaky_relu: return activate<Activation::leaky_relu>(y, stride, rows, cols, bias, slope);
        case Activation::tanh: return activate<Activation::tanh>(y, stride, rows, cols, bias, slope);
        case Activation::sigmoid: return activate<Activation::sigmoid>(y, stride, rows, cols, bias, slope);
    }
}
void gradient_entry(float* g, std::size_t g_stride, const float* y, std::size_t y_stride, std::size_t rows, std::size_t cols, Activation f,
                    float slope) {
    switch (f) {
        case Activation::identity: return;
        case Activation::relu: return gradient<Activation::relu>(g, g_stride, y, y_stride, rows, cols, slope);
        case Activation::leaky_relu: return gradient<Activation::leaky_relu>(g, g_stride, y, y_stride, rows, cols, slope);
        case Activation::tanh: return gradient<Activation::tanh>(g, g_stride, y, y_stride, rows, cols, slope);
        case Activation::sigmoid: return gradient<Activation::sigmoid>(g, g_stride, y, y_stride, rows, cols, slope);
    }
}

}  // namespace ganbar::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::kernels {
HWY_EXPORT(activate_entry);
HWY_EXPORT(gradient_entry);

void activate_rows(float* y, std::size_t stride, std::size_t rows, std::size_t cols, const float* bias, Activation f, float slope) {
    HWY_DYNAMIC_DISPATCH(activate_entry)(y, stride, rows, cols, bias, f, slope);
}
void activation_gradient_rows(float* d, std::size_t d_stride, const float* y, std::size_t y_stride, std::size_t rows, std::size_t cols,
                              Activation f, float slope) {
    HWY_DYNAMIC_DISPATCH(gradient_entry)(d, d_stride, y, y_stride, rows, cols, f, slope);
}
}  // namespace ganbar::kernels
#endif
