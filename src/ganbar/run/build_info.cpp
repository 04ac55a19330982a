#include "ganbar/run/build_info.h"

#include <hwy/targets.h>

#include "ganbar_commit.h"

namespace ganbar {

std::string version() { return GANBAR_VERSION; }
std::string commit() { return GANBAR_COMMIT; }
std::string compiler() {
#ifdef __clang__
    return "clang++ " __clang_version__;
#else
    return "g++ " __VERSION__;
#endif
}
std::string vector_target() {
    const std::int64_t targets = hwy::SupportedTargets(), best = targets & -targets;  // lower bits are better targets
    return hwy::TargetName(best);
}

}  // namespace ganbar
