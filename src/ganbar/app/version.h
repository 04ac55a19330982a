// What `ganbar --version` prints.
#pragma once
#include <string>

namespace ganbar::app {

/// "ganbar 0.1.0 (commit 1a2b3c4), vectors AVX3"
std::string version_text();

}  // namespace ganbar::app
