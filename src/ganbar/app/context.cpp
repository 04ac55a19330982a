#include <filesystem>

#include "ganbar/app/command.h"

namespace ganbar::app {

std::vector<std::string> CommandContext::subfolders(const std::string& kind) const {
    std::vector<std::string> out;
    for (const auto& folder : preset_folders) out.push_back((std::filesystem::path(folder) / kind).string());
    return out;
}

std::vector<std::string> default_preset_folders() {
    std::vector<std::string> out{GANBAR_SOURCE_ROOT "/presets"};
    std::error_code fault;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", fault);
    if (fault) return out;
    const auto beside = (program.parent_path() / "../../../presets").lexically_normal().string();
    if (beside != out[0]) out.push_back(beside);
    return out;
}

}  // namespace ganbar::app
