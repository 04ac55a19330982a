#include "ganbar/bits/bit_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ganbar {
namespace {

/// Of an experiment's table the seed alone concerns its bits.
struct SeedSpec {
    std::int64_t seed = 1;
    static Schema<SeedSpec> schema() {
        return {param("seed", &SeedSpec::seed, std::int64_t{0}, std::numeric_limits<std::int64_t>::max(), "seed of every random stream",
                      assumed("any"))};
    }
};

}  // namespace

BitSource::BitSource(std::span<const std::string> assignments, const DeviceRegistry& devices) {
    config::Node root;
    for (const auto& a : assignments) config::apply_override(root, a);
    std::map<std::string, std::vector<std::string>> known;
    known[""] = {"experiment", "noise_device"};
    SeedSpec experiment;
    known["experiment"] = config::bind(root.table("experiment"), SeedSpec::schema(), experiment);
    seed_ = experiment.seed;
    tables_.bind(root, known);
    cells_ = bind_device(root.table("noise_device"), "noise_device", "nili2020", devices, &known["noise_device"]);
    config::reject_unused(root, known);
    if (tables_.noise.generator == GeneratorKind::columns) device_ = cells_.model;
}

BitStream BitSource::make(const TrngStreams& streams) const { return {tables_.make(streams, cells_), tables_.noise}; }

std::string BitSource::generator() const { return std::get<std::string>(NoiseSpec::schema().front().get(tables_.noise)); }

double BitSource::selection_bits() const {
    if (tables_.noise.generator != GeneratorKind::columns || tables_.trng.fixed_selection) return 0;
    const auto log2_choose = [](std::int64_t n, std::int64_t k) {
        return (std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
                std::lgamma(static_cast<double>(n - k) + 1)) /
               std::log(2.0);
    };
    const TrngParams& p = tables_.trng;
    return log2_choose(p.size, p.n_columns) + log2_choose(p.n_columns, p.n_columns / 2) + log2_choose(p.size, p.n_rows);
}

BitReport report_of(const BitSource& source, const BitStream& stream, std::int64_t n_bits) {
    const BitGenerator& g = stream.generator();
    BitReport r;
    r.generator = source.generator(), r.device = source.device();
    r.cost = g.cost(), r.area = g.area();
    r.n_bits = n_bits, r.n_raw_bits = r.cost.n_bits;
    r.energy_J = r.cost.energy_J(), r.time_s = r.cost.time_s;
    for (const auto& [name, charge] : r.cost.accounts) {
        if (name.ends_with("_pulse")) r.write_energy_J += charge.energy_J;
        if (name == "read") r.read_energy_J += charge.energy_J;
        if (name == "compare") r.comparator_energy_J += charge.energy_J;
    }
    for (const auto& [name, m2] : r.area) {
        r.area_m2 += m2;
        if (name == "cells") r.cell_area_m2 += m2;
    }
    r.selection_bits = source.selection_bits();
    if (const auto& k = stream.known(); k.n > 0) {
        r.bias = k.ones / k.n - 0.5;
        r.min_entropy_known_selection = std::max(0.0, -std::log2(k.guess / k.n));
        r.repeat_probability = k.repeat / k.n;
    }
    if (const auto* array = dynamic_cast<const ArrayTrng*>(&g)) r.comparator_offset_A = array->offset_A();
    return r;
}

double known_per_bit(const BitReport& r) {
    return r.n_bits == 0 ? 0
                         : std::min(1.0, r.min_entropy_known_selection * static_cast<double>(r.n_raw_bits) / static_cast<double>(r.n_bits));
}

noise::BitString take_bits(BitStream& stream, std::size_t n) {
    constexpr std::size_t batch = 1 << 20;
    noise::BitString out;
    out.reserve(n);
    std::vector<std::uint8_t> some;
    while (out.size() < n) {
        some.resize(std::min(batch, n - out.size()));
        stream.take(some);
        for (const auto bit : some) out.push_back(bit != 0);
    }
    return out;
}

noise::BitString make_bits(std::span<const std::string> assignments, std::size_t n_bits, const DeviceRegistry& devices, BitReport& report) {
    const BitSource source(assignments, devices);
    BitStream stream = source.make();
    stream.watch(true);
    noise::BitString out = take_bits(stream, n_bits);
    report = report_of(source, stream, static_cast<std::int64_t>(n_bits));
    return out;
}

}  // namespace ganbar
