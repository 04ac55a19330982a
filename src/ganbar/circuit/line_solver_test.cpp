// The line solver against the general one, and batched programming against the sequential form.
#include "ganbar/circuit/line_solver.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/programming.h"
#include "ganbar/core/rng.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

TEST(LineSolver, AgreesWithTheGeneralSolver) {
    for (const auto& [rows, cols] :
         std::vector<std::pair<std::size_t, std::size_t>>{{64, 64}, {16, 64}, {36, 50}, {64, 1}, {1, 33}, {100, 20}})
        for (const double r_ohm : {0.0, 1e-4, 1.0, 5.0})
            for (const Ends ends : {Ends::single, Ends::both})
                for (const Scheme scheme : {Scheme::half, Scheme::third, Scheme::grounded}) {
                    const Wires wires{{r_ohm}, {0.7 * r_ohm}, {1.0}, {2.0}, ends};
                    const CellSolver general(rows, cols, wires);
                    WriteParams params;
                    params.scheme = scheme;
                    const ArrayWriter writer(general, params, {{0.9}, {-1.1}, {100e-9}});
                    WritePhase phase{{rows / 3}, {}, false};
                    Rng rng(7);
                    for (std::size_t j = 0; j < cols; ++j)
                        if (j == 0 || rng.uniform() < 0.5) phase.cols.push_back(j);
                    std::vector<double> vw(rows), vb(cols), u(rows * cols), linear(rows * cols), cubic(rows * cols);
                    writer.bias(phase, vw, vb);
                    LineSolver lines(rows, cols, wires);
                    for (std::size_t k = 0; k < rows * cols; ++k) linear[k] = 150e-6 + 150e-6 * rng.uniform(), cubic[k] = 2.81 * linear[k];
                    for (std::size_t r = 0; r < rows; ++r)
                        lines.load(r, std::span(linear).subspan(r * cols, cols), std::span(cubic).subspan(r * cols, cols));
                    const CubicCells cells(linear, cubic);
                    general.solve(cells, vw, vb, u);
                    ASSERT_GT(lines.solve(vw, vb, 1e-6), 0);
                    const auto power = lines.finish();
                    for (std::size_t k = 0; k < rows * cols; ++k)
                        ASSERT_NEAR(static_cast<double>(lines.voltages(k / cols)[k % cols]), u[k], 3e-6)
                            << rows << " x " << cols << " at " << r_ohm;
                    const OperatingPoint point = general.operating_point(cells, vw, vb, u);
                    ASSERT_NEAR(power.delivered_W / point.power_W, 1, 2e-5);
                    ASSERT_NEAR(power.cells_W / point.cells_W, 1, 2e-5);
                }
}

// The tolerance is a bound: what is left is below it, for wires that couple the lines weakly and strongly.
TEST(LineSolver, StopsWhereItsToleranceSays) {
    for (const double r_ohm : {0.1, 1.0, 5.0, 20.0})
        for (const double tolerance_V : {1e-3, 1e-4, 1e-5}) {
            const std::size_t n = 64;
            const Wires wires{{r_ohm}, {r_ohm}, {1.0}, {1.0}};
            LineSolver loose(n, n, wires), tight(n, n, wires);
            Rng rng(3);
            for (std::size_t r = 0; r < n; ++r) {
                std::vector<double> linear(n), cubic(n);
                for (std::size_t k = 0; k < n; ++k) linear[k] = 150e-6 + 150e-6 * rng.uniform(), cubic[k] = 2.81 * linear[k];
                loose.load(r, linear, cubic), tight.load(r, linear, cubic);
            }
            std::vector<double> vw(n, 0.0), vb(n, 0.0);
            vw[20] = 0.5;
            for (std::size_t k = 0; k < n; ++k) vb[k] = rng.uniform() < 0.5 ? -0.5 : 0.0;
            ASSERT_GT(loose.solve(vw, vb, tolerance_V), 0);
            ASSERT_GT(tight.solve(vw, vb, 1e-6), 0);
            loose.finish(), tight.finish();
            double worst = 0;
            for (std::size_t k = 0; k < n * n; ++k)
                worst = std::max(
                    worst, std::abs(static_cast<double>(loose.voltages(k / n)[k % n]) - static_cast<double>(tight.voltages(k / n)[k % n])));
            EXPECT_LT(worst, tolerance_V + 2e-6) << r_ohm << " ohm";
        }
}

TEST(LineSolver, LoopsWithoutResistanceAreRefused) {
    EXPECT_THROW(LineSolver(4, 4, {{1.0}, {1.0}, {0.0}, {1.0}, Ends::both}), ConfigError);
}

struct Written {
    std::vector<float> before, after;
    WriteReport report;
};
struct Case {
    const char* device = "nili2020";
    const char* table = "threshold = \"0.4 V\"";
    std::size_t rows = 64, cols = 64;
    double r_ohm = 1;
    Scheme scheme = Scheme::half;
    WriteOrder order = WriteOrder::rows;
    PulsePair pulses{{1.0}, {-1.2}, {100e-9}};
};
Written written(const Case& c, Programming programming) {
    const std::size_t size = c.rows * c.cols;
    const auto node = config::parse_toml(c.table, "test");
    auto array = test::devices().get(c.device).make(node.get(), size);
    Rng rng(5);
    std::vector<float> g(size);
    for (float& x : g) x = static_cast<float>(150e-6 + 150e-6 * rng.uniform());
    array->fabricate(g, Rng(6));
    std::vector<std::int8_t> signs(size);
    for (auto& s : signs) s = rng.uniform() < 0.1 ? std::int8_t{0} : rng.uniform() < 0.5 ? std::int8_t{1} : std::int8_t{-1};
    if (c.order == WriteOrder::rank_one)
        for (std::size_t k = 0; k < size; ++k)
            signs[k] = ((k / c.cols) * 7 + (k % c.cols) * 0) % 3 == 0 ? ((k % c.cols) % 5 < 2 ? std::int8_t{1} : std::int8_t{-1})
                                                                      : ((k % c.cols) % 5 < 2 ? std::int8_t{-1} : std::int8_t{1});
    const CellSolver solver(c.rows, c.cols, {{c.r_ohm}, {c.r_ohm}, {1.0}, {1.0}});
    WriteParams params;
    params.scheme = c.scheme, params.order = c.order, params.programming = programming, params.voltage_tolerance = 1e-5;
    const ArrayWriter writer(solver, params, c.pulses);
    Written out{std::vector<float>(size), std::vector<float>(size), {}};
    array->conductance(0, out.before);
    out.report = writer.write(*array, 0, signs, EnergyRule::ohmic, Rng(9));
    array->conductance(0, out.after);
    return out;
}

double largest_move(const Written& w) {
    double most = 0;
    for (std::size_t k = 0; k < w.before.size(); ++k)
        most = std::max(most, std::abs(static_cast<double>(w.after[k]) - static_cast<double>(w.before[k])));
    return most;
}

TEST(BatchedProgramming, DiffersFromSequentialBySecondOrder) {
    for (const Case& c :
         {Case{}, Case{.r_ohm = 0.1}, Case{.rows = 20, .cols = 50}, Case{.scheme = Scheme::third}, Case{.scheme = Scheme::grounded},
          Case{.order = WriteOrder::rank_one}, Case{.rows = 9, .cols = 7, .order = WriteOrder::cells},
          Case{.device = "soft_bounds", .table = "c2c = 0.3"}, Case{.table = "threshold = \"0 V\"\nc2c = 0.1"}}) {
        const Written one = written(c, Programming::sequential), all = written(c, Programming::batched);
        EXPECT_GT(all.report.sweeps, 0);
        EXPECT_NE(one.after, one.before);
        double worst = 0, sum = 0, moved = 0;
        for (std::size_t k = 0; k < one.after.size(); ++k) {
            const double d = std::abs(static_cast<double>(one.after[k]) - static_cast<double>(all.after[k]));
            worst = std::max(worst, d), sum += d, moved += std::abs(static_cast<double>(one.after[k]) - static_cast<double>(one.before[k]));
        }
        const auto where = std::string(c.device) + " " + std::to_string(c.rows) + " at " + std::to_string(c.r_ohm);
        EXPECT_LT(sum, 3e-3 * moved) << where;
        const bool jumps = std::string(c.device) == "soft_bounds";  // at a threshold a cell steps or stays
        if (!jumps) {
            EXPECT_LT(worst, 3e-2 * largest_move(one)) << where;
        }
        EXPECT_LT(all.report.mismatch_V, 5e-3 * 1.2) << where;
        EXPECT_EQ(one.report.n_phases, all.report.n_phases);
        EXPECT_EQ(one.report.n_selected, all.report.n_selected);
        EXPECT_EQ(one.report.bill.n_set + one.report.bill.n_reset + one.report.bill.n_idle,
                  all.report.bill.n_set + all.report.bill.n_reset + all.report.bill.n_idle)
            << where;
        for (const auto& [a, b] : {std::pair{one.report.selected_J, all.report.selected_J},
                                   {one.report.half_selected_J, all.report.half_selected_J},
                                   {one.report.wires_J, all.report.wires_J},
                                   {one.report.mean_ratio(), all.report.mean_ratio()},
                                   {one.report.least_ratio, all.report.least_ratio}})
            EXPECT_NEAR(b / a, 1, 2e-3) << where;
    }
}

// Cells that hardly move leave nothing to differ by; what is left is the tolerance of both solvers.
TEST(BatchedProgramming, AgreesWhereCellsStay) {
    const Case weak{.pulses = {{0.6}, {-0.6}, {100e-9}}};
    const Written one = written(weak, Programming::sequential), all = written(weak, Programming::batched);
    EXPECT_NEAR(one.report.mean_ratio() / all.report.mean_ratio(), 1, 2e-5);
    EXPECT_NEAR(one.report.least_ratio / all.report.least_ratio, 1, 5e-5);
    EXPECT_LT(all.report.mismatch_V, 1e-4);
}

TEST(BatchedProgramming, TheDoorStaysShutWhereCellsMoveTooFar) {
    EXPECT_THROW(written({.table = "threshold = \"0 V\"", .r_ohm = 5, .pulses = {{2.0}, {-2.0}, {1e-1}}}, Programming::batched),
                 NumericError);
    EXPECT_NO_THROW(written({.table = "threshold = \"0 V\"", .r_ohm = 5, .pulses = {{2.0}, {-2.0}, {1e-1}}}, Programming::sequential));
}

// What the line solver cannot take goes the sequential way, to the same bits.
TEST(BatchedProgramming, OtherCellsAndFloatingLinesAreSequential) {
    for (const Case& c :
         {Case{.device = "yakopcic", .table = "", .rows = 6, .cols = 5}, Case{.rows = 8, .cols = 8, .scheme = Scheme::floating}})
        EXPECT_EQ(written(c, Programming::sequential).after, written(c, Programming::batched).after);
}

}  // namespace
}  // namespace ganbar
