// Tensors a run will go on from, sealed by a digest: a bit that flips on a disk would train on as if nothing had happened.
#pragma once
#include <filesystem>

#include "ganbar/data/safetensors.h"

namespace ganbar {

/// As write_safetensors over what is there, with metadata "content_sha256": of metadata, names, types, shapes and values.
void write_sealed(const std::filesystem::path& path, TensorFile& content);

/// As read_safetensors. DataError where the content does not have the digest it was written with; files of earlier versions hold none.
TensorFile read_sealed(const std::filesystem::path& path);

}  // namespace ganbar
