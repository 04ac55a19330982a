#include "ganbar/report/write_report.h"

#include "ganbar/data/atomic_file.h"

namespace ganbar::report {

void write_report(const ReportInput& input, const std::string& path, bool replace) {
    write_file(path, render_html(input), replace ? Replace::yes : Replace::no);
}

}  // namespace ganbar::report
