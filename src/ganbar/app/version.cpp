#include "ganbar/app/version.h"

#include "ganbar/run/build_info.h"

namespace ganbar::app {

std::string version_text() { return "ganbar " + version() + " (commit " + commit() + "), vectors " + vector_target(); }

}  // namespace ganbar::app
