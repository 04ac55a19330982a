// Text of an architecture reproduction for the terminal; the report takes the structure itself.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/arch/reproduction.h"

namespace ganbar::report {

std::string reproduction_text(const arch::Reproduction& r);
nlohmann::ordered_json reproduction_json(const arch::Reproduction& r);

}  // namespace ganbar::report
