#include "ganbar/data/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ganbar/core/error.h"

namespace ganbar {

FolderLock::FolderLock(const std::filesystem::path& folder, const std::string& what, const std::string& word)
    : path_(folder / (word.empty() ? ".lock" : ".lock-" + word)) {
    for (;;) {
        fd_ = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
        if (fd_ < 0) throw DataError("cannot be written", {path_.string()});
        if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
            ::close(fd_);
            throw ConfigError("another ganbar process works on the " + what + " in " + folder.string() +
                              "; wait for it, or choose another folder with --out");
        }
        // The holder before removed the file between our open and our lock: what we hold has no name any more.
        struct stat held {
        }, named{};
        if (::fstat(fd_, &held) == 0 && ::stat(path_.c_str(), &named) == 0 && held.st_ino == named.st_ino) return;
        ::close(fd_);
    }
}

FolderLock::~FolderLock() {
    ::unlink(path_.c_str());
    ::close(fd_);
}

}  // namespace ganbar
