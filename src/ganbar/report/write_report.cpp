#include "ganbar/report/write_report.h"

#include <filesystem>

#include "ganbar/core/error.h"
#include "ganbar/data/atomic_file.h"

namespace ganbar::report {
namespace fs = std::filesystem;

void check_destination(const std::string& path, bool replace) {
    const fs::path folder = fs::path(path).parent_path();
    if (fs::is_directory(path)) throw ConfigError("is a folder; expected the name of a file to write, for example report.html", {path, 0, 0});
    if (fs::exists(path) && !replace) throw ConfigError("is there already; choose another name, or add --force to replace it", {path, 0, 0});
    if (!folder.empty() && !fs::is_directory(folder)) throw DataError("its folder does not exist; make it first", {path, 0, 0});
}

void write_report(const ReportInput& input, const std::string& path, bool replace) {
    check_destination(path, replace);
    write_file(path, render_html(input), replace ? Replace::yes : Replace::no);
}

}  // namespace ganbar::report
