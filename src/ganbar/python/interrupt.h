// Long work and Ctrl-C. In Python's main thread work is done by a helper while the thread itself looks for signals; elsewhere it is done in place.
#pragma once
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "ganbar/python/bind.h"

namespace ganbar::python {

/// Runs `work` without the GIL. A signal whose handler raises (Ctrl-C) raises the flag of stop_point(), waits for the work to end there, and passes
/// the exception on. `work` may use the caller's variables.
void interruptibly(const std::function<void()>& work);
/// The result of `work`. `brief`: it takes milliseconds, which is no time to hand it on for.
template <class Work>
std::decay_t<std::invoke_result_t<Work>> interruptible(const Work& work, bool brief = false) {
    if (brief) {
        const nb::gil_scoped_release free;
        return work();
    }
    std::optional<std::decay_t<std::invoke_result_t<Work>>> result;
    interruptibly([&] { result.emplace(work()); });
    return std::move(*result);
}

/// Work on a folder that ends at a point of its own choosing (the end of a round), which may be far off. `work` and `leave` own what they touch.
struct FolderWork {
    std::filesystem::path folder;
    std::function<void(const std::function<bool()>& stop)> work;
    std::function<void(const std::exception_ptr& fault)> leave{};  ///< what is left to do where nobody waited for the end of `work`: a checkpoint, a line about its fault
};
/// As interruptibly(), but after a signal it waits a tenth of a second only: what does not end by then goes on behind the script, which
/// wait_for_folder() and the end of the process wait for.
void interruptibly(FolderWork folder_work);
/// Waits until no work that was left behind has the folder ("" = any).
void wait_for_folder(const std::filesystem::path& folder);

}  // namespace ganbar::python
