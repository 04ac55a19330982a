// A run's numbers as files of arrays and tables.
#pragma once
#include "ganbar/exports/torch_arrays.h"
#include "ganbar/report/run_folder.h"
#include "ganbar/run/image_shape.h"
#include "ganbar/run/run.h"

namespace ganbar::exports {

/// Both networks' weights (torch_arrays.h) as float32; the metadata say format = "pt", as Hugging Face's tools ask, and what the run was.
Bytes safetensors_of(Trained& run);

/// numpy's archive: "samples" (uint8, as `ganbar sample` draws them), "images" (float32 in [-1, 1]) and the "latents" behind them;
/// "weights.NAME" (torch_arrays.h), "conductances.NETWORK.MATRIX.PLANE" (float32, siemens, [inputs, outputs]); "metrics.COLUMN" and
/// "quality.COLUMN" (float64, one value a row).
Bytes npz_of(Trained& run, const report::RunData& tables, const ImageShape& shape, std::size_t n, std::uint64_t seed);

/// metrics.csv with the columns of quality.csv behind it, empty where a round was not evaluated.
std::string metrics_csv(const report::RunData& tables);

}  // namespace ganbar::exports
