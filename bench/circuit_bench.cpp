// Exact crossbar physics: transfer matrix against general sparse solvers, its growth, nonlinear reads, writes through wires.
// "compare" runs all contenders in turn within one iteration and reports ratios of medians, with the largest difference of their results.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "ganbar/circuit/nodal.h"
#include "ganbar/circuit/programming.h"
#include "ganbar/circuit/row_elimination.h"
#include "ganbar/circuit/transfer.h"
#include "ganbar/core/kernels/gemm.h"
#include "ganbar/core/parallel.h"
#include "ganbar/device/test_devices.h"
#include "timing.h"
#ifdef GANBAR_WITH_SUITESPARSE
#include "sparse_baselines.h"
#endif

namespace {

using namespace ganbar;
const Wires wires{Ohm{1.0}, Ohm{1.0}, Ohm{10.0}, Ohm{10.0}};

std::vector<double> random_g(std::size_t n) {
    std::vector<double> g(n);
    Rng rng(1);
    for (double& x : g) x = 150e-6 + 150e-6 * rng.uniform();
    return g;
}

void transfer(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const TransferPlan plan(n, n);
    const auto g = random_g(n * n);
    std::vector<double> t(n * n);
    for (auto _ : state) {
        transfer_matrix(plan, std::span<const double>(g), wires, t);
        benchmark::DoNotOptimize(t.data());
    }
    state.counters["flop_per_s"] = benchmark::Counter(plan.flops(), benchmark::Counter::kIsIterationInvariantRate);
    state.counters["flop_per_n3"] = plan.flops() / static_cast<double>(n * n * n);
}
BENCHMARK(transfer)->RangeMultiplier(2)->Range(16, 1024)->Unit(benchmark::kMicrosecond);

void transfer_by_rows_reference(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const auto g = random_g(n * n);
    for (auto _ : state) benchmark::DoNotOptimize(transfer_by_rows(n, n, g, wires));
}
BENCHMARK(transfer_by_rows_reference)->Arg(64)->Unit(benchmark::kMillisecond);

/// The 54 arrays of the founding network, all cores: wall time of one refresh.
void transfer_54_arrays(benchmark::State& state) {
    const TransferPlan plan(64, 64);
    std::vector<float> g;
    for (const double x : random_g(54 * 4096)) g.push_back(static_cast<float>(x));
    std::vector<double> t(g.size());
    set_threads(static_cast<int>(state.range(0)));
    for (auto _ : state) transfer_matrices(plan, 54, g, wires, t);
}
BENCHMARK(transfer_54_arrays)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

/// What one core can do: the single-precision product the reads use, as flop/s; twice the double-precision rate.
void product_rate(benchmark::State& state) {
    Matrix a(64, 64), b(64, 64), c(64, 64);
    a.fill(1), b.fill(1);
    for (auto _ : state) {
        kernels::gemm_rows(a.row(0), a.stride(), b.row(0), b.stride(), c.row(0), c.stride(), 64, 64, 64);
        benchmark::DoNotOptimize(c.row(0));
    }
    state.counters["flop_per_s"] = benchmark::Counter(2 * 64.0 * 64 * 64, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(product_rate);

/// Many arrays of one shape on so many threads: how much of a core's double-precision product rate their elimination reaches, the floor
/// being all of it. Processor times of both, in turn within one iteration, the least of all iterations: other work on the machine counts
/// little.
void transfer_of_product(benchmark::State& state) {
    const auto rows = static_cast<std::size_t>(state.range(0)), cols = static_cast<std::size_t>(state.range(1));
    const auto n_arrays = static_cast<std::size_t>(state.range(2));
    const TransferPlan plan(rows, cols);
    std::vector<float> g;
    for (const double x : random_g(n_arrays * rows * cols)) g.push_back(static_cast<float>(x));
    std::vector<double> t(g.size());
    Matrix a(64, 64), b(64, 64), c(64, 64);
    a.fill(1), b.fill(1);
    set_threads(static_cast<int>(state.range(3)));
    constexpr int n_products = 100;
    double ours_s = 1e9, product_s = 1e9;
    for (auto _ : state) {
        const double begin = bench::cpu_s();
        transfer_matrices(plan, n_arrays, g, wires, t);
        const double middle = bench::cpu_s();
        for (int k = 0; k < n_products; ++k)
            kernels::gemm_rows(a.row(0), a.stride(), b.row(0), b.stride(), c.row(0), c.stride(), 64, 64, 64);
        benchmark::DoNotOptimize(c.row(0));
        ours_s = std::min(ours_s, middle - begin), product_s = std::min(product_s, bench::cpu_s() - middle);
    }
    const double work = static_cast<double>(n_arrays) * plan.flops(), product_rate = n_products * 64.0 * 64 * 64 / product_s;
    state.counters["cpu_s"] = ours_s;
    state.counters["flop_per_s"] = work / ours_s;
    state.counters["product_flop_per_s"] = product_rate;  // half the single-precision rate
    state.counters["floor_s"] = work / product_rate;
    state.counters["fraction_of_floor"] = work / ours_s / product_rate;
}
BENCHMARK(transfer_of_product)
    ->Args({64, 64, 1, 1})
    ->Args({64, 64, 54, 1})
    ->Args({64, 64, 54, 2})
    ->Args({64, 32, 54, 2})
    ->Args({100, 37, 54, 2})
    ->Args({33, 200, 54, 2})
    ->Args({128, 128, 1, 1})
    ->Args({256, 256, 1, 1})
    ->Args({256, 256, 4, 2})
    ->Unit(benchmark::kMillisecond);

void nonlinear_read(benchmark::State& state) {
    set_threads(1);
    const auto n = static_cast<std::size_t>(state.range(0)), n_inputs = static_cast<std::size_t>(state.range(1));
    const CellCurve curve = state.range(2) == 1 ? CellCurve{CellCurve::Kind::cubic, 2.81} : CellCurve{CellCurve::Kind::sinh, 4.1};
    const CellSolver solver(n, n, wires);
    const CurveCells cells(random_g(n * n), curve);
    std::vector<double> vw(n_inputs * n), vb(n_inputs * n, 0.0), u(n_inputs * n * n);
    Rng rng(2);
    for (double& v : vw) v = 0.2 * rng.uniform();
    double sweeps = 0;
    for (auto _ : state) sweeps = solver.solve_batch(cells, vw, vb, u, {1e-9})[0].sweeps;
    state.counters["sweeps"] = sweeps;
    state.counters["per_input"] =
        benchmark::Counter(static_cast<double>(n_inputs), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(nonlinear_read)->Args({64, 608, 1})->Args({64, 608, 2})->Args({128, 32, 1})->Args({256, 8, 1})->Unit(benchmark::kMillisecond);

void newton(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    CrossbarProblem p;
    p.rows = p.cols = n, p.g_S = random_g(n * n), p.curve = {CellCurve::Kind::cubic, 2.81}, p.wires = wires;
    Rng rng(2);
    for (std::size_t k = 0; k < n; ++k) p.vw_V.emplace_back(0.2 * rng.uniform()), p.vb_V.emplace_back(0.0);
    for (auto _ : state) benchmark::DoNotOptimize(solve_operating_point(p));
}
BENCHMARK(newton)->Arg(64)->Arg(128)->Unit(benchmark::kMillisecond);

/// One batch update of a 64 x 64 array of the founding device, both signs in every row.
void write_array(benchmark::State& state) {
    set_threads(1);
    const std::size_t n = 64;
    const auto array = test::devices().get("nili2020").make(nullptr, n * n);
    std::vector<float> g;
    for (const double x : random_g(n * n)) g.push_back(static_cast<float>(x));
    array->fabricate(g, Rng(3));
    std::vector<std::int8_t> signs(n * n);
    Rng rng(4);
    for (auto& s : signs) s = rng.uniform() < 0.5 ? std::int8_t{1} : std::int8_t{-1};
    WriteParams params;
    params.scheme = static_cast<Scheme>(state.range(0));
    const CellSolver solver(n, n, {Ohm{1.0}, Ohm{1.0}, Ohm{1.0}, Ohm{1.0}});
    const ArrayWriter writer(solver, params, {{0.8}, {-0.8}, {100e-9}});
    WriteReport report;
    for (auto _ : state) report = writer.write(*array, 0, signs, EnergyRule::ohmic, Rng(5));
    state.counters["phases"] = static_cast<double>(report.n_phases);
    state.counters["sweeps_per_phase"] = static_cast<double>(report.sweeps) / static_cast<double>(report.n_phases);
    state.counters["per_phase"] = benchmark::Counter(static_cast<double>(report.n_phases),
                                                     benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(write_array)->Arg(0)->Arg(1)->Arg(2)->Arg(3)->Unit(benchmark::kMillisecond);

#ifdef GANBAR_WITH_SUITESPARSE
using bench::cpu_s, bench::median;

void compare(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const TransferPlan plan(n, n);
    const auto klu = bench::klu_all_inputs(n, n, wires), cholmod = bench::cholmod_terminals_last(n, n, wires);
    const auto g = random_g(n * n);
    std::vector<double> ours(n * n), by_klu(n * n), by_cholmod(n * n), time[3];
    const auto timed = [&](int who, const std::function<void()>& work) {
        const double begin = cpu_s();
        work();
        time[who].push_back(cpu_s() - begin);
    };
    for (auto _ : state) {
        timed(0, [&] { transfer_matrix(plan, std::span<const double>(g), wires, ours); });
        timed(1, [&] { klu->transfer(g, by_klu); });
        timed(2, [&] { cholmod->transfer(g, by_cholmod); });
    }
    double difference = 0;
    for (std::size_t k = 0; k < ours.size(); ++k)
        difference = std::max({difference, std::abs(by_klu[k] / ours[k] - 1), std::abs(by_cholmod[k] / ours[k] - 1)});
    state.counters["ours_s"] = median(time[0]), state.counters["klu_s"] = median(time[1]), state.counters["cholmod_s"] = median(time[2]);
    state.counters["klu_over_ours"] = median(time[1]) / median(time[0]);
    state.counters["cholmod_over_ours"] = median(time[2]) / median(time[0]);
    state.counters["largest_difference"] = difference;
}
BENCHMARK(compare)->Arg(32)->Arg(64)->Arg(128)->Unit(benchmark::kMillisecond);
#endif

}  // namespace

BENCHMARK_MAIN();
