// Everything about crossbars and their periphery that does not belong to the cell. One declaration a parameter.
#pragma once
#include <memory>

#include "ganbar/circuit/selector.h"
#include "ganbar/device/device_array.h"
#include "ganbar/tile/placement.h"

namespace ganbar {

/// signed_cell: one cell a weight, its sign frozen, W = +-Wmax (G - Gmin)/(Gmax - Gmin) (satyam2022, eq. 3).
/// differential: W = Wmax (G+ - G-)/(Gmax - Gmin), two cells. offset: W = 2 Wmax (G - Gmid)/(Gmax - Gmin), reference column at Gmid.
enum class Mapping : std::uint8_t { signed_cell, differential, offset };
/// Where the cells start: as the weights that `initial` draws, or spread uniformly over the window.
enum class CellStart : std::uint8_t { weights, uniform };

/// arrays: errors pass through the same cells, transposed; digital: through exact copies of the weights in digital logic.
enum class ErrorPass : std::uint8_t { arrays, digital };

struct ConverterRegistries;

struct TileParams {
    std::int64_t rows = 64, cols = 64;
    Mapping mapping = Mapping::signed_cell;
    PlacementPolicy placement = PlacementPolicy::per_layer_slack;
    CellStart start = CellStart::weights;
    ErrorPass errors = ErrorPass::arrays;
    bool sign_flips = false;
    Joule mac_energy{0.23e-12}, sign_energy{1e-14};
    Volt v_read{0.1};
    Second t_read{100e-9};
    std::int64_t dac_bits = 8, adc_bits = 8;
    double adc_headroom = 1.2, adc_noise_lsb = 0;
    Ampere adc_range{0};
    bool read_noise = true;
    EnergyRule energy = EnergyRule::ohmic;
    double yield = 1, stuck_high = 0.5;
    std::string adc = "sar", dac = "binary_weighted";  // kinds of converters (converter.h)
    std::int64_t node_nm = 0;
    Joule adc_energy{0}, dac_energy{0};  // 0, here and below: as the kind, its bits and the node have it
    Second adc_time{0};
    SquareMetre cell_area{0.36e-12}, adc_area{0}, dac_area{0};
    CellParams cell;  ///< passive, or behind a transistor that is a switch

    std::shared_ptr<const ConverterRegistries> converters;  ///< where `adc` and `dac` are looked up; null: builtin_converters()

    static Schema<TileParams> schema();
    /// Footprint of one cell, its transistor included.
    SquareMetre footprint() const { return cell.selector.has_gate() ? cell.active_area : cell_area; }
};

}  // namespace ganbar
