#include "ganbar/nn/layer_types.h"
#include "ganbar/study/kinds.h"

namespace ganbar::study {

void ganbar_register_kind_layers(KindContext& context) {
    context.kinds["layers"] = {
        "layer",
        [] {
            std::vector<Listed> out;
            for (const auto& name : nn::layer_types().names()) out.push_back({name, nn::layer_types().get(name).doc});
            return out;
        },
        [](const std::string& name) {
            nn::LayerSpec layer;
            layer.type = nn::find_layer_type(name);
            const std::string chosen = "[[generator.layer]], [[discriminator.layer]]: type = \"" + name + "\"";
            return Description{
                nn::layer_type(layer).doc, {{"chosen by", chosen}}, {{"generator.layer", param_rows(nn::LayerSpec::schema(), layer)}}, ""};
        },
    };
}

}  // namespace ganbar::study
