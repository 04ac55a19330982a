// DAC with binary weighted elements: as many as levels, so twice the power and area per bit.
#include "ganbar/core/converter_laws.h"
#include "ganbar/tile/converter.h"

namespace ganbar {
namespace {

// 8 bits, 1 GS/s, 40 nm, as used by MNSIM 2.0. Ratios of nodes are published from 45 nm, the nearest (assumed to hold).
constexpr double published_J = 0.291e-12, published_m2 = 438e-12;
constexpr int nearest_nm = 45;

// All lines of a crossbar convert at once, within the time of a read: no time of its own is billed.
ConversionCost binary_weighted_cost(const ConverterChoice& c) {
    const double levels = driver_ratio(static_cast<double>(c.bits)) / driver_ratio(8);
    const int node = c.node_nm == 0 ? nearest_nm : static_cast<int>(c.node_nm);
    return {{published_J * levels * energy_scale(nearest_nm, node)}, {1e-9}, {published_m2 * levels * area_scale(nearest_nm, node)}};
}

}  // namespace

void ganbar_register_binary_weighted(ConverterRegistries& r) {
    r.dacs.add("binary_weighted", {"Binary weighted elements: an 8-bit converter of 1 GS/s at 40 nm (as used by MNSIM 2.0), twice the "
                                   "energy and area per bit as ISAAC's drivers have "
                                   "for accelerators; one on every line, all at once.",
                                   true, binary_weighted_cost});
}

}  // namespace ganbar
