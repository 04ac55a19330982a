#include "ganbar/core/sha256.h"

#include <nettle/sha2.h>

#include <array>

namespace ganbar {

struct Sha256::Context {
    sha256_ctx state;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { sha256_init(&context_->state); }
Sha256::~Sha256() = default;

Sha256& Sha256::add(std::span<const std::uint8_t> bytes) {
    sha256_update(&context_->state, bytes.size(), bytes.data());
    return *this;
}

Sha256& Sha256::add(std::string_view text) { return add({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}); }

std::string Sha256::hex() {
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
    sha256_digest(&context_->state, digest.size(), digest.data());
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string sha256_hex(std::span<const std::uint8_t> bytes) { return Sha256().add(bytes).hex(); }

}  // namespace ganbar
