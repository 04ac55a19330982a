// Long work and Ctrl-C. In Python's main thread work is done by a helper while the thread itself looks for signals; elsewhere it is done in
// place.
#pragma once
#include <atomic>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "ganbar/core/stop.h"
#include "ganbar/python/bind.h"

namespace ganbar::python {

/// Work that may take long. What is in it owns what it touches, because after a signal nobody may wait for it.
struct LongWork {
    std::function<void(const std::atomic<bool>& stop)> work;
    std::filesystem::path folder{};  ///< that it writes into; "": none
    std::function<void(const std::exception_ptr& fault)>
        leave{};  ///< what is left to do where nobody waited: a checkpoint, a line about its fault
};
/// Runs it without the GIL, and looks for signals meanwhile. One whose handler raises (Ctrl-C) raises `stop` and is passed on after a tenth
/// of a second at most: work that has not ended by then goes on behind the script, which wait_for_folder() and the end of the process wait
/// for.
void run_interruptibly(LongWork long_work);

/// Waits until no work that was left behind has the folder ("": any work at all).
void wait_for_folder(const std::filesystem::path& folder);

/// The result of `work`, which owns what it touches; stop_point() in it sees the signal. `brief`: it takes milliseconds, which is no time
/// to hand it on for.
template <class Work>
std::decay_t<std::invoke_result_t<const Work&>> interruptible(Work work, bool brief = false) {
    if (brief) {
        const nb::gil_scoped_release free;
        return work();
    }
    const auto result = std::make_shared<std::optional<std::decay_t<std::invoke_result_t<const Work&>>>>();
    run_interruptibly({[result, work = std::move(work)](const std::atomic<bool>& stop) {
        const StopScope scope(stop);
        result->emplace(work());
    }});
    return std::move(**result);
}

/// A thing of Python's that work in another thread may be the last to hold.
template <class T>
std::shared_ptr<const T> held(const T& thing) {
    return {new T(thing), [](const T* t) {
                const nb::gil_scoped_acquire gil;
                delete t;
            }};
}

}  // namespace ganbar::python
