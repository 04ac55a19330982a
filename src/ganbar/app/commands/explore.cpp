// `ganbar explore`: thousands of designs of one machine for one network, and the ones that no other beats.
#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/app/terminal.h"
#include "ganbar/core/parallel.h"
#include "ganbar/experiment/workload_network.h"
#include "ganbar/report/explore_json.h"
#include "ganbar/report/explore_page.h"
#include "ganbar/study/design_quality.h"

namespace ganbar::app {
namespace {

struct ExploreArguments {
    std::string network, discriminator, on;
    std::vector<std::string> axes, set;
    std::optional<std::string> task;
    std::optional<arch::Int> batch, steps_d;
    std::string max_area, max_power, max_latency;
    std::int64_t points = 20'000, seed = 1;
    OutputFile page{.path = "", .force = false, .endings = {".html", ".htm"}};
    OutputFile csv{.path = "", .force = false, .endings = {".csv"}};
    bool json = false;
    std::string train, train_out;
    std::vector<std::string> train_set;
    std::int64_t rounds = 0, seeds = 1;
};

std::string quoted(const std::string& word) { return word.find(' ') == std::string::npos ? word : "'" + word + "'"; }

/// The command that makes the page again.
std::string explore_command(const ExploreArguments& o) {
    std::string text = "ganbar explore " + quoted(o.network) + " --on " + o.on;
    const auto add = [&](const char* option, const std::string& value) { text += fmt::format(" {} {}", option, quoted(value)); };
    if (!o.discriminator.empty()) add("--discriminator", o.discriminator);
    for (const auto& axis : o.axes) add("--axis", axis);
    if (o.batch) add("--batch", std::to_string(*o.batch));
    if (o.steps_d) add("--steps-d", std::to_string(*o.steps_d));
    if (o.task) add("--task", *o.task);
    if (!o.max_area.empty()) add("--max-area", o.max_area);
    if (!o.max_power.empty()) add("--max-power", o.max_power);
    if (!o.max_latency.empty()) add("--max-latency", o.max_latency);
    if (o.points != ExploreArguments{}.points) add("--points", std::to_string(o.points));
    if (o.seed != ExploreArguments{}.seed) add("--seed", std::to_string(o.seed));
    for (const auto& set : o.set) add("--set", set);
    if (!o.train.empty()) add("--train", o.train);
    for (const auto& set : o.train_set) add("--train-set", set);
    if (!o.train_out.empty()) add("--train-out", o.train_out);
    if (o.rounds > 0) add("--rounds", std::to_string(o.rounds));
    if (o.seeds > 1) add("--seeds", std::to_string(o.seeds));
    return text + " -o " + o.page.path;
}

/// A limit as text with its unit; nothing where none is set.
std::optional<double> limit(const std::string& text, const char* unit, const char* option) {
    if (text.empty()) return std::nullopt;
    const double value = config::parse_quantity(text, unit, option, {option});
    if (!(value > 0)) throw ConfigError(fmt::format("{} \"{}\": expected a quantity above 0", option, text));
    return value;
}

arch::ExploreRequest request_of(const ExploreArguments& o) {
    arch::ExploreRequest request;
    request.machine = o.on, request.axes = o.axes, request.overrides = o.set, request.batch = o.batch, request.steps_d = o.steps_d;
    if (o.task == "generation") request.task = arch::Task::generation;
    else if (o.task == "training") request.task = arch::Task::training;
    else if (o.task) throw ConfigError("task = \"" + *o.task + "\" is not known; expected training or generation");
    request.limits = {.latency_s = limit(o.max_latency, "s", "--max-latency"),
                      .area_m2 = limit(o.max_area, "m2", "--max-area"),
                      .power_W = limit(o.max_power, "W", "--max-power")};
    request.most_points = std::size_t(o.points), request.seed = std::uint64_t(o.seed);
    return request;
}

void check_training_options(const ExploreArguments& o) {
    if (!o.train.empty()) return;
    const auto alone = [](bool given, const char* option) {
        if (given) throw ConfigError(fmt::format("{} belongs to --train EXPERIMENT", option));
    };
    alone(o.rounds > 0, "--rounds"), alone(o.seeds > 1, "--seeds"), alone(!o.train_set.empty(), "--train-set"),
        alone(!o.train_out.empty(), "--train-out");
}

void train(arch::Exploration& e, const ExploreArguments& o, const config::Presets& networks, const config::Presets& experiments,
           const CommandContext& context) {
    const study::QualityPlan plan{
        o.train,
        o.rounds,
        o.seeds,
        o.train_set,
        o.train_out.empty() ? std::filesystem::path("explorations") / file_name_of(o.train) : std::filesystem::path(o.train_out),
        max_threads()};
    note_signals();
    study::measure_quality(e, plan, {experiments, networks, context.registries, context.program, [] { return signal_noted(); }},
                           [](const std::string& line) { say(line); });
}

void run(const ExploreArguments& o, const config::Presets& networks, const config::Presets& experiments, const CommandContext& context) {
    const arch::ExploreRequest request = request_of(o);
    check_training_options(o);
    o.page.check(), o.csv.check();
    if (o.page.to_stdout() && o.csv.to_stdout()) throw ConfigError("-o and --csv both go to stdout; expected a file for one of them");
    const Registries& registries = context.registries;
    arch::Exploration result =
        arch::explore(registries.accelerators, load_workload(o.network, networks, experiments, registries, o.discriminator), request);
    if (!o.train.empty()) train(result, o, networks, experiments, context);
    if (o.csv.asked()) o.csv.write(report::explore_csv(result));
    if (o.page.asked()) o.page.write(report::explore_page(result, explore_command(o)));
    if (o.page.to_stdout() || o.csv.to_stdout()) return;
    if (o.json) fmt::print("{}\n", report::explore_json(result).dump());
    else fmt::print("{}", report::explore_text(result));
}

void add_training(Command& command, ExploreArguments& o) {
    command.add_option("--train", o.train,
                       "an experiment of the same network: trains it for every combination of adc_bits, cell_bits and input_bits among "
                       "the designs, and quality joins the front");
    command.add_option("--rounds", o.rounds, "rounds of each of these trainings (default: the experiment's)")->check(Range{1, 1e9});
    command.add_option("--seeds", o.seeds, "trainings of each combination")->check(Range{1, 1000})->show_default();
    command.add_option("--train-set", o.train_set, "a setting that these trainings share, for example train.batch=64")->one_value();
    command.add_option("--train-out", o.train_out,
                       "folder of the runs (default: explorations/EXPERIMENT); what is there already is not trained again");
}

}  // namespace

void ganbar_register_explore(CommandContext& context) {
    auto* command = context.cli.add_subcommand(
        "explore", "design-space exploration: the designs of an accelerator that no other beats in time, energy and area");
    auto o = std::make_shared<ExploreArguments>();
    command
        ->add_option("network", o->network,
                     "a network or experiment by name (ganbar list networks, list experiments), a TOML file, an ONNX file or a run folder")
        ->required();
    command->add_option("--discriminator", o->discriminator, "the discriminator's ONNX file, where NETWORK is a generator's");
    command->add_option("--on", o->on, "the accelerator (ganbar list accelerators)")->required();
    command
        ->add_option("--axis", o->axes,
                     "a parameter that varies, NAME=VALUE,VALUE,... or NAME=FROM:TO:N or NAME=FROM:TO:N:log; rows+cols=64,128 changes both "
                     "together. "
                     "Default: array size, bits of cells, drivers and converters, copies; units and buffer of digital machines")
        ->one_value();
    command->add_option("--max-area", o->max_area, "the largest area, for example \"50 mm2\"");
    command->add_option("--max-power", o->max_power, "the largest mean power, for example \"10 W\"");
    command->add_option("--max-latency", o->max_latency, "the longest time of an iteration, for example \"1 ms\"");
    command->add_option("--points", o->points, "at most so many designs: a Latin hypercube where the axes have more combinations")
        ->check(Range{1, 1'000'000})
        ->show_default();
    command->add_option("--seed", o->seed, "of the Latin hypercube")->check(Range{0, 9e15})->show_default();
    command->add_option("--batch", o->batch, "samples per batch (default: the network's)");
    command->add_option("--steps-d", o->steps_d, "discriminator updates per generator update (default: the network's)");
    command->add_option("--task", o->task,
                        "training (one iteration) or generation (one batch of images); default: training where there is a discriminator");
    command->add_option("--set", o->set, "a parameter that all designs share, for example isaac.step=50ns")->one_value();
    add_training(*command, *o);
    o->page.declare(*command, "-o,--out", "also write a page with the front, its figures and its table into this HTML file");
    command->add_option("--csv", o->csv.path, "also write all designs, one a row, into this CSV file");
    command->add_flag("--json", o->json, "print the front as JSON");
    const config::Presets networks(context.places.preset_folders("networks")), experiments(context.places.preset_folders("experiments"));
    command->callback([&context, o, networks, experiments] {
        context.run = [&context, o, networks, experiments] {
            o->csv.force = o->page.force;
            run(*o, networks, experiments, context);
        };
    });
}

}  // namespace ganbar::app
