// Times full training rounds of a convolutional GAN preset (discriminator and generator update). Prints wall and processor milliseconds,
// one round a line.
// usage: dcgan_program PRESET THREADS ROUNDS [KEY=VALUE...]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "ganbar/core/parallel.h"
#include "ganbar/experiment/build.h"

int main(int argc, char** argv) {
    using namespace ganbar;
    if (argc < 4) return 2;
    set_threads(std::atoi(argv[2]));
    const int rounds = std::atoi(argv[3]);
    const Registries registries = builtin_registries();
    const config::Presets presets({GANBAR_SOURCE_ROOT "/presets/experiments"});
    const std::vector<std::string> sets(argv + 4, argv + argc);
    const auto e = load_experiment(argv[1], presets, sets, registries);
    auto model = build(e);
    auto gan = model.gan();
    Matrix real(static_cast<std::size_t>(e.train.batch), e.n_pixels());
    Rng rng(1);
    for (std::size_t r = 0; r < real.rows(); ++r)
        for (float& v : real.row_span(r)) v = rng.uniform() < 0.8 ? -1.0f : static_cast<float>(2 * rng.uniform() - 1);
    Ledger ledger;
    for (int r = 0; r < rounds; ++r) {
        const auto start = std::chrono::steady_clock::now();
        const std::clock_t cpu = std::clock();
        gan::play_round(
            gan, {}, [&](std::int64_t) -> const Matrix& { return real; }, e.rule.at(e.train.moment(r, true)),
            e.rule.at(e.train.moment(r, false)), rng.stream("round", static_cast<std::uint64_t>(r)), ledger);
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        if (r >= 2) std::printf("%.4f %.4f\n", spent.count(), 1e3 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
    }
    return 0;
}
