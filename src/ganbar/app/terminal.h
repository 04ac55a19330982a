// A run as a terminal shows it: its lines and a progress bar on stderr; Ctrl-C (SIGINT) and SIGTERM end it at the next round.
#pragma once
#include "ganbar/run/run_observer.h"

namespace ganbar::app {

/// A line on stderr. Never throws: a full disk behind stderr is no reason to lose a run; close_streams() tells of it.
void say(const std::string& line);
/// At the end of main: what is still to be written, and whether all of it was. The exit code: `code`, or 3 where it was 0 and output is
/// lost; `fault`: the errno of a write that failed before, 0 when none is known.
int close_streams(int code, int fault = 0);

/// From the first call on, SIGINT and SIGTERM are noted instead of ending the program; a second one ends it at once, unless it comes within
/// a second of the first: a terminal and a parent process may both pass on the same Ctrl-C.
void note_signals();
bool signal_noted();

class TerminalObserver final : public RunObserver {
public:
    /// bar: where stderr is a terminal. quiet: no lines.
    explicit TerminalObserver(bool bar, bool quiet = false);
    void on_message(const std::string& line) override;
    void on_round(const Session& session, const Round& round) override;
    bool stop() override { return signal_noted(); }

private:
    bool bar_, quiet_;
    double start_s_ = 0;
    std::int64_t first_ = -1;
};

}  // namespace ganbar::app
