#include "ganbar/exports/zip.h"

#include <fmt/format.h>
#include <zlib.h>

#include "ganbar/core/error.h"

namespace ganbar::exports {
namespace {

constexpr std::uint64_t most_bytes = 0xffffffffu, most_entries = 0xffff;
constexpr std::uint16_t needs_version = 20, dated = (1 << 5) | 1;  // 1980-01-01
constexpr std::uint32_t regular_file = 0100644u << 16;

void put(Bytes& out, std::uint64_t value, int n_bytes) {
    for (int i = 0; i < n_bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void put(Bytes& out, std::span<const std::uint8_t> bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void put(Bytes& out, const std::string& text) { out.insert(out.end(), text.begin(), text.end()); }

/// A raw deflate stream (RFC 1951).
Bytes deflated(std::span<const std::uint8_t> content) {
    z_stream z{};
    if (deflateInit2(&z, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw DataError("zlib gives no memory for packing");
    Bytes out(deflateBound(&z, static_cast<uLong>(content.size())));
    z.next_in = const_cast<Bytef*>(content.data()), z.avail_in = static_cast<uInt>(content.size());
    z.next_out = out.data(), z.avail_out = static_cast<uInt>(out.size());
    const int end = deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    if (end != Z_STREAM_END) throw DataError("zlib could not pack an entry");
    return out;
}

/// What the local header and the directory say alike.
void put_facts(Bytes& out, bool packed, std::uint32_t crc, std::size_t stored, std::size_t size, const std::string& name) {
    put(out, needs_version, 2), put(out, 1u << 11, 2), put(out, packed ? 8 : 0, 2), put(out, 0, 2),
        put(out, dated, 2);  // flag 11: names are UTF-8
    put(out, crc, 4), put(out, stored, 4), put(out, size, 4), put(out, name.size(), 2), put(out, 0, 2);
}

}  // namespace

void ZipWriter::add(const std::string& name, std::span<const std::uint8_t> content) {
    if (out_.size() + content.size() + name.size() + 64 > most_bytes || n_ == most_entries)
        throw ConfigError(
            fmt::format("the archive would hold more than 4 GiB or {} entries (at \"{}\"); expected less to export", most_entries, name));
    const auto crc = static_cast<std::uint32_t>(crc32(crc32(0, nullptr, 0), content.data(), static_cast<uInt>(content.size())));
    const Bytes smaller = deflated(content);
    const bool packed = smaller.size() < content.size();
    const std::span<const std::uint8_t> stored = packed ? std::span<const std::uint8_t>(smaller) : content;
    const std::size_t at = out_.size();
    put(out_, 0x04034b50, 4), put_facts(out_, packed, crc, stored.size(), content.size(), name), put(out_, name), put(out_, stored);
    put(directory_, 0x02014b50, 4), put(directory_, (3 << 8) | needs_version, 2);  // made on Unix
    put_facts(directory_, packed, crc, stored.size(), content.size(), name);
    put(directory_, 0, 2), put(directory_, 0, 2), put(directory_, 0, 2), put(directory_, regular_file, 4), put(directory_, at, 4),
        put(directory_, name);
    ++n_;
}

Bytes ZipWriter::finish() {
    const std::size_t at = out_.size();
    put(out_, directory_);
    put(out_, 0x06054b50, 4), put(out_, 0, 2), put(out_, 0, 2), put(out_, n_, 2), put(out_, n_, 2), put(out_, directory_.size(), 4),
        put(out_, at, 4), put(out_, 0, 2);
    return std::move(out_);
}

}  // namespace ganbar::exports
