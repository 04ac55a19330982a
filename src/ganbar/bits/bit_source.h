// Random bits from a simulated array as one input tree describes it: tables [experiment] (seed), [noise], [trng], [noise_device], and those
// of the other generators, as in an experiment.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ganbar/bits/noise_tables.h"
#include "ganbar/noise/bit_string.h"

namespace ganbar {

/// A source of bits as --set assignments describe it; chips of it can be made.
class BitSource {
public:
    /// ConfigError for unknown keys or values out of range.
    BitSource(std::span<const std::string> assignments, const DeviceRegistry& devices);
    BitStream make(const TrngStreams& streams) const;
    BitStream make() const { return make(TrngStreams(root_rng())); }  ///< the chip and the draws that an experiment with this seed has
    Rng root_rng() const { return Rng(static_cast<std::uint64_t>(seed_)).stream("trng"); }
    const NoiseTables& tables() const { return tables_; }
    std::string generator() const;                         ///< as [noise] calls it
    const std::string& device() const { return device_; }  ///< "" when the generator has no such cells
    std::int64_t seed() const { return seed_; }
    /// Random bits that choosing the cells of one bit takes: log2 of the number of choices; 0 when nothing is chosen.
    double selection_bits() const;

private:
    NoiseTables tables_;
    DeviceSpec cells_;
    std::string device_;
    std::int64_t seed_ = 1;
};

/// What bits cost and how much of them an observer could not have known.
struct BitReport {
    std::string generator, device;
    std::int64_t n_bits = 0, n_raw_bits = 0;
    double energy_J = 0, write_energy_J = 0, read_energy_J = 0, comparator_energy_J = 0, time_s = 0;
    double area_m2 = 0, cell_area_m2 = 0;
    BitCost cost;
    BitArea area;
    double selection_bits = 0;               ///< per raw bit
    double bias = 0;                         ///< of the raw bits
    double min_entropy_known_selection = 0;  ///< per raw bit, chip and selection known
    double repeat_probability = 0;           ///< chip, selection and past the same: chance of the same bit
    double comparator_offset_A = 0;
    double throughput_per_s() const { return time_s > 0 ? static_cast<double>(n_bits) / time_s : 0; }
};
BitReport report_of(const BitSource& source, const BitStream& stream, std::int64_t n_bits);

/// At most so much min-entropy a bit after post-processing, chip and selection known: that of the raw bits spent on it, up to 1.
double known_per_bit(const BitReport& report);

/// The next n bits.
noise::BitString take_bits(BitStream& stream, std::size_t n);
/// Makes n_bits bits from --set assignments.
noise::BitString make_bits(std::span<const std::string> assignments, std::size_t n_bits, const DeviceRegistry& devices, BitReport& report);

}  // namespace ganbar
