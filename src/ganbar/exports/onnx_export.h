// A trained generator as an ONNX model.
#pragma once
#include "ganbar/exports/acting_network.h"
#include "ganbar/exports/onnx_reads.h"
#include "ganbar/run/image_shape.h"

namespace ganbar::exports {

/// Input "latents" [batch, n] (the class as one 1 among zeros behind them, where there are classes), output "images" in [-1, 1]
/// [batch, channels, height, width]. Batch norms act with their running statistics, virtual ones with the reference samples, which the
/// model holds. `detail`: what a batch is read with; its scale is that of the whole batch, as in ganbar. ConfigError: analog circuits stand
/// between the crossbars; or converters or noise of a network that has none.
Bytes onnx_bytes(const ActingNetwork& generator, const ReadDetail& detail, const ImageShape& image, std::int64_t round);

}  // namespace ganbar::exports
