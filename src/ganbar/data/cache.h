// What takes long to make and is the same every time, kept between programs: a folder of files by key.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "ganbar/data/bytes.h"

namespace ganbar {

class Cache {
public:
    Cache() = default;  ///< keeps nothing
    explicit Cache(std::filesystem::path folder) : folder_(std::move(folder)) {}
    bool keeps() const { return !folder_.empty(); }
    std::string where(const std::string& name) const { return (folder_ / name).string(); }
    /// The bytes kept under a name; nothing when there are none. DataError when they cannot be read.
    std::optional<Bytes> find(const std::string& name) const;
    /// DataError when the folder cannot be written. Appears whole or not at all.
    void keep(const std::string& name, const Bytes& bytes) const;
    const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
};

}  // namespace ganbar
