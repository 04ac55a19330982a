#include "ganbar/app/output_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ganbar/app/terminal.h"
#include "ganbar/core/error.h"
#include "ganbar/core/file_ending.h"
#include "ganbar/data/atomic_file.h"

namespace ganbar::app {
namespace fs = std::filesystem;

Option* OutputFile::declare(Command& command, const std::string& names, const std::string& text) {
    Option* option = command.add_option(names, path, text);
    command.add_flag("--force", force, "replace that file when it is there already");
    return option;
}

void OutputFile::check() const {
    if (!asked() || to_stdout()) return;
    check_target(path, force ? Replace::yes : Replace::no);
    std::error_code ignored;
    const auto type = fs::status(path, ignored).type();
    const bool named = type == fs::file_type::regular || type == fs::file_type::not_found;  // /dev/null has no ending
    if (!named || endings.empty() ||
        std::any_of(endings.begin(), endings.end(), [this](const auto& ending) { return has_ending(path, ending); }))
        return;
    throw ConfigError(fmt::format("cannot be written in the format of its name; expected a name ending in {}", join(endings, " or ")),
                      {path});
}

void OutputFile::write(std::span<const std::uint8_t> bytes) const {
    check();
    if (to_stdout()) return fmt::print("{}", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    write_file(path, bytes, force ? Replace::yes : Replace::no);
    say("wrote " + path);
}

void OutputFile::write(std::string_view text) const { write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())); }

void OutputFile::write_or_print(std::string_view text) const {
    if (asked()) return write(text);
    fmt::print("{}", text);
}

std::string file_name_of(const std::string& text) {
    constexpr std::size_t longest = 200;  // of 255 that a file system takes: "-seedN" and the like come after it
    std::string out;
    for (const char c : text) {
        const bool stands =
            c != '/' && c != '\\' && static_cast<unsigned char>(c) >= 32 && c != 127 && !(c == '.' && (out.empty() || out.back() == '-'));
        if (stands) out += c;
        else if (!out.empty() && out.back() != '-') out += '-';
    }
    while (out.starts_with('-')) out.erase(0, 1);  // a name that begins so is an option to other programs
    if (out.empty()) out = "unnamed";
    if (out.size() > longest) {  // never through the middle of a character
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
        out.resize(end);
    }
    return out;
}

}  // namespace ganbar::app
