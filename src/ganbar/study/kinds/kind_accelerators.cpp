#include "ganbar/arch/accelerator.h"
#include "ganbar/study/kinds.h"

namespace ganbar::study {

void ganbar_register_kind_accelerators(KindContext& context) {
    const AcceleratorRegistry* registry = &context.registries.accelerators;
    context.kinds["accelerators"] = {
        "accelerator",
        [registry] {
            std::vector<Listed> out;
            for (const auto& name : registry->names()) out.push_back({name, first_sentence(registry->get(name).doc)});
            return out;
        },
        [registry](const std::string& name) {
            const auto& entry = registry->get(name);
            Description out{entry.doc,
                            {{"platform", entry.platform},
                             {"counts", entry.scope},
                             {"published for training", entry.trains ? "yes" : "no, inference only"}},
                            {{"", entry.defaults}},
                            ""};
            return out;
        },
    };
}

}  // namespace ganbar::study
