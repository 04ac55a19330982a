#include "ganbar/tile/wire_params.h"

namespace ganbar {
namespace {

/// The declarations of a part, as declarations of the whole.
template <class Part>
void add(Schema<WireParams>& out, Part WireParams::*member, const Schema<Part>& parts) {
    for (const auto& part : parts)
        out.push_back({part.info, [member, set = part.set](WireParams& p, const Value& v) { set(p.*member, v); },
                       [member, get = part.get](const WireParams& p) { return get(p.*member); }});
}

}  // namespace

Schema<WireParams> WireParams::schema() {
    using W = WireParams;
    const std::vector<std::string> physics = {"ideal", "exact"};
    const auto phase = [&](const char* name, WirePhysics W::*member, const char* doc, const char* why) {
        return choice(name, member, physics, doc, assumed(why));
    };
    Schema<W> s{
        choice("mode", &W::mode, physics,
               "ideal: cells see the voltages meant for them; exact: IR drop, sneak paths and half-selected cells, as the keys below say",
               published("satyam2022 models no wires"))};
    add(s, &W::lines, Wires::schema());
    s.push_back(phase("forward", &W::forward, "forward reads in training", "all reads through the wires"));
    s.push_back(phase("backward", &W::backward, "transposed reads in training", "all reads through the wires"));
    s.push_back(phase("sampling", &W::sampling, "forward reads outside of training: pictures, evaluation, ganbar sample",
                      "all reads through the wires"));
    s.push_back(phase("noise", &W::noise, "reads of the array that makes random bits", "all reads through the wires"));
    s.push_back(phase("program", &W::program, "pulses: each cell, half-selected ones included, gets the voltage computed for it",
                      "all pulses through the wires"));
    s.push_back(param("refresh", &W::refresh, std::int64_t{1}, std::int64_t{1000000},
                      "weight updates after which transfer matrices are computed anew; in between reads see the cells as they were",
                      assumed("1: reads always see the cells as they are")));
    s.push_back(choice("reference", &W::reference, {"replica", "constant"},
                       "current that stands for weight zero: of a replica array behind the same wires, or of a cell without wires",
                       assumed("replica: reference cells lie in the array they serve")));
    s.push_back(choice("read_gain", &W::read_gain, {"none", "lines"},
                       "gain of each line's amplifier: none, or calibrated with all inputs on whenever transfer matrices are computed anew",
                       assumed("none, as in satyam2022")));
    add(s, &W::write, WriteParams::schema());
    return s;
}

}  // namespace ganbar
