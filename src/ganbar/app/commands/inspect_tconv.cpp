#include <fmt/format.h>

#include "ganbar/app/command.h"
#include "ganbar/app/inspect.h"
#include "ganbar/report/schedule_json.h"

namespace ganbar::app {

void ganbar_register_inspect_tconv(CommandContext& context) {
    auto* command =
        inspect_command(context.cli)->add_subcommand("tconv", "operands, multiplications and sub-kernels of a transposed convolution");
    struct Options : report::TconvShape {
        bool json = false;
    };
    auto o = std::make_shared<Options>();
    command->add_option("--dims", o->dims, "1, 2 or 3")->show_default();
    command->add_option("--in", o->in, "side of the input map")->required();
    command->add_option("--kernel", o->kernel, "side of the kernel")->required();
    command->add_option("--stride", o->stride, "stride")->show_default();
    command->add_option("--pad-lo", o->pad_lo, "padding before the first element")->show_default();
    command->add_option("--pad-hi", o->pad_hi, "padding after the last element")->show_default();
    command->add_option("--output-pad", o->output_pad, "extra outputs at the end")->show_default();
    command->add_option("--cin", o->c_in, "input channels")->show_default();
    command->add_option("--cout", o->c_out, "output channels")->show_default();
    command->add_flag("--json", o->json, "print JSON");
    command->callback([&context, o] {
        context.run = [o] {
            const auto j = report::tconv_json(*o);
            if (o->json) fmt::print("{}\n", j.dump());
            else fmt::print("{}", report::tconv_text(*o, j));
        };
    });
}

}  // namespace ganbar::app
