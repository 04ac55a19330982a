#include "ganbar/experiment/run_array.h"

#include <gtest/gtest.h>

#include "ganbar/circuit/nodal.h"
#include "ganbar/circuit/transfer.h"
#include "ganbar/experiment/test_presets.h"
#include "ganbar/experiment/wire_warnings.h"
#include "ganbar/study/wire_figures.h"

namespace ganbar {
namespace {

Experiment load(std::vector<std::string> sets, const std::string& name = "satyam2022-wires") {
    sets.insert(sets.end(), {"generator.layers=[20, 24, 784]", "discriminator.layers=[784, 24, 1]", "tile.placement=blockwise",
                             "latent.source=gaussian"});
    return test::preset(GANBAR_SOURCE_ROOT, name, sets);
}

TEST(RunArray, AnArrayAsACircuitCarriesWhatItsReadsSee) {
    const Experiment e = load({});
    const Model model = build(e);
    for (const std::int64_t k : {std::int64_t{0}, std::int64_t{3}}) {
        const CrossbarProblem p = run_array(e, model, k);
        const Block& b = model.placement.blocks[static_cast<std::size_t>(k)];
        ASSERT_EQ(p.rows, b.rows);
        ASSERT_EQ(p.cols, b.cols);
        std::vector<double> t(p.g_S.size());
        transfer_matrix(TransferPlan(p.rows, p.cols), std::span<const double>(p.g_S), p.wires, t);
        const OperatingPoint point = solve_operating_point(p);
        for (std::size_t c = 0; c < p.cols; ++c) {
            double want = 0;
            for (std::size_t r = 0; r < p.rows; ++r) want += e.tile.v_read.si * t[r * p.cols + c];
            ASSERT_NEAR(point.i_bit_A[c] / want, 1, 1e-9);
        }
    }
    EXPECT_THROW(run_array(e, model, static_cast<std::int64_t>(model.placement.blocks.size())), ConfigError);
}

TEST(RunArray, CellsAtRestAreThoseOfItsReads) {
    const Experiment e = load({"device.static_spread=off", "device.d2d=off"});
    const Model model = build(e);
    for (const std::int64_t k : {std::int64_t{0}, std::int64_t{3}}) {
        const RunCells cells = run_cells(e, model, k);
        const CrossbarProblem p = run_array(e, model, k);
        ASSERT_EQ(cells.rows, p.rows);
        ASSERT_EQ(cells.cols, p.cols);
        auto array = e.device.make(cells.g_S.size());
        array->fabricate(cells.g_S, Rng(1));
        std::vector<float> chord(cells.g_S.size());
        array->chord_conductance(e.tile.v_read.si, 0, chord);
        for (std::size_t i = 0; i < chord.size(); ++i) ASSERT_NEAR(chord[i] / p.g_S[i], 1, 1e-5);
    }
    EXPECT_THROW(run_cells(e, model, -1), ConfigError);
}

TEST(RunArray, ItsTransistorsAreInTheCircuit) {
    const Experiment e = load({"tile.cell=1t1r", "wires.scheme=inhibit"});
    const Model model = build(e);
    const CrossbarProblem p = run_array(e, model, 0);
    const double r_on = e.tile.cell.selector.r_on.si;
    std::vector<double> g, t(p.g_S.size());
    for (const double one : p.g_S) g.push_back(one / (1 + one * r_on));
    transfer_matrix(TransferPlan(p.rows, p.cols), std::span<const double>(g), p.wires, t);
    const OperatingPoint point = solve_operating_point(p);
    for (std::size_t c = 0; c < p.cols; ++c) {
        double want = 0;
        for (std::size_t r = 0; r < p.rows; ++r) want += e.tile.v_read.si * t[r * p.cols + c];
        ASSERT_NEAR(point.i_bit_A[c] / want, 1, 1e-9);
    }
}

TEST(WireWarnings, AGateAtTheAmplitudeAndMuchDisturbAreNamed) {
    const auto held = wire_warnings(load({"device.threshold=0.8 V", "train.v_set=0.8 V", "train.v_reset=-0.8 V"}));
    ASSERT_EQ(held.size(), 2u);
    EXPECT_NE(held[0].find("device.threshold"), std::string::npos);
    EXPECT_TRUE(wire_warnings(load({"wires.mode=ideal"})).empty());
    const auto open = wire_warnings(load({"device.threshold=0 V", "train.v_set=0.8 V"}));
    ASSERT_FALSE(open.empty());
    EXPECT_NE(open[0].find("half-selected"), std::string::npos);
    EXPECT_TRUE(wire_warnings(load({"device.threshold=0.7 V"})).empty());
}

TEST(WireWarnings, BatchedProgrammingThatCannotBeIsNamed) {
    const auto said = [](std::vector<std::string> sets) {
        sets.push_back("wires.programming=batched");
        std::string all;
        for (const auto& line : wire_warnings(load(sets))) all += line + "\n";
        return all;
    };
    EXPECT_EQ(said({}).find("in sequence"), std::string::npos);
    EXPECT_NE(said({"wires.scheme=floating", "wires.ends=single"}).find("floating lines are written in sequence"), std::string::npos);
    EXPECT_NE(said({"device.model=yakopcic"}).find("not linear plus cubic are written in sequence"), std::string::npos);
}

TEST(WireSettings, ContradictionsAreToldAtOnce) {
    for (const char* bad : {"hardware.kind=software", "train.literal=true", "train.rule=mixed_precision", "wires.order=rank_one"})
        EXPECT_THROW(load({bad}), ConfigError) << bad;
    EXPECT_THROW(load({"wires.scheme=floating", "wires.ends=both"}), ConfigError);
    EXPECT_NO_THROW(load({"tile.cell=1t1r", "wires.scheme=inhibit", "tile.cell_r_on=1 kohm"}));
    for (const std::vector<std::string>& bad : {std::vector<std::string>{"wires.scheme=inhibit"},
                                                {"tile.cell_r_on=1 kohm"},
                                                {"tile.cell=1t1r", "wires.program=ideal"},
                                                {"tile.cell=1t1r", "wires.mode=ideal"},
                                                {"tile.cell=1t1r", "wires.scheme=floating"},
                                                {"tile.cell=1t1r", "wires.compensation=rows"},
                                                {"tile.cell=1t1r", "wires.scheme=inhibit", "wires.programming=batched"},
                                                {"tile.cell=1t1r", "tile.cell_v_gate=0.2 V"}})
        EXPECT_THROW(load(bad), ConfigError) << bad.back();
    EXPECT_NO_THROW(load({"train.rule=mixed_precision", "wires.program=ideal"}));
}

TEST(WireFigures, ResistanceAndSizeTakeFromReadsAndPulses) {
    const Experiment e = load({});
    const study::WireFigures f(e);
    const auto weak = f.delivered({16, 0.01, 0.1}), far = f.delivered({16, 5, 0.1}), large = f.delivered({32, 5, 0.1});
    EXPECT_GT(weak.mean, 0.98);
    EXPECT_LT(far.mean, weak.mean);
    EXPECT_LT(large.mean, far.mean);
    EXPECT_LT(far.least, far.mean);
    EXPECT_GT(f.read_share({16, 0.01, 0.1}), 0.98);
    EXPECT_LT(f.read_share({16, 5, 0.1}), f.read_share({16, 1, 0.1}));
    const auto map = f.read_map({16, 5, 0.1});
    EXPECT_GT(map.values[15 * 16], map.values[15]);  // the corner where word line starts and bit line ends, against the far one
    const auto schemes = f.schemes({{16, 1, 1, Scheme::half}, {16, 1, 1, Scheme::third}});
    ASSERT_EQ(schemes.rows.size(), 2u);
    EXPECT_EQ(schemes.rows[0].size(), schemes.columns.size());
}

}  // namespace
}  // namespace ganbar
