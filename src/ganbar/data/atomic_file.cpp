#include "ganbar/data/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "ganbar/core/error.h"

namespace ganbar {

namespace fs = std::filesystem;

namespace {

DataError already_there(const fs::path& target) {
    return DataError("exists already and is left as it is; remove it or choose another name", {target.string()});
}

fs::path folder_of(const fs::path& target) { return target.has_parent_path() ? target.parent_path() : fs::path("."); }

/// The first fault of a target that a user can put right, in words; "" when there is none.
std::string fault_of(const fs::path& target) {
    std::error_code ignored;
    const fs::path folder = folder_of(target);
    if (!target.has_filename() || fs::is_directory(target, ignored)) return "is a folder; expected the name of a file to write";
    if (!fs::exists(folder, ignored)) return fmt::format("cannot be written: the folder {} does not exist; create it first", folder.string());
    if (!fs::is_directory(folder, ignored)) return fmt::format("cannot be written: {} is not a folder", folder.string());
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return fmt::format("cannot be written: no permission to write in the folder {}", folder.string());
    return "";
}

/// Makes the new name survive a power cut; not every file system can, and none of them loses the content over it.
void sync_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

}  // namespace

AtomicFile::AtomicFile(const fs::path& target, Replace replace) : target_(target), replace_(replace) {
    static std::atomic<unsigned> counter{0};
    if (const std::string fault = fault_of(target); !fault.empty()) throw DataError(fault, {target.string()});
    std::error_code ignored;
    if (replace == Replace::no && fs::symlink_status(target, ignored).type() != fs::file_type::not_found) throw already_there(target);
    temporary_ = folder_of(target) / fmt::format(".{}.{}-{}.tmp", target.filename().string(), ::getpid(), counter++);
    fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0) throw DataError(fmt::format("cannot be written: {}", std::strerror(errno)), {target.string()});
}

AtomicFile::~AtomicFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto put = ::write(fd_, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) throw DataError(fmt::format("cannot be written: {}; nothing was changed", std::strerror(errno)), {target_.string()});
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
}

void AtomicFile::write(std::string_view text) { write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); }

void AtomicFile::commit() {
    GANBAR_ASSERT(fd_ >= 0);
    const bool synced = ::fsync(fd_) == 0 || errno == EINVAL || errno == EROFS;  // EINVAL: the file system has no fsync
    const int fault = errno;
    const bool closed = ::close(fd_) == 0;
    fd_ = -1;
    if (!synced || !closed) throw DataError(fmt::format("cannot be written: {}; nothing was changed", std::strerror(synced ? errno : fault)), {target_.string()});
    const unsigned flags = replace_ == Replace::no ? RENAME_NOREPLACE : 0u;
    int status = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), flags);
    if (status != 0 && errno == EINVAL && replace_ == Replace::no)  // a file system without RENAME_NOREPLACE: link() refuses as well
        if ((status = ::link(temporary_.c_str(), target_.c_str())) == 0) ::unlink(temporary_.c_str());
    if (status != 0 && errno == EEXIST) throw already_there(target_);
    if (status != 0) throw DataError(fmt::format("cannot be written: {}; nothing was changed", std::strerror(errno)), {target_.string()});
    temporary_.clear();
    sync_folder(folder_of(target_));
}

void write_file(const fs::path& target, std::span<const std::uint8_t> bytes, Replace replace) {
    AtomicFile file(target, replace);
    file.write(bytes);
    file.commit();
}
void write_file(const fs::path& target, std::string_view text, Replace replace) {
    AtomicFile file(target, replace);
    file.write(text);
    file.commit();
}

void make_folder(const fs::path& folder) {
    std::error_code code;
    fs::create_directories(folder, code);
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        throw DataError(fmt::format("cannot be created: {}", code ? code.message() : "a file of that name is in the way"), {folder.string()});
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) throw DataError("no permission to write in this folder; choose another one", {folder.string()});
}

}  // namespace ganbar
