#include "ganbar/report/write_report.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "ganbar/core/error.h"

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
    const std::string html = render_html(input), temporary = path + ".part";
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(html.data(), static_cast<std::streamsize>(html.size()));
    out.close();
    std::error_code fault;
    if (out) fs::rename(temporary, path, fault);
    if (!out || fault) {
        fs::remove(temporary, fault);
        throw DataError("cannot be written; check permissions and free space", {path, 0, 0});
    }
}

}  // namespace ganbar::report
