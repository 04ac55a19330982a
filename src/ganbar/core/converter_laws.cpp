#include "ganbar/core/converter_laws.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "ganbar/core/error.h"

namespace ganbar {
namespace {

constexpr double um2 = 1e-12, pJ = 1e-12;

// ISAAC's SAR converter as rescaled in hwcomponents-library @8b56f7e.
constexpr double table_bits[] = {4, 5, 6, 7, 8, 9, 10};
constexpr double table_pJ[] = {.79, .99, 1.20, 1.42, 1.67, 1.97, 2.38};
constexpr double table_um2[] = {361, 477, 627, 845, 1200, 1828, 3002};

/// On the logarithm of the table between 4 and 10 bits; beyond, the same factor for every bit.
double on_logarithm(double bits, const double* table, double per_bit_above) {
    if (!(bits >= 1 && bits <= 32))
        throw ConfigError("a converter of " + std::to_string(bits) + " bits cannot be scaled from the table; expected 1 to 32");
    if (bits > 10) return table[6] * std::pow(per_bit_above, bits - 10);
    const int i = std::clamp(static_cast<int>(bits - 4), 0, 5);
    return table[i] * std::pow(table[i + 1] / table[i], bits - table_bits[i]);
}

}  // namespace

double sar_energy_J(double bits) { return on_logarithm(bits, table_pJ, 4) * pJ; }
double sar_area_m2(double bits) { return on_logarithm(bits, table_um2, 2) * um2; }
double driver_ratio(double bits) { return std::exp2(bits - 1); }

double area_scale(int from_nm, int to_nm) {
    if (from_nm == to_nm) return 1;
    if (from_nm == 32 && to_nm == 65) return 3.3;
    if (from_nm == 65 && to_nm == 32) return 1 / 3.3;
    if (from_nm == 32 && to_nm == 45) return 2.2;
    if (from_nm == 45 && to_nm == 32) return 0.46;
    if (from_nm == 45 && to_nm == 65) return area_scale(45, 32) * area_scale(32, 65);
    if (from_nm == 65 && to_nm == 45) return area_scale(65, 32) * area_scale(32, 45);
    throw ConfigError("no published area ratio from " + std::to_string(from_nm) + " nm to " + std::to_string(to_nm) +
                      " nm; expected 32, 45 or 65");
}

double energy_scale(int from_nm, int to_nm) {
    const auto switching = [](int nm) {
        const double supply_V = nm == 65 ? 1.1 : nm == 45 ? 1.0 : nm == 32 ? 0.9 : 0;
        if (supply_V == 0) throw ConfigError("no energy ratio for " + std::to_string(nm) + " nm; expected 32, 45 or 65");
        return nm * supply_V * supply_V;
    };
    return switching(to_nm) / switching(from_nm);
}

}  // namespace ganbar
