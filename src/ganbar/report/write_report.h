// A report page as a file.
#pragma once
#include <string>

#include "ganbar/report/report_input.h"

namespace ganbar::report {

/// Renders and writes (data/atomic_file.h). Throws as write_file and render_html.
void write_report(const ReportInput& input, const std::string& path, bool replace);

}  // namespace ganbar::report
