#include <fmt/format.h>

#include "ganbar/study/kinds.h"

namespace ganbar::study {

void ganbar_register_kind_datasets(KindContext& context) {
    context.kinds["datasets"] = {
        "dataset",
        [] {
            std::vector<Listed> out;
            for (const auto& info : dataset_table()) out.push_back({info.name, info.text});
            return out;
        },
        [&roots = context.places.data](const std::string& name) {
            const DatasetInfo& info = dataset_info(name);
            Description out;
            out.text = info.text;
            for (auto& fact : dataset_facts(info))
                if (fact.first != "name" && fact.first != "what") out.facts.push_back(std::move(fact));
            for (const std::string split : {"train", "test"}) {
                if (info.format == DataFormat::drawn) continue;
                const auto found = find_dataset(info, split, roots);
                out.facts.emplace_back(split + " found in", found ? found->folder.string() : "no place");
            }
            return out;
        },
    };
}

}  // namespace ganbar::study
