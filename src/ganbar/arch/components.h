// Published component values and how they scale with bits, size and node. Models take their defaults from here and name it as the source.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "ganbar/core/converter_laws.h"
#include "ganbar/core/param.h"

namespace ganbar::arch {

struct ComponentValue {
    const char* name;
    double energy_J;  ///< per action; 0 = not given
    double time_s;
    double area_m2;
    int node_nm;  ///< 0 = not given
    const char* source;
};
/// The whole table (docs/accelerators.md lists the sources).
std::span<const ComponentValue> component_library();
/// Throws ConfigError with the nearest name.
const ComponentValue& component(const std::string& name);

/// A converter's energy and area are the laws of core/converter_laws.h, which tiles follow too.
inline double adc_energy_J(double bits) { return sar_energy_J(bits); }
inline double adc_area_m2(double bits) { return sar_area_m2(bits); }
/// A 1-bit driver costs 0.39 pJ per 100 ns; 2, 3, 4, 6, 8 bits cost 2, 4, 8, 32, 128 times that in power and area: twice
/// per bit, 1 to 8.
double dac_energy_J(int bits);
/// Crossbar step at 1-bit inputs: power grows with the number of cells, time with the side (PUMA's table for 32 ... 256).
double crossbar_step_energy_J(double side);
double crossbar_step_time_s(double side);
using ganbar::area_scale;
using ganbar::energy_scale;
/// Bits a converter needs to lose nothing: log2(rows) + DAC bits + cell bits, one less when either is a single bit.
double lossless_adc_bits(double rows, double dac_bits, double cell_bits);

/// One line of ISAAC's table: parts of an IMA, a tile and the chip.
struct IsaacPart {
    const char* name;
    double power_W, area_m2;
};
struct IsaacTable {
    std::vector<IsaacPart> ima, tile;
    int imas_per_tile = 12, tiles_per_chip = 168, arrays_per_ima = 8, tiles_per_router = 4;
    double router_W = 42e-3, router_area_m2 = 0.151e-6, link_W = 10.4, link_area_m2 = 22.88e-6;
    IsaacPart ima_total() const, tile_total() const, chip_total() const;
    double peak_op_per_s() const;  ///< 16-bit multiplications and additions
};
const IsaacTable& isaac_table();

}  // namespace ganbar::arch
