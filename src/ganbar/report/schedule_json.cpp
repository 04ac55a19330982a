#include "ganbar/report/schedule_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "ganbar/core/error.h"

namespace ganbar::report {

using namespace arch;
using Json = nlohmann::ordered_json;

namespace {

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

Json counts(const CycleCounts& c) { return {{"d", c.d}, {"g", c.g}, {"iteration", c.iteration}}; }

const char* how(bool closed) { return closed ? "closed form" : "event level: no closed form for this schedule"; }

}  // namespace

Json tconv_json(const TconvShape& o) {
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

std::string tconv_text(const TconvShape& o, const Json& j) {
    std::string out;
    out += fmt::format("{}-D transposed convolution {} -> {} channels, side {} -> {}, kernel {}, stride {}\n", o.dims, o.c_in, o.c_out,
                       o.in, j["out"].get<Int>(), o.kernel, o.stride);
    const double z = j["macs_zero_inserted"].get<double>();
    out += fmt::format("  operands of the zero-inserted map  {} of {} useful ({:.1f} %)\n", j["operands_useful"].get<Int>(),
                       j["operands_total"].get<Int>(), 100 * j["operands_useful"].get<double>() / j["operands_total"].get<double>());
    for (const char* key : {"macs_zero_inserted", "macs_phases", "macs_deformed", "macs_useful"})
        out += fmt::format("  {:<34} {:>16} ({:.2f} %)\n", key, j[key].get<Int>(), 100 * j[key].get<double>() / z);
    out += fmt::format("  sub-kernels                        {}\n",
                       j["sub_kernels"].size() <= 64 ? j["sub_kernels"].dump() : std::to_string(j["sub_kernels"].size()));
    return out;
}

Json schedule_json(const Pipeline& p, const EventSchedule& events) {
    const CycleCounts plain = unpipelined(p), printed = unpipelined_as_printed(p);
    const bool closed = closed_form_applies(p);
    const CycleCounts piped = closed ? closed_form(p) : events.cycles;
    Json out;
    out["unpipelined"] = counts(plain);
    out["pipelined"] = counts(piped);
    out["event_level"] = counts(events.cycles);
    out["speedup"] = double(plain.iteration) / double(piped.iteration);
    out["unpipelined_as_printed"] = counts(printed);
    out["pipelined_from"] = how(closed);
    out["d_buffer_depth"] = events.d_buffer_depth;
    out["g_buffer_depth"] = events.g_buffer_depth;
    return out;
}

std::string schedule_text(const Pipeline& p, const EventSchedule& events) {
    const CycleCounts plain = unpipelined(p), printed = unpipelined_as_printed(p);
    const bool closed = closed_form_applies(p);
    const CycleCounts piped = closed ? closed_form(p) : events.cycles;
    std::string out;
    out += fmt::format("{:<28}{:>12}{:>12}{:>12}\n", "cycles", "D update", "G update", "iteration");
    for (const auto& [label, c] :
         {std::pair{"unpipelined", plain}, {"unpipelined, as printed", printed}, {"pipelined", piped}, {"event level", events.cycles}})
        out += fmt::format("{:<28}{:>12}{:>12}{:>12}\n", label, c.d, c.g, c.iteration);
    const auto depths = [](const auto& d) { return d.empty() ? std::string("not counted here") : fmt::format("{}", fmt::join(d, " ")); };
    out += fmt::format("activation buffers, samples: D {}, G {}\n", depths(events.d_buffer_depth), depths(events.g_buffer_depth));
    out += fmt::format("speed-up {:.3f} ({})\n", double(plain.iteration) / double(piped.iteration), how(closed));
    return out;
}

}  // namespace ganbar::report
