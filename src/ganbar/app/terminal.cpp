#include "ganbar/app/terminal.h"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace ganbar::app {
namespace {

volatile sig_atomic_t noted = 0;
volatile std::time_t noted_s = 0;

extern "C" void note(int signal) {
    struct timespec now {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    if (noted == 0) {
        noted = 1;
        noted_s = now.tv_sec;
        return;
    }
    if (now.tv_sec - noted_s < 2) return;  // whole seconds: at least one has passed when they differ by two
    ::signal(signal, SIG_DFL);
    ::raise(signal);
}

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

void say(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

int close_streams(int code, int fault) {
    errno = 0;
    const bool flushed = std::fflush(stdout) == 0;
    if (!flushed && errno != 0) fault = errno;
    if (!flushed || std::ferror(stdout) != 0) {
        say(fmt::format("ganbar: cannot write to stdout: {}", std::strerror(fault != 0 ? fault : EIO)));
        if (code == 0) code = 3;
    }
    return code == 0 && std::ferror(stderr) != 0 ? 3 : code;
}

void note_signals() {
    struct sigaction action {};
    action.sa_handler = note;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool signal_noted() { return noted != 0; }

TerminalObserver::TerminalObserver(bool bar, bool quiet) : bar_(bar), quiet_(quiet) { note_signals(); }

void TerminalObserver::on_message(const std::string& line) {
    if (!quiet_) say((bar_ ? "\r\033[K" : "") + line);
}

void TerminalObserver::on_round(const Session& session, const Round& r) {
    if (!bar_) return;
    if (first_ < 0 || r.round <= first_) first_ = r.round - 1, start_s_ = now_s();
    const double n = static_cast<double>(session.n_rounds()), share = static_cast<double>(r.round) / n;
    const double left = (now_s() - start_s_) / static_cast<double>(r.round - first_) * (n - static_cast<double>(r.round));
    const int width = 24, filled = static_cast<int>(share * width);
    std::string text = fmt::format("\r\033[K[{:#<{}}{:.<{}}] {}/{}  loss D {:.3f} G {:.3f}  {:.0f} s left", "", filled, "", width - filled,
                                   r.round, session.n_rounds(), r.record.loss_d, r.record.loss_g, left);
    if (session.finished()) text += "\n", first_ = -1;
    std::fputs(text.c_str(), stderr);
}

}  // namespace ganbar::app
