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

/// One stream. An event that comes too late in it is put where it belongs.
class EventStream {
public:
    bool empty() const { return first_ == events_.size(); }
    TimedEvent front() const { return empty() ? TimedEvent{} : events_[first_]; }
    /// Whether it is the first now.
    bool push(const TimedEvent& e) {
        if (empty()) events_.clear(), first_ = 0;
        events_.push_back(e);
        std::size_t i = events_.size() - 1;
        for (; i > first_ && earlier(events_[i], events_[i - 1]); --i) std::swap(events_[i], events_[i - 1]);
        return i == first_;
    }
    void pop() { ++first_; }

private:
    std::vector<TimedEvent> events_;
    std::size_t first_ = 0;
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
