// Where things lie on this machine; handed in by whoever may ask it (a program, a binding), never found out by the library.
#pragma once
#include "ganbar/data/cache.h"
#include "ganbar/data/catalogue.h"

namespace ganbar {

struct Places {
    DataRoots data;  ///< folders that may hold data sets, the first that has one wins
    Cache cache;
    std::vector<std::string> presets;  ///< folders that hold experiments/, networks/, accelerators/; the first that has a name wins
    /// The folders of one kind of presets: preset_folders("experiments").
    std::vector<std::string> preset_folders(const std::string& kind) const {
        std::vector<std::string> out;
        for (const auto& folder : presets) out.push_back((std::filesystem::path(folder) / kind).string());
        return out;
    }
};

}  // namespace ganbar
