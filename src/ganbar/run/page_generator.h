// The generator of a trained run as numbers for a page.
#pragma once
#include <filesystem>

#include "ganbar/experiment/registries.h"
#include "ganbar/report/drawing_network.h"

namespace ganbar {

inline constexpr std::size_t most_page_bytes = std::size_t{1} << 20;  ///< of a network in a page

/// Its weights as the network sees them, without noise, and 48 latent vectors, those that sample_images() draws by seed 1. ConfigError:
/// layers that are not dense or stand behind a norm or analog circuits, a conditional generator, images that are no picture, or more than
/// `most_page_bytes`. DataError as load_run.
report::DrawingNetwork drawing_network(const std::filesystem::path& folder, const Registries& registries);

}  // namespace ganbar
