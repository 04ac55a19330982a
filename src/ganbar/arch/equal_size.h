// Machines made comparable: all of them on one area, and all of them at one power. The limits are the smallest that every machine which
// is bought whole (a GPU) keeps; all others are sized to what runs the network fastest within them (budget.h).
#pragma once
#include "ganbar/arch/budget.h"

namespace ganbar::arch {

/// The limits, and the machine that each is of.
struct EqualSize {
    double area_m2 = 0, power_W = 0;
    std::string area_of, power_of;
};

/// A machine at the common power.
struct AtEqualPower {
    double latency_s = 0, energy_J = 0, area_m2 = 0;  ///< of an iteration
    std::string unfit;                                ///< why it does not keep to that power; empty where it does
};

/// As many copies of layers, or units, as run `w` fastest within `limits`; or, under a limit of area, loaded in turn onto a chip of that
/// area (on_chip) where that is faster: else a network that just fits would be slower than one that does not. Without that limit a network
/// that does not fit is loaded in turn onto a chip of `area_m2`. Throws ConfigError where that does not help.
std::unique_ptr<Accelerator> filling(const Accelerator& machine, const Chip& chip, const Workload& w, const Budget& limits, double area_m2,
                                     const std::vector<std::string>& fixed = {});
AtEqualPower at_equal_power(const Accelerator& machine, const Chip& chip, const Workload& w, const EqualSize& size,
                            const std::vector<std::string>& fixed = {});

}  // namespace ganbar::arch
