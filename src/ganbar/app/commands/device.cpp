#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"
#include "ganbar/config/device_file.h"
#include "ganbar/device/device_pulses.h"

namespace ganbar::app {
namespace {

struct DeviceArguments {
    std::string device;
    CellQuestion question;
    std::vector<std::string> pulses;
    std::string energy = "ohmic";
    std::string from;
    bool json = false;
};

std::string in_prefix(double v, const char* unit) {
    static const std::pair<double, const char*> prefixes[] = {{1e-15, "f"}, {1e-12, "p"}, {1e-9, "n"}, {1e-6, "u"}, {1e-3, "m"}, {1, ""}};
    auto best = prefixes[0];
    for (const auto& p : prefixes)
        if (std::abs(v) >= p.first * 0.9999995) best = p;
    return v == 0 ? fmt::format("0 {}", unit) : fmt::format("{:.6g} {}{}", v / best.first, best.second, unit);
}

void print_pulses(const DeviceArguments& options, const CellAnswer& answer) {
    fmt::print("{}: from {}, energy {} before the pulse; a pulse that moves nothing costs nothing\n", options.device,
               in_prefix(answer.start_S, "S"), options.energy == "ohmic" ? "V^2 G t" : "V I(V) t");
    fmt::print("{:>6}  {:>10}  {:>10}  {:>14}  {:>14}  {:>14}\n", "pulse", "voltage", "width", "conductance", "change", "energy");
    for (std::size_t i = 0; i < answer.g_S.size(); ++i)
        fmt::print("{:>6}  {:>10}  {:>10}  {:>14}  {:>14}  {:>14}\n", i + 1, in_prefix(answer.pulses[i].voltage.si, "V"),
                   in_prefix(answer.pulses[i].width.si, "s"), in_prefix(answer.g_S[i], "S"), in_prefix(answer.delta_g_S[i], "S"),
                   in_prefix(answer.energy_J[i], "J"));
}

void print_model(const DeviceArguments& options, const DeviceEntry& entry, const CellAnswer& answer) {
    const Description description{entry.doc,
                                  {{"window", in_prefix(answer.window.g_min.si, "S") + " to " + in_prefix(answer.window.g_max.si, "S")},
                                   {"cell", "the expected one: d2d, c2c and write_noise are off unless set"}},
                                  {{"", answer.used}},
                                  ""};
    if (!options.json) return fmt::print("{}", describe_text("device", options.device, description));
    nlohmann::ordered_json out{{"model", options.device}};
    out.update(nlohmann::ordered_json::parse(describe_json("device", options.device, description)));
    fmt::print("{}\n", out.dump(1));
}

void run_device(const DeviceRegistry& devices, const config::Presets& presets, DeviceArguments options) {
    const auto table = config::device_table(options.device, presets);
    options.question.table = table.get();
    options.question.model = std::get<std::string>(table->leaves.at("model").value);
    if (options.energy != "ohmic" && options.energy != "nonlinear")
        throw ConfigError("--energy \"" + options.energy + "\" is not known; expected ohmic or nonlinear");
    options.question.energy = options.energy == "ohmic" ? EnergyRule::ohmic : EnergyRule::nonlinear;
    if (!options.from.empty()) options.question.from_S = parse_conductance(options.from);
    for (const auto& text : options.pulses) options.question.pulses.push_back(parse_pulse(text));
    const CellAnswer answer = pulse_cell(devices, options.question);
    for (const auto& line : answer.warnings) fmt::print(stderr, "warning: {}\n", line);
    if (options.pulses.empty()) return print_model(options, devices.get(options.question.model), answer);
    if (!options.json) return print_pulses(options, answer);
    const nlohmann::ordered_json out{
        {"model", options.device}, {"g_S", answer.g_S}, {"delta_g_S", answer.delta_g_S}, {"energy_J", answer.energy_J}};
    fmt::print("{}\n", out.dump());
}

}  // namespace

void ganbar_register_device(CommandContext& context) {
    auto o = std::make_shared<DeviceArguments>();
    auto* command =
        context.cli.add_subcommand("device", "one cell of a device model under pulses; without --pulse its parameters, ranges and sources");
    command->add_option("model", o->device,
                        "a model or a measured device, as `ganbar list devices` prints it, or a device file, mine.toml");
    command->add_option("--set", o->question.settings, "key=value of the model; d2d and c2c are off unless set")->one_value();
    command->add_option("--from", o->from,
                        "conductance at the start in siemens (150e-6) or with its unit (\"150 uS\"); g_min when not given");
    command->add_option("--pulse", o->pulses, "VOLTAGE,WIDTH in volts and seconds (0.8,1e-7) or with units; several make a sequence")
        ->one_value();
    command->add_option("--count", o->question.count, "how often the whole sequence is applied");
    command->add_option("--seed", o->question.seed, "of the cell's draws, where --set asks for variation");
    command->add_option("--energy", o->energy, "ohmic: V^2 G t (satyam2022); nonlinear: V I(V) t");
    command->add_flag("--json", o->json, "numbers in SI as JSON");
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, presets] {
        if (context.run) return;  // a subcommand, `device fit`
        if (o->device.empty()) throw ConfigError("model is required; expected a name as `ganbar list devices` prints it, or fit DATA.csv");
        context.run = [devices = &context.registries.devices, o, presets] { run_device(*devices, *presets, *o); };
    });
}

}  // namespace ganbar::app
