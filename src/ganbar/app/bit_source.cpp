#include "ganbar/app/bit_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ganbar/app/experiment.h"
#include "ganbar/noise/series.h"

namespace ganbar::app {

namespace {

constexpr double cell_area_m2 = 0.36e-12;  // satyam2022, sec. III.C
constexpr std::size_t batch_bits = 1 << 20;

struct Source {
    ArrayTrng trng;
    NoiseSpec spec;
    std::string device;
    std::int64_t n_cells;
};

Source build(std::span<const std::string> assignments, const DeviceRegistry& devices) {
    config::Node root;
    for (const auto& a : assignments) config::apply_override(root, a);
    std::map<std::string, std::vector<std::string>> known;
    known[""] = {"experiment", "trng", "noise", "noise_device"};
    TrngParams trng;
    NoiseSpec spec;
    ExperimentSpec experiment;
    known["trng"] = config::bind(root.table("trng"), TrngParams::schema(), trng);
    known["noise"] = config::bind(root.table("noise"), NoiseSpec::schema(), spec);
    known["experiment"] = config::bind(root.table("experiment"), ExperimentSpec::schema(), experiment);
    const config::Node* device = root.table("noise_device");
    std::string model = "nili2020";
    if (device != nullptr)
        if (const auto* leaf = device->leaf("model")) {
            const auto* text = std::get_if<std::string>(&leaf->value);
            if (text == nullptr) throw ConfigError("noise_device.model must be a name, for example nili2020", leaf->where);
            model = *text;
        }
    const auto& entry = devices.get(model);
    known["noise_device"] = entry.param_names;
    known["noise_device"].push_back("model");
    const std::int64_t n_cells = trng.size * trng.size;
    auto cells = entry.make(device, static_cast<std::size_t>(n_cells), nullptr);
    config::reject_unused(root, known);
    const Rng rng = Rng(static_cast<std::uint64_t>(experiment.seed)).stream("trng");  // the stream an experiment uses
    return {ArrayTrng(trng, std::move(cells), rng), spec, model, n_cells};
}

noise::BitString process(const noise::BitString& raw, const NoiseSpec& spec) {
    switch (spec.post) {
        case noise::PostProcess::none: return raw;
        case noise::PostProcess::von_neumann: return noise::von_neumann(raw);
        case noise::PostProcess::xor_k: return noise::xor_groups(raw, static_cast<std::size_t>(spec.xor_bits));
        case noise::PostProcess::sha256: return noise::sha256_blocks(raw, static_cast<std::size_t>(spec.sha256_bits));
    }
    return raw;
}

// Raw bits are taken in whole groups of every kind of post-processing, so that nothing is lost between batches.
std::size_t raw_for(std::size_t missing, const NoiseSpec& spec) {
    std::size_t group = 1, per_group = 1;
    if (spec.post == noise::PostProcess::von_neumann) group = 2;
    if (spec.post == noise::PostProcess::xor_k) group = static_cast<std::size_t>(spec.xor_bits);
    if (spec.post == noise::PostProcess::sha256) group = static_cast<std::size_t>(spec.sha256_bits), per_group = 256;
    const std::size_t n_groups = std::clamp<std::size_t>((missing + per_group - 1) / per_group, 1, std::max<std::size_t>(1, batch_bits / group));
    return n_groups * group;
}

}  // namespace

Schema<NoiseSpec> NoiseSpec::schema() {
    using N = NoiseSpec;
    return {
        choice("post", &N::post, {"none", "von_neumann", "xor", "sha256"}, "post-processing of the bits", published("satyam2022 uses none")),
        param("xor_bits", &N::xor_bits, std::int64_t{1}, std::int64_t{64}, "raw bits of one xor", assumed("pairs, the mildest")),
        param("sha256_bits", &N::sha256_bits, std::int64_t{8}, std::int64_t{65536}, "raw bits of one SHA-256 block of 256 bits, a multiple of 8", assumed("two raw bits for one")),
    };
}

noise::BitString make_bits(std::span<const std::string> assignments, std::size_t n_bits, const DeviceRegistry& devices, BitReport& report) {
    Source source = build(assignments, devices);
    noise::BitString out;
    out.reserve(n_bits);
    std::vector<std::uint8_t> raw;
    std::vector<double> probability;
    double surprise = 0, repeats = 0, ones = 0, n_raw = 0;
    while (out.size() < n_bits) {
        raw.resize(raw_for(n_bits - out.size(), source.spec));
        probability.resize(raw.size());
        source.trng.bits(raw, probability);
        for (std::size_t i = 0; i < raw.size(); ++i) {
            const double p = probability[i];
            surprise += std::max(p, 1 - p), repeats += p * p + (1 - p) * (1 - p), ones += raw[i];
        }
        n_raw += static_cast<double>(raw.size());
        const noise::BitString done = process(noise::BitString::from_bits(raw), source.spec);
        if (done.size() == 0 && n_raw > 1e6 + 1000 * static_cast<double>(n_bits))
            throw NumericError("the generator repeats itself: post-processing leaves no bits");
        for (std::size_t i = 0; i < done.size() && out.size() < n_bits; ++i) out.push_back(done[i]);
    }
    const TrngTally& t = source.trng.tally();
    report = {source.device, static_cast<std::int64_t>(n_bits), static_cast<std::int64_t>(n_raw), t.energy_J(), t.writes.set.energy_J + t.writes.reset.energy_J,
              t.read_energy_J, t.comparator_energy_J, t.write_s + t.read_s, static_cast<double>(source.n_cells) * cell_area_m2,
              ones / n_raw - 0.5, std::max(0.0, -std::log2(surprise / n_raw)), repeats / n_raw, source.trng.offset_A()};
    return out;
}

}  // namespace ganbar::app
