#include "ganbar/core/parallel.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <exception>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "ganbar/core/stop.h"

namespace ganbar {
namespace {

constexpr int n_spins = 2000;  // some 30 us: loops of a round follow each other faster than a sleeping thread wakes

void relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

/// Waits until `value` differs from `old`: spinning at first, then asleep.
template <class T>
T wait_for_change(const std::atomic<T>& value, T old) {
    for (int i = 0; i < n_spins; ++i) {
        if (const T now = value.load(std::memory_order_acquire); now != old) return now;
        relax();
    }
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

thread_local bool in_items = false;  // of a parallel_for; one inside it runs in its own thread

// Workers enter the work that is open, take items until there are none, and leave. A worker that wakes late finds it closed: nobody waits
// for threads that have nothing to do, which on a busy machine would cost more than the work.
class Pool {
public:
    explicit Pool(int n_threads) {
        for (int i = 1; i < n_threads; ++i) std::thread([this] { work(); }).detach();  // they end with the process
    }
    void run(std::size_t n, detail::Item item, const void* body) {
        item_ = item, body_ = body, n_ = n, failure_ = nullptr, stop_ = detail::stop_flag;
        next_.store(0, std::memory_order_relaxed);
        gate_.store(open, std::memory_order_release);
        round_.fetch_add(1, std::memory_order_release);
        round_.notify_all();
        take_items();
        std::uint32_t inside = gate_.fetch_and(~open, std::memory_order_acq_rel) & ~open;
        while (inside != 0) inside = wait_for_change(gate_, inside);
        if (failure_) std::rethrow_exception(failure_);
    }
    std::mutex busy;  ///< held while work is open

private:
    static constexpr std::uint32_t open = 1u << 31;  // below it: how many workers are inside

    bool enter() {
        std::uint32_t now = gate_.load(std::memory_order_acquire);
        while ((now & open) != 0)
            if (gate_.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel)) return true;
        return false;
    }
    void take_items() {
        in_items = true;
        const auto* own = std::exchange(detail::stop_flag, stop_);
        for (std::size_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < n_;) {
            try {
                stop_point();
                item_(body_, i);
            } catch (...) {
                if (detail::raised(stop_)) next_.store(n_, std::memory_order_relaxed);  // the items that are left would only say the same
                const std::lock_guard lock(failing_);
                if (!failure_) failure_ = std::current_exception();
            }
        }
        detail::stop_flag = own;
        in_items = false;
    }
    void work() {
        for (std::uint32_t seen = 0;;) {
            seen = wait_for_change(round_, seen);
            if (!enter()) continue;
            take_items();
            if ((gate_.fetch_sub(1, std::memory_order_acq_rel) & open) == 0) gate_.notify_one();
        }
    }

    detail::Item item_ = nullptr;
    const void* body_ = nullptr;
    std::size_t n_ = 0;
    std::exception_ptr failure_;
    const std::atomic<bool>* stop_ = nullptr;  // of the thread whose work it is
    std::mutex failing_;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::uint32_t> gate_{0}, round_{0};
};

/// Processors worth of time that the container grants (cgroup v2, v1); a large number without a limit.
double granted_processors() {
    double quota = 0, period = 0;
    std::string first;
    if (std::ifstream in("/sys/fs/cgroup/cpu.max"); in >> first >> period && first != "max" && period > 0)
        return std::strtod(first.c_str(), nullptr) / period;
    std::ifstream quota_in("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), period_in("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
    if (quota_in >> quota && period_in >> period && quota > 0 && period > 0) return quota / period;
    return 1e9;
}

int usable_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    const int allowed =
        sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : static_cast<int>(std::thread::hardware_concurrency());
    return std::max(1, std::min(allowed, static_cast<int>(std::ceil(std::min(granted_processors(), 1e6)))));
}

std::atomic<int> n_wanted{0};
std::atomic<Pool*> pool{nullptr};  // never destroyed: its threads live as long as the process
std::mutex making;

// A forked child has none of its parent's threads: it begins with a pool of its own.
void forget_pool() {
    pool.store(nullptr);
    new (&making) std::mutex;
    in_items = false;
}

Pool* current_pool() {
    if (Pool* p = pool.load(std::memory_order_acquire)) return p;
    const std::lock_guard lock(making);
    if (Pool* p = pool.load()) return p;
    static const int registered = pthread_atfork(nullptr, nullptr, forget_pool);
    (void)registered;
    Pool* p = new Pool(max_threads());
    pool.store(p, std::memory_order_release);
    return p;
}

}  // namespace

int max_threads() {
    int n = n_wanted.load(std::memory_order_relaxed);
    if (n == 0) n_wanted.store(n = usable_processors(), std::memory_order_relaxed);
    return n;
}

void set_threads(int n) {
    if (std::max(1, n) == max_threads()) return;
    n_wanted.store(std::max(1, n));
    pool.store(nullptr);  // the next work makes one of the new size; threads of the old one sleep
}

void detail::run_items(std::size_t n, Item item, const void* body) {
    if (!in_items) {
        Pool* p = current_pool();
        if (std::unique_lock lock(p->busy, std::try_to_lock); lock.owns_lock()) return p->run(n, item, body);
    }
    for (std::size_t i = 0; i < n; ++i) {
        stop_point();
        item(body, i);
    }
}

}  // namespace ganbar
