// Endings of file names, in capitals or not: "Generator.ONNX" is an ONNX file.
#pragma once
#include <algorithm>
#include <cctype>
#include <string_view>

namespace ganbar {

inline bool has_ending(std::string_view name, std::string_view ending) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return name.size() >= ending.size() && std::equal(ending.begin(), ending.end(), name.end() - std::ptrdiff_t(ending.size()),
                                                      [lower](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace ganbar
