#include "ganbar/arch/tconv_ops.h"

#include "ganbar/core/error.h"

namespace ganbar::arch {
namespace {

using Index = std::array<Int, max_dims>;

Index sides(const Axes& axes, Int Axis::*member) {
    Index out;
    for (int d = 0; d < max_dims; ++d) out[static_cast<std::size_t>(d)] = axes[static_cast<std::size_t>(d)].*member;
    return out;
}
Int volume(const Index& n) { return n[0] * n[1] * n[2]; }
Int flat(const Index& n, const Index& at) { return (at[0] * n[1] + at[1]) * n[2] + at[2]; }

/// body(index) for every index of a box.
template <class Body>
void for_each(const Index& n, const Body& body) {
    for (Int a = 0; a < n[0]; ++a)
        for (Int b = 0; b < n[1]; ++b)
            for (Int c = 0; c < n[2]; ++c) body(Index{a, b, c});
}

bool inside(const Index& n, const Index& at) {
    for (std::size_t d = 0; d < max_dims; ++d)
        if (at[d] < 0 || at[d] >= n[d]) return false;
    return true;
}

/// Index d-wise: f(axis, a, b).
template <class F>
Index each_axis(const Axes& axes, const Index& a, const Index& b, F f) {
    Index out;
    for (std::size_t d = 0; d < max_dims; ++d) out[d] = f(axes[d], a[d], b[d]);
    return out;
}

struct Boxes {
    Index small, large, kernel;
    explicit Boxes(const TconvShape& t)
        : small(sides(t.axes, &Axis::small)), large(sides(t.axes, &Axis::large)), kernel(sides(t.axes, &Axis::kernel)) {}
};

Int kernel_at(const TconvShape& t, const Boxes& b, Int cs, Int cl, const Index& k) {
    return (cs * t.c_large + cl) * volume(b.kernel) + flat(b.kernel, k);
}

void check(std::span<const double> v, Int n) { GANBAR_ASSERT(static_cast<Int>(v.size()) == n); }
double at(std::span<const double> v, Int i) { return v[static_cast<std::size_t>(i)]; }
double& at(std::vector<double>& v, Int i) { return v[static_cast<std::size_t>(i)]; }

}  // namespace

Counted up_direct(const TconvShape& t, std::span<const double> small, std::span<const double> kernel) {
    check(small, t.small_size()), check(kernel, t.kernel_size());
    const Boxes b(t);
    Counted out{std::vector<double>(static_cast<std::size_t>(t.large_size())), 0};
    for (Int cs = 0; cs < t.c_small; ++cs)
        for (Int cl = 0; cl < t.c_large; ++cl)
            for_each(b.small, [&](const Index& i) {
                for_each(b.kernel, [&](const Index& k) {
                    const Index o =
                        each_axis(t.axes, i, k, [](const Axis& a, Int x, Int y) { return x * a.stride - a.pad_lo + y * a.dilation; });
                    if (!inside(b.large, o)) return;
                    at(out.values, cl * volume(b.large) + flat(b.large, o)) +=
                        at(small, cs * volume(b.small) + flat(b.small, i)) * at(kernel, kernel_at(t, b, cs, cl, k));
                    ++out.n_multiplications;
                });
            });
    return out;
}

Counted up_zero_inserted(const TconvShape& t, std::span<const double> small, std::span<const double> kernel) {
    check(small, t.small_size()), check(kernel, t.kernel_size());
    const Boxes b(t);
    Index wide;
    for (std::size_t d = 0; d < max_dims; ++d) wide[d] = expanded_side(t.axes[d]);
    std::vector<double> expanded(static_cast<std::size_t>(t.c_small * volume(wide)));
    for (Int cs = 0; cs < t.c_small; ++cs)
        for_each(b.small, [&](const Index& i) {
            const Index e = each_axis(t.axes, i, i, [](const Axis& a, Int x, Int) { return x * a.stride + a.reach() - 1 - a.pad_lo; });
            if (inside(wide, e)) at(expanded, cs * volume(wide) + flat(wide, e)) = at(small, cs * volume(b.small) + flat(b.small, i));
        });
    Counted out{std::vector<double>(static_cast<std::size_t>(t.large_size())), 0};
    for (Int cl = 0; cl < t.c_large; ++cl)
        for_each(b.large, [&](const Index& o) {
            double sum = 0;
            for (Int cs = 0; cs < t.c_small; ++cs)
                for_each(b.kernel, [&](const Index& k) {
                    const Index e = each_axis(t.axes, o, k, [](const Axis& a, Int x, Int y) { return x + a.reach() - 1 - y * a.dilation; });
                    sum += at(expanded, cs * volume(wide) + flat(wide, e)) * at(kernel, kernel_at(t, b, cs, cl, k));
                    ++out.n_multiplications;
                });
            at(out.values, cl * volume(b.large) + flat(b.large, o)) = sum;
        });
    return out;
}

namespace {

/// The outputs of one phase: a dense stride-1 convolution with the taps of that phase on every axis.
void run_phase(const TconvShape& t, const Boxes& b, const Index& f, std::span<const double> small, std::span<const double> kernel,
               Counted& out) {
    Index taps, outputs, first;
    std::array<std::vector<Int>, max_dims> list;
    for (std::size_t d = 0; d < max_dims; ++d) {
        const Axis& a = t.axes[d];
        const Phase1 p = phases(a)[static_cast<std::size_t>(f[d])];
        taps[d] = p.taps, outputs[d] = p.outputs, list[d] = phase_taps(a, f[d]);
        first[d] = ((f[d] - a.pad_lo) % a.stride + a.stride) % a.stride;
    }
    for (Int cl = 0; cl < t.c_large; ++cl)
        for_each(outputs, [&](const Index& n) {
            Index o;  // o = first + n s
            for (std::size_t d = 0; d < max_dims; ++d) o[d] = first[d] + n[d] * t.axes[d].stride;
            double sum = 0;
            for (Int cs = 0; cs < t.c_small; ++cs)
                for_each(taps, [&](const Index& j) {
                    ++out.n_multiplications;  // a border zero is multiplied like any other operand
                    Index i, k;
                    for (std::size_t d = 0; d < max_dims; ++d) {  // i s = o + p - k d, a multiple of s in this phase
                        const Axis& a = t.axes[d];
                        k[d] = list[d][static_cast<std::size_t>(j[d])];
                        const Int reached = o[d] + a.pad_lo - k[d] * a.dilation;
                        i[d] = reached >= 0 ? reached / a.stride : -1;
                    }
                    if (inside(b.small, i))
                        sum += at(small, cs * volume(b.small) + flat(b.small, i)) * at(kernel, kernel_at(t, b, cs, cl, k));
                });
            at(out.values, cl * volume(b.large) + flat(b.large, o)) = sum;
        });
}

}  // namespace

Counted up_deformed(const TconvShape& t, std::span<const double> small, std::span<const double> kernel) {
    check(small, t.small_size()), check(kernel, t.kernel_size());
    const Boxes b(t);
    Counted out{std::vector<double>(static_cast<std::size_t>(t.large_size())), 0};
    for_each(sides(t.axes, &Axis::stride), [&](const Index& f) { run_phase(t, b, f, small, kernel, out); });
    return out;
}

Counted down_dense(const TconvShape& t, std::span<const double> large, std::span<const double> kernel) {
    check(large, t.large_size()), check(kernel, t.kernel_size());
    const Boxes b(t);
    Counted out{std::vector<double>(static_cast<std::size_t>(t.small_size())), 0};
    for (Int cs = 0; cs < t.c_small; ++cs)
        for_each(b.small, [&](const Index& i) {
            double sum = 0;
            for (Int cl = 0; cl < t.c_large; ++cl)
                for_each(b.kernel, [&](const Index& k) {
                    ++out.n_multiplications;
                    const Index o =
                        each_axis(t.axes, i, k, [](const Axis& a, Int x, Int y) { return x * a.stride - a.pad_lo + y * a.dilation; });
                    if (inside(b.large, o))
                        sum += at(large, cl * volume(b.large) + flat(b.large, o)) * at(kernel, kernel_at(t, b, cs, cl, k));
                });
            at(out.values, cs * volume(b.small) + flat(b.small, i)) = sum;
        });
    return out;
}

Counted gradient_zero_free(const TconvShape& t, std::span<const double> small, std::span<const double> large) {
    check(small, t.small_size()), check(large, t.large_size());
    const Boxes b(t);
    Counted out{std::vector<double>(static_cast<std::size_t>(t.kernel_size())), 0};
    for (Int cs = 0; cs < t.c_small; ++cs)
        for (Int cl = 0; cl < t.c_large; ++cl)
            for_each(b.kernel, [&](const Index& k) {
                double sum = 0;
                for_each(b.small, [&](const Index& i) {
                    ++out.n_multiplications;
                    const Index o =
                        each_axis(t.axes, i, k, [](const Axis& a, Int x, Int y) { return x * a.stride - a.pad_lo + y * a.dilation; });
                    if (inside(b.large, o))
                        sum += at(small, cs * volume(b.small) + flat(b.small, i)) * at(large, cl * volume(b.large) + flat(b.large, o));
                });
                at(out.values, kernel_at(t, b, cs, cl, k)) = sum;
            });
    return out;
}

Counted gradient_dilated(const TconvShape& t, std::span<const double> small, std::span<const double> large) {
    check(small, t.small_size()), check(large, t.large_size());
    const Boxes b(t);
    Index wide;
    for (std::size_t d = 0; d < max_dims; ++d) wide[d] = (t.axes[d].small - 1) * t.axes[d].stride + 1;
    Counted out{std::vector<double>(static_cast<std::size_t>(t.kernel_size())), 0};
    for (Int cs = 0; cs < t.c_small; ++cs) {
        std::vector<double> dilated(static_cast<std::size_t>(volume(wide)));
        for_each(b.small, [&](const Index& i) {
            at(dilated, flat(wide, each_axis(t.axes, i, i, [](const Axis& a, Int x, Int) { return x * a.stride; }))) =
                at(small, cs * volume(b.small) + flat(b.small, i));
        });
        for (Int cl = 0; cl < t.c_large; ++cl)
            for_each(b.kernel, [&](const Index& k) {
                double sum = 0;
                for_each(wide, [&](const Index& e) {
                    ++out.n_multiplications;
                    const Index o = each_axis(t.axes, e, k, [](const Axis& a, Int x, Int y) { return x - a.pad_lo + y * a.dilation; });
                    if (inside(b.large, o)) sum += at(dilated, flat(wide, e)) * at(large, cl * volume(b.large) + flat(b.large, o));
                });
                at(out.values, kernel_at(t, b, cs, cl, k)) = sum;
            });
    }
    return out;
}

}  // namespace ganbar::arch
