// The one door of every file written: regular files appear whole or not at all (a temporary name in the same folder, fsync, rename); what
// is no regular file, a device or a FIFO, is written to as it stands; a symlink stays and the file it names is written.
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
/// ConfigError: a regular file of that name under Replace::no (checked first and again at commit; a symlink was made to be written through
/// and is). DataError: missing or unwritable folder, full disk. Only what has no temporary file (temporary() is empty) can be left
/// half-written.
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
    void open_as_it_stands(int flags);
    [[noreturn]] void fail(int fault) const;
    std::filesystem::path target_, place_, temporary_;  // place_: the target behind its symlinks
    Replace replace_;
    int fd_ = -1;
};

/// The faults that writing `target` would meet, before the work whose result it is to hold: throws as AtomicFile does, changes nothing.
void check_target(const std::filesystem::path& target, Replace replace = Replace::no);

void write_file(const std::filesystem::path& target, std::span<const std::uint8_t> bytes, Replace replace = Replace::no);
void write_file(const std::filesystem::path& target, std::string_view text, Replace replace = Replace::no);

/// Creates `folder` and its parents when missing; DataError when that cannot be, or when it is a file or not writable.
void make_folder(const std::filesystem::path& folder);

}  // namespace ganbar
