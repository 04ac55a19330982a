#include "ganbar/app/places.h"

#include <cstdlib>

namespace ganbar::app {

namespace fs = std::filesystem;

static fs::path variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? fs::path(value) : fs::path();
}

fs::path cache_folder() {
    if (const auto cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "ganbar";
    if (const auto home = variable("HOME"); home.is_absolute()) return home / ".cache" / "ganbar";
    return {};
}

DataRoots data_roots() {
    DataRoots roots;
    if (const auto given = variable("GANBAR_DATA"); !given.empty()) roots.push_back(given);
    roots.push_back((fs::path(GANBAR_SOURCE_ROOT) / "../shared/data").lexically_normal());
    if (const auto cache = cache_folder(); !cache.empty()) roots.push_back(cache);
    roots.emplace_back("/usr/share/datasets");
    return roots;
}

}  // namespace ganbar::app
