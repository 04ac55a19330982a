// Cells with selectors under driven lines: against the nodal solver; rows written by themselves against the whole array; the bench's
// figures.
#include "ganbar/circuit/driven_cells.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/circuit/array_bench_driven.h"
#include "ganbar/circuit/circuit_test_support.h"
#include "ganbar/circuit/nodal.h"

namespace ganbar {
namespace {

using namespace circuit_test;
using namespace literals;

DeviceRegistry& devices() {
    static DeviceRegistry registry{"device"};
    if (registry.names().empty()) register_builtin_devices(registry);
    return registry;
}

std::vector<Selector> every_cell() {
    std::vector<Selector> out(6);
    out[1].type = out[2].type = CellType::transistor, out[2].transistor = Selector::Transistor::square_law;
    out[3].type = out[4].type = CellType::selector, out[4].selector = Selector::Law::threshold;
    out[5].type = CellType::diode;
    return out;
}

TEST(DrivenCells, AgreeWithTheNodalSolver) {
    for (const Selector& s : every_cell())
        for (const Wires& w :
             {Wires{2_ohm, 1_ohm, 50_ohm, 20_ohm}, Wires{3_ohm, 2_ohm, 10_ohm, 5_ohm, Ends::both}, Wires{0_ohm, 0_ohm, 0_ohm, 0_ohm}}) {
            CrossbarProblem p = random_crossbar(13, 9, 3, w, 1.2);
            p.curve = {CellCurve::Kind::cubic, 2.81}, p.selector = s;
            for (std::size_t j = 0; j < p.cols; ++j) p.vb_V[j] = j % 3 == 0 ? -0.4 : 0.1;
            if (s.has_gate())
                for (std::size_t i = 0; i < p.rows; ++i) p.gate_V.push_back(i % 4 == 0 ? 0.0 : 2.0);
            const OperatingPoint want = solve_operating_point(p);
            const CurveCells memristors(p.g_S, p.curve);
            DrivenBias bias{{}, {}, p.gate_V};
            for (const auto& v : p.vw_V) bias.vw_V.push_back(*v);
            for (const auto& v : p.vb_V) bias.vb_V.push_back(*v);
            const DrivenPoint got = solve_driven(SelectorCells(memristors, s, p.cols), p.wires, bias, 1e-12);
            double scale = 0;
            for (const double i : want.i_bit_A) scale = std::max(scale, std::abs(i));
            for (std::size_t k = 0; k < p.g_S.size(); ++k)
                ASSERT_NEAR(got.u_V[k], want.w_V[k] - want.b_V[k], 1e-10) << static_cast<int>(s.type);
            for (std::size_t j = 0; j < p.cols; ++j) ASSERT_NEAR(got.i_bit_A[j], want.i_bit_A[j], 1e-9 * scale);
            EXPECT_NEAR(got.delivered_W, want.power_W, 1e-9 * std::abs(want.power_W));
            EXPECT_NEAR(got.cells_W, want.cells_W, 1e-9 * std::abs(want.power_W));
        }
}

ArrayQuestion question(std::int64_t rows, std::int64_t cols, double r_ohm, CellType type) {
    ArrayQuestion q;
    q.spec.rows = rows, q.spec.cols = cols, q.spec.disturb_writes = 20;
    q.device = devices().get("nili2020").bind(nullptr);
    q.device.model = "nili2020";
    q.wires = {{r_ohm}, {r_ohm}, {10 * r_ohm}, {10 * r_ohm}, Ends::single};
    q.cell.selector.type = type;
    return q;
}

TEST(GatedWrites, ARowByItselfIsTheRowOfTheWholeArray) {
    for (const Ends ends : {Ends::single, Ends::both})
        for (const Scheme scheme : {Scheme::inhibit, Scheme::half}) {
            auto q = question(7, 6, 2, CellType::transistor);
            q.wires.ends = ends, q.write.scheme = scheme, q.cell.selector.g_off = Siemens{1e-15};
            auto array = q.device.make(42);
            array->fabricate(std::vector<float>(42, 2.2e-4f), Rng(5));
            std::vector<float> before(42), after(42);
            array->conductance(0, before);
            std::vector<std::int8_t> signs(42, 0);
            for (std::size_t j = 0; j < 6; j += 2) signs[2 * 6 + j] = 1;
            const CellSolver solver(7, 6, q.wires);
            ArrayWriter writer(solver, q.write, q.spec.pulses());
            writer.put_behind_transistors(q.cell);
            const auto whole = DrivenArray(q, *array).write(writer, signs);
            const WriteReport r = writer.write(*array, 0, signs, EnergyRule::nonlinear, Rng(6));
            EXPECT_NEAR(r.selected_J / whole.selected_J, 1, 1e-4);
            EXPECT_NEAR(r.wires_J / whole.wires_J, 1, 1e-3);
            EXPECT_NEAR(r.half_selected_J, whole.half_selected_J, 1e-4 * whole.selected_J);
            EXPECT_DOUBLE_EQ(r.gate_J, whole.gate_J);
            double delivered = 0;
            for (const double d : whole.delivered) delivered += d;
            EXPECT_NEAR(r.mean_ratio(), delivered / 3, 1e-4);
            array->conductance(0, after);
            for (std::size_t k = 0; k < 42; ++k)
                if (k / 6 != 2) {
                    EXPECT_EQ(after[k], before[k]);  // closed rows are not touched
                }
        }
}

TEST(GatedWrites, WhatIsNotModelledIsRefused) {
    const auto q = question(3, 3, 1, CellType::transistor);
    const CellSolver solver(3, 3, q.wires);
    WriteParams write;
    write.order = WriteOrder::rank_one;
    EXPECT_THROW(ArrayWriter(solver, write, q.spec.pulses()).put_behind_transistors(q.cell), ConfigError);
    CellParams diode, weak = q.cell;
    diode.selector.type = CellType::diode, weak.v_gate = 0.1_V;
    EXPECT_THROW(ArrayWriter(solver, {}, q.spec.pulses()).put_behind_transistors(diode), ConfigError);
    EXPECT_THROW(ArrayWriter(solver, {}, q.spec.pulses()).put_behind_transistors(weak), ConfigError);
    auto passive = question(3, 3, 1, CellType::passive);
    passive.write.scheme = Scheme::inhibit;
    EXPECT_THROW(measure_array(passive), ConfigError);
}

TEST(ArrayBenchCells, ClosedGatesEndDisturbAndSneakPaths) {
    auto gated = question(10, 8, 2, CellType::transistor);
    gated.write.scheme = Scheme::inhibit;
    const auto a = measure_array(gated), b = measure_array(question(10, 8, 2, CellType::passive));
    EXPECT_NEAR(a.figure("disturb").mean(), 0, 1e-9);
    EXPECT_LT(a.figure("half_selected_set_V").mean(), 0.05);  // the row's own cells see what its wire drops
    EXPECT_NEAR(b.figure("half_selected_set_V").mean(), 0.4, 0.05);
    EXPECT_LT(std::abs(a.figure("sneak_share").mean()), 1e-4);
    EXPECT_GT(b.figure("sneak_share").mean(), 1);
    EXPECT_GT(a.figure("read_margin_half").mean(), b.figure("read_margin_half").mean());
    EXPECT_LT(a.figure("write_half_selected_J").mean(), 0.1 * b.figure("write_half_selected_J").mean());
    EXPECT_GT(a.figure("write_gate_J").mean(), 0);
    EXPECT_GT(a.figure("cell_area_m2").mean(), b.figure("cell_area_m2").mean());
}

TEST(ArrayBenchCells, WithoutWiresOnlyTheSelectorTakes) {
    for (const CellType type : {CellType::transistor, CellType::selector, CellType::diode}) {
        auto q = question(6, 5, 0, type);
        q.spec.v_read = type == CellType::transistor ? 0.1_V : 0.9_V;
        const auto a = measure_array(q);
        EXPECT_NEAR(a.figure("read_share_least").mean(), 1, 1e-9);
        EXPECT_NEAR(a.figure("read_error_worst").mean(), 0, 1e-9);
        EXPECT_LT(a.figure("selector_share_mean").mean(), 1);
        EXPECT_GT(a.figure("selector_share_least").mean(), 0);
        EXPECT_NEAR(a.figure("write_wires_J").mean(), 0, 1e-6 * a.figure("write_energy_J").mean());
        if (type == CellType::transistor) {
            EXPECT_GT(a.figure("selector_share_mean").mean(), 0.85);
        }
    }
}

TEST(ArrayBenchCells, AnAlmostIdealTransistorIsAPassiveCell) {
    for (const double v_read : {0.1, 0.6}) {  // where the cells' law is nearly straight, and where it is not
        auto gated = question(8, 8, 2, CellType::transistor), passive = question(8, 8, 2, CellType::passive);
        gated.cell.selector.r_on = Ohm{1e-6};
        gated.spec.v_read = passive.spec.v_read = Volt{v_read};
        const auto a = measure_array(gated), b = measure_array(passive);
        for (const char* figure : {"read_share_mean", "read_share_least", "read_error_rms", "read_error_worst", "read_power_W"})
            EXPECT_NEAR(a.figure(figure).mean() / b.figure(figure).mean(), 1, 1e-6) << figure << " at " << v_read;
        for (std::size_t k = 0; k < 64; ++k) EXPECT_NEAR(a.read_share[k], b.read_share[k], 1e-6);
    }
}

TEST(ArrayBenchCells, MarginsAndChargesOfLinesWithoutResistance) {
    const auto a = measure_array(question(6, 4, 0, CellType::passive));
    const ArraySpec spec = question(6, 4, 0, CellType::passive).spec;
    EXPECT_NEAR(a.figure("write_margin_set").mean(), 0.5, 1e-5);  // V/2
    EXPECT_NEAR(a.figure("write_margin_reset").mean(), 0.5, 1e-5);
    const double node_J = spec.c_node.si * spec.v_read.si * spec.v_read.si;
    EXPECT_NEAR(a.figure("read_charge_J").mean(), 24 * node_J, 1e-9 * 24 * node_J);
    auto free = question(6, 4, 0, CellType::passive);
    free.spec.c_node = Farad{0};
    EXPECT_EQ(measure_array(free).figure("write_charge_J").mean(), 0);
    EXPECT_GT(a.figure("write_charge_J").mean(), 0);
}

TEST(ArrayBenchCells,
     SquareLawTransistorsOfLongLinesSettle) {  // their current depends on where the bit line is: by itself each answer drove it too far
    auto q = question(64, 64, 2.5, CellType::transistor);
    q.cell.selector.transistor = Selector::Transistor::square_law;
    q.wires.rdrv = q.wires.rsense = Ohm{10};
    q.write.scheme = Scheme::inhibit;
    const auto a = measure_array(q);
    EXPECT_NEAR(a.figure("read_error_rms").mean(), 0.611, 0.002);
    EXPECT_NEAR(a.figure("delivered_mean").mean(), 0.594, 0.002);
    EXPECT_GT(a.figure("write_wires_J").mean(), 0);
}

}  // namespace
}  // namespace ganbar
