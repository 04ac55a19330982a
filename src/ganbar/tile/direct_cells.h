// A run of cells that a controller pulses and looks at one by one, without wires between.
#pragma once
#include "ganbar/tile/cell_group.h"

namespace ganbar {

/// Part of a plane with ideal wires: every cell gets the pulse asked for.
class DirectCells final : public CellGroup {
public:
    DirectCells(DeviceArray& array, std::size_t first, double v_read_V, EnergyRule energy)
        : array_(array), first_(first), v_read_V_(v_read_V), energy_(energy) {}
    PulseBill pulse(std::span<const std::int8_t> polarity, const PulsePair& pulses, const Rng& rng) override {
        return array_.program(first_, polarity, pulses, energy_, rng);
    }
    void look(std::span<const std::uint32_t> listed, std::span<float> g_S, std::span<float> variance_A2) override {
        array_.read_listed(v_read_V_, first_, listed, g_S, variance_A2);
    }

private:
    DeviceArray& array_;
    std::size_t first_;
    double v_read_V_;
    EnergyRule energy_;
};

}  // namespace ganbar
