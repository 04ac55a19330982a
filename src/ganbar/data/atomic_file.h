// Files that appear whole or not at all: written under a temporary name in the same folder, fsync, then renamed.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace ganbar {

/// What to do when the target exists already.
enum class Replace : std::uint8_t { no, yes };

/// Write, then commit(). Without commit() the destructor removes the temporary file and the target stays as it was.
/// DataError: missing or unwritable folder, existing target under Replace::no (checked first and again at commit), full disk.
class AtomicFile {
public:
    explicit AtomicFile(const std::filesystem::path& target, Replace replace = Replace::no);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    void write(std::span<const std::uint8_t> bytes);
    void write(std::string_view text);
    void commit();
    const std::filesystem::path& temporary() const { return temporary_; }

private:
    std::filesystem::path target_, temporary_;
    Replace replace_;
    int fd_ = -1;
};

void write_file(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, Replace replace = Replace::no);
void write_file(const std::filesystem::path& target, std::string_view text, Replace replace = Replace::no);

/// Creates `folder` and its parents when missing; DataError when that cannot be, or when it is a file or not writable.
void make_folder(const std::filesystem::path& folder);

}  // namespace ganbar
