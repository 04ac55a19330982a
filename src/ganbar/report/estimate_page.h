// Pages of architecture results: `estimate -o` and `reproduce regan2018 | zara2019 | liu2018`.
#pragma once
#include "ganbar/arch/estimates.h"
#include "ganbar/arch/reproduction.h"

namespace ganbar::report {

/// One self-contained HTML page. `command` is shown as the way to make it again.
std::string estimate_page(const arch::EstimateResult& result, const std::string& command);
std::string reproduction_page(const arch::Reproduction& r, const std::string& command);

/// Pipelines of the machines that have one, each schedule once, drawn for a few samples: name of the machines and the drawing.
std::vector<std::pair<std::string, std::string>> pipeline_drawings(const arch::EstimateResult& result);

}  // namespace ganbar::report
