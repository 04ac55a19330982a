// ganbar solve IN.json [-o OUT.json]: DC operating point of a passive crossbar.
#include "ganbar/app/command.h"
#include "ganbar/app/crossbar_json.h"
#include "ganbar/circuit/nodal.h"

namespace ganbar::app {

void ganbar_register_solve(CommandContext& context) {
    auto* command = context.cli.add_subcommand("solve", "DC operating point of a passive crossbar: node voltages, terminal currents, power");
    struct Options { std::string in, out; };
    auto options = std::make_shared<Options>();
    command->add_option("input", options->in, "crossbar as JSON: rows cols G device rw rb rdrv rsense Vw Vb")->required();
    command->add_option("-o,--output", options->out, "write the operating point here instead of to stdout");
    command->callback([&context, options] {
        context.run = [options] {
            const CrossbarProblem problem = read_crossbar(JsonText::load(options->in));
            write_text(options->out, to_json(solve_operating_point(problem), problem.rows, problem.cols).dump() + "\n");
        };
    });
}

}  // namespace ganbar::app
