// Who watches a run. Every call comes from the thread that trains.
#pragma once
#include <string>

#include "ganbar/experiment/session.h"

namespace ganbar {

class RunObserver {
public:
    virtual ~RunObserver() = default;
    virtual void on_message(const std::string&) {}  ///< one line; the run's log keeps it too
    virtual void on_round(const Session&, const Round&) {}
    virtual void on_quality(const Session&, const gan::Quality&) {}
    virtual bool stop() { return false; }  ///< asked after every round: true ends the run with a checkpoint
};

}  // namespace ganbar
