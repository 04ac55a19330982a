#include "ganbar/study/kinds.h"

namespace ganbar::study {

void ganbar_register_kind_rules(KindContext& context) {
    const RuleRegistry& rules = context.registries.rules;
    context.kinds["rules"] = {
        "rule",
        [&rules] {
            std::vector<Listed> out;
            for (const auto& name : rules.names()) out.push_back({name, first_sentence(rules.get(name).doc)});
            return out;
        },
        [&rules](const std::string& name) {
            const RuleEntry& entry = rules.get(name);
            const std::string where = entry.in_cells && entry.in_software ? "crossbars, software"
                                      : entry.in_cells                    ? "crossbars"
                                                                          : "software, ex situ";
            return Description{
                entry.doc, {{"works on", where}, {"chosen by", "train.rule = \"" + name + "\""}}, {{"train." + name, entry.defaults}}, ""};
        },
    };
}

}  // namespace ganbar::study
