// What a program outside the tree does with an installed ganbar; prints one JSON object, which install_test.py holds against the program's
// answers.
#include <ganbar/ganbar.h>

#include <cstdio>
#include <exception>
#include <functional>

using namespace ganbar;

static void train(const Registries& registries, const Places& places, const std::function<void(const Round&)>& on_round) {
    const std::vector<std::string> small{"data.dataset=synthetic-digits", "data.limit=200", "train.batch=8", "train.rounds=5"};
    Session session(load_experiment("dcgan-quick", config::Presets(places.preset_folders("experiments")), small, registries), places);
    while (!session.finished()) on_round(session.step());
}

static double current_of_one_cell() {
    CrossbarProblem p;
    p.rows = p.cols = 1, p.g_S = {100e-6};
    p.wires.rdrv = Ohm{10}, p.wires.rsense = Ohm{5};
    p.vw_V = {0.3}, p.vb_V = {0.0};
    return solve_operating_point(p).i_bit_A.at(0);
}

static double iteration_energy_J(const Registries& registries, const Places& places) {
    arch::EstimateRequest request;
    request.accelerators = {"regan"};
    const auto gan = arch::load_gan("dcgan", config::Presets(places.preset_folders("networks")));
    return arch::run_estimates(registries.accelerators, gan, request).estimates.at(0).estimate.energy_J();
}

int main() try {
    const Registries registries = builtin_registries();
    Places places;
    places.presets = {PRESETS};
    std::printf("{\"version\": \"%s\", \"rounds\": [", version().c_str());
    train(registries, places,
          [](const Round& r) { std::printf("%s[%.17g, %.17g]", r.round > 1 ? ", " : "", r.record.loss_d, r.record.loss_g); });
    std::printf("], \"i_A\": %.17g, \"energy_J\": %.17g}\n", current_of_one_cell(), iteration_energy_J(registries, places));
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
