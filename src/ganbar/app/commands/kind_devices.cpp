#include "ganbar/app/command.h"

namespace ganbar::app {

void ganbar_register_kind_devices(CommandContext& context) {
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

}  // namespace ganbar::app
