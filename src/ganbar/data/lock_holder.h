// Whether a process holds a file's lock, seen without asking for the lock: who only looks must never be in a worker's way.
#pragma once
#include <filesystem>

namespace ganbar {

/// True where /proc/locks (Linux, proc(5)) lists a lock on the file by a process of this machine that this one can see. False for a file
/// that is not there, for locks of other machines on a shared file system, and on systems without /proc/locks. Never throws, never opens
/// the file.
bool is_lock_held(const std::filesystem::path& file) noexcept;

}  // namespace ganbar
