#include <algorithm>

#include "ganbar/bits/noise_tables.h"
#include "ganbar/study/kinds.h"

namespace ganbar::study {
namespace {

struct Entry {
    std::string name, table, text;
    std::vector<ParamRow> rows;
};
std::vector<Entry> entries() {
    return {{"columns", "trng", TrngParams::doc(), param_rows(TrngParams::schema(), TrngParams{})},
            {"telegraph", "telegraph_trng", TelegraphTrngParams::doc(), param_rows(TelegraphTrngParams::schema(), TelegraphTrngParams{})},
            {"switching", "switching_trng", SwitchingTrngParams::doc(), param_rows(SwitchingTrngParams::schema(), SwitchingTrngParams{})},
            {"thermal", "thermal_trng", ThermalTrngParams::doc(), param_rows(ThermalTrngParams::schema(), ThermalTrngParams{})}};
}

}  // namespace

void ganbar_register_kind_generators(KindContext& context) {
    context.kinds["generators"] = {
        "generator",
        [] {
            std::vector<Listed> out;
            for (const auto& e : entries()) out.push_back({e.name, first_sentence(e.text)});
            return out;
        },
        [](const std::string& name) {
            std::vector<std::string> names;
            for (auto& e : entries()) {
                if (e.name == name)
                    return Description{e.text, {{"chosen by", "noise.generator = \"" + e.name + "\""}}, {{e.table, e.rows}}, ""};
                names.push_back(e.name);
            }
            const std::string near = nearest_name(name, names);
            throw ConfigError("unknown generator \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                              " (known: columns, switching, telegraph, thermal)");
        },
    };
}

}  // namespace ganbar::study
