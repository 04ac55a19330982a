// The page of `ganbar explore -o`.
#pragma once
#include "ganbar/arch/explore.h"

namespace ganbar::report {

/// One self-contained HTML page: the designs in the planes of time, energy and area with their front, a table of the front, the axes.
/// `command` is shown as the way to make it again. Throws ConfigError when nothing is within the limits.
std::string explore_page(const arch::Exploration& e, const std::string& command);

}  // namespace ganbar::report
