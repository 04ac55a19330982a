// A file that a command writes because its line names it (-o): every such option is declared, checked and written here.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ganbar/app/command_line.h"

namespace ganbar::app {

struct OutputFile {
    std::string path;  ///< "" when the line names none
    bool force = false;
    std::vector<std::string> endings;  ///< that its name may have; empty: any

    /// Declares the option and, beside it, --force.
    Option* declare(Command& command, const std::string& names, const std::string& text);
    bool asked() const { return !path.empty(); }
    /// "-", as other programs have it: stdout is the file, and what a command prints beside it stays away.
    bool to_stdout() const { return path == "-"; }
    /// Before the work: ConfigError for a file that is there already (without --force), a folder, a name with another ending; DataError for
    /// a place that cannot be written.
    void check() const;
    /// Writes, and says so on stderr. Throws as check() and write_file().
    void write(std::span<const std::uint8_t> bytes) const;
    void write(std::string_view text) const;
    /// Into the file, or to stdout when none was named.
    void write_or_print(std::string_view text) const;
};

/// `text` with what cannot stand in the name of a file or folder replaced by '-': slashes, control characters, dots in front.
std::string file_name_of(const std::string& text);

}  // namespace ganbar::app
