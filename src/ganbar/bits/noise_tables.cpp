#include "ganbar/bits/noise_tables.h"

#include <algorithm>

namespace ganbar {

namespace {
constexpr std::size_t batch_bits = 1 << 20;
}

Schema<NoiseSpec> NoiseSpec::schema() {
    using N = NoiseSpec;
    return {
        choice("generator", &N::generator, {"columns", "telegraph", "switching", "thermal"},
               "what makes random bits: groups of columns compared ([trng]), telegraph noise sampled, cells switched with probability 1/2, "
               "amplified thermal noise",
               published("satyam2022, sec. II: groups of columns")),
        choice("post", &N::post, {"none", "von_neumann", "xor", "sha256"}, "post-processing of the bits",
               published("satyam2022 uses none")),
        param("xor_bits", &N::xor_bits, std::int64_t{1}, std::int64_t{64}, "raw bits of one xor", assumed("pairs, the mildest")),
        param("sha256_bits", &N::sha256_bits, std::int64_t{8}, std::int64_t{65536},
              "raw bits of one SHA-256 block of 256 bits, a multiple of 8", assumed("two raw bits for one")),
    };
}

void NoiseTables::bind(const config::Node& root, std::map<std::string, std::vector<std::string>>& known) {
    const auto table = [&](const char* name, auto& target) {
        known[""].push_back(name);
        known[name] = config::bind(root.table(name), std::decay_t<decltype(target)>::schema(), target);
    };
    table("noise", noise);
    table("trng", trng);
    table("telegraph_trng", telegraph);
    table("switching_trng", switching);
    table("thermal_trng", thermal);
}

std::vector<config::Section> NoiseTables::sections() const {
    std::vector<config::Section> out{{"noise", param_rows(NoiseSpec::schema(), noise)}, {"trng", param_rows(TrngParams::schema(), trng)}};
    if (noise.generator == GeneratorKind::telegraph)
        out.push_back({"telegraph_trng", param_rows(TelegraphTrngParams::schema(), telegraph)});
    if (noise.generator == GeneratorKind::switching)
        out.push_back({"switching_trng", param_rows(SwitchingTrngParams::schema(), switching)});
    if (noise.generator == GeneratorKind::thermal) out.push_back({"thermal_trng", param_rows(ThermalTrngParams::schema(), thermal)});
    return out;
}

std::unique_ptr<BitGenerator> NoiseTables::make(const TrngStreams& s, const DeviceSpec& cells, const WireParams* wires) const {
    switch (noise.generator) {
        case GeneratorKind::telegraph: return make_telegraph_trng(telegraph, s.chip, s.selection, s.noise);
        case GeneratorKind::switching: return make_switching_trng(switching, s.chip, s.selection, s.noise);
        case GeneratorKind::thermal: return make_thermal_trng(thermal, s.chip, s.selection, s.noise);
        case GeneratorKind::columns: break;
    }
    const auto n = static_cast<std::size_t>(trng.size);
    auto columns = std::make_unique<ArrayTrng>(trng, cells.make(n * n), s);
    if (wires != nullptr) columns->attach_wires(*wires);
    return columns;
}

BitStream::BitStream(std::unique_ptr<BitGenerator> generator, const NoiseSpec& spec) : generator_(std::move(generator)), spec_(spec) {
    if (spec.post == noise::PostProcess::sha256 && spec.sha256_bits % 8 != 0)
        throw ConfigError("noise.sha256_bits must be whole bytes; expected a multiple of 8 bits");
}

noise::BitString BitStream::process(const noise::BitString& raw) const {
    switch (spec_.post) {
        case noise::PostProcess::none: return raw;
        case noise::PostProcess::von_neumann: return noise::von_neumann(raw);
        case noise::PostProcess::xor_k: return noise::xor_groups(raw, static_cast<std::size_t>(spec_.xor_bits));
        case noise::PostProcess::sha256: return noise::sha256_blocks(raw, static_cast<std::size_t>(spec_.sha256_bits));
    }
    return raw;
}

// Raw bits are taken in whole groups of every kind of post-processing, so that nothing is lost between batches.
std::size_t BitStream::raw_for(std::size_t missing) const {
    std::size_t group = 1, per_group = 1;
    if (spec_.post == noise::PostProcess::von_neumann) group = 2;
    if (spec_.post == noise::PostProcess::xor_k) group = static_cast<std::size_t>(spec_.xor_bits);
    if (spec_.post == noise::PostProcess::sha256) group = static_cast<std::size_t>(spec_.sha256_bits), per_group = 256;
    const std::size_t n_groups =
        std::clamp<std::size_t>((missing + per_group - 1) / per_group, 1, std::max<std::size_t>(1, batch_bits / group));
    return n_groups * group;
}

void BitStream::take(std::span<std::uint8_t> out) {
    std::vector<std::uint8_t> raw;
    std::vector<double> odds;
    double spent = 0;
    for (std::size_t done = 0; done < out.size();) {
        const std::size_t ready = std::min(left_.size() - left_from_, out.size() - done);
        std::copy_n(left_.begin() + static_cast<std::ptrdiff_t>(left_from_), ready, out.begin() + static_cast<std::ptrdiff_t>(done));
        left_from_ += ready, done += ready;
        if (done == out.size()) break;
        raw.resize(raw_for(out.size() - done));
        odds.resize(watched_ ? raw.size() : 0);
        generator_->bits(raw, odds);
        for (std::size_t i = 0; i < odds.size(); ++i) {
            const double p = odds[i];
            known_.guess += std::max(p, 1 - p), known_.repeat += p * p + (1 - p) * (1 - p), known_.ones += raw[i];
        }
        known_.n += static_cast<double>(odds.size());
        spent += static_cast<double>(raw.size());
        left_ = spec_.post == noise::PostProcess::none ? raw : process(noise::BitString::from_bits(raw)).unpacked();
        left_from_ = 0;
        if (left_.empty() && spent > 1e6 + 1000 * static_cast<double>(out.size()))
            throw NumericError("the generator repeats itself: post-processing leaves no bits");
    }
}

void BitStream::restart(const Rng& selection, const Rng& noise) {
    generator_->restart(selection, noise);
    left_.clear();
    left_from_ = 0;
}

std::vector<std::uint8_t> BitStream::state() const {
    std::vector<std::uint8_t> out = generator_->state();
    const std::uint64_t n = left_.size() - left_from_, generator_bytes = out.size();
    out.insert(out.end(), left_.begin() + static_cast<std::ptrdiff_t>(left_from_), left_.end());
    for (const std::uint64_t word : {generator_bytes, n})
        for (int b = 0; b < 8; ++b) out.push_back(static_cast<std::uint8_t>(word >> (8 * b)));
    return out;
}

void BitStream::restore(std::span<const std::uint8_t> bytes) {
    const auto word_at = [&](std::size_t from) {
        std::uint64_t word = 0;
        for (std::size_t b = 0; b < 8; ++b) word |= static_cast<std::uint64_t>(bytes[from + b]) << (8 * b);
        return word;
    };
    if (bytes.size() < 16) throw DataError("the saved state is too short for a source of bits");
    const std::uint64_t generator_bytes = word_at(bytes.size() - 16), n = word_at(bytes.size() - 8);
    if (generator_bytes > bytes.size() || n > bytes.size() || generator_bytes + n + 16 != bytes.size())
        throw DataError("the saved state of the source of bits is damaged");
    generator_->restore(bytes.first(generator_bytes));
    left_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(generator_bytes), bytes.end() - 16);
    left_from_ = 0;
}

}  // namespace ganbar
