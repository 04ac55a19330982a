#include "ganbar/core/stop.h"

#include <gtest/gtest.h>

#include <atomic>

#include "ganbar/core/parallel.h"

namespace ganbar {
namespace {

TEST(Stop, WithoutAFlagWorkGoesOn) {
    int n = 0;
    for (int k = 0; k < 10; ++k) stop_point(), ++n;
    EXPECT_EQ(n, 10);
}

TEST(Stop, AFlagEndsTheScopeAndNoLonger) {
    std::atomic<bool> flag{false};
    {
        const StopScope scope(flag);
        EXPECT_NO_THROW(stop_point());
        flag = true;
        EXPECT_THROW(stop_point(), Stopped);
        std::atomic<bool> other{false};
        {
            const StopScope inner(other);
            EXPECT_NO_THROW(stop_point());
        }
        EXPECT_THROW(stop_point(), Stopped);
    }
    EXPECT_NO_THROW(stop_point());
}

TEST(Stop, EndsWorkOfThePoolInAllItsThreads) {
    const int before = max_threads();
    set_threads(3);
    std::atomic<bool> flag{false};
    std::atomic<int> n{0};
    const StopScope scope(flag);
    EXPECT_THROW(parallel_for(100'000,
                              [&](std::size_t) {
                                  if (++n == 100) flag = true;
                                  stop_point();  // in an item too, whichever thread has it
                              }),
                 Stopped);
    EXPECT_LT(n, 200);
    flag = false;
    n = 0;
    parallel_for(1000, [&](std::size_t) { ++n; });  // the pool is as good as before
    EXPECT_EQ(n, 1000);
    set_threads(before);
}

}  // namespace
}  // namespace ganbar
