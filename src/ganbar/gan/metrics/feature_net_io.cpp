// The feature net as bytes, and back. Layout in feature_net.h.
#include <bit>
#include <cstring>

#include "ganbar/core/sha256.h"
#include "ganbar/gan/metrics/feature_net.h"

namespace ganbar::gan {

namespace {

static_assert(std::endian::native == std::endian::little, "the file format is little-endian");
constexpr char magic[] = "GBFEAT01";
constexpr std::size_t n_magic = 8, n_digest = 64;
constexpr std::uint32_t max_layers = 64, max_units = 1u << 20;

template <class T>
void append(std::vector<std::uint8_t>& out, const T* values, std::size_t n) {
    const std::size_t at = out.size();
    out.resize(at + n * sizeof(T));
    if (n > 0) std::memcpy(out.data() + at, values, n * sizeof(T));
}

class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    template <class T>
    void read(T* out, std::size_t n) {
        need(n * sizeof(T));
        if (n > 0) std::memcpy(out, bytes_.data(), n * sizeof(T));
        bytes_ = bytes_.subspan(n * sizeof(T));
    }
    void need(std::size_t n) const {
        if (n > bytes_.size()) throw DataError("the feature net's bytes end early; expected a complete feature net");
    }
    bool done() const { return bytes_.empty(); }

private:
    std::span<const std::uint8_t> bytes_;
};

}  // namespace

std::vector<std::uint8_t> FeatureNet::payload() const {
    std::vector<std::uint8_t> out;
    append(out, magic, n_magic);
    const auto n_layers = static_cast<std::uint32_t>(layers_.size());
    append(out, &n_layers, 1);
    for (const auto& l : layers_) {
        const std::uint32_t shape[2] = {static_cast<std::uint32_t>(l.weight.rows()), static_cast<std::uint32_t>(l.weight.cols())};
        append(out, shape, 2);
        for (std::size_t r = 0; r < l.weight.rows(); ++r) append(out, l.weight.row(r), l.weight.cols());
        append(out, l.bias.data(), l.bias.size());
    }
    return out;
}

std::string FeatureNet::sha256() const { return sha256_hex(payload()); }

std::vector<std::uint8_t> FeatureNet::serialize() const {
    auto out = payload();
    const auto digest = sha256_hex(out);
    append(out, digest.data(), digest.size());
    return out;
}

FeatureNet FeatureNet::deserialize(std::span<const std::uint8_t> bytes) {
    if (bytes.size() < n_magic + n_digest || std::memcmp(bytes.data(), magic, n_magic) != 0)
        throw DataError("these bytes are not a feature net; expected them to begin with GBFEAT01");
    const auto body = bytes.first(bytes.size() - n_digest);
    const std::string digest(reinterpret_cast<const char*>(bytes.data()) + body.size(), n_digest);
    if (sha256_hex(body) != digest) throw DataError("the feature net's checksum does not fit its bytes; expected an undamaged feature net");
    Reader in(body.subspan(n_magic));
    std::uint32_t n_layers = 0;
    in.read(&n_layers, 1);
    if (n_layers < 2 || n_layers > max_layers)
        throw DataError("a feature net of " + std::to_string(n_layers) + " layers; expected 2 to 64");
    FeatureNet net;
    for (std::uint32_t l = 0; l < n_layers; ++l) {
        std::uint32_t shape[2];
        in.read(shape, 2);
        const bool fits = l == 0 || net.layers_.back().weight.cols() == shape[0];
        if (shape[0] == 0 || shape[1] == 0 || shape[0] > max_units || shape[1] > max_units || !fits)
            throw DataError("the feature net's layer shapes do not fit together");
        in.need((std::size_t{shape[0]} + 1) * shape[1] * sizeof(float));
        Layer layer{Matrix(shape[0], shape[1]), std::vector<float>(shape[1])};
        for (std::size_t r = 0; r < shape[0]; ++r) in.read(layer.weight.row(r), shape[1]);
        in.read(layer.bias.data(), shape[1]);
        net.layers_.push_back(std::move(layer));
    }
    if (!in.done()) throw DataError("bytes follow the feature net's last layer; expected none");
    return net;
}

}  // namespace ganbar::gan
