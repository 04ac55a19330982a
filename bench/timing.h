// For benchmarks that time two things in turn and report a ratio.
#pragma once
#include <algorithm>
#include <ctime>
#include <vector>

namespace ganbar::bench {

/// Processor time of the whole process, all its threads.
inline double cpu_s() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}
inline double median(std::vector<double> x) {
    std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
    return x[x.size() / 2];
}

}  // namespace ganbar::bench
