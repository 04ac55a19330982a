// Whole trainings through wires. Minutes of processor time.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "ganbar/experiment/test_presets.h"
#include "ganbar/run/run.h"

namespace ganbar {
namespace {

struct Outcome {
    double frechet = 0, accuracy = 0, coverage = 0;
};

/// Mean and standard deviation over seeds.
struct Spread {
    double mean = 0, deviation = 0;
};
Spread spread(const std::vector<double>& v) {
    Spread s;
    for (const double x : v) s.mean += x / static_cast<double>(v.size());
    for (const double x : v) s.deviation += (x - s.mean) * (x - s.mean) / static_cast<double>(v.size() - 1);
    s.deviation = std::sqrt(s.deviation);
    return s;
}

Outcome train(const std::string& mode, int seed) {
    // Half of every amplitude lies below the threshold, so that what differs is what wires take.
    const std::vector<std::string> sets = {"wires.mode=" + mode,
                                           "wires.rw=0.01 ohm",
                                           "wires.rb=0.01 ohm",
                                           "wires.rdrv=0.01 ohm",
                                           "wires.rsense=0.01 ohm",
                                           "device.threshold=0.65 V",
                                           "train.rounds=150",
                                           "train.anneal_from=30",
                                           "train.anneal_rounds=120",
                                           "train.snapshot_every=0",
                                           "experiment.seed=" + std::to_string(seed)};
    const Experiment e = test::preset(GANBAR_SOURCE_ROOT, "satyam2022-wires", sets);
    const test::Folder folder;
    RunOptions options;
    options.out = folder / "run";
    options.report = false;
    RunObserver silent;
    const auto result = run(e, test::places(GANBAR_SOURCE_ROOT), options, silent);
    return {result.quality.frechet_distance, result.quality.classifier_accuracy, result.quality.coverage};
}

// The difference that wires of 0.01 ohm make, over seeds, against the spread over seeds with ideal wires.
TEST(SlowWiresTraining, AtAHundredthOfAnOhmTheResultIsTheIdealOne) {
    const DataRoots roots = test::places(GANBAR_SOURCE_ROOT).data;
    if (!has_dataset("mnist", "train", roots) || !has_dataset("mnist", "test", roots)) GTEST_SKIP() << "no MNIST";
    constexpr int n_seeds = 3;
    std::vector<double> ideal[3], wired[3];
    for (int seed = 1; seed <= n_seeds; ++seed) {
        const Outcome a = train("ideal", seed), b = train("exact", seed);
        for (const auto& [to, from] : {std::pair{ideal, a}, std::pair{wired, b}})
            to[0].push_back(from.frechet), to[1].push_back(from.accuracy), to[2].push_back(from.coverage);
    }
    const char* names[] = {"Frechet", "accuracy", "coverage"};
    const double floors[] = {0.05 * spread(ideal[0]).mean, 0.02, 0.02};  // three seeds may agree by chance
    for (int k = 0; k < 3; ++k) {
        const Spread a = spread(ideal[k]), b = spread(wired[k]);
        std::printf("%s: %.4g +- %.2g with ideal wires, %.4g +- %.2g at 0.01 ohm\n", names[k], a.mean, a.deviation, b.mean, b.deviation);
        EXPECT_LT(std::abs(b.mean - a.mean), 2 * a.deviation * std::sqrt(2.0 / n_seeds) + floors[k]) << names[k];
    }
    EXPECT_GT(spread(ideal[2]).mean, 0.3);  // there is something that wires could spoil
}

}  // namespace
}  // namespace ganbar
