// The one pool of threads (docs/adr: threads). Work is cut into items that do not depend on the number of threads, so results do not
// either.
#pragma once
#include <cstddef>

namespace ganbar {

/// Threads that parallel_for uses, the caller's among them. At first: the processors that this process may use (affinity, quota of its
/// container).
void set_threads(int n);
int max_threads();

namespace detail {
using Item = void (*)(const void* body, std::size_t i);
void run_items(std::size_t n, Item item, const void* body);
}  // namespace detail

/// Runs body(i) for i in [0, n) in parallel; bodies must not depend on each other. The first exception is rethrown. Within a body, and
/// while another thread's work has the pool, items run in the calling thread.
template <class Body>
void parallel_for(std::size_t n, const Body& body) {
    if (n <= 1 || max_threads() == 1) {  // waking a team of one takes longer than many a loop
        for (std::size_t i = 0; i < n; ++i) body(i);
        return;
    }
    detail::run_items(
        n, [](const void* b, std::size_t i) { (*static_cast<const Body*>(b))(i); }, &body);
}

}  // namespace ganbar
