// Where things lie on this machine. Only app/ asks the environment.
#pragma once
#include <filesystem>

#include "ganbar/data/catalogue.h"

namespace ganbar::app {

/// Where data sets are looked for, in order: $GANBAR_DATA, shared/data beside the source tree, the cache folder, /usr/share/datasets.
DataRoots data_roots();
/// $XDG_CACHE_HOME/ganbar, or ~/.cache/ganbar; "" when neither variable is set.
std::filesystem::path cache_folder();

}  // namespace ganbar::app
