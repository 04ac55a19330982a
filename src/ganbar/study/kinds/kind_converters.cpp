#include <fmt/format.h>

#include "ganbar/study/kinds.h"
#include "ganbar/tile/tile_params.h"

namespace ganbar::study {
namespace {

/// What a kind costs at some numbers of bits, as published nodes have it.
std::vector<std::pair<std::string, std::string>> costs(const Converter& converter) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::int64_t bits : {2, 3, 4, 5, 6, 7, 8, 10, 12}) {
        if (!converter.quantises) continue;
        const ConversionCost c = converter.cost({bits, 0, {}});
        out.emplace_back(fmt::format("{} bits", bits),
                         fmt::format("{:.3g} pJ, {:.3g} ns, {:.4g} um2", c.energy.si * 1e12, c.time.si * 1e9, c.area.si * 1e12));
    }
    return out;
}

/// Of both directions; a kind for both stands once.
Registry<Converter> all(const ConverterRegistries& registries) {
    Registry<Converter> out("converter");
    for (const auto* registry : {&registries.adcs, &registries.dacs})
        for (const auto& name : registry->names())
            if (!out.contains(name)) out.add(name, registry->get(name));
    return out;
}

std::string key_of(const ConverterRegistries& registries, const std::string& name) {
    std::vector<std::string> keys;
    if (registries.adcs.contains(name)) keys.push_back("tile.adc");
    if (registries.dacs.contains(name)) keys.push_back("tile.dac");
    return join(keys);
}

}  // namespace

void ganbar_register_kind_converters(KindContext& context) {
    const ConverterRegistries& registries = context.registries.converters;
    context.kinds["converters"] = {
        "converter",
        [&registries] {
            std::vector<Listed> out;
            const auto kinds = all(registries);
            for (const auto& name : kinds.names())
                out.push_back({name, key_of(registries, name) + ": " + first_sentence(kinds.get(name).doc)});
            return out;
        },
        [&registries](const std::string& name) {
            const auto kinds = all(registries);
            const Converter& converter = kinds.get(name);
            auto facts = costs(converter);
            facts.insert(facts.begin(), {"set by", key_of(registries, name)});
            return Description{converter.doc, facts, {}, ""};
        },
    };
}

}  // namespace ganbar::study
