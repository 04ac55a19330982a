// What converters cost by bits and node: the one law that tiles (tile/converters/) and accelerators (arch/coupling.h) both follow.
#pragma once

namespace ganbar {

/// One conversion of ISAAC's 8-bit successive approximation converter at 32 nm, J, rescaled to 4 ... 10 bits and interpolated on the
/// logarithm between them. Below, the table's slope goes on; above, thermal noise costs four times the energy per bit (assumed). 1 to 32
/// bits, else ConfigError.
double sar_energy_J(double bits);
/// Its area, m2; above 10 bits, matching costs twice the area per bit (assumed).
double sar_area_m2(double bits);
/// Power and area of a driver against one of a single bit: twice per bit. Published for 1, 2, 3, 4, 6, 8 bits; above, the same (assumed).
double driver_ratio(double bits);
/// Area of the same circuit in another node; only the pairs that were published, 32 <-> 65 and 32 <-> 45, and 45 <-> 65 by way of 32.
/// ConfigError otherwise.
double area_scale(int from_nm, int to_nm);
/// Switching energy in another of these nodes: capacitance by the node, supplies of 1.1, 1.0 and 0.9 V at 65, 45 and 32 nm (assumed).
double energy_scale(int from_nm, int to_nm);

}  // namespace ganbar
