// Convolutions against their definition, written as plain loops in double; forms and thread counts against each other.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/parallel.h"
#include "ganbar/nn/convolution.h"
#include "ganbar/nn/digital_op.h"
#include "ganbar/nn/layer_spec.h"

namespace ganbar::nn {
namespace {

/// Hides that an operator can follow patches: what a crossbar looks like to a convolution.
class RowsOnly final : public LinearOp {
public:
    explicit RowsOnly(std::unique_ptr<DigitalOp> op) : op_(std::move(op)) {}
    std::size_t n_in() const override { return op_->n_in(); }
    std::size_t n_out() const override { return op_->n_out(); }
    void forward(const Matrix& x, Matrix& y, Step& s) override { op_->forward(x, y, s); }
    void backward(const Matrix& dy, Matrix& dx, Step& s) override { op_->backward(dy, dx, s); }
    void update(const Matrix& x, const Matrix& dy, const UpdateRule& r, Step& s) override { op_->update(x, dy, r, s); }
    Matrix weights() const override { return op_->weights(); }
    State state() const override { return op_->state(); }
    void restore(const State& s) override { op_->restore(s); }

private:
    std::unique_ptr<DigitalOp> op_;
};

struct Case {
    MapShape in, out;
    Window w;
    bool transposed = false;
    std::size_t samples = 2;
};

std::size_t between(Rng& rng, std::size_t lo, std::size_t hi) { return lo + rng.below(hi - lo + 1); }

/// Shapes that may be built, of 1 to 3 axes.
Case random_case(Rng& rng) {
    for (;;) {
        Case c;
        c.transposed = rng.below(2) == 1;
        const std::size_t axes = between(rng, 1, 3), most = axes == 3 ? 4 : 7;
        c.in.channels = between(rng, 1, 20);
        for (std::size_t a = 0; a < axes; ++a) {
            c.in.side.push_back(between(rng, 1, most));
            c.w.kernel.push_back(between(rng, 1, axes == 3 ? 3 : 5));
            c.w.stride.push_back(between(rng, 1, 3));
            c.w.pad_lo.push_back(between(rng, 0, 2));
            c.w.pad_hi.push_back(between(rng, 0, 2));
            c.w.output_pad.push_back(c.transposed ? between(rng, 0, 1) : 0);
        }
        c.samples = between(rng, 1, 5);
        const std::size_t channels = rng.below(8) == 0 ? between(rng, 60, 70) : between(rng, 1, 20);
        try {
            c.out = c.transposed ? conv_transpose_output(c.in, c.w, channels, {}) : conv_output(c.in, c.w, channels, {});
            if (!c.transposed || !conv_transpose_patches(c.in, c.out, c.w, true).empty()) return c;
        } catch (const ConfigError&) {
        }
    }
}

std::vector<std::size_t> unflat(std::size_t n, const std::vector<std::size_t>& side) {
    std::vector<std::size_t> at(side.size());
    for (std::size_t a = side.size(); a-- > 0; n /= side[a]) at[a] = n % side[a];
    return at;
}
std::size_t n_taps(const Case& c) {
    std::size_t n = 1;
    for (const auto k : c.w.kernel) n *= k;
    return n;
}
/// Calls body(input position, output position, tap) for every product of the definition: the large map's position is
/// (small map's position) stride - pad_lo + tap, the small map being the output of a convolution and the input of its transpose.
template <class Body>
void over_products(const Case& c, const Body& body) {
    const MapShape& small = c.transposed ? c.in : c.out;
    const MapShape& large = c.transposed ? c.out : c.in;
    for (std::size_t s = 0; s < small.positions(); ++s)
        for (std::size_t k = 0; k < n_taps(c); ++k) {
            const auto at = unflat(s, small.side), tap = unflat(k, c.w.kernel);
            std::size_t l = 0;
            bool inside = true;
            for (std::size_t a = 0; a < at.size(); ++a) {
                const auto x = static_cast<std::int64_t>(at[a] * c.w.stride[a] + tap[a]) - static_cast<std::int64_t>(c.w.pad_lo[a]);
                inside = inside && x >= 0 && x < static_cast<std::int64_t>(large.side[a]);
                l = l * large.side[a] + static_cast<std::size_t>(std::max<std::int64_t>(x, 0));
            }
            if (inside) body(c.transposed ? s : l, c.transposed ? l : s, k);
        }
}

Matrix drawn(std::size_t rows, std::size_t cols, Rng rng) {
    Matrix m(rows, cols);
    for (std::size_t r = 0; r < rows; ++r) rng.fill_normal(m.row_span(r));
    return m;
}

struct Layered {
    std::unique_ptr<Convolution> layer;
    std::vector<std::vector<std::size_t>> taps;  // of each part
};
Layered make(const Case& c, const Matrix& kernel, bool zero_free, bool rows_only, BiasKind bias = BiasKind::none) {
    Layered out;
    std::vector<MapPart> parts;
    const auto op = [&](const std::vector<std::size_t>& taps) -> std::unique_ptr<LinearOp> {
        Matrix w(taps.size() * c.in.channels, c.out.channels);
        for (std::size_t t = 0; t < taps.size(); ++t)
            for (std::size_t i = 0; i < c.in.channels; ++i)
                std::copy_n(kernel.row(taps[t] * c.in.channels + i), c.out.channels, w.row(t * c.in.channels + i));
        auto digital = std::make_unique<DigitalOp>("op" + std::to_string(parts.size()), std::move(w));
        if (rows_only) return std::make_unique<RowsOnly>(std::move(digital));
        return digital;
    };
    if (c.transposed) {
        for (auto& piece : conv_transpose_patches(c.in, c.out, c.w, zero_free)) {
            out.taps.push_back(piece.taps);
            auto part_op = op(piece.taps);
            parts.push_back({std::move(piece.map), std::move(part_op)});
        }
    } else {
        std::vector<std::size_t> all(n_taps(c));
        for (std::size_t t = 0; t < all.size(); ++t) all[t] = t;
        out.taps.push_back(all);
        auto part_op = op(all);
        parts.push_back({conv_patches(c.in, c.out, c.w), std::move(part_op)});
    }
    out.layer = std::make_unique<Convolution>("conv", std::move(parts), c.in.channels, bias, Activation::identity, 0);
    return out;
}

struct Results {
    Matrix y, dx, gradient;  // gradient in the whole kernel's order
};
Results play(const Case& c, const Matrix& x, const Matrix& dy, const Matrix& kernel, bool zero_free, bool rows_only) {
    Layered l = make(c, kernel, zero_free, rows_only);
    Rng rng(1);
    Ledger ledger;
    Step step{rng, ledger, "test", true};
    Results out;
    out.y = l.layer->forward(x, step);
    Matrix d = dy;
    out.dx = l.layer->backward(d, true, step);
    l.layer->update(Sgd{1, 0}, step);
    out.gradient.resize(kernel.rows(), kernel.cols());
    const auto ops = l.layer->ops();
    for (std::size_t p = 0; p < ops.size(); ++p) {
        const Matrix w = ops[p]->weights();
        for (std::size_t t = 0; t < l.taps[p].size(); ++t)
            for (std::size_t i = 0; i < c.in.channels; ++i)
                for (std::size_t o = 0; o < c.out.channels; ++o) {
                    const std::size_t row = l.taps[p][t] * c.in.channels + i;
                    out.gradient(row, o) = kernel(row, o) - w(t * c.in.channels + i, o);
                }
    }
    return out;
}

void expect_near(const Matrix& a, const Matrix& b, double tolerance, const char* what) {
    ASSERT_EQ(a.rows(), b.rows());
    ASSERT_EQ(a.cols(), b.cols());
    for (std::size_t r = 0; r < a.rows(); ++r)
        for (std::size_t c = 0; c < a.cols(); ++c) ASSERT_NEAR(a(r, c), b(r, c), tolerance) << what << " " << r << " " << c;
}

struct Operands {
    Matrix x, dy, kernel;
};
Operands operands(const Case& c, const Rng& rng, int n) {
    return {drawn(c.samples * c.in.positions(), c.in.channels, rng.stream("x", n)),
            drawn(c.samples * c.out.positions(), c.out.channels, rng.stream("dy", n)),
            drawn(n_taps(c) * c.in.channels, c.out.channels, rng.stream("w", n))};
}

TEST(Convolution, AgreesWithItsDefinitionInEveryDirection) {
    Rng rng(5);
    for (int n = 0; n < 150; ++n) {
        const Case c = random_case(rng);
        const Operands drawn_now = operands(c, rng, n);
        const Matrix &x = drawn_now.x, &dy = drawn_now.dy, &kernel = drawn_now.kernel;  // a lambda uses them
        std::vector<double> y(dy.rows() * dy.cols()), dx(x.rows() * x.cols()), dw(kernel.rows() * kernel.cols());
        over_products(c, [&](std::size_t in, std::size_t out, std::size_t tap) {
            for (std::size_t s = 0; s < c.samples; ++s)
                for (std::size_t i = 0; i < c.in.channels; ++i)
                    for (std::size_t o = 0; o < c.out.channels; ++o) {
                        const std::size_t from = s * c.in.positions() + in, to = s * c.out.positions() + out, row = tap * c.in.channels + i;
                        y[to * c.out.channels + o] += double{x(from, i)} * kernel(row, o);
                        dx[from * c.in.channels + i] += double{dy(to, o)} * kernel(row, o);
                        dw[row * c.out.channels + o] += double{x(from, i)} * dy(to, o);
                    }
        });
        const auto as_matrix = [](const std::vector<double>& v, const Matrix& shape) {
            Matrix m(shape.rows(), shape.cols());
            for (std::size_t k = 0; k < v.size(); ++k) m(k / m.cols(), k % m.cols()) = static_cast<float>(v[k]);
            return m;
        };
        const Results r = play(c, x, dy, kernel, true, false);
        const double tolerance = 2e-4;  // of sums of up to some thousand products near 1
        expect_near(r.y, as_matrix(y, dy), tolerance, "forward");
        expect_near(r.dx, as_matrix(dx, x), tolerance, "error");
        expect_near(r.gradient, as_matrix(dw, kernel), tolerance, "gradient");
    }
}

TEST(Convolution, LaidOutPatchesGiveTheSameBits) {
    Rng rng(6);
    for (int n = 0; n < 60; ++n) {
        const Case c = random_case(rng);
        const auto [x, dy, kernel] = operands(c, rng, n);
        const Results a = play(c, x, dy, kernel, true, false), b = play(c, x, dy, kernel, true, true);
        expect_near(a.y, b.y, 0, "forward");
        expect_near(a.gradient, b.gradient, 0, "gradient");
        expect_near(a.dx, b.dx, 5e-4, "error");  // sums over taps after those over channels
    }
}

TEST(Convolution, ZeroInsertedFormGivesTheSameNumbers) {
    Rng rng(7);
    for (int n = 0; n < 60; ++n) {
        Case c = random_case(rng);
        if (!c.transposed) continue;
        const auto [x, dy, kernel] = operands(c, rng, n);
        const Results a = play(c, x, dy, kernel, true, false), b = play(c, x, dy, kernel, false, n % 2 == 0);
        expect_near(a.y, b.y, 0, "forward");
        expect_near(a.gradient, b.gradient, 0, "gradient");
        expect_near(a.dx, b.dx, 5e-4, "error");
    }
}

TEST(Convolution, BitsDoNotDependOnThreads) {
    Rng rng(8);
    const int before = max_threads();
    for (int n = 0; n < 10; ++n) {
        const Case c = random_case(rng);
        const auto [x, dy, kernel] = operands(c, rng, n);
        set_threads(1);
        const Results a = play(c, x, dy, kernel, true, n % 2 == 0);
        set_threads(3);
        const Results b = play(c, x, dy, kernel, true, n % 2 == 0);
        expect_near(a.y, b.y, 0, "forward");
        expect_near(a.dx, b.dx, 0, "error");
        expect_near(a.gradient, b.gradient, 0, "gradient");
    }
    set_threads(before);
}

// <y, conv x> = <conv^T y, x>: the transposed convolution is the adjoint of the convolution with the same window.
TEST(Convolution, TransposeIsTheAdjoint) {
    Rng rng(9);
    for (int n = 0; n < 40; ++n) {
        Case c = random_case(rng);
        if (c.transposed) continue;
        c.samples = 1;
        Case t = c;
        t.transposed = true;
        std::swap(t.in, t.out);
        for (std::size_t a = 0; a < c.in.side.size(); ++a)  // the padding behind that gives back the same side
            t.w.pad_hi[a] = 0, t.w.output_pad[a] = 0;
        const MapShape natural = [&] {
            try {
                return conv_transpose_output(t.in, t.w, t.out.channels, {});
            } catch (const ConfigError&) {
                return MapShape{};
            }
        }();
        if (natural.side.size() != t.out.side.size()) continue;
        for (std::size_t a = 0; a < natural.side.size(); ++a) {
            if (natural.side[a] > t.out.side[a]) t.w.pad_hi[a] = natural.side[a] - t.out.side[a];
            else t.w.output_pad[a] = t.out.side[a] - natural.side[a];
        }
        const Matrix x = drawn(c.in.positions(), c.in.channels, rng.stream("x", n)),
                     y = drawn(c.out.positions(), c.out.channels, rng.stream("y", n)),
                     kernel = drawn(n_taps(c) * c.in.channels, c.out.channels, rng.stream("w", n));
        Matrix flipped(n_taps(c) * c.out.channels, c.in.channels);
        for (std::size_t k = 0; k < n_taps(c); ++k)
            for (std::size_t i = 0; i < c.in.channels; ++i)
                for (std::size_t o = 0; o < c.out.channels; ++o) flipped(k * c.out.channels + o, i) = kernel(k * c.in.channels + i, o);
        Rng one(1);
        Ledger ledger;
        Step step{one, ledger, "test", true};
        auto forward = make(c, kernel, true, false), back = make(t, flipped, true, false);
        const Matrix cx = forward.layer->forward(x, step), ty = back.layer->forward(y, step);
        double left = 0, right = 0;
        for (std::size_t r = 0; r < y.rows(); ++r)
            for (std::size_t o = 0; o < y.cols(); ++o) left += double{y(r, o)} * cx(r, o);
        for (std::size_t r = 0; r < x.rows(); ++r)
            for (std::size_t i = 0; i < x.cols(); ++i) right += double{x(r, i)} * ty(r, i);
        EXPECT_NEAR(left, right, 1e-4 * (1 + std::fabs(left)));
    }
}

TEST(Convolution, ZeroFreePhasesMultiplyNoZeros) {
    const MapShape in{1, {7, 7}};
    const Window w{{3, 3}, {2, 2}, {0, 0}, {1, 1}, {0, 0}};
    const MapShape out = conv_transpose_output(in, w, 1, {});
    ASSERT_EQ(out.side, (std::vector<std::size_t>{14, 14}));
    std::size_t operands = 0, taps = 0;
    for (const auto& part : conv_transpose_patches(in, out, w, true))
        operands += part.map.n_patches() * part.map.n_taps, taps += part.taps.size();
    EXPECT_EQ(taps, 9u);
    EXPECT_EQ(operands, 49u * 9u);
    std::size_t inserted = 0;
    for (const auto& part : conv_transpose_patches(in, out, w, false)) inserted += part.map.n_patches() * part.map.n_taps;
    EXPECT_EQ(inserted, 196u * 9u);
}

}  // namespace
}  // namespace ganbar::nn
