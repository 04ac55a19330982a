#include "ganbar/app/latents.h"

#include "ganbar/core/parallel.h"

namespace ganbar::app {
namespace {

class PseudoLatents final : public NoiseSource {
public:
    PseudoLatents(LatentKind kind, BitCoding coding) : kind_(kind), coding_(coding) {}
    void fill(Matrix& z, Step& step) override {
        const Rng draws = step.rng.stream("latents");
        parallel_for(z.rows(), [&](std::size_t r) {
            Rng own = draws.stream("vector", r);
            auto row = z.row_span(r);
            if (kind_ == LatentKind::gaussian) own.fill_normal(row);
            else own.fill_uniform(row);
            if (kind_ == LatentKind::uniform)
                for (float& v : row) v = 2 * v - 1;
            if (kind_ == LatentKind::bits)
                for (float& v : row) v = v >= 0.5f ? 1.0f : coding_ == BitCoding::zero_one ? 0.0f : -1.0f;
        });
    }
private:
    LatentKind kind_;
    BitCoding coding_;
};

class ArrayLatents final : public NoiseSource {
public:
    ArrayLatents(ArrayTrng trng, BitCoding coding) : trng_(std::move(trng)), coding_(coding) {}
    void fill(Matrix& z, Step& step) override {
        bits_.resize(z.rows() * z.cols());
        trng_.bits(bits_);
        for (std::size_t r = 0; r < z.rows(); ++r)
            for (std::size_t c = 0; c < z.cols(); ++c)
                z(r, c) = bits_[r * z.cols() + c] ? 1.0f : coding_ == BitCoding::zero_one ? 0.0f : -1.0f;
        trng_.book(step.ledger, step.account + "/noise/array/latents");
    }
    State state() const override {
        const auto bytes = trng_.state();
        return {{"latents/trng", std::vector<float>(bytes.begin(), bytes.end())}};
    }
    void restore(const State& state) override {
        for (const auto& t : state)
            if (t.name == "latents/trng") {
                std::vector<std::uint8_t> bytes;
                for (const float v : t.values) bytes.push_back(static_cast<std::uint8_t>(v));
                trng_.restore(bytes);
                return;
            }
        throw DataError("the checkpoint has no state of the noise generator: it belongs to another experiment");
    }
private:
    ArrayTrng trng_;
    BitCoding coding_;
    std::vector<std::uint8_t> bits_;
};

}  // namespace

std::unique_ptr<NoiseSource> make_latents(const Experiment& e, const DeviceRegistry& devices) {
    if (e.latent.source != LatentKind::array) return std::make_unique<PseudoLatents>(e.latent.source, e.latent.coding);
    TrngParams params = e.trng;
    params.vector_bits = static_cast<std::int64_t>(e.n_latent());
    const auto n = static_cast<std::size_t>(params.size);
    auto cells = devices.get(e.noise_device_model).make(e.noise_device_node(), n * n, nullptr);
    ArrayTrng trng(params, std::move(cells), Rng(static_cast<std::uint64_t>(e.experiment.seed)).stream("trng"));
    trng.attach_wires(e.wires);
    return std::make_unique<ArrayLatents>(std::move(trng), e.latent.coding);
}

}  // namespace ganbar::app
