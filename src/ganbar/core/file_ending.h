// Endings of file names, in capitals or not: "Generator.ONNX" is an ONNX file.
#pragma once
#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>

namespace ganbar {

inline bool has_ending(std::string_view name, std::string_view ending) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return name.size() >= ending.size() && std::equal(ending.begin(), ending.end(), name.end() - std::ptrdiff_t(ending.size()),
                                                      [lower](char a, char b) { return lower(a) == lower(b); });
}

/// Whether what a user wrote names a file rather than something by its name: by its ending, or for it has folders.
inline bool names_file(std::string_view text, std::initializer_list<std::string_view> endings) {
    return text.find('/') != std::string_view::npos ||
           std::any_of(endings.begin(), endings.end(), [text](std::string_view ending) { return has_ending(text, ending); });
}

}  // namespace ganbar
