// ganbar solve IN.json [-o OUT.json]: DC operating point of a crossbar.
#include "ganbar/app/command.h"
#include "ganbar/app/output_file.h"
#include "ganbar/circuit/nodal.h"
#include "ganbar/study/crossbar_json.h"

namespace ganbar::app {

void ganbar_register_solve(CommandContext& context) {
    auto* command = context.cli.add_subcommand("solve",
                                               "DC operating point of a crossbar, passive or with selectors: node voltages, terminal "
                                               "currents, power; for one input vector or many");
    struct Options {
        std::string in;
        OutputFile out;
        study::Wanted wanted;
    };
    auto options = std::make_shared<Options>();
    command
        ->add_option(
            "input", options->in,
            "crossbar as JSON: rows cols G rw rb rdrv rsense Vw Vb, optionally device, ends, Vg; lists of Vw, Vb or Vg are many biases")
        ->required();
    options->out.declare(*command, "-o,--out,--output", "write the operating point here instead of to stdout");
    command->add_flag("--cell-currents", options->wanted.cell_currents,
                      "also I_cell: the current of every cell, from its word line to its bit line");
    command->add_flag("--internal-nodes", options->wanted.internal_nodes,
                      "also X: the nodes between memristors and their transistors, selectors or diodes");
    command->callback([&context, options] {
        context.run = [options] {
            options->out.check();
            const study::CrossbarInput input = study::read_crossbar(study::JsonText::load(options->in));
            const CrossbarProblem& p = input.problem;
            if (options->wanted.internal_nodes && p.selector.type == CellType::passive)
                throw ConfigError("--internal-nodes asks for nodes that passive cells do not have; expected a device 1t1r, 1s1r or 1d1r",
                                  {options->in});
            nlohmann::json out;
            if (!input.many) out = study::to_json(solve_operating_point(p), p.rows, p.cols, options->wanted);
            else
                for (const auto& point : solve_operating_points(p, input.biases))
                    out["results"].push_back(study::to_json(point, p.rows, p.cols, options->wanted));
            options->out.write_or_print(out.dump() + "\n");
        };
    });
}

}  // namespace ganbar::app
