#include "ganbar/circuit/write_solver.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/programming.h"
#include "ganbar/core/rng.h"

namespace ganbar {
namespace {

// A row phase of each scheme with driven lines, on cells of the founding device's curve: the quick way against the general one.
TEST(WriteSolver, AgreesWithTheGeneralSolver) {
    for (const auto& [rows, cols] : std::vector<std::pair<std::size_t, std::size_t>>{{64, 64}, {16, 64}, {36, 50}, {64, 1}, {1, 33}})
        for (const double r_ohm : {0.01, 1.0, 5.0})
            for (const Ends ends : {Ends::single, Ends::both})
                for (const Scheme scheme : {Scheme::half, Scheme::third, Scheme::grounded}) {
                    const CellSolver general(rows, cols, {{r_ohm}, {0.7 * r_ohm}, {1.0}, {2.0}, ends});
                    WriteParams params;
                    params.scheme = scheme;
                    const ArrayWriter writer(general, params, {{0.9}, {-1.1}, {100e-9}});
                    WritePhase phase{{rows / 3}, {}, false};
                    Rng rng(7);
                    for (std::size_t j = 0; j < cols; ++j)
                        if (j == 0 || rng.uniform() < 0.5) phase.cols.push_back(j);
                    std::vector<double> vw(rows), vb(cols), u(rows * cols), linear(rows * cols), cubic(rows * cols);
                    writer.bias(phase, vw, vb);
                    WriteSolver quick(general);
                    for (std::size_t k = 0; k < rows * cols; ++k) {
                        linear[k] = 150e-6 + 150e-6 * rng.uniform(), cubic[k] = 2.81 * linear[k];
                        quick.linear(k / cols)[k % cols] = static_cast<float>(linear[k]),
                                                   quick.cubic(k / cols)[k % cols] = static_cast<float>(cubic[k]);
                    }
                    const CubicCells cells(linear, cubic);
                    general.solve(cells, vw, vb, u);
                    ASSERT_GT(quick.solve(vw, vb, 1e-6), 0);
                    for (std::size_t k = 0; k < rows * cols; ++k)
                        ASSERT_NEAR(static_cast<double>(quick.voltages(k / cols)[k % cols]), u[k], 4e-6)
                            << rows << " x " << cols << " at " << r_ohm;
                    const OperatingPoint point = general.operating_point(cells, vw, vb, u);
                    const auto power = quick.power();
                    ASSERT_NEAR(power.delivered_W / point.power_W, 1, 2e-5);
                    ASSERT_NEAR(power.cells_W / point.cells_W, 1, 2e-5);
                }
}

TEST(WriteSolver, WithoutResistanceEveryCellSeesItsSourcesExactly) {
    const CellSolver general(8, 12, {{0.0}, {0.0}, {0.0}, {0.0}});
    WriteSolver quick(general);
    for (std::size_t r = 0; r < 8; ++r)
        for (std::size_t c = 0; c < 12; ++c) quick.linear(r)[c] = 2e-4f, quick.cubic(r)[c] = 5e-4f;
    std::vector<double> vw(8, 0.0), vb(12, 0.0);
    vw[3] = 0.4, vb[5] = -0.4;
    ASSERT_GT(quick.solve(vw, vb, 1e-6), 0);
    EXPECT_EQ(quick.voltages(3)[5], 0.8f);
    EXPECT_EQ(quick.voltages(3)[6], 0.4f);
    EXPECT_EQ(quick.voltages(0)[0], 0.0f);
}

}  // namespace
}  // namespace ganbar
