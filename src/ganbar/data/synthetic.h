// Digits drawn from strokes: ten classes, 28 x 28, without any file. For tests, examples and machines without data.
#pragma once
#include "ganbar/core/rng.h"
#include "ganbar/data/dataset.h"

namespace ganbar {

/// n images; image i shows the digit i % 10. Each is its digit's polyline under a random affine map (turn up to 12 degrees,
/// shear 0.15, scale 0.78 to 1.05, shift 2 pixels), points jittered, drawn with a soft pen 1.1 to 2.3 pixels wide.
/// Image i depends only on the stream's key and i; only +, -, *, / and sqrt are used, so every machine draws the same bytes.
Dataset synthetic_digits(std::size_t n, const Rng& rng);
/// The data set "synthetic-digits": 6,000 images for split "train", 1,000 for "test". ConfigError for another split.
Dataset synthetic_digits(const std::string& split);

}  // namespace ganbar
