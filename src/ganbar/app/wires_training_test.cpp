// Whole trainings through wires. Minutes of processor time.
#include <gtest/gtest.h>

#include <cmath>

#include "ganbar/app/places.h"
#include "ganbar/app/run.h"
#include "ganbar/data/catalogue.h"
#include "ganbar/data/test_files.h"

namespace ganbar::app {
namespace {

struct Outcome {
    double frechet = 0, accuracy = 0;
};

Outcome train(const std::string& mode, int seed) {
    DeviceRegistry devices("device");
    register_builtin_devices(devices);
    // Half of every amplitude lies below the gate, so that what differs is what wires take.
    const std::vector<std::string> sets = {"wires.mode=" + mode, "wires.rw=0.01 ohm", "wires.rb=0.01 ohm", "wires.rdrv=0.01 ohm", "wires.rsense=0.01 ohm", "device.gate_voltage=0.65 V",
                                           "train.rounds=60", "train.anneal_from=0", "train.anneal_rounds=60", "train.snapshot_every=0", "experiment.seed=" + std::to_string(seed)};
    const Experiment e = load_experiment("satyam2022-wires", config::Presets({GANBAR_SOURCE_ROOT "/presets/experiments"}), sets, devices);
    const test::Folder folder;
    RunOptions options;
    options.out = folder / "run";
    options.report = false, options.quiet = true;
    const auto result = run(e, devices, options);
    return {result.quality.frechet_distance, result.quality.classifier_accuracy};
}

// The difference that wires of 0.01 ohm make, over seeds, against the spread over seeds with ideal wires.
TEST(SlowWiresTraining, AtAHundredthOfAnOhmTheResultIsTheIdealOne) {
    if (!has_dataset("mnist", "train", data_roots()) || !has_dataset("mnist", "test", data_roots())) GTEST_SKIP() << "no MNIST";
    constexpr int n_seeds = 3;
    double ideal = 0, wired = 0, square = 0, accuracy = 0;
    for (int seed = 1; seed <= n_seeds; ++seed) {
        const Outcome a = train("ideal", seed), b = train("exact", seed);
        ideal += a.frechet / n_seeds, wired += b.frechet / n_seeds, square += a.frechet * a.frechet / n_seeds;
        accuracy += (b.accuracy - a.accuracy) / n_seeds;
    }
    const double spread = std::sqrt(std::max(0.0, (square - ideal * ideal) * n_seeds / (n_seeds - 1)));
    EXPECT_LT(std::abs(wired - ideal), 2 * spread * std::sqrt(2.0 / n_seeds) + 0.05 * ideal) << "Frechet " << ideal << " +- " << spread << " ideal, " << wired << " through wires";
    EXPECT_LT(std::abs(accuracy), 0.05);
}

}  // namespace
}  // namespace ganbar::app
