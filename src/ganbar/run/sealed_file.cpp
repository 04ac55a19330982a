#include "ganbar/run/sealed_file.h"

#include <fmt/format.h>

#include "ganbar/core/sha256.h"

namespace ganbar {

namespace {
const std::string digest_key = "content_sha256";

std::string digest_of(const TensorFile& file) {
    Sha256 digest;
    for (const auto& [name, text] : file.metadata)
        if (name != digest_key) digest.add(fmt::format("{} {} {}{}\n", name.size(), text.size(), name, text));
    for (const auto& [name, tensor] : file.tensors()) {
        digest.add(fmt::format("{} {} {} {}\n", name.size(), name, to_string(tensor.type), fmt::join(tensor.shape, " ")));
        digest.add(tensor.bytes);
    }
    return digest.hex();
}
}  // namespace

void write_sealed(const std::filesystem::path& path, TensorFile& content) {
    content.metadata[digest_key] = digest_of(content);
    write_safetensors(path, content, Replace::yes);
}

TensorFile read_sealed(const std::filesystem::path& path) {
    TensorFile file = read_safetensors(path);
    const auto found = file.metadata.find(digest_key);
    if (found != file.metadata.end() && found->second != digest_of(file))
        throw DataError(path.string() + " is damaged: its content does not have the SHA-256 it was written with");
    return file;
}

}  // namespace ganbar
