#include "ganbar/circuit/programming.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/core/rng.h"
#include "ganbar/device/test_devices.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;

const PulsePair pulses{0.8_V, Volt{-0.8}, 100_ns};
const Wires no_wires{0_ohm, 0_ohm, 0_ohm, 0_ohm};

std::unique_ptr<DeviceArray> fresh(const std::string& model, const std::string& table, std::size_t n, std::uint64_t seed = 1) {
    const auto node = config::parse_toml(table, "test");
    auto array = test::devices().get(model).make(node.get(), n);
    std::vector<float> g(n);
    Rng rng = Rng(seed).stream("g");
    for (float& x : g) x = static_cast<float>(170e-6 + 110e-6 * rng.uniform());
    array->fabricate(g, Rng(seed));
    return array;
}
std::vector<float> conductances(const DeviceArray& array) {
    std::vector<float> g(array.size());
    array.conductance(0, g);
    return g;
}
std::vector<std::int8_t> random_signs(std::size_t n, std::uint64_t seed, bool with_zeros = true) {
    std::vector<std::int8_t> s(n);
    Rng rng = Rng(seed).stream("signs");
    for (auto& x : s) x = static_cast<std::int8_t>(with_zeros && rng.uniform() < 0.2 ? 0 : rng.uniform() < 0.5 ? 1 : -1);
    return s;
}
WriteParams params(Scheme scheme, WriteOrder order = WriteOrder::rows, WriteCompensation compensation = WriteCompensation::none) {
    WriteParams p;
    p.scheme = scheme, p.order = order, p.compensation = compensation;
    return p;
}

TEST(Programming, PerfectWiresGiveTheWriteThatWasMeant) {  // the ideal device has a threshold of 0.5 V: half-selected cells stay
    const std::size_t m = 12, n = 9;
    const CellSolver solver(m, n, no_wires);
    const auto signs = random_signs(m * n, 3);
    auto meant = fresh("ideal", "", m * n);
    meant->program(0, signs, pulses, EnergyRule::ohmic, Rng(1));
    for (const Scheme scheme : {Scheme::half, Scheme::third, Scheme::grounded})
        for (const WriteOrder order : {WriteOrder::rows, WriteOrder::cells}) {
            auto array = fresh("ideal", "", m * n);
            const auto report = ArrayWriter(solver, params(scheme, order), pulses).write(*array, 0, signs, EnergyRule::ohmic, Rng(1));
            EXPECT_EQ(conductances(*array), conductances(*meant));
            EXPECT_NEAR(report.mean_ratio(), 1, 1e-6);
            EXPECT_NEAR(report.least_ratio, 1, 1e-6);
            if (order == WriteOrder::cells) {
                EXPECT_EQ(report.n_phases, report.n_selected);
            } else {  // a row without one of the signs needs one phase
                EXPECT_LE(report.n_phases, static_cast<std::int64_t>(2 * m));
                EXPECT_GT(report.n_phases, static_cast<std::int64_t>(2 * m - 4));
            }
            EXPECT_DOUBLE_EQ(report.time_s, static_cast<double>(report.n_phases) * 100e-9);
            EXPECT_NEAR(report.wires_J, 0, 1e-6 * report.selected_J);  // voltages are in single precision
        }
}

TEST(Programming, EverySchemeStressesWhatItsNameSays) {
    const std::size_t n = 8;
    const CellSolver solver(n, n, no_wires);
    const auto array = fresh("ideal", "", n * n);
    const WritePhase phase{{3}, {1, 4, 6}, true};
    struct Expected {
        Scheme scheme;
        double in_row, in_column, elsewhere;
    };
    for (const auto& e : {Expected{Scheme::half, 0.4, 0.4, 0}, Expected{Scheme::third, 0.8 / 3, 0.8 / 3, -0.8 / 3},
                          Expected{Scheme::grounded, 0.4, 0, -0.4}}) {
        const auto u = ArrayWriter(solver, params(e.scheme), pulses).cell_voltages(*array, 0, std::vector{phase});
        for (std::size_t k = 0; k < u.size(); ++k) {
            const bool row = k / n == 3, col = k % n == 1 || k % n == 4 || k % n == 6;
            EXPECT_NEAR(u[k], row && col ? 0.8 : row ? e.in_row : col ? e.in_column : e.elsewhere, 1e-6);
        }
    }
    // floating: an open line carries no current, so a cell between two open lines sees less than one between an open and a driven line
    const auto u = ArrayWriter(solver, params(Scheme::floating), pulses).cell_voltages(*array, 0, std::vector{phase});
    std::vector<double> i_A(u.size());
    static_cells(*array, 0, n * n, 1.0)->current(u, i_A, {});
    for (std::size_t line = 0; line < n; ++line) {
        double word = 0, bit = 0;
        for (std::size_t k = 0; k < n; ++k) word += i_A[line * n + k], bit += i_A[k * n + line];
        EXPECT_TRUE(line == 3 || std::abs(word) < 1e-9);
        EXPECT_TRUE(line == 1 || line == 4 || line == 6 || std::abs(bit) < 1e-9);
    }
}

TEST(Programming, RankOneTakesFourPhases) {
    const std::size_t m = 10, n = 7;
    std::vector<std::int8_t> signs(m * n);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 0; j < n; ++j)
            signs[i * n + j] = static_cast<std::int8_t>((i % 3 == 0 ? -1 : i % 5 == 4 ? 0 : 1) * (j % 2 == 0 ? -1 : 1));
    const CellSolver solver(m, n, no_wires);
    const ArrayWriter writer(solver, params(Scheme::half, WriteOrder::rank_one), pulses);
    EXPECT_EQ(writer.phases(signs).size(), 4u);
    auto array = fresh("ideal", "", m * n), meant = fresh("ideal", "", m * n);
    writer.write(*array, 0, signs, EnergyRule::ohmic, Rng(1));
    meant->program(0, signs, pulses, EnergyRule::ohmic, Rng(1));
    EXPECT_EQ(conductances(*array), conductances(*meant));
    signs[5] = static_cast<std::int8_t>(-signs[5]);
    EXPECT_THROW(writer.phases(signs), ConfigError);
}

TEST(Programming,
     HalfSelectedCellsBurnMost) {  // 32 of 64 columns: 32 cells at V, 2048 at V/2 -> 16 times for ohmic cells, 8.3 for the founding device
    const std::size_t n = 64;
    const CellSolver solver(n, n, no_wires);
    std::vector<std::int8_t> signs(n * n, 0);
    for (std::size_t j = 0; j < n; j += 2) signs[7 * n + j] = 1;
    auto ohmic = fresh("ideal", "g_min = \"224.9 uS\"\ng_max = \"225.1 uS\"", n * n);
    ohmic->set_conductance(0, std::vector<float>(n * n, 225e-6f));
    auto report = ArrayWriter(solver, params(Scheme::half), pulses).write(*ohmic, 0, signs, EnergyRule::nonlinear, Rng(1));
    EXPECT_NEAR(report.half_selected_J / report.selected_J, 16, 1e-4);
    auto cubic = fresh("nili2020", "d2d = \"off\"", n * n);
    cubic->set_conductance(0, std::vector<float>(n * n, 225e-6f));
    report = ArrayWriter(solver, params(Scheme::half), pulses).write(*cubic, 0, signs, EnergyRule::nonlinear, Rng(1));
    EXPECT_NEAR(report.half_selected_J / report.selected_J, 8.3, 0.15);
}

TEST(Programming, EnergyIsWhatTheTerminalsDeliver) {
    const std::size_t m = 20, n = 16;
    const CellSolver solver(m, n, {1_ohm, 2_ohm, 5_ohm, 3_ohm});
    auto array = fresh("nili2020", "d2d = \"off\"", m * n);
    const ArrayWriter writer(solver, params(Scheme::third), pulses);
    std::vector<std::int8_t> signs(m * n, 0);
    for (std::size_t j = 0; j < n; j += 3) signs[4 * n + j] = 1;
    std::vector<double> vw(m), vb(n), u(m * n);
    const auto phases = writer.phases(signs);
    ASSERT_EQ(phases.size(), 1u);
    writer.bias(phases[0], vw, vb);
    const auto cells = static_cells(*array, 0, m * n, 0.8);
    solver.solve(*cells, vw, vb, u, false, {1e-13});
    const auto point = solver.operating_point(*cells, vw, vb, u);
    const auto report = writer.write(*array, 0, signs, EnergyRule::nonlinear, Rng(1));
    EXPECT_NEAR(report.selected_J + report.half_selected_J + report.wires_J, point.power_W * 100e-9, 1e-5 * point.power_W * 100e-9);
    EXPECT_GT(report.wires_J, 0);
}

// Delivered voltage on 64 x 64 cells with I = g u (1 + 2.81 u^2), 0.8 V, V/2 scheme, computed independently.
TEST(Programming, IrDropWhileWriting) {
    struct Row {
        double driver_ohm, segment_ohm, far_cell_V, far_row_V, four_phase_V;
    };
    const std::size_t n = 64;
    const CrossbarProblem p = random_crossbar(n, n, 5);
    const CurveCells cells(p.g_S, {CellCurve::Kind::cubic, 2.81});
    for (const Row& row : {Row{0.1, 0.01, 0.793, 0.788, 0.783}, Row{0.1, 0.1, 0.747, 0.715, 0.684}, Row{1, 0.1, 0.735, 0.707, 0.679},
                           Row{1, 1, 0.488, 0.432, 0.397}, Row{10, 0.1, 0.637, 0.587, 0.549}, Row{10, 1, 0.445, 0.394, 0.361}}) {
        const CellSolver solver(n, n, {Ohm{row.segment_ohm}, Ohm{row.segment_ohm}, Ohm{row.driver_ohm}, Ohm{row.driver_ohm}});
        const ArrayWriter writer(solver, params(Scheme::half), pulses);
        WritePhase cell{{0}, {n - 1}, true}, half_row{{0}, {}, true}, block{{}, {}, true};
        for (std::size_t j = 0; j < n; j += 2) half_row.cols.push_back(j + 1), block.cols.push_back(j + 1), block.rows.push_back(j);
        const auto least = [&](const WritePhase& phase) {
            std::vector<double> vw(n), vb(n), u(n * n);
            writer.bias(phase, vw, vb);
            solver.solve(cells, vw, vb, u);
            double v = INFINITY;
            for (const std::size_t i : phase.rows)
                for (const std::size_t j : phase.cols) v = std::min(v, u[i * n + j]);
            return v;
        };
        // the random choice of columns and cells moves the least voltage by up to a hundredth
        EXPECT_NEAR(least(cell), row.far_cell_V, 0.008) << row.driver_ohm << " " << row.segment_ohm;
        EXPECT_NEAR(least(half_row), row.far_row_V, 0.015) << row.driver_ohm << " " << row.segment_ohm;
        EXPECT_NEAR(least(block), row.four_phase_V, 0.015) << row.driver_ohm << " " << row.segment_ohm;
    }
}

TEST(Programming, CompensationRestoresTheVoltage) {
    const std::size_t n = 32;
    const CellSolver solver(n, n, {Ohm{0.3}, Ohm{0.3}, 1_ohm, 1_ohm});
    const auto signs = random_signs(n * n, 7, false);
    const auto ratios = [&](WriteCompensation compensation) {
        auto array = fresh("ideal", "", n * n);
        auto p = params(Scheme::half, WriteOrder::rows, compensation);
        p.most_gain = 2;
        ArrayWriter writer(solver, p, pulses);
        writer.calibrate(*array, 0);
        return writer.write(*array, 0, signs, EnergyRule::ohmic, Rng(1));
    };
    const auto none = ratios(WriteCompensation::none), rows = ratios(WriteCompensation::rows), cells = ratios(WriteCompensation::cells);
    EXPECT_LT(none.mean_ratio(), 0.97);
    EXPECT_NEAR(rows.mean_ratio(), 1, 0.005);
    EXPECT_GT(rows.least_ratio, none.least_ratio);
    EXPECT_GT(cells.least_ratio, 0.97);
    EXPECT_GT(cells.least_ratio, rows.least_ratio);
    EXPECT_GT(cells.half_selected_J, none.half_selected_J);  // it is paid for in the cells that were not meant
    EXPECT_THROW(ArrayWriter(solver, params(Scheme::half, WriteOrder::rank_one, WriteCompensation::rows), pulses), ConfigError);
}

TEST(Programming, DisturbIsTheDevicesOwnLaw) {  // with the fit's tail, a V/2 write of a whole array disturbs about as much as it writes
    const std::size_t n = 64;
    const CellSolver solver(n, n, no_wires);
    const auto signs = random_signs(n * n, 11, false);
    const std::string free = "d2d = \"off\"\nwindow = \"off\"\n";
    const auto drift = [&](const std::string& gate, Scheme scheme) {  // mean change beyond what was meant, over a set step
        auto array = fresh("nili2020", free + gate, n * n), meant = fresh("nili2020", free + gate, n * n);
        array->set_conductance(0, std::vector<float>(n * n, 225e-6f)), meant->set_conductance(0, std::vector<float>(n * n, 225e-6f));
        ArrayWriter(solver, params(scheme), pulses).write(*array, 0, signs, EnergyRule::ohmic, Rng(1));
        meant->program(0, signs, pulses, EnergyRule::ohmic, Rng(1));
        const auto a = conductances(*array), b = conductances(*meant);
        double excess = 0, set = 0, n_set = 0;
        for (std::size_t k = 0; k < a.size(); ++k) {
            excess += static_cast<double>(a[k] - b[k]);
            if (signs[k] > 0) set += static_cast<double>(b[k]) - 225e-6, ++n_set;
        }
        return excess / static_cast<double>(n * n) / (set / n_set);
    };
    const double half = drift("threshold = \"0 V\"", Scheme::half), third = drift("threshold = \"0 V\"", Scheme::third);
    EXPECT_NEAR(half, 0.67, 0.08);  // less about 0.04 for the resets, whose steps are 10 times smaller
    EXPECT_NEAR(third, 0.36, 0.06);
    EXPECT_NEAR(drift("threshold = \"0.7 V\"", Scheme::half), 0, 1e-4);
}

TEST(Programming, WriteVerifyReachesItsTargets) {
    const std::size_t n = 8;
    const CellSolver solver(n, n, {Ohm{0.5}, Ohm{0.5}, 1_ohm, 1_ohm});
    auto array = fresh("ideal", "", n * n);
    const ArrayWriter writer(solver, params(Scheme::half), pulses);
    std::vector<float> target(n * n);
    Rng rng = Rng(13).stream("targets");
    for (float& t : target) t = static_cast<float>(170e-6 + 110e-6 * rng.uniform());
    VerifyParams verify;
    const auto report = write_verify(writer, *array, 0, target, verify, EnergyRule::ohmic, Rng(1));
    EXPECT_EQ(report.n_left, 0);
    EXPECT_LE(report.worst_S, 1.5e-6);
    EXPECT_GT(report.n_rounds, 10);
    const auto g = conductances(*array);
    for (std::size_t k = 0; k < g.size(); ++k) EXPECT_NEAR(static_cast<double>(g[k]), static_cast<double>(target[k]), 1.5e-6);
    verify.most_rounds = 1;
    std::vector<float> far(n * n, 299e-6f);
    EXPECT_GT(write_verify(writer, *array, 0, far, verify, EnergyRule::ohmic, Rng(1)).n_left, 0);
}

TEST(Programming, CubicLawsAreRecognised) {
    const auto cubic = fresh("nili2020", "", 64), other = fresh("yakopcic", "", 64);
    EXPECT_NE(dynamic_cast<const CubicCells*>(static_cells(*cubic, 0, 64, 0.8).get()), nullptr);
    EXPECT_EQ(dynamic_cast<const CubicCells*>(static_cells(*other, 0, 64, 0.8).get()), nullptr);
    const auto fast = static_cells(*cubic, 0, 64, 0.8);
    const DeviceCells exact(*cubic, 0, 64);
    std::vector<double> u(64), a(64), b(64), slope_a(64), slope_b(64);
    for (std::size_t k = 0; k < 64; ++k) u[k] = 0.025 * static_cast<double>(k) - 0.8;
    fast->current(u, a, slope_a), exact.current(u, b, slope_b);
    for (std::size_t k = 0; k < 64; ++k) {
        EXPECT_NEAR(a[k], b[k], 1e-12 * std::abs(b[k]));
        EXPECT_NEAR(slope_a[k], slope_b[k], 1e-5 * slope_b[k]);
    }
}

}  // namespace
}  // namespace ganbar
