// Grey and colour JPEG pictures, read through libjpeg-turbo.
#pragma once
#include "ganbar/data/png.h"

namespace ganbar {

inline bool is_jpeg(std::span<const std::uint8_t> b) { return b.size() >= 3 && b[0] == 0xff && b[1] == 0xd8 && b[2] == 0xff; }

/// Grey files give 1 channel, all others 3. The orientation that a camera notes in EXIF is not applied.
/// DataError: not a JPEG, damaged or truncated (whatever the library could still make of it), CMYK, or larger than `max_pixels`.
Image parse_jpeg(std::span<const std::uint8_t> bytes, const std::string& file, std::size_t max_pixels = std::size_t{1} << 26);

}  // namespace ganbar
