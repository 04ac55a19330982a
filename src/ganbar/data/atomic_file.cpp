#include "ganbar/data/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

#include "ganbar/core/error.h"

namespace ganbar {

namespace fs = std::filesystem;

namespace {

ConfigError already_there(const fs::path& target) {
    return ConfigError("is there already and is left as it is; choose another name, or add --force to replace it", {target.string()});
}

fs::path folder_of(const fs::path& target) { return target.has_parent_path() ? target.parent_path() : fs::path("."); }

/// The first fault of a target that a user can put right, in words; "" when there is none.
std::string fault_of(const fs::path& target) {
    std::error_code ignored;
    const fs::path folder = folder_of(target);
    if (!fs::exists(folder, ignored))
        return fmt::format("cannot be written: the folder {} does not exist; create it first", folder.string());
    if (!fs::is_directory(folder, ignored)) return fmt::format("cannot be written: {} is not a folder", folder.string());
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        return fmt::format("cannot be written: no permission to write in the folder {}", folder.string());
    return "";
}

/// Makes the new name survive a power cut; not every file system can, and none of them loses the content over it.
void sync_folder(const fs::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    ::fsync(fd);
    ::close(fd);
}

/// What a target is: where it leads, and how it is to be written.
struct Aim {
    fs::path place;             ///< behind all symlinks
    bool as_it_stands = false;  ///< a device, a FIFO, or what the kernel calls /proc/self/fd/1: opened, never renamed over
    bool is_there = false;      ///< a regular file of the user's own naming: not behind a symlink
};

/// Follows symlinks by hand, so that one that leads to a file not yet there is followed as well, and what lies below /proc is seen.
Aim aim_at(const fs::path& target) {
    constexpr int most_links = 40;  // as Linux has it
    Aim aim{target};
    std::error_code fault;
    for (int n = 0; fs::symlink_status(aim.place, fault).type() == fs::file_type::symlink; ++n) {
        if (n == most_links) throw DataError("cannot be written: its symlinks go round in a circle", {target.string()});
        const fs::path at = fs::weakly_canonical(folder_of(aim.place), fault);
        if (!fault && at.string().starts_with("/proc/")) {
            aim.as_it_stands = true;
            return aim;
        }
        const fs::path next = fs::read_symlink(aim.place, fault);
        if (fault) throw DataError(fmt::format("cannot be written: {}", fault.message()), {target.string()});
        aim.place = next.is_absolute() ? next : folder_of(aim.place) / next;
    }
    const auto status = fs::status(aim.place, fault);
    if (status.type() == fs::file_type::none) throw DataError(fmt::format("cannot be written: {}", fault.message()), {target.string()});
    const bool regular = status.type() == fs::file_type::regular;
    aim.as_it_stands = !regular && status.type() != fs::file_type::not_found && status.type() != fs::file_type::directory;
    aim.is_there = regular && aim.place == target;
    return aim;
}

Aim checked(const fs::path& target, Replace replace) {
    const Aim aim = aim_at(target);
    if (aim.as_it_stands) return aim;
    std::error_code ignored;
    if (!aim.place.has_filename() || fs::is_directory(aim.place, ignored))
        throw ConfigError("is a folder; expected the name of a file to write", {target.string()});
    if (const std::string fault = fault_of(aim.place); !fault.empty()) throw DataError(fault, {target.string()});
    if (replace == Replace::no && aim.is_there) throw already_there(target);
    return aim;
}

}  // namespace

void check_target(const fs::path& target, Replace replace) { checked(target, replace); }

AtomicFile::AtomicFile(const fs::path& target, Replace replace) : target_(target), replace_(replace) {
    static std::atomic<unsigned> counter{0};
    const Aim aim = checked(target, replace);
    place_ = aim.place;
    if (aim.as_it_stands) {
        open_as_it_stands(O_APPEND);  // appending: what /dev/stdout leads to may hold something already
        return;
    }
    if (place_ != target) replace_ = Replace::yes;
    temporary_ = folder_of(place_) / fmt::format(".{}.{}-{}.tmp", place_.filename().string(), ::getpid(), counter++);
    fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0 && errno == ENAMETOOLONG &&
        place_.filename().string().size() <= NAME_MAX) {  // the name fits, with our additions it does not
        temporary_ = folder_of(place_) / fmt::format(".{}-{}.tmp", ::getpid(), counter++);
        fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    if (fd_ < 0) fail(errno);
    struct stat old {};
    if (::stat(place_.c_str(), &old) == 0) ::fchmod(fd_, old.st_mode & 07777);  // who may read a file is not ours to change
}

void AtomicFile::open_as_it_stands(int flags) {
    do fd_ = ::open(place_.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | flags);  // a FIFO waits here for its reader
    while (fd_ < 0 && errno == EINTR);
    if (fd_ < 0) fail(errno);
}

void AtomicFile::fail(int fault) const {
    const bool whole = fd_ < 0 || !temporary_.empty();
    throw DataError(fmt::format("cannot be written: {}{}", std::strerror(fault), whole ? "; nothing was changed" : ""), {target_.string()});
}

AtomicFile::~AtomicFile() {
    if (fd_ >= 0) ::close(fd_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const auto put = ::write(fd_, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) fail(errno);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
}

void AtomicFile::write(std::string_view text) { write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); }

void AtomicFile::commit() {
    GANBAR_ASSERT(fd_ >= 0);
    const bool synced =
        ::fsync(fd_) == 0 || errno == EINVAL || errno == EROFS || temporary_.empty();  // EINVAL: the file system has no fsync
    const int fault = errno;
    const bool closed = ::close(fd_) == 0;
    fd_ = -1;
    if (!synced || !closed) fail(synced ? errno : fault);
    if (temporary_.empty()) return;
    const unsigned flags = replace_ == Replace::no ? RENAME_NOREPLACE : 0u;
    int status = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, place_.c_str(), flags);
    if (status != 0 && errno == EINVAL && replace_ == Replace::no)  // a file system without RENAME_NOREPLACE: link() refuses as well
        if ((status = ::link(temporary_.c_str(), place_.c_str())) == 0) ::unlink(temporary_.c_str());
    if (status != 0 && errno == EEXIST) throw already_there(target_);
    if (status != 0) fail(errno);
    temporary_.clear();
    sync_folder(folder_of(place_));
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
        throw DataError(fmt::format("cannot be created: {}", code ? code.message() : "a file of that name is in the way"),
                        {folder.string()});
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0)
        throw DataError("no permission to write in this folder; choose another one", {folder.string()});
}

}  // namespace ganbar
