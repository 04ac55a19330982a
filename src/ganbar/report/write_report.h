// A report page as a file.
#pragma once
#include <string>

#include "ganbar/report/report_input.h"

namespace ganbar::report {

/// ConfigError when `path` exists and may not be replaced, or is a folder; DataError when its folder is missing.
void check_destination(const std::string& path, bool replace);

/// Renders and writes: whole or not at all (data/atomic_file.h).
/// Throws as check_destination and render_html; DataError when the file cannot be written (nothing is left behind).
void write_report(const ReportInput& input, const std::string& path, bool replace);

}  // namespace ganbar::report
