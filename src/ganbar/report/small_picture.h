// Pictures as a page carries them: few shades and their palette in place of full bytes, which makes them a third to a sixth as large.
#pragma once
#include <string>
#include <string_view>

namespace ganbar::report {

inline constexpr std::size_t page_shades = 16;

/// The PNG with at most 16 colours, chosen by median cut (P. Heckbert, SIGGRAPH 1982) so that each stands for colours of least spread; flat
/// areas keep theirs. The bytes as they are where that would not be smaller, where the file is no PNG that can be read, and for
/// photographs: more than 256 colours. Same input, same bytes.
std::string small_picture(std::string_view png);

}  // namespace ganbar::report
