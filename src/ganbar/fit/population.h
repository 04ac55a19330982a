// How devices are spread: mean, standard deviation and correlation of their places in the set and the reset spread, from places that are
// known with an error, known only to lie low, or not known at all.
#pragma once
#include <array>
#include <span>
#include <vector>

namespace ganbar::fit {

/// What the pulses of one polarity say of a device.
struct DevicePlace {
    enum class Known { no, seen, low } known = Known::no;
    double z = 0, variance = 0;  ///< seen: the place and its error's variance. low: it lies below z
};
struct Population {
    std::array<double, 2> mean{0, 0}, deviation{1, 1};
    double correlation = 0;
    std::array<std::vector<double>, 2> expected;  ///< of each device, given all that is known of it; unknown ones by the other polarity
};

/// The normal distribution of pairs that makes the places likeliest, by expectation and maximisation (Dempster, Laird, Rubin, J. R. Stat.
/// Soc. B 39 (1977) 1). Devices of which one polarity shows nothing - those that never set can never be reset - are so counted by the
/// other: the mean is that of all devices, not of those that could be measured. `b` may be empty: one polarity by itself. Fewer than 8
/// devices seen in both: no correlation. Deviations of 0 where errors explain all differences.
Population population(std::span<const DevicePlace> a, std::span<const DevicePlace> b = {});

}  // namespace ganbar::fit
