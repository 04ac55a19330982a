#include "ganbar/data/cache.h"

#include "ganbar/data/atomic_file.h"

namespace ganbar {

std::optional<Bytes> Cache::find(const std::string& name) const {
    std::error_code ignored;
    if (!keeps() || !std::filesystem::exists(folder_ / name, ignored)) return std::nullopt;
    return read_file(folder_ / name);
}

void Cache::keep(const std::string& name, const Bytes& bytes) const {
    if (!keeps()) return;
    make_folder(folder_);
    write_file(folder_ / name, bytes, Replace::yes);
}

}  // namespace ganbar
