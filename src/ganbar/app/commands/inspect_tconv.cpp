#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"
#include "ganbar/app/inspect.h"
#include "ganbar/arch/tconv.h"

namespace ganbar::app {
namespace {

using namespace ganbar::arch;
using Json = nlohmann::ordered_json;

struct InspectTconvArguments {
    Int dims = 2, in = 0, kernel = 0, stride = 1, pad_lo = 0, pad_hi = 0, output_pad = 0, c_in = 1, c_out = 1;
    bool json = false;
};

/// Every phase's sub-kernel as its taps per axis, first axis slowest.
Json sub_kernel_list(const Axis& axis, Int dims) {
    const std::vector<Phase1> one = phases(axis);
    double n = 1;
    for (Int d = 0; d < dims; ++d) n *= double(one.size());
    if (n > 1e6)
        throw ConfigError(fmt::format("stride {} in {} dimensions has {:.0f} sub-kernels; expected at most 1000000", axis.stride, dims, n));
    std::vector<std::vector<Int>> list{{}};
    for (Int d = 0; d < dims; ++d) {
        std::vector<std::vector<Int>> longer;
        for (const auto& prefix : list)
            for (const Phase1& p : one) {
                longer.push_back(prefix);
                longer.back().push_back(p.taps);
            }
        list = std::move(longer);
    }
    return list;
}

Json describe(const InspectTconvArguments& o) {
    if (o.dims < 1 || o.dims > max_dims) throw ConfigError(fmt::format("dims = {} is out of range; expected 1 to 3", o.dims));
    if (o.c_in < 1 || o.c_out < 1 || o.c_in > 1 << 20 || o.c_out > 1 << 20) throw ConfigError("cin and cout must be 1 to 1048576");
    const Axis axis = transposed_axis(o.in, o.kernel, o.stride, o.pad_lo, o.pad_hi, o.output_pad);
    if (std::pow(double(expanded_side(axis)) * double(axis.kernel), double(o.dims)) * double(o.c_in) * double(o.c_out) > 9e18)
        throw ConfigError("the number of multiplications does not fit 64 bits; expected a smaller shape");
    Axes axes;
    for (Int d = 0; d < o.dims; ++d) axes[std::size_t(d)] = axis;
    const Int channels = o.c_in * o.c_out;
    Json out;
    out["out"] = axis.large;
    out["expanded_side"] = expanded_side(axis);
    Int total = 1, useful = 1;  // an unused axis has an expanded side of 1
    for (const Axis& a : axes) total *= expanded_side(a), useful *= expanded_useful(a);
    out["operands_total"] = total;
    out["operands_useful"] = useful;
    out["macs_zero_inserted"] = channels * product(axes, zero_inserted_pairs);
    Int deformed = channels;
    for (Int d = 0; d < o.dims; ++d) deformed *= dense_pairs(axis);
    out["macs_deformed"] = deformed;
    out["macs_useful"] = channels * product(axes, useful_pairs);
    out["macs_phases"] = channels * product(axes, phase_pairs);
    out["sub_kernels"] = sub_kernel_list(axis, o.dims);
    return out;
}

void print_table(const InspectTconvArguments& o, const Json& j) {
    fmt::print("{}-D transposed convolution {} -> {} channels, side {} -> {}, kernel {}, stride {}\n", o.dims, o.c_in, o.c_out, o.in,
               j["out"].get<Int>(), o.kernel, o.stride);
    const double z = j["macs_zero_inserted"].get<double>();
    fmt::print("  operands of the zero-inserted map  {} of {} useful ({:.1f} %)\n", j["operands_useful"].get<Int>(),
               j["operands_total"].get<Int>(), 100 * j["operands_useful"].get<double>() / j["operands_total"].get<double>());
    for (const char* key : {"macs_zero_inserted", "macs_phases", "macs_deformed", "macs_useful"})
        fmt::print("  {:<34} {:>16} ({:.2f} %)\n", key, j[key].get<Int>(), 100 * j[key].get<double>() / z);
    fmt::print("  sub-kernels                        {}\n",
               j["sub_kernels"].size() <= 64 ? j["sub_kernels"].dump() : std::to_string(j["sub_kernels"].size()));
}

}  // namespace

void ganbar_register_inspect_tconv(CommandContext& context) {
    auto* command =
        inspect_command(context.cli)->add_subcommand("tconv", "operands, multiplications and sub-kernels of a transposed convolution");
    auto o = std::make_shared<InspectTconvArguments>();
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
            const Json j = describe(*o);
            if (o->json) fmt::print("{}\n", j.dump());
            else print_table(*o, j);
        };
    });
}

}  // namespace ganbar::app
