#include "ganbar/core/kernels/columns.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/core/kernels/columns.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

void moments_entry(const float* x, std::size_t stride, std::size_t rows, std::size_t cols, const float* shift, float* s1, float* s2) {
    const D d;
    for (std::size_t c = 0; c < cols; c += hn::Lanes(d)) {
        V a = hn::Load(d, s1 + c), b = hn::Load(d, s2 + c);
        const V zero = hn::Load(d, shift + c);
        for (std::size_t r = 0; r < rows; ++r) {
            const V v = hn::Sub(hn::Load(d, x + r * stride + c), zero);
            a = hn::Add(a, v);
            b = hn::MulAdd(v, v, b);
        }
        hn::Store(a, d, s1 + c);
        hn::Store(b, d, s2 + c);
    }
}

void products_entry(const float* g, std::size_t g_stride, const float* x, std::size_t x_stride, std::size_t rows, std::size_t cols,
                    const float* mean, float* s1, float* s2) {
    const D d;
    for (std::size_t c = 0; c < cols; c += hn::Lanes(d)) {
        V a = hn::Load(d, s1 + c), b = hn::Load(d, s2 + c);
        const V m = hn::Load(d, mean + c);
        for (std::size_t r = 0; r < rows; ++r) {
            const V v = hn::Load(d, g + r * g_stride + c);
            a = hn::Add(a, v);
            b = hn::MulAdd(v, hn::Sub(hn::Load(d, x + r * x_stride + c), m), b);
        }
        hn::Store(a, d, s1 + c);
        hn::Store(b, d, s2 + c);
    }
}

void affine_entry(const float* x, std::size_t x_stride, float* y, std::size_t y_stride, std::size_t rows, std::size_t cols, const float* a,
                  const float* b) {
    const D d;
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < cols; c += hn::Lanes(d))
            hn::Store(hn::MulAdd(hn::Load(d, x + r * x_stride + c), hn::Load(d, a + c), hn::Load(d, b + c)), d, y + r * y_stride + c);
}

void affine_gradient_entry(float* g, std::size_t g_stride, const float* x, std::size_t x_stride, std::size_t rows, std::size_t cols,
                           const float* a, const float* b, const float* mean, const float* c0) {
    const D d;
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < cols; c += hn::Lanes(d)) {
            float* p = g + r * g_stride + c;
            const V centred = hn::Sub(hn::Load(d, x + r * x_stride + c), hn::Load(d, mean + c));
            const V v = hn::MulAdd(centred, hn::Load(d, b + c), hn::Load(d, c0 + c));
            hn::Store(hn::MulAdd(hn::Load(d, p), hn::Load(d, a + c), v), d, p);
        }
}

}  // namespace ganbar::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::kernels {
HWY_EXPORT(moments_entry);
HWY_EXPORT(products_entry);
HWY_EXPORT(affine_entry);
HWY_EXPORT(affine_gradient_entry);

void column_moments(const float* x, std::size_t stride, std::size_t rows, std::size_t cols, const float* shift, float* s1, float* s2) {
    HWY_DYNAMIC_DISPATCH(moments_entry)(x, stride, rows, cols, shift, s1, s2);
}
void column_products(const float* d, std::size_t d_stride, const float* x, std::size_t x_stride, std::size_t rows, std::size_t cols,
                     const float* mean, float* s1, float* s2) {
    HWY_DYNAMIC_DISPATCH(products_entry)(d, d_stride, x, x_stride, rows, cols, mean, s1, s2);
}
void affine_rows(const float* x, std::size_t x_stride, float* y, std::size_t y_stride, std::size_t rows, std::size_t cols, const float* a,
                 const float* b) {
    HWY_DYNAMIC_DISPATCH(affine_entry)(x, x_stride, y, y_stride, rows, cols, a, b);
}
void affine_gradient_rows(float* d, std::size_t d_stride, const float* x, std::size_t x_stride, std::size_t rows, std::size_t cols,
                          const float* a, const float* b, const float* mean, const float* c) {
    HWY_DYNAMIC_DISPATCH(affine_gradient_entry)(d, d_stride, x, x_stride, rows, cols, a, b, mean, c);
}
}  // namespace ganbar::kernels
#endif
