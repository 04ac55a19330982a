// ganbar netlist IN.json -o FILE.cir: the crossbar of `ganbar solve` as a SPICE deck; --run DIR --array K: an array of a trained run;
// --device NAME --pulses ...: one cell of a device model, written by a train of pulses. --verilog-a FILE: the cells' law as modules.
#include <fmt/format.h>

#include <sstream>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/circuit/device_deck.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/config/device_file.h"
#include "ganbar/experiment/run_array.h"
#include "ganbar/run/run.h"
#include "ganbar/study/crossbar_json.h"

namespace ganbar::app {
namespace {

struct NetlistArguments {
    std::string in, run, device, from, gap, series;
    std::vector<std::string> pulses;
    CellQuestion question;
    OutputFile out, module;
    std::int64_t array = 0;
    bool nodes = false;
};

CrossbarProblem problem_of(const NetlistArguments& o, const Registries& registries) {
    if (o.in.empty() == o.run.empty())
        throw ConfigError("netlist needs one crossbar: a JSON file, or --run DIR with --array K; or one cell: --device NAME");
    if (!o.in.empty()) {
        const study::CrossbarInput input = study::read_crossbar(study::JsonText::load(o.in));
        if (input.many) throw ConfigError("a deck holds one bias; expected Vw and Vb to be one list of voltages each", {o.in});
        return input.problem;
    }
    const Trained trained = load_run(o.run, registries);
    for (const auto& text : trained.passed_over) fmt::print(stderr, "warning: passed over a damaged checkpoint: {}\n", text);
    return run_array(trained.experiment, trained.model, o.array);
}

/// One cell of a device model.
DeviceTexts cell_of(NetlistArguments o, const DeviceRegistry& devices, const config::Presets& presets) {
    if (!o.in.empty() || !o.run.empty()) throw ConfigError("netlist takes a crossbar or a device; expected --device alone");
    const auto table = config::device_table(o.device, presets);
    o.question.table = table.get();
    o.question.model = std::get<std::string>(table->leaves.at("model").value);
    if (!o.from.empty()) o.question.from_S = parse_conductance(o.from);
    for (const auto& text : o.pulses) o.question.pulses.push_back(parse_pulse(text));
    const auto quantity = [](const std::string& text, const char* unit, const char* name) {
        if (text.empty()) return 0.0;
        const double value = config::parse_quantity(text, unit, name, {});
        if (!(value >= 0 && value <= 1e6))
            throw ConfigError(fmt::format("{} = {} is out of range; expected 0 to 1e6 {}", name, text, unit));
        return value;
    };
    return device_texts(devices, o.question, {{quantity(o.gap, "s", "--gap")}, {quantity(o.series, "ohm", "--series")}});
}

void write_texts(const NetlistArguments& o, const std::string& deck, const std::string& module) {
    if (o.module.asked()) o.module.write(module);
    if (o.out.asked() || !o.module.asked()) o.out.write_or_print(deck);
}

}  // namespace

void ganbar_register_netlist(CommandContext& context) {
    auto* command = context.cli.add_subcommand("netlist", "a crossbar as a SPICE deck that ngspice runs in batch mode");
    auto o = std::make_shared<NetlistArguments>();
    command->add_option("input", o->in, "crossbar as JSON, as for solve");
    command->add_option("--run", o->run,
                        "instead: an array of this trained run, all its word lines at tile.v_read, behind the run's wires");
    command
        ->add_option("--array", o->array, "which: the number of its block in `ganbar inspect placement`, from 0; a second plane's follow")
        ->check(Range{0, 1e19});
    command->add_flag("--nodes", o->nodes, "print the voltages of all nodes, too; from 32 x 32 cells on ngspice then takes long");
    command->add_option("--device", o->device,
                        "instead: one cell of a device model or device file, as for `ganbar device`, written by the pulses given; a "
                        "behavioural twin of its law");
    command->add_option("--pulse", o->pulses, "with --device: VOLTAGE,WIDTH; several make a sequence, all of one width")->one_value();
    command->add_option("--count", o->question.count, "with --device: how often the whole sequence is applied");
    command->add_option("--from", o->from, "with --device: conductance at the start; g_min when not given");
    command->add_option("--set", o->question.settings, "with --device: key=value of the model")->one_value();
    command->add_option("--gap", o->gap, "with --device: pause after each pulse; as long as a pulse when not given");
    command->add_option("--series", o->series, "with --device: resistance between source and cell, 0 when not given");
    o->module.endings = {".va"};
    command->add_option("--verilog-a", o->module.path, "write the law of the cells, or of the device, as Verilog-A modules here");
    o->out.declare(*command, "-o,--out,--output", "write the deck here instead of to stdout");
    auto presets = std::make_shared<config::Presets>(context.places.preset_folders("experiments"));
    command->callback([&context, o, presets] {
        context.run = [&context, o, presets] {
            o->out.check();
            o->module.force = o->out.force;
            if (o->module.asked()) o->module.check();
            if (!o->device.empty()) {
                if (o->pulses.empty() && !o->module.asked())
                    throw ConfigError("--device needs --pulse VOLTAGE,WIDTH for a deck, or --verilog-a FILE for its law");
                if (o->pulses.empty() && o->out.asked())
                    throw ConfigError("-o needs --pulse VOLTAGE,WIDTH: a deck without pulses has nothing to show");
                const DeviceTexts texts = cell_of(*o, context.registries.devices, *presets);
                for (const auto& line : texts.warnings) fmt::print(stderr, "warning: {}\n", line);
                return write_texts(*o, texts.deck, texts.module);
            }
            if (!o->pulses.empty() || !o->from.empty() || !o->gap.empty() || !o->series.empty() || !o->question.settings.empty() ||
                o->question.count != 1)
                throw ConfigError("--pulse, --count, --from, --set, --gap and --series describe a cell; expected --device NAME with them");
            std::ostringstream deck;
            const CrossbarProblem problem = problem_of(*o, context.registries);
            if (const auto line = deck_warning(problem.g_S.size(), o->nodes); !line.empty()) fmt::print(stderr, "warning: {}\n", line);
            write_spice(problem, deck, {.node_voltages = o->nodes});
            write_texts(*o, deck.str(), verilog_a(problem));
        };
    });
}

}  // namespace ganbar::app
