// Ending long work from outside. Whoever starts it lends a flag; loops that last look at it.
#pragma once
#include <atomic>

#include "ganbar/core/error.h"

namespace ganbar {

/// Thrown out of work whose flag was raised; what it was computing is lost (exit code 130, as after Ctrl-C).
struct Stopped : Error {
    Stopped();
};

namespace detail {
inline constinit thread_local const std::atomic<bool>* stop_flag = nullptr;
inline bool raised(const std::atomic<bool>* flag) { return flag != nullptr && flag->load(std::memory_order_relaxed); }
}  // namespace detail

/// While it lives, work of this thread, and what the pool of parallel_for does of it, ends soon after `flag` turns true.
class StopScope {
public:
    explicit StopScope(const std::atomic<bool>& flag) : before_(detail::stop_flag) { detail::stop_flag = &flag; }
    ~StopScope() { detail::stop_flag = before_; }
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

private:
    const std::atomic<bool>* before_;
};

/// For loops whose turns take from a microsecond to a tenth of a second. Throws Stopped where this thread's flag is raised.
inline void stop_point() {
    if (detail::raised(detail::stop_flag)) throw Stopped();
}

}  // namespace ganbar
