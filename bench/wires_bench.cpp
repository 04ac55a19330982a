// A whole training round of the founding GAN through wires, over the same round with ideal wires: "round" plays all three in turn, two
// threads, and reports ratios of median processor times, with the largest memory of the process.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

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
    Player ideal({"wires.mode=ideal"}), reads({"wires.program=ideal"}), all({});
    Matrix real(static_cast<std::size_t>(ideal.e.train.batch), 784);
    Rng rng(1);
    for (std::size_t r = 0; r < real.rows(); ++r)
        for (float& v : real.row_span(r)) v = rng.uniform() < 0.8 ? -1.0f : static_cast<float>(2 * rng.uniform() - 1);
    for (auto* p : {&ideal, &reads, &all}) p->play(real);
    for (auto _ : state)
        for (auto* p : {&ideal, &reads, &all}) p->play(real);
    state.counters["ideal_s"] = median(ideal.spent), state.counters["exact_reads_s"] = median(reads.spent),
    state.counters["exact_s"] = median(all.spent);
    state.counters["reads_over_ideal"] = median(reads.spent) / median(ideal.spent);
    state.counters["all_over_ideal"] = median(all.spent) / median(ideal.spent);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    state.counters["largest_memory_B"] = 1024.0 * static_cast<double>(usage.ru_maxrss);
}
BENCHMARK(round)->Unit(benchmark::kMillisecond)->Iterations(8);

}  // namespace

BENCHMARK_MAIN();
