// The circuits of the analog periphery in `list circuits` and `describe circuit NAME`.
#include <fmt/format.h>

#include "ganbar/periphery/circuits.h"
#include "ganbar/study/kinds.h"

namespace ganbar::study {

void ganbar_register_kind_circuits(KindContext& context) {
    using namespace periphery;
    context.kinds["circuits"] = {
        "circuit",
        [] {
            std::vector<Listed> out;
            for (const auto& b : all_circuits({})) out.push_back({b.name, b.doc});
            return out;
        },
        [](const std::string& name) {
            const PeripheryParams p;
            std::vector<std::string> names;
            for (const auto& b : all_circuits(p)) {
                names.push_back(b.name);
                if (b.name != name) continue;
                const auto& q = b.parts;
                return Description{b.doc + ".\n" + b.curve +
                                       ", in volts about the middle of the supply. Its SPICE deck: ganbar inspect circuit " + name +
                                       " --deck FILE.",
                                   {{"parts", fmt::format("{} amplifiers, {} transistors, {} switches, {} capacitors, {} resistors",
                                                          q.opamps, q.transistors, q.switches, q.capacitors, q.resistors)},
                                    {"power", fmt::format("{:.3g} uW", b.power_W(p) * 1e6)},
                                    {"area", fmt::format("{:.4g} um2", b.area_m2(p) * 1e12)},
                                    {"time constant", b.time_constant_s > 0 ? fmt::format("{:.3g} ns", b.time_constant_s * 1e9) : "none"}},
                                   {{"periphery", param_rows(PeripheryParams::schema(), p)}},
                                   ""};
            }
            const std::string near = nearest_name(name, names);
            throw ConfigError("unknown circuit \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                              "; expected one of " + join(names));
        },
    };
}

}  // namespace ganbar::study
