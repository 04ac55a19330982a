// Events in the order of time and key, out of streams that each bring theirs in order, or nearly so: what is first in every stream plays a
// tournament. A simulation whose events come from few resources meets far fewer comparisons here than in a heap of all events, and none
// that a processor has to guess.
#pragma once
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace ganbar::arch {

struct TimedEvent {
    double time = std::numeric_limits<double>::infinity();  ///< not negative
    std::uint64_t key = ~std::uint64_t{0};                  ///< decides between equal times; no two events have the same
};
/// Both in one number: times that are not negative compare as their bits do.
__extension__ using EventRank = unsigned __int128;
inline EventRank rank_of(const TimedEvent& e) { return EventRank(std::bit_cast<std::uint64_t>(e.time)) << 64 | e.key; }
inline bool earlier(const TimedEvent& a, const TimedEvent& b) { return rank_of(a) < rank_of(b); }

/// One stream, a ring with an event at infinity behind its last. An event that comes too late in it is put where it belongs.
class EventStream {
public:
    /// The first; at infinity where there is none.
    const TimedEvent& front() const { return ring_[first_ & mask_]; }
    /// Whether it is the first now.
    bool push(const TimedEvent& e) {
        if (end_ - first_ == mask_) grow();
        std::size_t i = end_++;
        ring_[end_ & mask_] = {};
        for (; i != first_ && earlier(e, ring_[(i - 1) & mask_]); --i) ring_[i & mask_] = ring_[(i - 1) & mask_];
        ring_[i & mask_] = e;
        return i == first_;
    }
    void pop() { ++first_; }

private:
    void grow() {
        std::vector<TimedEvent> twice(2 * ring_.size());
        for (std::size_t i = first_; i != end_; ++i) twice[i & (2 * mask_ + 1)] = ring_[i & mask_];
        ring_ = std::move(twice), mask_ = 2 * mask_ + 1;
    }

    std::size_t mask_ = 7, first_ = 0, end_ = 0;
    std::vector<TimedEvent> ring_ = std::vector<TimedEvent>(8);
};

class StreamQueue {
public:
    explicit StreamQueue(std::size_t n_streams)
        : leaves_(std::bit_ceil(std::max<std::size_t>(2, n_streams))), streams_(n_streams), winners_(2 * leaves_, rank_of({})) {}
    /// The first of all; at infinity where there is none.
    TimedEvent front() const { return {std::bit_cast<double>(std::uint64_t(winners_[1] >> 64)), std::uint64_t(winners_[1])}; }
    void push(std::size_t stream, const TimedEvent& e) {
        if (streams_[stream].push(e)) play(stream);
    }
    /// Drops the first of a stream, which front() came from.
    void pop(std::size_t stream) {
        streams_[stream].pop();
        play(stream);
    }

private:
    void play(std::size_t stream) {
        EventRank winner = rank_of(streams_[stream].front());
        for (std::size_t i = leaves_ + stream; i > 1; i /= 2) {
            winners_[i] = winner;
            const EventRank other = winners_[i ^ 1], all = EventRank{0} - EventRank(other < winner);
            winner ^= (winner ^ other) & all;  // the smaller one, without a branch
        }
        winners_[1] = winner;
    }

    std::size_t leaves_;
    std::vector<EventStream> streams_;
    std::vector<EventRank> winners_;  ///< a tree: node 1 is won by the first of all, node i by the earlier of 2 i and 2 i + 1
};

}  // namespace ganbar::arch
