#include "ganbar/data/lock_holder.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace ganbar {
namespace {

/// A file system may show another device number than the kernel books locks under (overlays, subvolumes): then the holder must have the
/// file open.
bool has_open(long pid, const struct stat& file) {
    std::error_code fault;
    for (std::filesystem::directory_iterator fd("/proc/" + std::to_string(pid) + "/fd", fault), end; !fault && fd != end;
         fd.increment(fault)) {
        struct stat open {};
        if (::stat(fd->path().c_str(), &open) == 0 && open.st_ino == file.st_ino && open.st_dev == file.st_dev) return true;
    }
    return false;
}

}  // namespace

bool is_lock_held(const std::filesystem::path& file) noexcept {
    try {
        struct stat wanted {};
        if (::stat(file.c_str(), &wanted) != 0) return false;
        std::ifstream locks("/proc/locks");
        for (std::string line; std::getline(locks, line);) {  // "1: FLOCK  ADVISORY  WRITE 4711 00:2f:1234 0 EOF"
            long pid = 0;
            unsigned major = 0, minor = 0;
            unsigned long long inode = 0;
            if (std::sscanf(line.c_str(), "%*s FLOCK %*s %*s %ld %x:%x:%llu", &pid, &major, &minor, &inode) != 4 || inode != wanted.st_ino)
                continue;
            if (makedev(major, minor) == wanted.st_dev || has_open(pid, wanted)) return true;
        }
    } catch (...) {  // out of memory: nothing is known
    }
    return false;
}

}  // namespace ganbar
