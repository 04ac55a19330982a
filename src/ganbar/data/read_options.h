// What becomes of pictures on their way into a data set: transparency, shape, size.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace ganbar {

/// What lies under transparent pixels, and beside pictures that are padded.
enum class Background : std::uint8_t { black, white };
/// How pictures that are not square become square: both sides scaled apart, cut to the middle, or set into the middle of the background.
enum class Fit : std::uint8_t { stretch, crop, pad };

struct ReadOptions {
    Background background = Background::black;
    Fit fit = Fit::stretch;
    std::size_t side = 0;  ///< every image becomes this high and wide, by means over area; 0 = as it is (after crop, pad)
    bool changes_shape() const { return side > 0 || fit != Fit::stretch; }
};

/// ConfigError unless the text is "black" or "white"; "stretch", "crop" or "pad".
Background background_of(const std::string& text);
Fit fit_of(const std::string& text);

inline std::uint8_t grey_of(Background background) { return background == Background::white ? 255 : 0; }
inline const char* name_of(Background background) { return background == Background::white ? "white" : "black"; }
inline const char* name_of(Fit fit) { return fit == Fit::crop ? "crop" : fit == Fit::pad ? "pad" : "stretch"; }

}  // namespace ganbar
