// What a configuration text may be, checked before a parser sees it: its size and how deep it nests.
#pragma once
#include <string>

namespace ganbar::config {

constexpr std::size_t max_text_bytes = 1'000'000;  ///< a configuration is a few kilobytes of text
constexpr int max_nesting = 32;                    ///< brackets in brackets, and dots in one key

/// Throws ConfigError with the place where the text exceeds a limit. Trees built from a text that passes have at most
/// max_nesting * (max_nesting + 1) levels, so that code may walk them by recursion.
void check_limits(const std::string& text, const std::string& file_name);

}  // namespace ganbar::config
