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
    /// What reads of the cells listed, one after the other, show without noise, and, unless that span is empty, the variance of the
    /// current of such a read; values of other cells are unspecified unless pulses disturb.
    virtual void look(std::span<const std::uint32_t> listed, std::span<float> g_S, std::span<float> variance_A2) = 0;
    /// Do pulses also move cells that were not asked to? Then debts of error feedback are settled for every cell.
    virtual bool disturbs() const { return false; }
};

}  // namespace ganbar
