// `ganbar inspect analog`: devices, amplifiers, power and area of an experiment's analog system, layer by layer.
#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/inspect.h"
#include "ganbar/experiment/analog_power.h"
#include "ganbar/report/estimate_json.h"
#include "ganbar/run/analog_json.h"

namespace ganbar::app {
namespace {

struct InspectAnalogArguments {
    std::string experiment;
    std::vector<std::string> sets;
    Drive drive;
    bool json = false;
};

void show(const InspectAnalogArguments& o, const config::Presets& presets, const Registries& registries) {
    const Experiment e = load_experiment(o.experiment, presets, o.sets, registries);
    if (e.hardware.kind == HardwareKind::software)
        throw ConfigError(
            e.experiment.name +
            " is trained in software: no cells, no amplifiers; expected an experiment on crossbars, or --set hardware.kind=crossbar");
    const AnalogSystem s = analog_system(e, o.drive);
    if (o.json) {
        fmt::print("{}\n", analog_system_json(s).dump(1));
        return;
    }
    fmt::print("{:<15}{:<18}{:>10}{:>8}{:>8}{:>11}{:>12}{:>12}{:>14}{:>16}\n", "network", "layer", "devices", "columns", "reads",
               "crossbars", "amplifiers", "cell nW", "computing uW", "per neuron nW");
    for (const auto& l : s.layers)
        fmt::print("{:<15}{:<18}{:>10}{:>8}{:>8}{:>11}{:>12}{:>12.1f}{:>14.1f}{:>16.1f}\n", l.network, l.name, l.devices, l.columns,
                   l.reads, l.crossbars, l.opamps, l.device_W * 1e9, l.slot_W * 1e6, l.average_W * 1e9);
    fmt::print("\ndevices                {} ({:+.1f}% of the published {:.1f} million), {} sign bits, {} crossbars, {} amplifiers\n",
               s.devices, 100 * (static_cast<double>(s.devices) / published_devices - 1), published_devices * 1e-6, s.sign_bits,
               s.crossbars, s.opamps);
    const auto text = [](double value, const char* unit) { return report::engineering(value, unit); };
    fmt::print(
        "power of a neuron      least average {}, mean {}; while computing at least {} (published: at least {}, said of the crossbar "
        "arrays; "
        "one cell here takes {})\n",
        text(s.least_average_W, "W"), text(s.mean_average_W, "W"), text(s.least_slot_W, "W"), text(published_neural_W, "W"),
        text(s.layers.empty() ? 0.0 : s.layers[0].device_W, "W"));
    if (e.periphery.dropout > 0)
        fmt::print(
            "dropout                gates are open for {:g} of the hidden neurons {}; an open gate leaves {:g} of a neuron's power\n",
            e.periphery.dropout, e.periphery.dropout_at_inference ? "in every pass" : "in training alone: these figures have none of it",
            e.periphery.gated_power);
    fmt::print("one image              generated {} in {}, judged {} in {}\n", text(s.generate_J, "J"), text(s.generate_s, "s"),
               text(s.judge_J, "J"), text(s.judge_s, "s"));
    fmt::print("area                   {:.3g} mm2, cells and periphery\n", s.area_m2 * 1e6);
    fmt::print(
        "assumed                inputs at {:g} of full scale (rms), cells at {:g} of their window, {:g} uA an amplifier, {:g} us a column; "
        "average: over the time in which a readout serves all its columns\n",
        o.drive.input_rms, o.drive.cell_level, e.periphery.opamp_current.si * 1e6, e.periphery.t_slot.si * 1e6);
}

}  // namespace

void ganbar_register_inspect_analog(CommandContext& context) {
    auto* command =
        inspect_command(context.cli)->add_subcommand("analog", "devices, amplifiers, power and area of an experiment's analog system");
    auto o = std::make_shared<InspectAnalogArguments>();
    command->add_option("experiment", o->experiment, "TOML file or preset")->required();
    command->add_option("--set", o->sets, "key=value")->one_value();
    command->add_option("--input-rms", o->drive.input_rms, "rms of the inputs over full scale")->check(Range{0.0, 1.0})->show_default();
    command->add_option("--cell-level", o->drive.cell_level, "mean place of a cell in its window")->check(Range{0.0, 1.0})->show_default();
    command->add_flag("--json", o->json, "print JSON");
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, presets] { context.run = [&context, o, presets] { show(*o, *presets, context.registries); }; });
}

}  // namespace ganbar::app
