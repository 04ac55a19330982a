// Reads of an array come row by row of each block. Arrays to which a call costs more than a cell make them ready at once.
#pragma once
#include "ganbar/device/device_array.h"

namespace ganbar {

/// Optional for an array.
class ExpectsReads {
public:
    virtual ~ExpectsReads() = default;
    /// Reads at this voltage and at its half follow, many and of few cells each, before a cell changes.
    virtual void expect_reads(double v_V) const = 0;
};

/// Tells an array that wants to know.
inline void expect_reads(const DeviceArray& cells, double v_V) {
    if (const auto* wants = dynamic_cast<const ExpectsReads*>(&cells)) wants->expect_reads(v_V);
}

}  // namespace ganbar
