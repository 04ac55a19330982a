#include "ganbar/experiment/latents.h"

#include "ganbar/core/account.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/state.h"

namespace ganbar {
namespace {

class PseudoLatents final : public NoiseSource {
public:
    PseudoLatents(LatentKind kind, const noise::SampleCode& code) : kind_(kind), code_(code) {}
    void fill(Matrix& z, Step& step) override {
        const Rng draws = step.rng.stream("latents");
        parallel_for(z.rows(), [&](std::size_t r) {
            Rng own = draws.stream("vector", r);
            auto row = z.row_span(r);
            if (kind_ == LatentKind::gaussian) return own.fill_normal(row);
            if (kind_ == LatentKind::uniform) {
                own.fill_uniform(row);
                for (float& v : row) v = 2 * v - 1;
                return;
            }
            std::vector<float> draw(code_.bits_for(row.size()));
            own.fill_uniform(draw);
            std::vector<std::uint8_t> bits(draw.size());
            for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = draw[i] >= 0.5f;
            code_.decode(bits, row);
        });
    }

private:
    LatentKind kind_;
    noise::SampleCode code_;
};

class ArrayLatents final : public NoiseSource {
public:
    ArrayLatents(BitStream bits, const noise::SampleCode& code) : stream_(std::move(bits)), code_(code) {}
    void fill(Matrix& z, Step& step) override {
        const std::size_t each = code_.bits_for(z.cols());
        bits_.resize(z.rows() * each);
        stream_.take(bits_);
        for (std::size_t r = 0; r < z.rows(); ++r) code_.decode(std::span(bits_).subspan(r * each, each), z.row_span(r));
        const BitCost now = stream_.generator().cost();
        const std::string account = step.account + "/noise/array/latents";
        book(step.ledger, account, booked_, now);
        charge(step.ledger, {step.account + "/noise/array", Phase::latents, Component::vector}, static_cast<std::int64_t>(z.rows()), {0});
        booked_ = now;
    }
    State state() const override {
        const auto bytes = stream_.state();
        return {{"latents/trng", std::vector<float>(bytes.begin(), bytes.end())}};
    }
    void restore(const State& state) override {
        std::vector<std::uint8_t> bytes;
        for (const float v : find_tensor(state, "latents/trng")) bytes.push_back(static_cast<std::uint8_t>(v));
        stream_.restore(bytes);
        booked_ = stream_.generator().cost();
    }

private:
    BitStream stream_;
    noise::SampleCode code_;
    BitCost booked_;
    std::vector<std::uint8_t> bits_;
};

}  // namespace

std::unique_ptr<NoiseSource> make_latents(const Experiment& e) {
    const noise::SampleCode code = e.latent.code();
    if (e.latent.source != LatentKind::array) return std::make_unique<PseudoLatents>(e.latent.source, code);
    NoiseTables tables = e.noise;
    tables.trng.vector_bits = static_cast<std::int64_t>(code.bits_for(e.n_latent()));
    const TrngStreams streams(Rng(static_cast<std::uint64_t>(e.experiment.seed)).stream("trng"));
    return std::make_unique<ArrayLatents>(BitStream(tables.make(streams, e.noise_device, &e.wires), tables.noise), code);
}

}  // namespace ganbar
