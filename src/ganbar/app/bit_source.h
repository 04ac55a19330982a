// Random bits from a simulated array as one input tree describes it: tables [experiment] (seed), [trng], [noise_device] as in an
// experiment, and [noise] for what happens to the bits afterwards.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ganbar/config/node.h"
#include "ganbar/device/device_registry.h"
#include "ganbar/noise/bit_string.h"
#include "ganbar/noise/postprocess.h"
#include "ganbar/tile/trng.h"

namespace ganbar::app {

struct NoiseSpec {
    noise::PostProcess post = noise::PostProcess::none;
    std::int64_t xor_bits = 2, sha256_bits = 512;
    static Schema<NoiseSpec> schema();
};

/// What the bits cost and how much of them an observer could not have known.
struct BitReport {
    std::string device;
    std::int64_t n_bits = 0, n_raw_bits = 0;
    double energy_J = 0, write_energy_J = 0, read_energy_J = 0, comparator_energy_J = 0, time_s = 0, area_m2 = 0;
    double bias = 0;                        ///< of the raw bits
    double min_entropy_known_selection = 0; ///< per raw bit, chip and selection known
    double repeat_probability = 0;          ///< same selection read again gives the same bit
    double comparator_offset_A = 0;
};

/// Makes n_bits bits from --set assignments. ConfigError for unknown keys or values out of range.
noise::BitString make_bits(std::span<const std::string> assignments, std::size_t n_bits, const DeviceRegistry& devices, BitReport& report);

}  // namespace ganbar::app
