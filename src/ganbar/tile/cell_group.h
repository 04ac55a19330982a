// What a controller does to a group of cells while it programs them: pulse all of them, look at all of them.
#pragma once
#include <span>

#include "ganbar/device/device_array.h"

namespace ganbar {

/// Spans hold one value per cell of the group.
class CellGroup {
public:
    virtual ~CellGroup() = default;
    /// Polarities as DeviceArray::program takes them.
    virtual PulseBill pulse(std::span<const std::int8_t> polarity, const PulsePair& pulses, const Rng& rng) = 0;
    /// Conductances that reads of one cell after the other show, without noise.
    virtual void look(std::span<float> g_S) = 0;
    /// Variance of the current of such a read.
    virtual void noise(std::span<float> variance_A2) = 0;
    /// Do pulses also move cells that were not asked to? Then debts of error feedback are settled for every cell.
    virtual bool disturbs() const { return false; }
};

}  // namespace ganbar
