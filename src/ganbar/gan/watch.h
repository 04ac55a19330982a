// Looks at a run as it goes and tells when the game is lost: losses beyond a limit, or a generator that draws the same image again and
// again.
#pragma once
#include <optional>
#include <string>

#include "ganbar/core/linear_op.h"
#include "ganbar/core/param.h"
#include "ganbar/gan/trainer.h"

namespace ganbar::gan {

enum class Trouble : std::uint8_t { divergence, collapse };
enum class StopOn : std::uint8_t { nothing, divergence, collapse, both };

struct WatchSpec {
    StopOn on = StopOn::nothing;
    double loss_limit = 10, min_spread = 0.1;
    std::int64_t patience = 20, after = 100;
    bool stops(Trouble t) const { return on == StopOn::both || on == (t == Trouble::divergence ? StopOn::divergence : StopOn::collapse); }
};

struct Alarm {
    Trouble trouble = Trouble::divergence;
    std::string measured;  ///< "the generator's loss was above 10 for 20 rounds (last 12.4)"
};

/// Raises each kind of alarm once, when its condition has held for `patience` rounds in a row.
class Watch {
public:
    explicit Watch(const WatchSpec& spec) : spec_(spec) {}
    /// round: rounds done, record: the last one's. Collapse is not looked for before round `after`: untrained generators draw alike images.
    std::optional<Alarm> observe(std::int64_t round, const RoundRecord& record);
    State state() const { return {{"watch", {static_cast<float>(n_[0]), static_cast<float>(n_[1])}}}; }
    void restore(const State& state);  ///< a state without it leaves the watch as new
private:
    WatchSpec spec_;
    std::int64_t n_[2] = {0, 0};  ///< rounds in a row, by Trouble
};

}  // namespace ganbar::gan
