// A whole training round of the founding GAN through wires, over the same round with ideal wires: "round" plays all four in turn (ideal
// wires, exact reads, exact programming sequential and batched), two threads, and reports ratios of median processor times, with the
// largest memory of the process; "phase" the solvers of a write phase alone, with the rate of the products that the sequential one is made
// of.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "ganbar/circuit/line_solver.h"
#include "ganbar/circuit/write_solver.h"
#include "ganbar/core/kernels/gemm.h"
#include "ganbar/core/parallel.h"
#include "ganbar/experiment/build.h"
#include "ganbar/experiment/test_presets.h"
#include "timing.h"

namespace {

using namespace ganbar;

using bench::cpu_s, bench::median;

struct Player {
    Experiment e;
    Model model;
    Ledger ledger;
    std::vector<double> spent;
    std::int64_t round = 0;
    explicit Player(const std::vector<std::string>& sets)
        : e(load_experiment("satyam2022-wires", config::Presets({GANBAR_SOURCE_ROOT "/presets/experiments"}), sets, test::registries())),
          model(build(e)) {}
    void play(const Matrix& real) {
        auto gan = model.gan();
        const double begin = cpu_s();
        gan::play_round(
            gan, {}, [&](std::int64_t) -> const Matrix& { return real; }, e.rule.at(e.train.moment(round, true)),
            e.rule.at(e.train.moment(round, false)), Rng(1).stream("round", static_cast<std::uint64_t>(round)), ledger);
        if (round++ > 0) spent.push_back(cpu_s() - begin);  // the first settles the noise generator and the converters
    }
};

void round(benchmark::State& state) {
    set_threads(2);
    Player ideal({"wires.mode=ideal"}), reads({"wires.program=ideal"}), all({}), batched({"wires.programming=batched"});
    Matrix real(static_cast<std::size_t>(ideal.e.train.batch), 784);
    Rng rng(1);
    for (std::size_t r = 0; r < real.rows(); ++r)
        for (float& v : real.row_span(r)) v = rng.uniform() < 0.8 ? -1.0f : static_cast<float>(2 * rng.uniform() - 1);
    for (auto* p : {&ideal, &reads, &all, &batched}) p->play(real);
    for (auto _ : state)
        for (auto* p : {&ideal, &reads, &all, &batched}) p->play(real);
    state.counters["ideal_s"] = median(ideal.spent), state.counters["exact_reads_s"] = median(reads.spent),
    state.counters["exact_s"] = median(all.spent), state.counters["batched_s"] = median(batched.spent);
    state.counters["reads_over_ideal"] = median(reads.spent) / median(ideal.spent);
    state.counters["all_over_ideal"] = median(all.spent) / median(ideal.spent),
    state.counters["batched_over_ideal"] = median(batched.spent) / median(ideal.spent);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    state.counters["largest_memory_B"] = 1024.0 * static_cast<double>(usage.ru_maxrss);
}
BENCHMARK(round)->Unit(benchmark::kMillisecond)->Iterations(8);

/// Row phases of a 64 x 64 array of cubic cells at 1 ohm, to 1e-4 of 1.2 V: line by line, and in the lines' eigenbasis; a product of 64 x
/// 64 beside them.
void phase(benchmark::State& state) {
    constexpr std::size_t n = 64;
    const Wires wires{Ohm{1.0}, Ohm{1.0}, Ohm{1.0}, Ohm{1.0}};
    const CellSolver general(n, n, wires);
    WriteSolver quick(general);
    LineSolver lines(n, n, wires);
    Rng rng(1);
    for (std::size_t r = 0; r < n; ++r) {
        std::vector<double> linear(n), cubic(n);
        for (std::size_t c = 0; c < n; ++c) {
            linear[c] = 150e-6 + 150e-6 * rng.uniform(), cubic[c] = 2.81 * linear[c];
            quick.linear(r)[c] = static_cast<float>(linear[c]), quick.cubic(r)[c] = static_cast<float>(cubic[c]);
        }
        lines.load(r, linear, cubic);
    }
    Matrix a(n, n), b(n, n), c(n, n);
    a.fill(1), b.fill(1);
    std::vector<double> vw(n), vb(n), spent[3];
    double passes = 0, n_phases = 0;
    for (auto _ : state) {
        std::fill(vw.begin(), vw.end(), 0.0);
        vw[static_cast<std::size_t>(rng.uniform() * n)] = 0.6;
        for (double& v : vb) v = rng.uniform() < 0.5 ? -0.6 : 0.0;
        constexpr int repeats = 20;  // the clock is slow
        double begin = cpu_s();
        for (int k = 0; k < repeats; ++k) passes += lines.solve(vw, vb, 1.2e-4), benchmark::DoNotOptimize(lines.finish());
        spent[0].push_back((cpu_s() - begin) / repeats), begin = cpu_s(), n_phases += repeats;
        for (int k = 0; k < repeats; ++k) quick.solve(vw, vb, 1.2e-4), benchmark::DoNotOptimize(quick.power());
        spent[1].push_back((cpu_s() - begin) / repeats), begin = cpu_s();
        for (int k = 0; k < repeats; ++k)
            kernels::gemm_rows(a.row(0), n, b.row(0), n, c.row(0), n, n, n, n), benchmark::DoNotOptimize(c.row(0));
        spent[2].push_back((cpu_s() - begin) / repeats);
    }
    state.counters["lines_s"] = median(spent[0]), state.counters["eigenbasis_s"] = median(spent[1]),
    state.counters["product_flop_per_s"] = 2.0 * n * n * n / median(spent[2]);
    state.counters["passes"] = passes / n_phases, state.counters["eigenbasis_over_lines"] = median(spent[1]) / median(spent[0]);
}
BENCHMARK(phase)->Unit(benchmark::kMicrosecond)->Iterations(100);

}  // namespace

BENCHMARK_MAIN();
