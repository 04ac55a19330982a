#include <algorithm>

#include "ganbar/config/preset.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/study/kinds.h"

namespace ganbar::study {
namespace {

/// A measured device: a file that holds a model with its keys.
Description describe_file(const std::string& path, const DeviceRegistry& devices) {
    const auto root = config::load_toml(path);
    root->set_origin("file " + path);
    const DeviceSpec spec = bind_device(root->table("device"), "device", "", devices, nullptr);
    return {config::opening_comment(path), {{"file", path}, {"model", spec.model}}, {{"", spec.params}}, ""};
}

}  // namespace

void ganbar_register_kind_devices(KindContext& context) {
    const DeviceRegistry& devices = context.registries.devices;
    const config::Presets measured(context.places.preset_folders("devices"));
    context.kinds["devices"] = {
        "device",
        [&devices, measured] {
            std::vector<Listed> out;
            for (const auto& name : devices.names()) out.push_back({name, first_sentence(devices.get(name).doc)});
            for (const auto& name : measured.names()) out.push_back({name, first_sentence(measured.text(name))});
            return out;
        },
        [&devices, measured](const std::string& name) {
            if (has_ending(name, ".toml")) return describe_file(name, devices);
            const auto models = devices.names();
            if (std::find(models.begin(), models.end(), name) == models.end() && measured.contains(name))
                return describe_file(measured.path(name), devices);
            const auto& entry = devices.get(name);
            return Description{entry.doc, {}, {{"", entry.defaults}}, ""};
        },
    };
}

}  // namespace ganbar::study
