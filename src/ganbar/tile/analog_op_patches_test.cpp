// Reads and updates that follow a table of patches against the same crossbar handed laid-out patches.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "ganbar/core/parallel.h"
#include "ganbar/core/patches.h"
#include "ganbar/core/test_matrix.h"
#include "ganbar/device/test_devices.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar {
namespace {

using test::devices;
using test::random_matrix;

/// Any table: taps point anywhere or outside, outputs are some of the positions in any order, or all in theirs.
PatchMap random_map(Rng& rng, bool whole) {
    PatchMap map;
    map.n_source = 1 + rng.below(30), map.n_target = 1 + rng.below(40), map.n_taps = 1 + rng.below(9);
    std::vector<std::int32_t> order(map.n_target);
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); !whole && i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    order.resize(whole ? order.size() : 1 + rng.below(order.size()));
    map.target = order;
    for (std::size_t k = 0; k < map.target.size() * map.n_taps; ++k)
        map.source.push_back(
            static_cast<std::int32_t>(rng.below(map.n_source + 3)) - 3 < 0 ? -1 : static_cast<std::int32_t>(rng.below(map.n_source)));
    map.finish();
    return map;
}

AnalogOp crossbar(const Matrix& w, const TileParams& params, const char* device) {
    const std::vector<Shape2> shapes = {{w.rows(), w.cols()}};
    std::vector<std::unique_ptr<DeviceArray>> planes;
    for (int p = 0; p < (params.mapping == Mapping::differential ? 2 : 1); ++p)
        planes.push_back(devices().get(device).make(nullptr, w.rows() * w.cols()));
    return AnalogOp("conv1", std::move(planes), place(shapes, {64, 64}, params.placement).blocks, w, 0.4, params, Rng(3));
}

struct Seen {
    Matrix y, dx, weights;
    Ledger ledger;
};

enum class Form { rows, patches };

Seen round_of(Form form, const PatchMap& map, const Matrix& w, const Matrix& x, const Matrix& dy, std::size_t samples,
              const TileParams& params, const char* device) {
    AnalogOp op = crossbar(w, params, device);
    Seen out;
    const Rng rng(8);
    Step step{rng, out.ledger, "training", true};
    out.y.resize(samples * map.n_target, w.cols());
    out.dx.resize(x.rows(), x.cols());
    Manhattan rule;
    rule.momentum = 0.5;
    for (int round = 0; round < 2; ++round) {  // the second reads with the ranges and cells that the first has left
        if (form == Form::patches) {
            op.forward_patches(map, x, samples, out.y, step);
            op.backward_patches(map, dy, samples, out.dx, round > 0, step);
            op.update_patches(map, x, dy, samples, rule, step);
            continue;
        }
        Matrix patches, rows, d_rows, d_patches;
        gather_patches(map, x, samples, false, patches);
        op.forward(patches, rows, step);
        rows_to_targets(map, rows, samples, out.y);
        rows_from_targets(map, dy, samples, d_rows);
        op.backward(d_rows, d_patches, step);
        scatter_patches(map, d_patches, samples, out.dx);
        op.update(patches, d_rows, rule, step);
    }
    out.weights = op.weights();
    return out;
}

void expect_same(const Matrix& a, const Matrix& b, float tolerance = 0) {
    ASSERT_EQ(a.rows(), b.rows());
    for (std::size_t r = 0; r < a.rows(); ++r)
        for (std::size_t c = 0; c < a.cols(); ++c) ASSERT_LE(std::abs(a(r, c) - b(r, c)), tolerance) << r << ' ' << c;
}

TEST(AnalogPatches, FollowingTheTableGivesTheBitsOfLaidOutPatches) {
    Rng rng(17);
    for (int trial = 0; trial < 40; ++trial) {
        const PatchMap map = random_map(rng, trial % 2 == 0);
        const std::size_t c_in = trial % 5 == 0 ? 1 : 1 + rng.below(70), c_out = 1 + rng.below(80), samples = 1 + rng.below(9);
        TileParams params;
        params.mapping = static_cast<Mapping>(trial % 3);
        if (trial % 4 == 3) params.dac_bits = params.adc_bits = 0;
        const char* device = trial % 7 == 0 ? "ideal" : "nili2020";  // with read noise
        const Matrix w = random_matrix(map.n_taps * c_in, c_out, 1, 0.1), x = random_matrix(samples * map.n_source, c_in, 2),
                     dy = random_matrix(samples * map.n_target, c_out, 3);
        const Seen rows = round_of(Form::rows, map, w, x, dy, samples, params, device);
        for (const int threads : {1, 3}) {
            set_threads(threads);
            const Seen own = round_of(Form::patches, map, w, x, dy, samples, params, device);
            expect_same(own.y, rows.y);
            expect_same(own.dx, rows.dx);
            expect_same(own.weights, rows.weights);
            for (const char* account : {"training/conv1/forward/", "training/conv1/backward/", "training/conv1/update/"}) {
                EXPECT_EQ(own.ledger.total(account).n, rows.ledger.total(account).n) << account;
                EXPECT_NEAR(own.ledger.energy(account).si, rows.ledger.energy(account).si, 1e-12 * rows.ledger.energy(account).si)
                    << account;
            }
        }
        set_threads(1);
    }
}

TEST(AnalogPatches, DigitalErrorsFollowTheTableToRounding) {
    Rng rng(5);
    TileParams params;
    params.errors = ErrorPass::digital;
    for (int trial = 0; trial < 10; ++trial) {
        const PatchMap map = random_map(rng, trial % 2 == 0);
        const Matrix w = random_matrix(map.n_taps * 6, 20, 1, 0.1), x = random_matrix(3 * map.n_source, 6, 2),
                     dy = random_matrix(3 * map.n_target, 20, 3);
        const Seen rows = round_of(Form::rows, map, w, x, dy, 3, params, "wox"),
                   own = round_of(Form::patches, map, w, x, dy, 3, params, "wox");
        expect_same(own.y, rows.y);
        expect_same(own.dx, rows.dx, 1e-4f);
        EXPECT_EQ(own.ledger.total("training/conv1/backward/").n, rows.ledger.total("training/conv1/backward/").n);
    }
}

// Rules that take rows get them.
TEST(AnalogPatches, PulseTrainsGetLaidOutPatches) {
    Rng rng(6);
    const PatchMap map = random_map(rng, false);
    const Matrix w = random_matrix(map.n_taps * 3, 5, 1, 0.1), x = random_matrix(2 * map.n_source, 3, 2),
                 dy = random_matrix(2 * map.n_target, 5, 3);
    AnalogOp a = crossbar(w, {}, "ideal"), b = crossbar(w, {}, "ideal");
    Ledger ledger;
    const Rng draws(8);
    Step step{draws, ledger, "training", true};
    Matrix patches, d_rows;
    gather_patches(map, x, 2, false, patches);
    rows_from_targets(map, dy, 2, d_rows);
    a.update(patches, d_rows, PulseTrain{}, step);
    b.update_patches(map, x, dy, 2, PulseTrain{}, step);
    expect_same(a.weights(), b.weights());
}

TEST(AnalogOpPatches, NoReadTakesWhatIsNotFinite) {
    for (const bool whole : {true, false}) {  // every position met by a patch, or some
        Rng rng(5);
        PatchMap map = random_map(rng, whole);
        const Matrix w = random_matrix(map.n_taps * 3, 2, 1, 0.1);
        std::int32_t met = -1;
        for (const auto p : map.source) met = std::max(met, p);
        ASSERT_GE(met, 0);
        AnalogOp op = crossbar(w, {}, "ideal");
        Matrix x = random_matrix(2 * map.n_source, 3, 2), y(2 * map.n_target, 2);
        x(map.n_source + static_cast<std::size_t>(met), 1) = std::nanf("");
        Ledger ledger;
        const Rng draws(8);
        Step step{draws, ledger, "training", true};
        EXPECT_THROW(op.forward_patches(map, x, 2, y, step), NumericError) << whole;
    }
}

}  // namespace
}  // namespace ganbar
