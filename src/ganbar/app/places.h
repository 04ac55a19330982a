// Where things lie, as the environment and the place of the program tell. Only app/ asks them.
#pragma once
#include "ganbar/experiment/places.h"

namespace ganbar::app {

/// The file of this program.
std::filesystem::path program_file();
/// Data sets: $GANBAR_DATA, shared/data beside the tree that the program was built in, the cache, /usr/share/datasets. Cache:
/// $XDG_CACHE_HOME/ganbar, or ~/.cache/ganbar; none when neither variable is set. Presets: $GANBAR_PRESETS, those of the tree that the
/// program lies in (TREE/build/NAME/bin), and those installed with it (PREFIX/share/ganbar/presets beside PREFIX/bin).
Places places_from_environment();

}  // namespace ganbar::app
