// A page about an architecture reproduction: our ratios beside the published averages, what each idea adds, what moves the result.
#pragma once
#include "ganbar/arch/reproduction.h"

namespace ganbar::report {

std::string render_reproduction(const arch::Reproduction& r, const std::string& command);

}  // namespace ganbar::report
