// The page of a run or sweep that is still at work: the look of a report, filled by the events of the server that it came from
// (web/live.js).
#pragma once
#include <string>

#include "ganbar/report/run_folder.h"

namespace ganbar::report {

/// The page; it loads nothing but pictures and events from where it came from. `intro` follows the rules of Finding::text.
std::string live_page(const std::string& title, const std::string& intro);

/// The charts of a run so far as a JSON array, as the page draws them: losses, beliefs, quality, energies, newest conductances.
std::string live_charts(const RunData& run);

}  // namespace ganbar::report
