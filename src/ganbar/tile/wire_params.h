// What an experiment says about the wires of its crossbars: section [wires]. Resistances and schemes are declared in circuit/.
#pragma once
#include "ganbar/circuit/programming.h"
#include "ganbar/circuit/wires.h"

namespace ganbar {

/// ideal: every cell sees the voltage it was meant to see. exact: the voltage that wires and all other cells leave it.
enum class WirePhysics : std::uint8_t { ideal, exact };
/// What is subtracted so that a cell at the mapping's zero reads as zero: the current of a replica array behind the same wires whose cells
/// all stand there, or the current such a cell would carry without wires.
enum class ReadReference : std::uint8_t { replica, constant };
/// lines: an amplifier gain for each output line, from a calibration read with all inputs on.
enum class ReadGain : std::uint8_t { none, lines };

struct WireParams {
    WirePhysics mode = WirePhysics::ideal;  ///< ideal: nothing below matters
    Wires lines;
    WirePhysics forward = WirePhysics::exact, backward = WirePhysics::exact, sampling = WirePhysics::exact, noise = WirePhysics::exact,
                program = WirePhysics::exact;
    std::int64_t refresh = 1;
    ReadReference reference = ReadReference::replica;
    ReadGain read_gain = ReadGain::none;
    WriteParams write;

    bool exact(WirePhysics phase) const { return mode == WirePhysics::exact && phase == WirePhysics::exact; }
    static Schema<WireParams> schema();
};

}  // namespace ganbar
