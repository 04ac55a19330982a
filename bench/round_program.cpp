// Times one full training round (discriminator and generator update) of satyam2022's GAN: every layer cut into 64 x 64 arrays, nili2020
// with variation, 8-bit converters on every array, read noise on every current, energy booked. Prints milliseconds, one round a line.
// usage: round_program THREADS ROUNDS [KEY=VALUE...]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "ganbar/core/parallel.h"
#include "ganbar/experiment/build.h"

int main(int argc, char** argv) {
    using namespace ganbar;
    set_threads(argc > 1 ? std::atoi(argv[1]) : 2);
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 40;
    const Registries registries = builtin_registries();
    const config::Presets presets({GANBAR_SOURCE_ROOT "/presets/experiments"});
    std::vector<std::string> sets = {"latent.source=gaussian", "tile.placement=blockwise", "device.d2d=A"};
    for (int i = 3; i < argc; ++i) sets.emplace_back(argv[i]);
    const auto e = load_experiment("satyam2022-prng", presets, sets, registries);
    auto model = build(e);
    auto gan = model.gan();
    const auto batch = static_cast<std::size_t>(e.train.batch);
    Matrix real(batch, 784);
    Rng rng(1);
    for (std::size_t r = 0; r < batch; ++r)
        for (float& v : real.row_span(r)) v = rng.uniform() < 0.8 ? -1.0f : static_cast<float>(2 * rng.uniform() - 1);
    Ledger ledger;
    for (int r = 0; r < rounds; ++r) {
        const auto start = std::chrono::steady_clock::now();
        gan::play_round(
            gan, {}, [&](std::int64_t) -> const Matrix& { return real; }, e.rule.at(e.train.moment(r, true)),
            e.rule.at(e.train.moment(r, false)), rng.stream("round", static_cast<std::uint64_t>(r)), ledger);
        const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
        if (r >= 3) std::printf("%.4f\n", spent.count());
    }
    return ledger.energy().si > 0 || e.hardware.kind == HardwareKind::software ? 0 : 1;
}
