// A trained run for other tools: the file that the ending of a name asks for, as bytes (docs/exports.md).
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ganbar/data/bytes.h"
#include "ganbar/experiment/registries.h"

namespace ganbar::exports {

enum class Column : std::uint8_t { single, twofold };  ///< of a journal: 89 mm and 183 mm

struct ExportOptions {
    bool read_noise = false;            ///< .onnx: reads are noisy in the graph
    bool converters = false;            ///< .onnx: inputs and outputs of crossbars are quantised in the graph
    std::optional<std::string> figure;  ///< .svg, .pdf: its name, of figure_names()
    std::optional<Column> column;       ///< .svg, .pdf: single unless said
    std::optional<std::int64_t> n;      ///< .npz: images, 64 unless said
    std::optional<std::int64_t> seed;   ///< .npz: of the latent vectors and the read noise, 1 unless said
};

/// ".onnx", ".safetensors", ...
const std::vector<std::string>& export_endings();

/// The file that `name` asks for by its ending, from a run folder. ConfigError: an ending or a figure that is not known (with the nearest
/// that is), an option that the kind of file has no use for, a network that cannot be said in it. DataError: no run folder, no checkpoint.
Bytes export_run(const std::filesystem::path& run, const std::string& name, const ExportOptions& options, const Registries& registries);

/// Names of the figures of a run's report, in its order.
std::vector<std::string> figure_names(const std::filesystem::path& run);

}  // namespace ganbar::exports
