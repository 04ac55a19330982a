// The one thread pool (OpenMP's). Work is cut into items that do not depend on the number of threads, so results do not either.
#pragma once
#include <omp.h>

#include <cstddef>
#include <exception>
#include <mutex>

namespace ganbar {

inline void set_threads(int n) { omp_set_num_threads(n); }
inline int max_threads() { return omp_get_max_threads(); }

/// Runs body(i) for i in [0, n) in parallel; bodies must not depend on each other. The first exception is rethrown.
template <class Body>
void parallel_for(std::size_t n, const Body& body) {
    if (n <= 1 || max_threads() == 1) {  // gathering a team of one takes longer than many a loop
        for (std::size_t i = 0; i < n; ++i) body(i);
        return;
    }
    std::exception_ptr failure;
    std::mutex mutex;
#pragma omp parallel for schedule(dynamic, 1)
    for (std::size_t i = 0; i < n; ++i) {
        try {
            body(i);
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!failure) failure = std::current_exception();
        }
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace ganbar
