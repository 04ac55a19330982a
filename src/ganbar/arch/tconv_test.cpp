#include "ganbar/arch/tconv.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/arch/tconv_ops.h"
#include "ganbar/core/error.h"
#include "ganbar/core/rng.h"

namespace ganbar::arch {
namespace {

Axes cube(int dims, const Axis& a) {
    Axes axes;
    for (int d = 0; d < dims; ++d) axes[static_cast<std::size_t>(d)] = a;
    return axes;
}

TEST(Tconv, ExampleOfChen2019) {  // 2x2 input, one zero between pixels, border of one: 4 of 25 operands, 16 of 64 multiplications
    const Axes axes = cube(2, transposed_axis(2, 2, 2, 0, 0, 0));
    EXPECT_EQ(product(axes, [](const Axis& a) { return a.large; }), 16);
    EXPECT_EQ(product(axes, expanded_side), 25);
    EXPECT_EQ(product(axes, expanded_useful), 4);
    EXPECT_EQ(product(axes, zero_inserted_pairs), 64);
    EXPECT_EQ(product(axes, phase_pairs), 16);
    EXPECT_EQ(product(axes, useful_pairs), 16);
}

struct TableB {
    Int kernel, lo, hi, in, ci, co, expanded, zero_inserted, deformed, useful;
};

TEST(Tconv, TableOfTheDcganGenerator) {  // 1024-512-256-128-3, stride 2, kernels 5 and 4
    const TableB rows[] = {
        {5, 1, 2, 4, 1024, 512, 12, 838860800, 209715200, 151519232}, {5, 1, 2, 8, 512, 256, 20, 838860800, 209715200, 179437568},
        {5, 1, 2, 16, 256, 128, 36, 838860800, 209715200, 194281472}, {5, 1, 2, 32, 128, 3, 68, 39321600, 9830400, 9465216},
        {4, 1, 1, 4, 1024, 512, 11, 536870912, 134217728, 102760448}, {4, 1, 1, 8, 512, 256, 19, 536870912, 134217728, 117964800},
        {4, 1, 1, 16, 256, 128, 35, 536870912, 134217728, 125960192}, {4, 1, 1, 32, 128, 3, 67, 25165824, 6291456, 6096384}};
    for (const TableB& r : rows) {
        const Axes axes = cube(2, transposed_axis(r.in, r.kernel, 2, r.lo, r.hi, 0));
        const Int pairs = r.ci * r.co;
        EXPECT_EQ(expanded_side(axes[0]), r.expanded);
        EXPECT_EQ(product(axes, zero_inserted_pairs) * pairs, r.zero_inserted);
        EXPECT_EQ(product(axes, phase_pairs) * pairs, r.deformed);
        EXPECT_EQ(product(axes, useful_pairs) * pairs, r.useful);
        EXPECT_EQ(axes[0].large, 2 * r.in);
    }
}

TEST(Tconv, PaddingOnTheOtherSideChangesNoCount) {  // TensorFlow pads 1:2, PyTorch 2:1
    for (Int h = 1; h < 40; ++h) {
        const Axis a = transposed_axis(h, 5, 2, 1, 2, 0), b = transposed_axis(h, 5, 2, 2, 2, 1);
        EXPECT_EQ(a.large, b.large);
        EXPECT_EQ(useful_pairs(a), useful_pairs(b));
        EXPECT_EQ(phase_pairs(a), phase_pairs(b));
    }
}

TEST(Tconv, SubKernelsOfKnownShapes) {
    const auto taps = [](Int kernel, Int stride) {
        std::vector<Int> out;
        for (const Phase1& p : phases(transposed_axis(8, kernel, stride, 0, 0, 0))) out.push_back(p.taps);
        return out;
    };
    EXPECT_EQ(taps(5, 2), (std::vector<Int>{3, 2}));
    EXPECT_EQ(taps(4, 2), (std::vector<Int>{2, 2}));
    EXPECT_EQ(taps(3, 2), (std::vector<Int>{2, 1}));
    EXPECT_EQ(taps(16, 8), std::vector<Int>(8, 2));
    std::vector<Int> fcn(32, 2);
    fcn.back() = 1;
    EXPECT_EQ(taps(63, 32), fcn);
    EXPECT_EQ(taps(1, 3), (std::vector<Int>{1, 0, 0}));  // phases that only receive the bias
}

TEST(Tconv, WeightGradientFractions) {  // useful share of the dilated form for H = 4, 8, 16, 32
    const double expected[] = {.3265, .2844, .2664, .2580};
    Int h = 4;
    for (const double e : expected) {
        const Axes axes = cube(2, transposed_axis(h, 5, 2, 1, 2, 0));
        EXPECT_NEAR(double(product(axes, dense_pairs)) / double(product(axes, dilated_pairs)), e, 5e-5);
        h *= 2;
    }
}

/// A random shape; the padding never crops more than the kernel reaches.
TconvShape random_shape(Rng& rng) {
    TconvShape t;
    const int dims = 1 + static_cast<int>(rng.below(3));
    const Int side = dims == 1 ? 9 : dims == 2 ? 5 : 3;
    for (int d = 0; d < dims; ++d) {
        const Int kernel = 1 + Int(rng.below(dims == 3 ? 4 : 7)), stride = 1 + Int(rng.below(dims == 3 ? 3 : 5)),
                  in = 1 + Int(rng.below(std::uint64_t(side)));
        const Int dilation = rng.below(3) == 0 ? 2 + Int(rng.below(3)) : 1;
        const Int op = Int(rng.below(std::uint64_t(stride))), full = (in - 1) * stride + (kernel - 1) * dilation + 1 + op;
        const Int lo = Int(rng.below(std::uint64_t(std::min(kernel + 2, full)))),
                  hi = Int(rng.below(std::uint64_t(std::min(kernel + 2, full - lo))));
        t.axes[static_cast<std::size_t>(d)] = transposed_axis(in, kernel, stride, lo, hi, op, dilation);
    }
    t.c_small = 1 + Int(rng.below(3)), t.c_large = 1 + Int(rng.below(3));
    return t;
}

std::vector<double> random_values(Rng& rng, Int n) {
    std::vector<double> v(static_cast<std::size_t>(n));
    for (double& x : v) x = rng.normal();
    return v;
}

void expect_equal(const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-11 * (1 + std::abs(a[i])));
}

TEST(TconvOps, AllFormsAgreeAndMultiplyAsCounted) {
    const Rng root(20240601);
    for (std::uint64_t n = 0; n < 4000; ++n) {
        Rng rng = root.stream("shape", n);
        const TconvShape t = random_shape(rng);
        const auto small = random_values(rng, t.small_size()), large = random_values(rng, t.large_size()),
                   w = random_values(rng, t.kernel_size());
        const Int channels = t.c_small * t.c_large;
        const Counted direct = up_direct(t, small, w), zero = up_zero_inserted(t, small, w), deformed = up_deformed(t, small, w);
        expect_equal(direct.values, zero.values);
        expect_equal(direct.values, deformed.values);
        ASSERT_EQ(direct.n_multiplications, channels * product(t.axes, useful_pairs));
        ASSERT_EQ(zero.n_multiplications, channels * product(t.axes, zero_inserted_pairs));
        ASSERT_EQ(deformed.n_multiplications, channels * product(t.axes, phase_pairs));
        ASSERT_LE(direct.n_multiplications, deformed.n_multiplications);
        ASSERT_LE(deformed.n_multiplications, zero.n_multiplications);
        const Counted free = gradient_zero_free(t, small, large), dilated = gradient_dilated(t, small, large);
        expect_equal(free.values, dilated.values);
        ASSERT_EQ(free.n_multiplications, channels * product(t.axes, dense_pairs));
        ASSERT_EQ(dilated.n_multiplications, channels * product(t.axes, dilated_pairs));
        const Counted down = down_dense(t, large, w);
        ASSERT_EQ(down.n_multiplications, channels * product(t.axes, dense_pairs));
        double forward = 0, backward = 0;  // <large, up(small)> = <down(large), small>: the error pass is the adjoint of the forward pass
        for (std::size_t i = 0; i < large.size(); ++i) forward += large[i] * direct.values[i];
        for (std::size_t i = 0; i < small.size(); ++i) backward += small[i] * down.values[i];
        ASSERT_NEAR(forward, backward, 1e-10 * (1 + std::abs(forward)));
        double through_gradient = 0;  // and the same number is <w, gradient>
        for (std::size_t i = 0; i < w.size(); ++i) through_gradient += w[i] * free.values[i];
        ASSERT_NEAR(forward, through_gradient, 1e-10 * (1 + std::abs(forward)));
    }
}

TEST(Tconv, PhasesPartitionTapsAndOutputs) {
    const Rng root(7);
    for (std::uint64_t n = 0; n < 5000; ++n) {
        Rng rng = root.stream("axis", n);
        const TconvShape t = random_shape(rng);
        Int sub_taps = 0, sub_outputs = 0, executed = 0;
        for (const Axis& a : t.axes) {
            Int taps = 0, outputs = 0;
            for (const Phase1& p : phases(a)) taps += p.taps, outputs += p.outputs;
            ASSERT_EQ(taps, a.kernel);
            ASSERT_EQ(outputs, a.large);
        }
        for (const SubKernel& s : sub_kernels(t.axes))
            sub_taps += s.count * s.taps, sub_outputs += s.count * s.outputs, executed += s.count * s.taps * s.outputs;
        ASSERT_LE(sub_taps, product(t.axes, [](const Axis& a) { return a.kernel; }));
        ASSERT_LE(sub_outputs, product(t.axes, [](const Axis& a) { return a.large; }));
        ASSERT_EQ(executed, product(t.axes, phase_pairs));
    }
}

TEST(Tconv, ImpossibleShapesAreRefused) {
    EXPECT_THROW(transposed_axis(0, 5, 2, 1, 2, 0), ConfigError);
    EXPECT_THROW(transposed_axis(4, 0, 2, 0, 0, 0), ConfigError);
    EXPECT_THROW(transposed_axis(4, 5, 0, 0, 0, 0), ConfigError);
    EXPECT_THROW(transposed_axis(4, 5, 2, -1, 0, 0), ConfigError);
    EXPECT_THROW(transposed_axis(1, 2, 2, 1, 1, 0), ConfigError);
    EXPECT_THROW(convolution_axis(3, 5, 1, 0, 1), ConfigError);
    EXPECT_THROW(transposed_axis(4, 5, 2, 0, 0, -1), ConfigError);
}

}  // namespace
}  // namespace ganbar::arch
