#include "ganbar/circuit/wires.h"

namespace ganbar {

Schema<Wires> Wires::schema() {
    const Ohm none{0.0}, most{1e9};
    return {
        param("rw", &Wires::rw, none, most, "resistance of one word-line segment",
              assumed("1 to 2 ohm for good metal at sub-micrometre pitch; 200 nm x 60 nm platinum at 600 nm pitch gives 8 ohm")),
        param("rb", &Wires::rb, none, most, "resistance of one bit-line segment", assumed("as rw")),
        param("rdrv", &Wires::rdrv, none, most, "resistance of a word-line driver with its lead",
              assumed("10 ohm, the value of the public model of the Al2O3/TiO2-x arrays after Chen, IEEE TED 2013")),
        param("rsense", &Wires::rsense, none, most, "resistance of a bit-line sense amplifier with its lead", assumed("as rdrv")),
        choice("ends", &Wires::ends, {"single", "both"}, "lines meet their terminals at one end or at both",
               assumed("single: word lines from the first column, bit lines at the last row")),
    };
}

}  // namespace ganbar
