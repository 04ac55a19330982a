// Bytes of whole files: reading with limits, gzip (RFC 1952), SHA-256. Every fault is a DataError that names the file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ganbar {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::size_t max_file_bytes = std::size_t{1} << 32;  ///< no input of ganbar is larger than 4 GiB

/// The whole file. DataError when it is missing, a folder, unreadable, or larger than `limit`.
Bytes read_file(const std::filesystem::path& path, std::size_t limit = max_file_bytes);
/// The whole file, decompressed when it begins with gzip's magic bytes.
Bytes read_file_or_gzip(const std::filesystem::path& path, std::size_t limit = max_file_bytes);
/// All members of a gzip stream. DataError on damage, truncation, bytes after the end, or more than `limit` bytes of content.
Bytes gunzip(std::span<const std::uint8_t> packed, const std::string& file, std::size_t limit = max_file_bytes);
inline bool is_gzip(std::span<const std::uint8_t> b) { return b.size() >= 2 && b[0] == 0x1f && b[1] == 0x8b; }

/// SHA-256 of a file of any size, as 64 hexadecimal digits.
std::string sha256_of_file(const std::filesystem::path& path);

/// Product of a shape, or DataError naming `file` when it does not fit below `limit`.
std::size_t checked_product(std::span<const std::size_t> shape, std::size_t limit, const std::string& file);
/// "60000 x 28 x 28"
std::string shape_text(std::span<const std::size_t> shape);

}  // namespace ganbar
