#include "ganbar/study/device_file_check.h"

#include <unistd.h>

#include <cmath>

#include "ganbar/data/atomic_file.h"

namespace ganbar::study {
namespace {

/// Faults of the file that is tried name it by the place where it will be; those of a pulse that no training takes name the pulse in the
/// measured data.
[[noreturn]] void name_origin(const Error& fault, const DeviceSheet& sheet, const std::filesystem::path& tried,
                              const std::filesystem::path& asked) {
    std::string text = fault.what();
    const std::string place = tried.string() + ":";
    const auto begin = text.starts_with(place) ? text.find(": ", place.size()) : std::string::npos;
    const std::string what = begin == std::string::npos ? "" : text.substr(begin + 2);
    const auto names = [&what](const char* key) { return what.find(key) != std::string::npos; };
    const bool width = names("t_pulse = ") || names("t_set = ") || names("t_reset = "), reset = names("v_reset = ");
    if (width || reset || names("v_set = ")) {
        const auto& fit = sheet.fit;
        const double main = width ? fit.set.t_s.front() : reset ? -fit.reset.v_V[fit.reset.main] : fit.set.v_V[fit.set.main];
        const int column = width ? sheet.data.t_column : sheet.data.v_column;
        if (column == 0) throw ConfigError((width && sheet.data.v_column > 0 ? "--width: " : "--pulses: ") + what);
        for (const auto& row : sheet.data.rows)
            if (row.v_V != 0 && std::abs((width ? row.t_s : row.v_V) / main - 1) < 0.011)
                throw DataError(what, {fit.file, row.line, column});
        throw DataError(what, {fit.file});
    }
    for (auto at = text.find(tried.string()); at != std::string::npos; at = text.find(tried.string()))
        text.replace(at, tried.string().size(), asked.string());
    throw Error(fault.exit_code(), {}, text);
}

}  // namespace

void check_device_file(const DeviceSheet& sheet, const std::filesystem::path& asked,
                       const std::function<void(const std::filesystem::path&)>& read) {
    std::string pattern = (std::filesystem::temp_directory_path() / "ganbar-fit-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw DataError("no folder can be made here; expected room for a small file", {pattern});
    const std::filesystem::path folder = pattern;
    const std::shared_ptr<void> sweep(nullptr, [folder](void*) {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    });
    const std::filesystem::path tried = folder / asked.filename();
    write_file(tried, sheet.toml);
    try {
        read(tried);
    } catch (const Error& fault) {
        name_origin(fault, sheet, tried, asked);
    }
}

}  // namespace ganbar::study
