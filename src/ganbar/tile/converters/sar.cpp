// ADC by successive approximation: one comparison per bit.
#include "ganbar/core/converter_laws.h"
#include "ganbar/tile/converter.h"

namespace ganbar {
namespace {

constexpr int published_nm = 32;
constexpr Second published_time{0.8e-9};  // of 8 bits: 1.28 GS/s (ISAAC, ISCA 2016, table I)

// The law of arch/coupling.h: energy and area by bits after ISAAC's converter, time in proportion to the bits; a node by published ratios.
ConversionCost sar_cost(const ConverterChoice& c) {
    const auto bits = static_cast<double>(c.bits);
    const int node = c.node_nm == 0 ? published_nm : static_cast<int>(c.node_nm);
    const Second own{published_time.si * bits / 8};
    return {{sar_energy_J(bits) * energy_scale(published_nm, node)},
            c.time.si > 0 ? c.time : own,
            {sar_area_m2(bits) * area_scale(published_nm, node) * interleaved(own, c.time)}};
}

}  // namespace

void ganbar_register_sar(ConverterRegistries& r) {
    r.adcs.add("sar", {"Successive approximation: ISAAC's converter (ISCA 2016, table I: 8 bits, 1.28 GS/s, 32 nm), its energy and area "
                       "rescaled by bits as for accelerators, one "
                       "comparison per bit; a faster one is several interleaved (assumed).",
                       true, sar_cost});
}

}  // namespace ganbar
