// The vector kernel of the analog path against the curves of curves.h, one value after the other.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ganbar/core/test_matrix.h"
#include "ganbar/periphery/analog_neurons.h"
#include "ganbar/periphery/curves.h"

namespace ganbar::periphery {
namespace {

using nn::Activation;
using test::random_matrix;

Point activated(Activation f, const PeripheryParams& p, double x) {
    switch (f) {
        case Activation::relu: return ReluCurve(p)(x);
        case Activation::leaky_relu: return LeakyReluCurve(p, 0.2)(x);
        case Activation::tanh: return TanhCurve(p)(x);
        case Activation::sigmoid: return SigmoidCurve(p)(x);
        case Activation::identity: break;
    }
    return FollowerCurve(p)(x);
}

struct Path {
    NeuronSpec spec;
    PeripheryParams p;
    std::vector<float> mean, variance;
    /// Outputs and the derivative of each by its own column's input.
    void row(std::span<const float> x, std::vector<float>& y, std::vector<float>& read_slope, std::vector<float>& slope) const {
        const Readout readout(p, spec.line_S);
        const HoldCurve hold(p);
        const double left = residue(p.t_slot.si, readout.time_constant_s()), unit = p.v_unit.si;
        const std::size_t turn = p.columns_per_amplifier == 0 ? spec.columns : static_cast<std::size_t>(p.columns_per_amplifier);
        Rng draws = Rng(4).stream("offset");
        double previous = 0;
        for (std::size_t k = 0; k < spec.columns; ++k) {
            if (k % turn == 0) previous = 0;
            const Point target = readout.target(x[k] * unit);
            const Point v = readout.limit({target.y_V + (previous - target.y_V) * left, target.slope * (1 - left)});
            previous = v.y_V;
            const Point held = hold(v.y_V + p.offset_sigma.si * draws.normal());
            double value = held.y_V, along = held.slope;
            if (spec.normalises) {
                const Point normal = NormalCurve(p, mean[k] * unit, 1 / std::sqrt(variance[k] + 1e-5f))(value);
                value = normal.y_V, along *= normal.slope;
            }
            const Point out = activated(spec.activation, p, value);
            y.push_back(static_cast<float>(out.y_V / unit)), read_slope.push_back(static_cast<float>(v.slope)),
                slope.push_back(static_cast<float>(along * out.slope));
        }
    }
};

TEST(NeuronRows, AreTheCurvesValueByValue) {
    for (const auto f : {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::tanh, Activation::sigmoid})
        for (const std::size_t columns : {1, 3, 8, 21, 300})
            for (const std::int64_t turn : {0, 1, 7})
                for (const bool normalises : {false, true}) {
                    Path path{{"n", columns, 1, f, 0.2, typical_line_S, 1, true, normalises}, {}, {}, {}};
                    path.p.t_slot = {0.6e-6},
                    path.p.columns_per_amplifier = std::min<std::int64_t>(turn, static_cast<std::int64_t>(columns));
                    path.p.offset_sigma = {0.03}, path.p.opamp_gain = 70, path.p.opamp_offset = {2e-3};
                    AnalogNeurons layer(path.spec, path.p, Rng(4));
                    const Matrix statistics = random_matrix(2, columns, 9, 0.4);
                    for (std::size_t k = 0; k < columns; ++k)
                        path.mean.push_back(statistics(0, k)), path.variance.push_back(std::abs(statistics(1, k)));
                    if (normalises) layer.restore({{"n/mean", path.mean}, {"n/variance", path.variance}});
                    const std::size_t rows = columns > 100 ? 11 : columns == 1 ? 70 : 21;
                    const Matrix x = random_matrix(rows, columns, 2, 1.5);  // some outside the swing
                    Ledger ledger;
                    const Rng rng(1);
                    Step step{rng, ledger, "evaluation", false};
                    const Matrix& y = layer.forward(x, step);
                    Matrix dy = random_matrix(rows, columns, 3);
                    const Matrix wanted = dy;
                    const Matrix& dx = layer.backward(dy, true, step);
                    const double left = residue(path.p.t_slot.si, Readout(path.p, path.spec.line_S).time_constant_s());
                    const bool exact = f != Activation::tanh && f != Activation::sigmoid;
                    for (std::size_t r = 0; r < rows; ++r) {
                        std::vector<float> out, read_slope, slope;
                        path.row(x.row_span(r), out, read_slope, slope);
                        double carried = 0;
                        for (std::size_t k = columns; k-- > 0;) {
                            ASSERT_NEAR(y(r, k), out[k], exact ? 0 : 1e-6)
                                << static_cast<int>(f) << ' ' << columns << ' ' << turn << ' ' << r << ' ' << k;
                            const double here = double{wanted(r, k)} * slope[k] + carried;
                            ASSERT_NEAR(dx(r, k), static_cast<float>(here) * read_slope[k], exact ? 0 : 1e-6)
                                << static_cast<int>(f) << ' ' << columns << ' ' << r << ' ' << k;
                            const std::size_t n_turn =
                                path.p.columns_per_amplifier == 0 ? columns : static_cast<std::size_t>(path.p.columns_per_amplifier);
                            carried = k % n_turn == 0 || read_slope[k] == 0 ? 0 : here * static_cast<float>(left);
                        }
                    }
                }
}

TEST(NeuronRows, WhatIsNotANumberIsNotHidden) {
    for (const auto f : {Activation::identity, Activation::leaky_relu, Activation::tanh, Activation::sigmoid}) {
        AnalogNeurons layer({"n", 12, 1, f}, {}, Rng(4));
        Matrix x = random_matrix(9, 12, 2);
        x(4, 5) = std::numeric_limits<float>::quiet_NaN();
        Ledger ledger;
        const Rng rng(1);
        Step step{rng, ledger, "evaluation", false};
        const Matrix& y = layer.forward(x, step);
        EXPECT_TRUE(std::isnan(y(4, 5))) << static_cast<int>(f);
        EXPECT_FALSE(std::isnan(y(3, 5)));
        EXPECT_FALSE(std::isnan(y(4, 4)));
    }
}

}  // namespace
}  // namespace ganbar::periphery
