// Estimates as JSON (the keys of `estimate --json`) and as a table of text.
#pragma once
#include <nlohmann/json.hpp>

#include "ganbar/arch/estimates.h"

namespace ganbar::report {

nlohmann::ordered_json value_json(const Value& v);  ///< of a parameter
nlohmann::ordered_json estimate_json(const arch::Workload& w, const arch::NamedEstimate& n);
nlohmann::ordered_json estimates_json(const arch::EstimateResult& result);
std::string estimates_table(const arch::EstimateResult& result);
/// In a sentence: the area that all machines are sized to.
std::string equal_size_text(const arch::EqualSize& size);
/// "500 mm2, 100 W"
std::string limits_text(const arch::Budget& budget);
/// "1.57 ms": three digits and the prefix that reads best.
std::string engineering(double value, const std::string& unit);

}  // namespace ganbar::report
