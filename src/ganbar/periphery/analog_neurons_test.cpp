#include "ganbar/periphery/analog_neurons.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/parallel.h"
#include "ganbar/core/test_matrix.h"

namespace ganbar::periphery {
namespace {

using nn::Activation;

NeuronSpec neurons(std::size_t columns, Activation f, std::size_t positions = 1, bool normalises = false) {
    return {"neurons", columns, positions, f, 0.2, typical_line_S, 1, true, normalises};
}
Matrix values(std::size_t rows, std::size_t cols, double scale, std::uint64_t seed = 3) {
    return test::random_matrix(rows, cols, seed, scale);
}

struct Bench {
    Ledger ledger;
    Rng rng{11};
    Step training() { return {rng, ledger, "training/d", true}; }
    Step reading() { return {rng, ledger, "evaluation/d", false}; }
};

TEST(AnalogNeurons, GoodCircuitsAreTheDigitalFunctions) {
    PeripheryParams p;
    p.opamp_gain = 1e8, p.opamp_bandwidth = {1e13}, p.v_swing = {5}, p.diode_drop = {1e-3}, p.r_switch_off = {1e17}, p.r_switch = {1e-2},
    p.r_leak = {1e18};
    Bench b;
    const Matrix x = values(7, 12, 1);
    for (const auto f : {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::tanh, Activation::sigmoid}) {
        AnalogNeurons layer(neurons(12, f), p, Rng(1));
        Step step = b.training();
        const Matrix& y = layer.forward(x, step);
        Matrix digital = x;
        kernels::activate_rows(digital.row(0), digital.stride(), 7, 12, nullptr, f, 0.2f);
        for (std::size_t r = 0; r < 7; ++r)
            for (std::size_t c = 0; c < 12; ++c) EXPECT_NEAR(y(r, c), digital(r, c), 2e-5);
    }
}

TEST(AnalogNeurons, APathIsItsCircuitsOneAfterTheOther) {
    PeripheryParams p;
    p.opamp_gain = 60, p.t_slot = {1}, p.t_hold = {1e-3};  // long slots: nothing is left of the last column
    const Matrix x = values(20, 5, 1.5);
    for (const auto f : {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::tanh, Activation::sigmoid}) {
        AnalogNeurons layer(neurons(5, f), p, Rng(1));
        Bench b;
        Step step = b.training();
        const Matrix& y = layer.forward(x, step);
        for (std::size_t r = 0; r < 20; ++r)
            for (std::size_t c = 0; c < 5; ++c) {
                double v = x(r, c) * p.v_unit.si;
                for (const auto& circuit : layer.chain()) v = circuit.at(v).y_V;
                EXPECT_NEAR(y(r, c), v / p.v_unit.si, 1e-6);
            }
    }
}

TEST(AnalogNeurons, ErrorsFollowFiniteDifferencesOfTheWholePath) {
    PeripheryParams p;
    p.t_slot = {0.5e-6}, p.columns_per_amplifier = 3, p.offset_sigma = {0.02}, p.opamp_gain = 80;  // a third of the last column is left
    for (const auto f : {Activation::identity, Activation::leaky_relu, Activation::tanh, Activation::sigmoid}) {
        AnalogNeurons layer(neurons(8, f), p, Rng(5));
        Bench b;
        Matrix x = values(2, 8, 0.8);
        Matrix weight = values(2, 8, 1, 9), dy = weight;
        Step step = b.training();
        layer.forward(x, step);
        const Matrix dx = layer.backward(dy, true, step);
        const auto loss = [&] {
            const Matrix& y = layer.forward(x, step);
            double sum = 0;
            for (std::size_t r = 0; r < 2; ++r)
                for (std::size_t c = 0; c < 8; ++c) sum += double{y(r, c)} * weight(r, c);
            return sum;
        };
        for (std::size_t r = 0; r < 2; ++r)
            for (std::size_t c = 0; c < 8; ++c) {
                const float at = x(r, c), h = 2e-3f;
                x(r, c) = at + h;
                const double up = loss();
                x(r, c) = at - h;
                const double down = loss();
                x(r, c) = at;
                EXPECT_NEAR((up - down) / (2 * h), dx(r, c), 2e-3 * (1 + std::abs(dx(r, c))))
                    << static_cast<int>(f) << ' ' << r << ' ' << c;
            }
    }
}

TEST(AnalogNeurons, WhatOneColumnLeavesReachesOnlyTheNextOfTheSameReadout) {
    PeripheryParams p;
    p.t_slot = {0.4e-6}, p.columns_per_amplifier = 2;
    AnalogNeurons layer(neurons(4, Activation::identity), p, Rng(5));
    Bench b;
    Step step = b.training();
    Matrix x(1, 4);
    for (float& v : x.row_span(0)) v = 0;
    x(0, 0) = 1;
    const Matrix& y = layer.forward(x, step);
    EXPECT_GT(y(0, 0), 0.3f);
    EXPECT_GT(y(0, 1), 0.05f);
    EXPECT_NEAR(y(0, 2), 0, 1e-6);
    EXPECT_NEAR(y(0, 3), 0, 1e-6);
}

TEST(AnalogNeurons, SwingClipsAndStopsErrors) {
    AnalogNeurons layer(neurons(2, Activation::identity), {}, Rng(5));
    Bench b;
    Step step = b.training();
    Matrix x(1, 2);
    x(0, 0) = 100, x(0, 1) = 0.5f;
    const Matrix& y = layer.forward(x, step);
    EXPECT_NEAR(y(0, 0), 0.8 / 0.3, 0.1);
    Matrix dy(1, 2);
    dy.fill(1);
    const Matrix& dx = layer.backward(dy, true, step);
    EXPECT_EQ(dx(0, 0), 0);
    EXPECT_NEAR(dx(0, 1), 1, 0.06);
}

TEST(AnalogNeurons, GatesDropTheirShareInTrainingAndPassOtherwise) {
    PeripheryParams p;
    p.dropout = 0.3;
    AnalogNeurons layer(neurons(200, Activation::identity), p, Rng(5));
    Bench b;
    Matrix x(50, 200);
    for (std::size_t r = 0; r < 50; ++r)
        for (float& v : x.row_span(r)) v = 1;
    Step training = b.training(), reading = b.reading();
    double open = 0, sum = 0;
    const Matrix& y = layer.forward(x, training);
    for (std::size_t r = 0; r < 50; ++r)
        for (const float v : y.row_span(r)) open += v < 0.1f, sum += v;
    EXPECT_NEAR(open / 1e4, 0.3, 4 * std::sqrt(0.21 / 1e4));
    EXPECT_NEAR(sum / 1e4, 1, 0.06);
    Matrix dy(50, 200);
    dy.fill(1);
    const Matrix& dx = layer.backward(dy, true, training);
    for (std::size_t c = 0; c < 200; ++c) EXPECT_EQ(dx(0, c) < 0.1f, y(0, c) < 0.1f);
    const Matrix& still = layer.forward(x, reading);
    for (std::size_t c = 0; c < 200; ++c) EXPECT_GT(still(0, c), 0.9f);
}

TEST(AnalogNeurons, NormaliserReachesUnitSpreadWithinItsGainAndRestores) {
    PeripheryParams p;
    AnalogNeurons layer(neurons(6, Activation::identity, 1, true), p, Rng(5)), other(neurons(6, Activation::identity, 1, true), p, Rng(5));
    Bench b;
    Step training = b.training(), reading = b.reading();
    Matrix x = values(400, 6, 0.4);
    for (std::size_t r = 0; r < 400; ++r)
        for (float& v : x.row_span(r)) v += 0.7f;
    for (int n = 0; n < 60; ++n) layer.forward(x, training);
    const Matrix y = layer.forward(x, reading);
    double sum = 0, square = 0;
    for (std::size_t r = 0; r < 400; ++r)
        for (const float v : y.row_span(r)) sum += v / 2400, square += double{v} * v / 2400;
    EXPECT_NEAR(sum, 0, 0.03);
    EXPECT_NEAR(square, 1, 0.06);
    other.restore(layer.state());
    const Matrix& same = other.forward(x, reading);
    for (std::size_t c = 0; c < 6; ++c) EXPECT_EQ(same(0, c), y(0, c));
}

TEST(AnalogNeurons, SameBitsForAnyNumberOfThreads) {
    PeripheryParams p;
    p.dropout = 0.2, p.t_slot = {1e-6};
    Bench b;
    const Matrix x = values(70, 24, 1);
    Matrix first;
    const int before = max_threads();
    for (const int n : {1, 2, 5}) {
        set_threads(n);
        AnalogNeurons layer(neurons(24, Activation::tanh, 1, true), p, Rng(5));
        Step step = b.training();
        const Matrix& y = layer.forward(x, step);
        if (n == 1) first = y;
        for (std::size_t r = 0; r < 70; ++r)
            for (std::size_t c = 0; c < 24; ++c) ASSERT_EQ(y(r, c), first(r, c));
    }
    set_threads(before);
}

TEST(AnalogNeurons, BooksPowerOfEveryCircuitForOneSlotANeuron) {
    PeripheryParams p;
    AnalogNeurons layer(neurons(10, Activation::leaky_relu, 3), p, Rng(5));
    Bench b;
    Step step = b.training();
    const Matrix x = values(3, 10, 1);
    layer.forward(x, step);
    EXPECT_EQ(b.ledger.total("training/d/neurons", "/subtractor").n, 30);
    double watts = 0;
    for (const auto& circuit : layer.chain()) watts += circuit.power_W(p);
    EXPECT_NEAR(b.ledger.energy("training/d/neurons").si, 30 * watts * p.t_slot.si, 1e-12 * watts);
    EXPECT_DOUBLE_EQ(layer.latency_s(), 30 * p.t_slot.si);
    EXPECT_EQ(layer.n_in(), 30u);
}

}  // namespace
}  // namespace ganbar::periphery
