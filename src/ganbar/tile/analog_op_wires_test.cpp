// Weights on crossbars behind wires: laws and limits, the row-by-row elimination as judge of reads.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/row_elimination.h"
#include "ganbar/core/linalg.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/test_matrix.h"
#include "ganbar/tile/test_op.h"

namespace ganbar {
namespace {

using test::Play;
using test::random_matrix;

WireParams wires_of(double r_ohm, double terminal_ohm) {
    WireParams w;
    w.mode = WirePhysics::exact;
    w.lines = {{r_ohm}, {r_ohm}, {terminal_ohm}, {terminal_ohm}};
    return w;
}

struct Bench {
    TileParams params;
    std::string device = "nili2020", settings = "d2d = \"off\"\nthreshold = \"0 V\"";
    WireParams wires;
    Bench() {
        params.rows = params.cols = 16;
        params.dac_bits = params.adc_bits = 0;
        params.read_noise = false;
    }
    AnalogOp make(const Matrix& w) const {
        AnalogOp op = test::analog_op(w, params, {device, settings}, 0.4);
        op.attach_wires(wires);
        return op;
    }
};

Manhattan pulses() {
    Manhattan rule;
    rule.set = {0.9}, rule.reset = {-1.1};
    return rule;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double most = 0;
    for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(static_cast<double>(a[k]) - static_cast<double>(b[k])));
    return most;
}

TEST(Wires, WithoutResistanceReadsAndPulsesAreTheIdealOnes) {
    const Matrix w = random_matrix(40, 30, 1, 0.1), x = random_matrix(8, 40, 2), dy = random_matrix(8, 30, 3);
    for (const auto mapping : {Mapping::signed_cell, Mapping::differential, Mapping::offset}) {
        Bench ideal, wired;
        ideal.params.mapping = wired.params.mapping = mapping;
        wired.settings = ideal.settings = "d2d = \"off\"\nthreshold = \"0.8 V\"";  // half-selected cells stay
        wired.wires = wires_of(0, 0);
        AnalogOp a = ideal.make(w), b = wired.make(w);
        Play pa, pb;
        Matrix ya, yb, da, db;
        for (int round = 0; round < 2; ++round) {
            a.forward(x, ya, pa.step), b.forward(x, yb, pb.step);
            a.backward(dy, da, pa.step), b.backward(dy, db, pb.step);
            for (std::size_t r = 0; r < 8; ++r) {
                for (std::size_t c = 0; c < 30; ++c) ASSERT_NEAR(ya(r, c), yb(r, c), 2e-5);
                for (std::size_t c = 0; c < 40; ++c) ASSERT_NEAR(da(r, c), db(r, c), 2e-5);
            }
            a.update(x, dy, pulses(), pa.step), b.update(x, dy, pulses(), pb.step);
            for (std::size_t p = 0; p < a.n_planes(); ++p) ASSERT_LT(largest_difference(a.conductance(p), b.conductance(p)), 1e-10);
        }
        EXPECT_NEAR(pa.ledger.total("training/", "/forward/cells").energy_J / pb.ledger.total("training/", "/forward/cells").energy_J, 1,
                    1e-6);
        EXPECT_NEAR(pb.ledger.total("training/", "/update/wires").energy_J / pb.ledger.total("training/", "/update/half_selected").energy_J,
                    0, 1e-6);
    }
}

TEST(Wires, BehindTransistorsOnlyTheCellsMeantMove) {  // whose device would not hold half-selected cells
    const Matrix w = random_matrix(40, 30, 1, 0.1), x = random_matrix(8, 40, 2), dy = random_matrix(8, 30, 3);
    Bench ideal, gated;
    gated.settings = ideal.settings = "d2d = \"off\"\nthreshold = \"0 V\"";
    gated.wires = wires_of(0, 0);
    gated.wires.write.scheme = Scheme::inhibit;
    gated.params.cell.selector.type = CellType::transistor;
    gated.params.cell.selector.r_on = Ohm{1e-3};
    AnalogOp a = ideal.make(w), b = gated.make(w);
    Play pa, pb;
    Matrix ya, yb, da, db;
    for (int round = 0; round < 2; ++round) {
        a.forward(x, ya, pa.step), b.forward(x, yb, pb.step);
        a.backward(dy, da, pa.step), b.backward(dy, db, pb.step);
        for (std::size_t r = 0; r < 8; ++r) {
            for (std::size_t c = 0; c < 30; ++c) ASSERT_NEAR(ya(r, c), yb(r, c), 2e-5);
            for (std::size_t c = 0; c < 40; ++c) ASSERT_NEAR(da(r, c), db(r, c), 2e-5);
        }
        a.update(x, dy, pulses(), pa.step), b.update(x, dy, pulses(), pb.step);
        ASSERT_LT(largest_difference(a.conductance(0), b.conductance(0)), 1e-10);
    }
    EXPECT_NEAR(pb.ledger.total("training/", "/update/half_selected").energy_J, 0,
                1e-6 * pb.ledger.total("training/", "/update/set").energy_J);
    const auto gates = pb.ledger.total("training/", "/update/wires");
    EXPECT_NEAR(gates.energy_J, static_cast<double>(gates.n) * gated.params.cell.gate_swing_J(15),
                0.1 * gates.energy_J);  // a phase opens one row of 14 to 16 cells
}

TEST(Wires, ATransistorTakesItsShareOfReadsAndPulses) {
    const Matrix w = random_matrix(20, 16, 1, 0.1), x = random_matrix(5, 20, 2);
    Bench bench;
    bench.params.rows = 20;
    bench.params.mapping = Mapping::differential;
    bench.wires = wires_of(3, 10);
    bench.wires.write.scheme = Scheme::inhibit;
    bench.params.cell.selector.type = CellType::transistor;
    const double r_on = bench.params.cell.selector.r_on.si;
    AnalogOp op = bench.make(w);
    std::vector<double> t[2];
    for (std::size_t p = 0; p < 2; ++p) {
        std::vector<double> g;
        for (const float one : op.chord_conductance({0.1}, p))
            g.push_back(static_cast<double>(one) / (1 + static_cast<double>(one) * r_on));
        t[p] = transfer_by_rows(20, 16, g, bench.wires.lines);
    }
    Bench plain;
    plain.params.rows = 20;
    const auto low = plain.make(Matrix(20, 16)).chord_conductance({0.1}, 0)[0];
    Matrix ones(20, 16);
    ones.fill(1);
    const double unit = 0.4 / static_cast<double>(plain.make(ones).chord_conductance({0.1}, 0)[0] - low);
    Play play;
    Matrix y;
    op.forward(x, y, play.step);
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t c = 0; c < 16; ++c) {
            double want = 0;
            for (std::size_t i = 0; i < 20; ++i) want += static_cast<double>(x(r, i)) * unit * (t[0][i * 16 + c] - t[1][i * 16 + c]);
            ASSERT_NEAR(y(r, c), want, 1e-5);
        }
}

TEST(Wires, ReadsAreTheTransferBothWays) {
    const Matrix w = random_matrix(20, 16, 1, 0.1), x = random_matrix(5, 20, 2), dy = random_matrix(5, 16, 3);
    Bench bench;
    bench.params.rows = 20;
    bench.params.mapping = Mapping::differential;
    bench.wires = wires_of(3, 10);
    bench.wires.lines.rb = {1.5};
    AnalogOp op = bench.make(w);
    std::vector<double> t[2];
    for (std::size_t p = 0; p < 2; ++p) {
        const auto g = op.chord_conductance({0.1}, p);
        t[p] = transfer_by_rows(20, 16, std::vector<double>(g.begin(), g.end()), bench.wires.lines);
    }
    // Weight per siemens: what a whole window shows without wires.
    const auto low = bench.make(Matrix(20, 16)).chord_conductance({0.1}, 0)[0];
    Matrix ones(20, 16);
    ones.fill(1);
    const double unit = 0.4 / static_cast<double>(bench.make(ones).chord_conductance({0.1}, 0)[0] - low);
    Play play;
    Matrix y, dx;
    op.forward(x, y, play.step);
    op.backward(dy, dx, play.step);
    for (std::size_t r = 0; r < 5; ++r) {
        for (std::size_t c = 0; c < 16; ++c) {
            double want = 0;
            for (std::size_t i = 0; i < 20; ++i) want += static_cast<double>(x(r, i)) * unit * (t[0][i * 16 + c] - t[1][i * 16 + c]);
            ASSERT_NEAR(y(r, c), want, 1e-5);
        }
        for (std::size_t i = 0; i < 20; ++i) {
            double want = 0;
            for (std::size_t c = 0; c < 16; ++c) want += static_cast<double>(dy(r, c)) * unit * (t[0][i * 16 + c] - t[1][i * 16 + c]);
            ASSERT_NEAR(dx(r, i), want, 1e-5);
        }
    }
}

TEST(Wires, LineGainsUndoTheMeanLoss) {
    const Matrix w = random_matrix(16, 16, 1, 0.2);
    Matrix x(1, 16);
    x.fill(1);
    Bench plain, wired, gained;
    plain.params.mapping = wired.params.mapping = gained.params.mapping = Mapping::differential;
    wired.wires = gained.wires = wires_of(4, 10);
    gained.wires.read_gain = ReadGain::lines;
    Matrix ideal, lossy, mended;
    Play p;
    plain.make(w).forward(x, ideal, p.step), wired.make(w).forward(x, lossy, p.step), gained.make(w).forward(x, mended, p.step);
    double lost = 0, left = 0;
    for (std::size_t c = 0; c < 16; ++c) lost += std::abs(ideal(0, c) - lossy(0, c)), left += std::abs(ideal(0, c) - mended(0, c));
    EXPECT_LT(left, 0.5 * lost);
}

// Only row 0 is asked to move.
std::vector<double> moves_by_row(Bench bench, double gate_V) {
    bench.settings = "d2d = \"off\"\nthreshold = \"" + std::to_string(gate_V) + " V\"";
    AnalogOp op = bench.make(random_matrix(16, 16, 1, 0.1));
    Matrix x(1, 16), dy = random_matrix(1, 16, 4);
    x(0, 0) = 1;
    const auto before = op.conductance();
    Play play;
    op.update(x, dy, pulses(), play.step);
    const auto after = op.conductance();
    std::vector<double> moved(16, 0.0);
    for (std::size_t k = 0; k < 256; ++k) moved[k / 16] += std::abs(static_cast<double>(after[k]) - static_cast<double>(before[k]));
    return moved;
}

TEST(Wires, HalfSelectedCellsMoveUnlessAGateHoldsThem) {
    Bench bench;
    bench.wires = wires_of(1, 1);
    const auto open = moves_by_row(bench, 0.3), held = moves_by_row(bench, 0.6);
    EXPECT_GT(held[0], 0);
    for (std::size_t r = 1; r < 16; ++r) {
        EXPECT_EQ(held[r], 0) << r;
        EXPECT_GT(open[r], 0) << r;
        EXPECT_LT(open[r], 0.2 * open[0]) << r;
    }
    // A threshold at the pulses' own amplitude lets nothing through: every cell sees less.
    const auto blocked = moves_by_row(bench, 1.1);
    for (const double m : blocked) EXPECT_EQ(m, 0);
}

TEST(Wires, FarCellsMoveLess) {
    Bench bench;
    bench.wires = wires_of(4, 1);
    AnalogOp op = bench.make(Matrix(16, 16));
    Matrix x(1, 16), dy(1, 16);
    x.fill(1), dy.fill(-1);  // every cell up
    const auto before = op.conductance();
    Play play;
    op.update(x, dy, pulses(), play.step);
    const auto after = op.conductance();
    const auto moved = [&](std::size_t r, std::size_t c) { return after[r * 16 + c] - before[r * 16 + c]; };
    EXPECT_GT(moved(15, 0), 2 * moved(0, 15));  // word lines start at column 0, bit lines end at row 15
    EXPECT_GT(moved(0, 15), 0);
}

TEST(Wires, EnergyTimeAndPhasesAreBooked) {
    Bench bench;
    bench.wires = wires_of(1, 5);
    bench.wires.write.gap = {50e-9};
    AnalogOp op = bench.make(random_matrix(32, 16, 1, 0.1));
    Play play;
    op.update(random_matrix(4, 32, 2), random_matrix(4, 16, 3), pulses(), play.step);
    const auto of = [&](const char* part) { return play.ledger.total("training/dense1/update/", part); };
    EXPECT_EQ(of("wires").n, 64);  // two arrays, two phases a row
    EXPECT_NEAR(of("/set").busy_s + of("/reset").busy_s, 32 * 150e-9, 1e-12);
    EXPECT_EQ(of("half_selected").n, 64 * 256 - 512);
    for (const char* part : {"/set", "/reset", "half_selected", "wires"}) EXPECT_GT(of(part).energy_J, 0) << part;
    EXPECT_GT(of("half_selected").energy_J,
              1.5 * (of("/set").energy_J + of("/reset").energy_J));  // seven or eight cells at V/2 for each at V
}

TEST(Wires, BatchedProgrammingBooksAndMovesLikeTheSequentialForm) {
    const Matrix w = random_matrix(40, 30, 1, 0.1), x = random_matrix(6, 40, 2), dy = random_matrix(6, 30, 3);
    Bench bench;
    bench.settings = "d2d = \"A\"\nthreshold = \"0.4 V\"";
    bench.wires = wires_of(2, 3);
    AnalogOp one = bench.make(w);
    bench.wires.write.programming = Programming::batched;
    AnalogOp all = bench.make(w);
    const auto before = one.conductance();
    Play pa, pb;
    one.update(x, dy, pulses(), pa.step), all.update(x, dy, pulses(), pb.step);
    const auto a = one.conductance(), b = all.conductance();
    double moved = 0, apart = 0;
    for (std::size_t k = 0; k < a.size(); ++k)
        moved += std::abs(static_cast<double>(a[k]) - static_cast<double>(before[k])),
            apart += std::abs(static_cast<double>(a[k]) - static_cast<double>(b[k]));
    EXPECT_GT(moved, 0);
    EXPECT_NE(a, b);
    EXPECT_LT(apart, 3e-3 * moved);
    for (const char* part : {"/set", "/reset", "half_selected", "wires"}) {
        const auto p = pa.ledger.total("training/dense1/update/", part), q = pb.ledger.total("training/dense1/update/", part);
        EXPECT_EQ(p.n, q.n) << part;
        EXPECT_NEAR(q.energy_J / p.energy_J, 1, 1e-3) << part;
        EXPECT_DOUBLE_EQ(p.busy_s, q.busy_s) << part;
    }
}

struct Trace {
    std::vector<float> cells;
    Matrix y;
};
Trace train(AnalogOp& op, int first, int last, Play& play, const Manhattan& rule) {
    Trace out;
    for (int k = first; k < last; ++k) {
        const Rng rng = play.rng.stream("round", static_cast<std::uint64_t>(k));
        Step step{rng, play.ledger, "training", true};
        op.forward(random_matrix(6, 40, 100 + static_cast<std::uint64_t>(k)), out.y, step);
        op.update(random_matrix(6, 40, 200 + static_cast<std::uint64_t>(k)), random_matrix(6, 30, 300 + static_cast<std::uint64_t>(k)),
                  rule, step);
    }
    out.cells = op.conductance();
    return out;
}

TEST(Wires, SameBitsForAnyNumberOfThreadsAndAfterResuming) {
    const Matrix w = random_matrix(40, 30, 1, 0.1);
    for (const int variant : {0, 1, 2, 3}) {
        Bench bench;
        bench.settings = "d2d = \"A\"\nclamp_nonneg = true\nthreshold = \"0 V\"\nc2c = 0.1";
        bench.wires = wires_of(2, 3);
        bench.wires.refresh = variant == 1 ? 3 : 1;
        if (variant == 3) bench.wires.write.programming = Programming::batched;
        bench.params.read_noise = true;
        bench.params.yield = 0.9;
        Manhattan rule = pulses();
        if (variant == 2) rule.feedback = 0.6, rule.verify_pulses = 3, rule.verify_step = {0.9e-6}, rule.verify_ramp = {0.05};
        set_threads(1);
        AnalogOp alone = bench.make(w);
        Play pa;
        const Trace a = train(alone, 0, 5, pa, rule);
        set_threads(3);
        AnalogOp many = bench.make(w);
        Play pb;
        train(many, 0, 2, pb, rule);
        AnalogOp resumed = bench.make(w);
        resumed.restore(many.state());
        Play pc;
        const Trace c = train(resumed, 2, 5, pc, rule);
        EXPECT_EQ(a.cells, c.cells) << variant;
        for (std::size_t r = 0; r < 6; ++r)
            for (std::size_t j = 0; j < 30; ++j) ASSERT_EQ(a.y(r, j), c.y(r, j)) << variant;
    }
}

TEST(Wires, PulsesOfOtherRulesShowInTheNextRead) {
    Bench bench;
    bench.wires = wires_of(2, 3);
    bench.wires.program = WirePhysics::ideal;
    AnalogOp op = bench.make(random_matrix(16, 16, 1, 0.1));
    const Matrix x = random_matrix(4, 16, 2), dy = random_matrix(4, 16, 3);
    Matrix before, after;
    Play play;
    op.forward(x, before, play.step);
    MixedPrecision rule;
    rule.rate = 0.1;
    op.update(x, dy, rule, play.step);
    op.forward(x, after, play.step);
    EXPECT_NE(before(0, 0), after(0, 0));
}

TEST(Wires, StuckCellsStayAndConductAllTheSame) {
    Bench bench;
    bench.wires = wires_of(1, 1);
    bench.params.yield = 0;
    bench.params.stuck_high = 1;  // stuck short: every cell at the top
    AnalogOp op = bench.make(Matrix(16, 16));
    const auto before = op.conductance();
    Play play;
    Matrix x = random_matrix(2, 16, 2), y;
    op.forward(x, y, play.step);
    EXPECT_NE(y(0, 0), 0);
    op.update(x, random_matrix(2, 16, 3), pulses(), play.step);
    EXPECT_EQ(op.conductance(), before);
}

TEST(Wires, SamplingMayGoThroughWiresThatTrainingDidNotHave) {
    Bench bench;
    bench.wires = wires_of(5, 10);
    bench.wires.forward = WirePhysics::ideal;
    AnalogOp op = bench.make(random_matrix(16, 16, 1, 0.2));
    const Matrix x = random_matrix(1, 16, 2);
    Matrix training, sampling, again;
    Play play;
    op.forward(x, training, play.step);
    Step sample{play.rng, play.ledger, "evaluation", false};
    op.forward(x, sampling, sample);
    op.forward(x, again, play.step);
    EXPECT_NE(training(0, 3), sampling(0, 3));
    EXPECT_EQ(training(0, 3), again(0, 3));
}

}  // namespace
}  // namespace ganbar
