#include "ganbar/python/interrupt.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace ganbar::python {
namespace {

using namespace std::chrono_literals;
constexpr auto look_every = 50ms;  // for signals
constexpr auto patience = 100ms;   // after one, for work that others can wait for

/// A piece of work and how far it is.
class Errand {
public:
    explicit Errand(std::function<void(Errand&)> body) : body_(std::move(body)) {}
    template <class Before>
    void run(const Before& before_end) noexcept {
        try {
            body_(*this);
        } catch (...) {
            fault_ = std::current_exception();
        }
        body_ = nullptr;  // what it owns goes before anybody hears of its end
        before_end();
        const std::lock_guard lock(mutex_);
        done_ = true;
        changed_.notify_all();
    }
    bool wait_for(std::chrono::milliseconds time) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time, [&] { return done_; });
    }
    void rethrow() const {
        if (fault_) std::rethrow_exception(fault_);
    }
    /// True where the work has not ended yet: from now on nobody waits.
    bool leave_behind() {
        const std::lock_guard lock(mutex_);
        if (!finishing_) left_behind_ = true;
        return left_behind_;
    }
    /// For the work, at its end: true where somebody has gone. From then on nobody goes any more.
    bool finishing() {
        const std::lock_guard lock(mutex_);
        finishing_ = true;
        return left_behind_;
    }
    std::atomic<bool> stop{false};

private:
    std::function<void(Errand&)> body_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool done_ = false, finishing_ = false, left_behind_ = false;
    std::exception_ptr fault_;
};
using ErrandPtr = std::shared_ptr<Errand>;

class Helper;

/// What is shared by all calls. It lives as long as the process, as its threads do; a forked child has none of them and begins anew.
struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Helper*> idle;
    std::list<std::filesystem::path> behind;  // folders of work left behind
};
Shared* shared = nullptr;
Shared& all() {
    static const bool made = [] {
        shared = new Shared;
        pthread_atfork(nullptr, nullptr, [] { shared = new Shared; });
        return true;
    }();
    (void)made;
    return *shared;
}

/// A thread that does one errand after another; it keeps its buffers from one to the next.
class Helper {
public:
    Helper() {
        std::thread([this] { work(); }).detach();
    }
    void take(ErrandPtr errand) {
        const std::lock_guard lock(mutex_);
        errand_ = std::move(errand);
        changed_.notify_one();
    }

private:
    void work() {
        for (;;) {
            std::unique_lock lock(mutex_);
            while (errand_ == nullptr)
                changed_.wait_for(lock, std::chrono::hours(1));  // wait() without an end is a symbol of g++ 12's library only
            const ErrandPtr errand = std::move(errand_);
            lock.unlock();
            errand->run([this] {  // the caller's next call finds this helper
                const std::lock_guard here(all().mutex);
                all().idle.push_back(this);
            });
        }
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    ErrandPtr errand_;
};

Helper& idle_helper() {
    const std::lock_guard lock(all().mutex);
    auto& idle = all().idle;
    if (idle.empty()) return *new Helper;
    Helper* last = idle.back();
    idle.pop_back();
    return *last;
}

void add_behind(const std::filesystem::path& folder) {
    const std::lock_guard lock(all().mutex);
    all().behind.push_back(folder);
}
void remove_behind(const std::filesystem::path& folder) {
    const std::lock_guard lock(all().mutex);
    auto& behind = all().behind;
    if (const auto found = std::find(behind.begin(), behind.end(), folder); found != behind.end()) behind.erase(found);
    all().changed.notify_all();
}

bool in_main_thread() { return ::getpid() == ::gettid(); }  // the only one where Python looks for signals

void play(const ErrandPtr& errand, const std::filesystem::path& folder) {
    idle_helper().take(errand);
    for (;;) {
        bool done = false;
        {
            const nb::gil_scoped_release free;
            done = errand->wait_for(look_every);
        }
        if (done) return errand->rethrow();
        if (PyErr_CheckSignals() == 0) continue;
        const nb::python_error signal;
        errand->stop = true;
        {
            const nb::gil_scoped_release free;
            done = errand->wait_for(patience);
            if (!done) {
                add_behind(folder);
                if (!errand->leave_behind()) remove_behind(folder);  // it has come to its end
            }
        }
        throw signal;
    }
}

}  // namespace

void run_interruptibly(LongWork given) {
    if (!in_main_thread()) {
        const std::atomic<bool> never{false};
        const nb::gil_scoped_release free;
        return given.work(never);
    }
    const std::filesystem::path folder = given.folder.empty() ? given.folder : std::filesystem::absolute(given.folder).lexically_normal();
    play(std::make_shared<Errand>([w = std::move(given), folder](Errand& errand) mutable {
             std::exception_ptr fault;
             try {
                 w.work(errand.stop);
             } catch (...) {
                 fault = std::current_exception();
             }
             if (!errand.finishing()) {
                 if (fault) std::rethrow_exception(fault);
                 return;
             }
             try {
                 if (w.leave) w.leave(fault);
             } catch (...) {  // nobody is there to hear of it; the folder's newest checkpoint stays
             }
             fault = nullptr, w.work = nullptr, w.leave = nullptr;  // before the process may end
             remove_behind(folder);
         }),
         folder);
}

void wait_for_folder(const std::filesystem::path& folder) {
    const auto whole = folder.empty() ? folder : std::filesystem::absolute(folder).lexically_normal();
    const auto free_now = [&] {
        const auto& behind = all().behind;
        return whole.empty() ? behind.empty() : std::find(behind.begin(), behind.end(), whole) == behind.end();
    };
    for (;;) {
        {
            const nb::gil_scoped_release free;
            std::unique_lock lock(all().mutex);
            if (all().changed.wait_for(lock, look_every, free_now)) return;
        }
        if (PyErr_CheckSignals() != 0) throw nb::python_error();
    }
}

void bind_interrupt(nb::module_& m) {
    m.def(
        "wait_for_folder", [](const std::string& folder) { wait_for_folder(folder); }, nb::arg("folder"),
        "Waits for work that Ctrl-C left behind in this folder; \"\": in any.");
}

}  // namespace ganbar::python
