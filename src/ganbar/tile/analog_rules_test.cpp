// Laws of the rules that ask cells for moves of a certain size: expectation, silence at zero gradient, convergence, bookkeeping, same bits.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/test_matrix.h"
#include "ganbar/tile/pulse_rule.h"
#include "ganbar/tile/test_op.h"
#include "ganbar/tile/tiki_taka_op.h"

namespace ganbar {
namespace {

using test::random_matrix;

constexpr double w_max = 1;
std::unique_ptr<AnalogOp> make_op(const std::string& name, const Matrix& w, const std::string& device, const std::string& settings,
                                  Mapping mapping, std::uint64_t seed = 3, int bits = 0) {
    TileParams p;
    p.dac_bits = p.adc_bits = bits;
    p.read_noise = bits > 0;
    p.mapping = mapping;
    return std::make_unique<AnalogOp>(test::analog_op(w, p, {device, settings}, w_max, name, seed));
}
std::unique_ptr<TikiTakaOp> make_tiki(const Matrix& w, const std::string& settings, std::uint64_t seed = 3, int bits = 0) {
    Matrix zero(w.rows(), w.cols());
    return std::make_unique<TikiTakaOp>("a", make_op("a_fast", zero, "soft_bounds", settings, Mapping::offset, seed + 1, bits),
                                        make_op("a", w, "soft_bounds", settings, Mapping::differential, seed, bits));
}

struct Session {
    Rng root{17};
    Ledger ledger;
    std::uint64_t round = 0;
    void update(LinearOp& op, const Matrix& x, const Matrix& dy, const UpdateRule& rule) {
        const Rng own = root.stream("round", round++);
        Step step{own, ledger, "training", true};
        op.update(x, dy, rule, step);
    }
    Matrix forward(LinearOp& op, const Matrix& x) {
        const Rng own = root.stream("read", round);
        Step step{own, ledger, "training", true};
        Matrix y;
        op.forward(x, y, step);
        return y;
    }
};

const char* fine_ideal = "";  // the ideal device: equal steps, no bounds but the window

TEST(PulseTrain, ExpectedMoveIsTheOuterProductTimesTheRate) {
    const Matrix x = random_matrix(3, 7, 1), dy = random_matrix(3, 5, 2, 0.3);
    Matrix product;
    multiply_at_b(x, dy, product);
    const Matrix start = random_matrix(7, 5, 4, 0.2);
    for (const bool management : {false, true}) {
        Matrix mean(7, 5);
        mean.fill(0);
        const int n = 400;
        Session s;
        PulseTrain rule;
        rule.rate = 0.02, rule.management = management;
        for (int k = 0; k < n; ++k) {
            auto op = make_op("a", start, "ideal", fine_ideal, Mapping::offset);
            const Matrix before = op->weights();
            s.update(*op, x, dy, rule);
            const Matrix after = op->weights();
            for (std::size_t i = 0; i < 7; ++i)
                for (std::size_t j = 0; j < 5; ++j) mean(i, j) += (after(i, j) - before(i, j)) / n;
        }
        auto op = make_op("a", start, "ideal", fine_ideal, Mapping::offset);
        const double dw = op->pulse_weight(rule.pulse);
        for (std::size_t i = 0; i < 7; ++i)
            for (std::size_t j = 0; j < 5; ++j) {
                double moves = 0;  // sum over samples of |rate x d| / dw, the mean number of coincidences
                for (std::size_t b = 0; b < 3; ++b) moves += rule.rate * std::fabs(x(b, i) * dy(b, j)) / dw;
                const double sigma = dw * std::sqrt(moves / n) + 1e-6;  // Bernoulli slots vary less than Poisson
                ASSERT_NEAR(mean(i, j), -rule.rate * product(i, j), 4.5 * sigma + 1e-3 * std::fabs(rule.rate * product(i, j)))
                    << management;
            }
    }
}

TEST(PulseTrain, CoincidencesSpreadAsABinomialDoes) {
    Matrix x(1, 1), dy(1, 1);
    x(0, 0) = 1, dy(0, 0) = -1;
    PulseTrain rule;
    rule.length = 20;
    Session s;
    double sum = 0, square = 0, dw = 0;
    const int n = 3000;
    for (int k = 0; k < n; ++k) {
        auto op = make_op("a", Matrix(1, 1), "ideal", fine_ideal, Mapping::offset);
        dw = op->pulse_weight(rule.pulse);
        rule.rate = 20 * 0.25 * dw;  // rows and columns fire with probability 1/2, together 1/4
        const double before = op->weights()(0, 0);
        s.update(*op, x, dy, rule);
        const double moves = (op->weights()(0, 0) - before) / dw;
        ASSERT_NEAR(moves, std::round(moves), 2e-2);
        sum += moves, square += moves * moves;
    }
    const double mean = sum / n, variance = square / n - mean * mean;
    EXPECT_NEAR(mean, 20 * 0.25, 4 * std::sqrt(20 * 0.25 * 0.75 / n));
    EXPECT_NEAR(variance, 20 * 0.25 * 0.75, 4 * 20 * 0.25 * 0.75 * std::sqrt(2.0 / n));
}

std::vector<UpdateRule> all_rules() {
    PulseTrain train;
    MixedPrecision mixed, adam;
    adam.adam = true;
    return {train, mixed, adam};
}

TEST(Rules, ZeroGradientMovesNothing) {
    const Matrix w = random_matrix(9, 6, 1, 0.3), x = random_matrix(4, 9, 2);
    Matrix none(4, 6);
    none.fill(0);
    for (const auto& rule : all_rules()) {
        auto op = make_op("a", w, "soft_bounds", "d2d = true\nc2c = 0.3", Mapping::differential);
        const Matrix before = op->weights();
        Session s;
        s.update(*op, x, none, rule);
        const Matrix after = op->weights();
        for (std::size_t i = 0; i < 9; ++i)
            for (std::size_t j = 0; j < 6; ++j) ASSERT_EQ(before(i, j), after(i, j));
        EXPECT_EQ(s.ledger.total("training/", "/set").n + s.ledger.total("training/", "/reset").n, 0);
    }
    for (const bool hidden : {false, true}) {
        auto op = make_tiki(w, "");
        const Matrix before = op->weights();
        TikiTaka rule;
        rule.hidden = hidden, rule.zero_pulses = 5;
        Session s;
        s.update(*op, x, none, rule);
        for (std::size_t i = 0; i < 9; ++i)
            for (std::size_t j = 0; j < 6; ++j) ASSERT_NEAR(before(i, j), op->weights()(i, j), 1e-6);
    }
}

TEST(MixedPrecision, WhatIsNotWrittenWaitsInDigitalMemory) {
    // 10 equal gradients of 0.37 steps each: the cell must have moved trunc(3.7) steps, and the sum of both is the exact gradient step.
    Matrix x(1, 1), dy(1, 1);
    x(0, 0) = 1, dy(0, 0) = 1;
    auto op = make_op("a", Matrix(1, 1), "ideal", fine_ideal, Mapping::offset);
    MixedPrecision rule;
    const double dw = op->pulse_weight(rule.pulse), before = op->weights()(0, 0);
    rule.rate = 0.37 * dw;
    Session s;
    for (int k = 0; k < 10; ++k) s.update(*op, x, dy, rule);
    EXPECT_NEAR((before - op->weights()(0, 0)) / dw, 3, 0.01);
    for (const auto& t : op->state())
        if (t.name == "a/average") {
            EXPECT_NEAR(t.values[0] / dw, -0.7, 0.01);
        }
    EXPECT_EQ(s.ledger.total("training/", "/reset").n, 3);
    EXPECT_EQ(s.ledger.total("training/", "/set").n, 0);
    EXPECT_GT(s.ledger.total("training/", "/reset").energy_J, 0);
}

// Cells that take every pulse as asked lag a digital optimizer by what is not yet a whole pulse, and by nothing else.
TEST(MixedPrecision, FollowsTheDigitalOptimizerToWithinAPulse) {
    for (const bool adam : {false, true}) {
        const Matrix start = random_matrix(6, 20, 1, 0.2);
        auto op = make_op("a", start, "ideal", fine_ideal, Mapping::offset);
        MixedPrecision rule;
        rule.adam = adam, rule.rate = adam ? 0.02 : 0.2, rule.max_pulses = 100;
        const auto dw = static_cast<float>(op->pulse_weight(rule.pulse));
        Matrix digital = op->weights();
        Moments moments;
        Session s;
        float farthest = 0;
        for (std::uint64_t k = 0; k < 12; ++k) {
            const Matrix x = random_matrix(4, 6, 50 + k), dy = random_matrix(4, 20, 70 + k, 0.1);
            Matrix g;
            multiply_at_b(x, dy, g);
            const DigitalRule plain = adam ? DigitalRule{Adam{rule.rate, rule.beta1, rule.beta2}} : DigitalRule{Sgd{rule.rate, 0}};
            apply_rule(digital, g, moments, plain);
            s.update(*op, x, dy, rule);
            const Matrix w = op->weights();
            for (std::size_t i = 0; i < 6; ++i)
                for (std::size_t j = 0; j < 20; ++j) {
                    ASSERT_LT(std::fabs(w(i, j) - digital(i, j)), 1.02f * dw) << adam;
                    farthest = std::max(farthest, std::fabs(w(i, j) - start(i, j)));
                }
        }
        EXPECT_GT(farthest, 3 * dw);  // there was something to follow
    }
}

TEST(Manhattan, VariableAmplitudeFollowsTheGradient) {
    // yakopcic and vteam cells move farther at higher voltage: cells with a large gradient must move farther than those with a small one.
    Matrix x(1, 2), dy(1, 1);
    x(0, 0) = 0.2f, x(0, 1) = 5, dy(0, 0) = -1;
    auto op = make_op("a", Matrix(2, 1), "nili2020", "d2d = false\nwindow = false", Mapping::offset);
    Manhattan rule;
    rule.set = {1.0}, rule.reset = {-1.0};
    const Matrix before = op->weights();
    Session s;
    s.update(*op, x, dy, rule);
    const Matrix plain = op->weights();
    EXPECT_NEAR(plain(0, 0) - before(0, 0), plain(1, 0) - before(1, 0), 1e-6);
    auto scaled = make_op("a", Matrix(2, 1), "nili2020", "d2d = false\nwindow = false", Mapping::offset);
    rule.amplitude_slope = {0.1};
    s.update(*scaled, x, dy, rule);
    const Matrix after = scaled->weights();
    EXPECT_LT(after(0, 0) - before(0, 0), 0.8 * (plain(0, 0) - before(0, 0)));
    EXPECT_GT(after(1, 0) - before(1, 0), 1.05 * (plain(1, 0) - before(1, 0)));
    EXPECT_GT(s.ledger.total("training/", "/set").energy_J, 0);
}

/// Root mean square error of weights after learning y = x W* from noisy targets.
double regression_error(LinearOp& op, const Matrix& wanted, const UpdateRule& rule, int n_updates, std::size_t batch, double noise) {
    const int threads = max_threads();
    set_threads(1);  // these matrices are too small to share
    Session s;
    double error = 0;
    int n_counted = 0;
    for (int k = 0; k < n_updates; ++k) {
        const Matrix x = random_matrix(batch, wanted.rows(), 100 + static_cast<std::uint64_t>(k)),
                     e = random_matrix(batch, wanted.cols(), 900'000 + static_cast<std::uint64_t>(k), noise);
        Matrix target;
        multiply(x, wanted, target);
        Matrix dy = s.forward(op, x);
        for (std::size_t r = 0; r < batch; ++r)
            for (std::size_t c = 0; c < wanted.cols(); ++c) dy(r, c) = (dy(r, c) - target(r, c) - e(r, c)) / static_cast<float>(batch);
        s.update(op, x, dy, rule);
        if (k < n_updates * 3 / 4) continue;
        const Matrix w = op.weights();
        double sum = 0;
        for (std::size_t r = 0; r < w.rows(); ++r)
            for (std::size_t c = 0; c < w.cols(); ++c) sum += (w(r, c) - wanted(r, c)) * (w(r, c) - wanted(r, c));
        error += std::sqrt(sum / static_cast<double>(w.rows() * w.cols()));
        ++n_counted;
    }
    set_threads(threads);
    return error / n_counted;
}
double spread(const Matrix& m) {
    double sum = 0;
    for (std::size_t r = 0; r < m.rows(); ++r)
        for (const float v : m.row_span(r)) sum += v * v;
    return std::sqrt(sum / static_cast<double>(m.rows() * m.cols()));
}

TEST(Rules, LinearRegressionConvergesOnSymmetricDevices) {
    const Matrix wanted = random_matrix(8, 6, 5, 0.25);
    PulseTrain train;
    train.rate = 0.1;
    MixedPrecision mixed;
    mixed.rate = 0.1;
    for (const UpdateRule& rule : {UpdateRule{train}, UpdateRule{mixed}}) {
        auto op = make_op("a", Matrix(8, 6), "ideal", "", Mapping::differential);
        EXPECT_LT(regression_error(*op, wanted, rule, 300, 10, 0.1), 0.15 * spread(wanted)) << rule.digital.index();
    }
}

TEST(TikiTaka, BeatsPulseTrainsOnAsymmetricDevices) {
    // Soft bounds with resets twice as strong as sets: noise in the targets keeps plain pulses coming, and each pair of them pulls weights
    // to the symmetry point, so the mean weight settles short of the solution; A makes that point its zero.
    const std::string settings = "set_fraction = 0.01\nreset_fraction = 0.02\nc2c = 0.1";
    const Matrix wanted = random_matrix(8, 6, 5, 0.15);
    double plain = 1e9;  // at the best of three rates
    for (const double rate : {0.02, 0.05, 0.1}) {
        PulseTrain train;
        train.rate = rate;
        auto op = make_op("a", Matrix(8, 6), "soft_bounds", settings, Mapping::differential);
        plain = std::min(plain, regression_error(*op, wanted, train, 1200, 5, 1));
    }
    double errors[2];
    for (const bool hidden : {false, true}) {
        TikiTaka rule;
        rule.fast.rate = 0.1;
        rule.hidden = hidden;
        rule.transfer_rate = 0.01;
        auto tiki = make_tiki(Matrix(8, 6), settings);
        errors[hidden] = regression_error(*tiki, wanted, rule, 1200, 5, 1);
        EXPECT_LT(errors[hidden], 0.65 * plain) << hidden << " of " << spread(wanted);
    }
    EXPECT_LT(errors[1], errors[0]);  // what v2 is for: the digital matrix averages before C is touched
}

TEST(Rules, SameBitsForAnyThreadsAndAfterRestore) {
    const std::string settings = "d2d = true\nc2c = 0.2";
    const Matrix w = random_matrix(60, 50, 1, 0.3), x = random_matrix(12, 60, 2), dy = random_matrix(12, 50, 3, 0.05);
    TikiTaka v1, v2;
    v1.zero_pulses = v2.zero_pulses = 20;
    v2.hidden = true;
    MixedPrecision adam;
    adam.adam = true;
    for (const UpdateRule& rule :
         {UpdateRule{PulseTrain{}}, UpdateRule{MixedPrecision{}}, UpdateRule{adam}, UpdateRule{v1}, UpdateRule{v2}}) {
        const auto make = [&]() -> std::unique_ptr<LinearOp> {
            if (rule.cells && dynamic_cast<const PulseRule*>(rule.cells.get()) == nullptr) return make_tiki(w, settings, 3, 8);
            return make_op("a", w, "soft_bounds", settings, Mapping::differential, 3, 8);
        };
        std::vector<std::vector<float>> found;
        const int threads = max_threads();
        for (const int n : {1, 2, 3, -1}) {  // -1: state saved and restored into a fresh object half-way
            set_threads(n > 0 ? n : 2);
            auto op = make();
            Session s;
            for (int k = 0; k < 4; ++k) {
                if (n < 0 && k == 2) {
                    const State saved = op->state();
                    op = make();
                    op->restore(saved);
                }
                s.forward(*op, x);
                s.update(*op, x, dy, rule);
            }
            std::vector<float> all = {static_cast<float>(s.ledger.total("training/").energy_J),
                                      static_cast<float>(s.ledger.total("training/").n)};
            for (const auto& t : op->state()) all.insert(all.end(), t.values.begin(), t.values.end());
            found.push_back(std::move(all));
        }
        set_threads(threads);
        for (std::size_t k = 1; k < found.size(); ++k) EXPECT_EQ(found[0], found[k]) << rule.digital.index() << " " << k;
    }
}

TEST(PulseTrain, BooksHalfSelectedLinesAndCoincidences) {
    // One cell on 4 x 4 ideal ones: the heat of all slots is that of lines at half amplitude plus what meeting adds (v^2 against 2
    // (v/2)^2).
    Matrix x(1, 1), dy(1, 1);
    x(0, 0) = 1, dy(0, 0) = -1;
    PulseTrain rule;
    auto op = make_op("a", Matrix(1, 1), "ideal", fine_ideal, Mapping::offset);
    const double dw = op->pulse_weight(rule.pulse), g = op->conductance()[0];
    rule.rate = 1e6 * dw;  // every slot is on
    rule.length = 1;
    Session s;
    s.update(*op, x, dy, rule);
    const double pulse_J = 0.8 * 0.8 * g * rule.pulse.width.si;
    EXPECT_EQ(s.ledger.total("training/", "/set").n, 1);
    EXPECT_NEAR(s.ledger.total("training/", "/set").energy_J / pulse_J, 1, 1e-6);
    EXPECT_EQ(s.ledger.total("training/", "/half_selected").n, 2);
    EXPECT_NEAR(s.ledger.total("training/", "/half_selected").energy_J / pulse_J, 0, 1e-5);
}

TEST(Rules, OthersAreRefusedByName) {
    auto op = make_op("a", Matrix(2, 2), "ideal", "", Mapping::offset);
    auto tiki = make_tiki(Matrix(2, 2), "");
    Session s;
    EXPECT_THROW(s.update(*op, Matrix(1, 2), Matrix(1, 2), Adam{}), ConfigError);
    EXPECT_THROW(s.update(*op, Matrix(1, 2), Matrix(1, 2), TikiTaka{}), ConfigError);
    EXPECT_THROW(s.update(*tiki, Matrix(1, 2), Matrix(1, 2), PulseTrain{}), ConfigError);
}

// The seam that a gradient of another origin uses: the same pulses as an update that forms it.
TEST(Rules, ApplyingTheGradientIsTheUpdate) {
    const Matrix w = random_matrix(30, 7, 1, 0.3), x = random_matrix(5, 30, 2), dy = random_matrix(5, 7, 3, 0.1);
    Manhattan signs;
    signs.feedback = 0.5, signs.verify_step = {1e-6}, signs.momentum = 0.5;
    for (const UpdateRule& rule : {UpdateRule{Manhattan{}}, UpdateRule{signs}, UpdateRule{MixedPrecision{}}}) {
        auto a = make_op("a", w, "soft_bounds", "c2c = 0.3", Mapping::differential),
             b = make_op("a", w, "soft_bounds", "c2c = 0.3", Mapping::differential);
        Ledger books[2];
        for (std::uint64_t round = 0; round < 3; ++round) {
            const Rng own = Rng(4).stream("round", round);
            Step one{own, books[0], "training", true}, other{own, books[1], "training", true};
            a->update(x, dy, rule, one);
            Matrix gradient;
            AnalogOp::gradient(x, dy, gradient);
            b->apply(gradient, rule, other);
        }
        ASSERT_EQ(a->conductance(0), b->conductance(0));
        ASSERT_EQ(books[0].energy("training/").si, books[1].energy("training/").si);
    }
    auto op = make_op("a", w, "ideal", "", Mapping::differential);
    test::Play play;
    EXPECT_THROW(op->apply(Matrix(30, 7), PulseTrain{}, play.step), ConfigError);
    EXPECT_THROW(op->apply(Matrix(30, 7), Sgd{}, play.step), ConfigError);
}

TEST(Rules, IdealWritesShowAtOnceAndClip) {
    for (const Mapping mapping : {Mapping::signed_cell, Mapping::differential, Mapping::offset}) {
        auto op = make_op("a", random_matrix(30, 7, 1, 0.3), "ideal", "", mapping);
        Session s;
        s.forward(*op, random_matrix(2, 30, 5));  // what reads see is made
        Matrix wanted = random_matrix(30, 7, 9, 0.5);
        op->write(wanted);
        const Matrix held = op->weights(), y = s.forward(*op, random_matrix(2, 30, 6));
        Matrix product;
        multiply(random_matrix(2, 30, 6), held, product);
        for (std::size_t i = 0; i < 30; ++i)
            for (std::size_t j = 0; j < 7; ++j) ASSERT_NEAR(held(i, j), std::clamp(wanted(i, j), -1.0f, 1.0f), 1e-5);
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t j = 0; j < 7; ++j) ASSERT_NEAR(y(i, j), product(i, j), 1e-4);
        EXPECT_EQ(s.ledger.total("training/", "/set").n, 0);
    }
}

}  // namespace
}  // namespace ganbar
