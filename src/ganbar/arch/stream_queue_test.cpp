#include "ganbar/arch/stream_queue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <queue>

#include "ganbar/core/rng.h"

namespace ganbar::arch {
namespace {

/// The same order as a heap of all events gives, ties and streams out of order among them.
TEST(StreamQueue, IsAHeap) {
    Rng rng(5);
    const auto later = [](const TimedEvent& a, const TimedEvent& b) { return a.time > b.time || (a.time == b.time && a.key > b.key); };
    for (const std::size_t n_streams : {1u, 2u, 3u, 55u}) {
        StreamQueue ours(n_streams);
        std::priority_queue<TimedEvent, std::vector<TimedEvent>, decltype(later)> heap(later);
        double now = 0;
        std::uint64_t n = 0;
        for (int i = 0; i < 20'000; ++i) {
            if (rng.below(5) < 2 || heap.empty()) {
                const std::size_t stream = rng.below(n_streams);
                const TimedEvent e{now + double(rng.below(6)), (rng.below(4) << 40) + (n++ << 8) + stream};
                ours.push(stream, e), heap.push(e);
            } else {
                ASSERT_EQ(ours.front().time, heap.top().time);
                ASSERT_EQ(ours.front().key, heap.top().key);
                now = heap.top().time;
                ours.pop(heap.top().key & 255), heap.pop();
            }
        }
        for (; !heap.empty(); heap.pop()) {
            ASSERT_EQ(ours.front().key, heap.top().key);
            ours.pop(heap.top().key & 255);
        }
        EXPECT_TRUE(std::isinf(ours.front().time));
    }
}

}  // namespace
}  // namespace ganbar::arch
