// ganbar netlist IN.json -o FILE.cir: the crossbar of `ganbar solve` as a SPICE deck; --run DIR --array K: an array of a trained run.
#include <fmt/format.h>

#include <sstream>

#include "ganbar/app/command.h"
#include "ganbar/app/crossbar_json.h"
#include "ganbar/app/output_file.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/experiment/run_array.h"
#include "ganbar/run/run.h"

namespace ganbar::app {
namespace {

struct Options {
    std::string in, run;
    OutputFile out;
    std::int64_t array = 0;
    bool nodes = false;
};

CrossbarProblem problem_of(const Options& o, const Registries& registries) {
    if (o.in.empty() == o.run.empty()) throw ConfigError("netlist needs one crossbar: a JSON file, or --run DIR with --array K");
    if (!o.in.empty()) {
        const CrossbarInput input = read_crossbar(JsonText::load(o.in));
        if (input.many) throw ConfigError("a deck holds one bias; expected Vw and Vb to be one list of voltages each", {o.in});
        return input.problem;
    }
    const Trained trained = load_run(o.run, registries);
    for (const auto& text : trained.passed_over) fmt::print(stderr, "warning: passed over a damaged checkpoint: {}\n", text);
    return run_array(trained.experiment, trained.model, o.array);
}

}  // namespace

void ganbar_register_netlist(CommandContext& context) {
    auto* command = context.cli.add_subcommand("netlist", "a crossbar as a SPICE deck that ngspice runs in batch mode");
    auto o = std::make_shared<Options>();
    command->add_option("input", o->in, "crossbar as JSON, as for solve");
    command->add_option("--run", o->run,
                        "instead: an array of this trained run, all its word lines at tile.v_read, behind the run's wires");
    command
        ->add_option("--array", o->array, "which: the number of its block in `ganbar inspect placement`, from 0; a second plane's follow")
        ->check(Range{0, 1e19});
    command->add_flag("--nodes", o->nodes, "print the voltages of all nodes, too; from 32 x 32 cells on ngspice then takes long");
    o->out.declare(*command, "-o,--out,--output", "write the deck here instead of to stdout");
    command->callback([&context, o] {
        context.run = [&context, o] {
            o->out.check();
            std::ostringstream deck;
            const CrossbarProblem problem = problem_of(*o, context.registries);
            write_spice(problem, deck, {.node_voltages = o->nodes});
            o->out.write_or_print(deck.str());
        };
    });
}

}  // namespace ganbar::app
