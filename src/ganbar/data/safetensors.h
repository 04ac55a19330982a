// safetensors files: named arrays and string metadata. Layout: 8 bytes header length (little-endian), JSON header, data.
// Source: the format description of the safetensors project. Written in a fixed order, so equal content gives equal bytes.
#pragma once
#include <cstring>
#include <filesystem>
#include <map>
#include <type_traits>

#include "ganbar/core/error.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/data/bytes.h"

namespace ganbar {

enum class TensorType : std::uint8_t { f32, f64, i64, i8, u8 };
const char* to_string(TensorType type);  ///< "F32", "F64", "I64", "I8", "U8"
std::size_t size_of(TensorType type);    ///< bytes of one element

template <class T>
constexpr TensorType tensor_type() {
    if constexpr (std::is_same_v<T, float>) return TensorType::f32;
    else if constexpr (std::is_same_v<T, double>) return TensorType::f64;
    else if constexpr (std::is_same_v<T, std::int64_t>) return TensorType::i64;
    else if constexpr (std::is_same_v<T, std::int8_t>) return TensorType::i8;
    else {
        static_assert(std::is_same_v<T, std::uint8_t>, "safetensors here hold float, double, int64, int8 or uint8");
        return TensorType::u8;
    }
}

struct StoredTensor {
    TensorType type = TensorType::f32;
    std::vector<std::size_t> shape;  ///< row-major; empty for a single number
    Bytes bytes;
};

/// The content of one file.
class TensorFile {
public:
    std::map<std::string, std::string> metadata;

    /// Adds an array; the name must be new and the number of values must be the product of the shape.
    template <class T>
    void put(const std::string& name, std::vector<std::size_t> shape, std::span<const T> values) {
        add(name, {tensor_type<T>(), std::move(shape),
                   Bytes(reinterpret_cast<const std::uint8_t*>(values.data()),
                         reinterpret_cast<const std::uint8_t*>(values.data()) + values.size_bytes())});
    }
    template <class T>
    void put(const std::string& name, std::vector<std::size_t> shape, const std::vector<T>& values) {
        put(name, std::move(shape), std::span<const T>(values));
    }
    /// The values of an array. DataError naming the file when it is missing, of another type, or of another shape.
    template <class T>
    std::vector<T> get(const std::string& name, const std::vector<std::size_t>& shape) const {
        const StoredTensor& t = expect(name, tensor_type<T>(), &shape);
        std::vector<T> out(t.bytes.size() / sizeof(T));
        if (!out.empty()) std::memcpy(out.data(), t.bytes.data(), t.bytes.size());
        return out;
    }
    /// As get, of any shape.
    template <class T>
    std::vector<T> get(const std::string& name) const {
        return get<T>(name, expect(name, tensor_type<T>(), nullptr).shape);
    }

    void add(const std::string& name, StoredTensor tensor);
    bool contains(const std::string& name) const { return tensors_.contains(name); }
    const StoredTensor& at(const std::string& name) const;
    const std::string& metadata_at(const std::string& key) const;  ///< DataError when missing
    const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }
    const std::string& file() const { return file_; }

private:
    friend TensorFile parse_safetensors(std::span<const std::uint8_t>, const std::string&);
    const StoredTensor& expect(const std::string& name, TensorType type, const std::vector<std::size_t>* shape) const;
    std::map<std::string, StoredTensor> tensors_;
    std::string file_;  ///< for messages
};

Bytes safetensors_bytes(const TensorFile& content);
void write_safetensors(const std::filesystem::path& path, const TensorFile& content, Replace replace = Replace::no);

/// Strict: DataError for a bad header length, bad or duplicate JSON keys, unknown types, sizes that do not fit the shape,
/// overlaps, gaps, data missing at the end or left over.
TensorFile parse_safetensors(std::span<const std::uint8_t> bytes, const std::string& file);
TensorFile read_safetensors(const std::filesystem::path& path);

}  // namespace ganbar
