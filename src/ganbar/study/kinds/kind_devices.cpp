#include "ganbar/study/kinds.h"

namespace ganbar::study {

void ganbar_register_kind_devices(KindContext& context) {
    const DeviceRegistry& devices = context.registries.devices;
    context.kinds["devices"] = {
        "device",
        [&devices] {
            std::vector<Listed> out;
            for (const auto& name : devices.names()) out.push_back({name, first_sentence(devices.get(name).doc)});
            return out;
        },
        [&devices](const std::string& name) {
            const auto& entry = devices.get(name);
            return Description{entry.doc, {}, {{"", entry.defaults}}, ""};
        },
    };
}

}  // namespace ganbar::study
