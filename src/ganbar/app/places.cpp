#include "ganbar/app/places.h"

#include <sys/auxv.h>

#include <cstdlib>

namespace ganbar::app {
namespace fs = std::filesystem;
namespace {

fs::path variable_path(const char* name) {
    const char* value = std::getenv(name);
    return value ? fs::path(value) : fs::path();
}

fs::path cache_folder() {
    if (const auto cache = variable_path("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "ganbar";
    if (const auto home = variable_path("HOME"); home.is_absolute()) return home / ".cache" / "ganbar";
    return {};
}

/// The source tree that the program was built in: TREE/build/NAME/bin/ganbar.
fs::path tree_of(const fs::path& program) {
    const fs::path tree = (program.parent_path() / "../../..").lexically_normal();
    std::error_code ignored;
    return !program.empty() && fs::exists(tree / "presets" / "experiments", ignored) ? tree : fs::path();
}

}  // namespace

fs::path program_file() {
    std::error_code failed;
    if (const fs::path file = fs::read_symlink("/proc/self/exe", failed); !failed) return file;
    const auto* started = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // where /proc is not mounted
    if (started == nullptr) return {};
    const fs::path file = fs::canonical(started, failed);
    return failed ? fs::path() : file;
}

Places places_from_environment() {
    Places places;
    const fs::path program = program_file(), tree = tree_of(program), cache = cache_folder();
    if (const auto given = variable_path("GANBAR_DATA"); !given.empty()) places.data.push_back(given);
    if (!tree.empty()) places.data.push_back((tree / "../shared/data").lexically_normal());
    if (!cache.empty()) places.data.push_back(cache), places.cache = Cache(cache);
    places.data.emplace_back("/usr/share/datasets");
    if (const auto given = variable_path("GANBAR_PRESETS"); !given.empty()) places.presets.push_back(given.string());
    if (!tree.empty()) places.presets.push_back((tree / "presets").string());
    if (!program.empty()) places.presets.push_back((program.parent_path() / "../share/ganbar/presets").lexically_normal().string());
    return places;
}

}  // namespace ganbar::app
