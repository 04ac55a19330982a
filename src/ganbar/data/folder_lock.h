// One process at a time in a folder. The lock ends with the process, however it ends.
#pragma once
#include <filesystem>
#include <string>

namespace ganbar {

class FolderLock {
public:
    /// Takes folder/.lock (folder/.lock-WORD with a word of its own for processes that share the folder). ConfigError when another process
    /// holds it: `what` says what works there ("run", "sweep"). DataError when the folder cannot be written.
    FolderLock(const std::filesystem::path& folder, const std::string& what, const std::string& word = "");
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    std::filesystem::path path_;
    int fd_ = -1;
};

}  // namespace ganbar
