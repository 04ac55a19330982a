// ganbar netlist IN.json -o FILE.cir: the crossbar of `ganbar solve` as a SPICE deck.
#include <sstream>

#include "ganbar/app/command.h"
#include "ganbar/app/crossbar_json.h"
#include "ganbar/circuit/spice.h"

namespace ganbar::app {

void ganbar_register_netlist(CommandContext& context) {
    auto* command = context.cli.add_subcommand("netlist", "a passive crossbar as a SPICE deck that ngspice runs in batch mode");
    struct Options { std::string in, out; };
    auto options = std::make_shared<Options>();
    command->add_option("input", options->in, "crossbar as JSON, as for solve")->required();
    command->add_option("-o,--output", options->out, "write the deck here instead of to stdout");
    command->callback([&context, options] {
        context.run = [options] {
            std::ostringstream deck;
            write_spice(read_crossbar(JsonText::load(options->in)), deck);
            write_text(options->out, deck.str());
        };
    });
}

}  // namespace ganbar::app
