// Uses the five components that the recipes of the documents add, through the registries that their files went into.
#include <cstdio>
#include <fstream>

#include "ganbar/experiment/session.h"
#include "ganbar/experiment/workload_network.h"
#include "ganbar/nn/layer_types.h"

namespace {

int n_faults = 0;
void expect(bool holds, const char* what) {
    if (holds) return;
    std::printf("fault: %s\n", what);
    ++n_faults;
}

constexpr const char* experiment = R"(
[data]
dataset = "synthetic-digits"
limit = 40
[latent]
source = "gaussian"
[generator]
input = "4"
[[generator.layer]]
type = "dense"
units = 8
activation = "leaky_relu"
[[generator.layer]]
type = "attenuate"
rate = 0.25
[[generator.layer]]
type = "dense"
units = 784
activation = "tanh"
[discriminator]
layers = [784, 8, 1]
[device]
model = "one_step"
step = "2 uS"
[tile]
adc = "flash"
adc_bits = 5
[train]
rule = "largest"
rounds = 1
batch = 8
[train.largest]
part = 0.25
[evaluation]
samples = 16
)";

}  // namespace

int main(int, char** argv) {
    using namespace ganbar;
    const Registries registries = builtin_registries();
    expect(registries.devices.contains("one_step") && registries.devices.contains("nili2020"), "the device is beside the others");
    expect(registries.rules.contains("largest") && registries.rules.contains("manhattan"), "the rule is beside the others");
    expect(registries.converters.adcs.contains("flash") && registries.converters.adcs.contains("sar"),
           "the converter is beside the others");
    expect(registries.accelerators.contains("mychip") && registries.accelerators.contains("isaac"), "the accelerator is beside the others");
    expect(nn::layer_types().contains("attenuate") && nn::layer_types().contains("dense"), "the layer type is beside the others");
    std::ofstream(argv[1]) << experiment;
    const Experiment e = load_experiment(argv[1], config::Presets({}), {}, registries);
    expect(run_toml(e).find("type = \"attenuate\"") != std::string::npos, "run.toml names the layer type");
    expect(workload_network(e).generator.n_weights() == 4 * 8 + 8 * 784, "an estimate has the matrices around the layer");
    Session session(e, Places{{}, Cache(), {}});
    const Matrix before = session.matrices()[0].op->weights();
    session.step();
    const Matrix after = session.matrices()[0].op->weights();
    bool moved = false;
    for (std::size_t i = 0; i < before.rows(); ++i)
        for (std::size_t j = 0; j < before.cols(); ++j) moved = moved || before(i, j) != after(i, j);
    expect(moved, "the rule moves cells of the device");
    const Ledger& ledger = session.ledger();
    const Charge pulses = ledger.total("training/generator/", "/set"), adc = ledger.total("training/", "/adc");
    expect(pulses.n > 0 && pulses.energy_J > 0, "its pulses are booked");
    expect(adc.n > 0 && std::abs(adc.energy_J - static_cast<double>(adc.n) * 32 * 20e-15) < 1e-9 * adc.energy_J,
           "conversions cost what the converter says");
    std::printf("%lld set pulses, %lld conversions\n", static_cast<long long>(pulses.n), static_cast<long long>(adc.n));
    return n_faults;
}
