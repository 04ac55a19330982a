// Small pieces of HTML: escaping, base64, prose, colours, JSON numbers.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace ganbar::report {

/// Okabe and Ito's colour-blind-safe set (jfly.uni-koeln.de/color), darkened where thin lines on white need it.
inline constexpr int n_colours = 8;
inline constexpr std::array<const char*, 8> light_palette = {"#0072b2", "#d55e00", "#009e73", "#b8569b",
                                                             "#b87d00", "#3a9bd1", "#6b4fa0", "#55585c"};

std::string escape(std::string_view text);   ///< for element content and quoted attributes
std::string raised(std::string_view text);   ///< "300 mm²" for "300 mm2": models and terminals write units in ASCII, pages do not
std::string base64(std::string_view bytes);  ///< RFC 4648 section 4, padded
std::string png_data_uri(std::string_view png_bytes);
std::string prose(std::string_view text);                     ///< paragraphs, "- " lists, `code`, *emphasis*
std::string json_string(std::string_view text);               ///< quoted; '<' escaped, so that it may stand inside a script element
std::string json_numbers(const std::vector<double>& values);  ///< five significant digits, null for NaN and infinity

}  // namespace ganbar::report
