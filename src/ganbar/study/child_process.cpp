#include "ganbar/study/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "ganbar/core/error.h"

namespace ganbar::study {
namespace {

constexpr std::size_t longest_errors = 65536;

struct FileActions {
    posix_spawn_file_actions_t raw{};
    FileActions() { posix_spawn_file_actions_init(&raw); }
    ~FileActions() { posix_spawn_file_actions_destroy(&raw); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
};

struct Pipe {
    int read_end = -1, write_end = -1;
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw DataError(fmt::format("no pipe can be made: {}", std::strerror(errno)));
        read_end = ends[0], write_end = ends[1];
    }
    ~Pipe() {
        ::close(read_end);
        close_write();
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_write() {
        if (write_end >= 0) ::close(write_end);
        write_end = -1;
    }
    /// `idle` is called when nothing has come for a while.
    std::string read_all(const std::function<void()>& idle) const {
        constexpr int patience_ms = 100;
        std::string out;
        std::array<char, 4096> buffer{};
        for (;;) {
            struct pollfd waiting {
                read_end, POLLIN, 0
            };
            if (idle && ::poll(&waiting, 1, patience_ms) <= 0) {
                idle();
                continue;
            }
            const auto got = ::read(read_end, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return out;
            if (out.size() < longest_errors) out.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
};

}  // namespace

ChildResult run_program(const std::vector<std::string>& argv, const std::filesystem::path& working_folder,
                        const std::function<bool()>& stop) {
    GANBAR_ASSERT(!argv.empty());
    std::vector<char*> words;
    for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));  // posix_spawn's interface predates const
    words.push_back(nullptr);
    Pipe errors;
    FileActions actions;
    posix_spawn_file_actions_addopen(&actions.raw, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions.raw, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions.raw, errors.write_end, 2);
    posix_spawn_file_actions_addchdir_np(&actions.raw, working_folder.c_str());
    pid_t pid = 0;
    const int status = ::posix_spawnp(&pid, words[0], &actions.raw, nullptr, words.data(), environ);
    if (status != 0)
        throw DataError(
            fmt::format("the program {} cannot be started: {}; install it (apt-get install {})", argv[0], std::strerror(status), argv[0]));
    errors.close_write();
    ChildResult out;
    bool asked = false;
    const auto pass_on = [&] {
        if (!asked && stop()) asked = true, ::kill(pid, SIGTERM);
    };
    out.errors = errors.read_all(stop ? std::function<void()>(pass_on) : nullptr);
    int ended = 0;
    while (::waitpid(pid, &ended, 0) < 0 && errno == EINTR) {
    }
    out.exit_code = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
    return out;
}

std::string one_line(const std::string& errors) {
    std::istringstream lines(errors);
    std::vector<std::string> kept;
    for (std::string line; std::getline(lines, line) && kept.size() < 2;) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        const bool says = line.find_first_not_of(' ') != std::string::npos && line.find("warn") == std::string::npos &&
                          line.find("WARN") == std::string::npos;
        if (says && (kept.empty() || kept.back() != line)) kept.push_back(line);  // curl repeats itself with every retry
    }
    return kept.empty() ? "it gave no reason" : join(kept, "; ");
}

}  // namespace ganbar::study
