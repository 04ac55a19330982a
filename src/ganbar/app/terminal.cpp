#include "ganbar/app/terminal.h"

#include <fmt/format.h>
#include <signal.h>

#include <chrono>
#include <cstdio>

namespace ganbar::app {
namespace {

volatile sig_atomic_t noted = 0;

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

void note_signals() {
    struct sigaction action {};
    action.sa_handler = [](int) { noted = 1; };
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool signal_noted() { return noted != 0; }

TerminalObserver::TerminalObserver(bool bar, bool quiet) : bar_(bar), quiet_(quiet) { note_signals(); }

void TerminalObserver::on_message(const std::string& line) {
    if (!quiet_) fmt::print(stderr, "{}{}\n", bar_ ? "\r\033[K" : "", line);
}

void TerminalObserver::on_round(const Session& session, const Round& r) {
    if (!bar_) return;
    if (first_ < 0 || r.round <= first_) first_ = r.round - 1, start_s_ = now_s();
    const double n = static_cast<double>(session.n_rounds()), share = static_cast<double>(r.round) / n;
    const double left = (now_s() - start_s_) / static_cast<double>(r.round - first_) * (n - static_cast<double>(r.round));
    const int width = 24, filled = static_cast<int>(share * width);
    fmt::print(stderr, "\r\033[K[{:#<{}}{:.<{}}] {}/{}  loss D {:.3f} G {:.3f}  {:.0f} s left", "", filled, "", width - filled, r.round, session.n_rounds(), r.record.loss_d, r.record.loss_g, left);
    if (session.finished()) fmt::print(stderr, "\n"), first_ = -1;
    std::fflush(stderr);
}

}  // namespace ganbar::app
