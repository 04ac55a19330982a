// The tables of an input that describe a source of random bits: [noise] which generator and what happens to its bits, [trng] the
// column-group comparator with [noise_device] its cells, [telegraph_trng], [switching_trng], [thermal_trng] the others.
#pragma once
#include <memory>

#include "ganbar/bits/trng.h"
#include "ganbar/bits/trng_switching_cell.h"
#include "ganbar/bits/trng_telegraph_cell.h"
#include "ganbar/bits/trng_thermal_cell.h"
#include "ganbar/config/write.h"
#include "ganbar/device/device_registry.h"
#include "ganbar/noise/postprocess.h"

namespace ganbar {

enum class GeneratorKind : std::uint8_t { columns, telegraph, switching, thermal };
struct NoiseSpec {
    GeneratorKind generator = GeneratorKind::columns;
    noise::PostProcess post = noise::PostProcess::none;
    std::int64_t xor_bits = 2, sha256_bits = 512;
    static Schema<NoiseSpec> schema();
};

/// Which chip, what selects, what fluctuates: three independent sources (bits/trng.h).
struct NoiseTables {
    NoiseSpec noise;
    TrngParams trng;
    TelegraphTrngParams telegraph;
    SwitchingTrngParams switching;
    ThermalTrngParams thermal;

    /// Binds all but [noise_device]; adds the keys to `known` (config::reject_unused).
    void bind(const config::Node& root, std::map<std::string, std::vector<std::string>>& known);
    /// As run.toml shows them: [noise], [trng], and the table of the generator chosen.
    std::vector<config::Section> sections() const;
    /// cells: of the column comparator's array; wires: for its reads.
    std::unique_ptr<BitGenerator> make(const TrngStreams& streams, const DeviceSpec& cells, const WireParams* wires = nullptr) const;
};

/// The bits of a generator after post-processing.
class BitStream {
public:
    BitStream(std::unique_ptr<BitGenerator> generator, const NoiseSpec& spec);
    /// One bit a byte. NumericError when post-processing leaves nothing (a generator that repeats itself).
    void take(std::span<std::uint8_t> out);

    /// Means over the raw bits, for an observer of BitGenerator::bits; only when asked for before the first bit.
    struct Known {
        double n = 0, guess = 0, repeat = 0, ones = 0;
    };
    void watch(bool on) { watched_ = on; }
    const Known& known() const { return known_; }
    BitGenerator& generator() { return *generator_; }
    const BitGenerator& generator() const { return *generator_; }
    void restart(const Rng& selection, const Rng& noise);
    std::vector<std::uint8_t> state() const;
    void restore(std::span<const std::uint8_t> bytes);

private:
    noise::BitString process(const noise::BitString& raw) const;
    std::size_t raw_for(std::size_t missing) const;
    std::unique_ptr<BitGenerator> generator_;
    NoiseSpec spec_;
    std::vector<std::uint8_t> left_;  // processed bits not yet taken, then where they begin
    std::size_t left_from_ = 0;
    bool watched_ = false;
    Known known_;
};

}  // namespace ganbar
