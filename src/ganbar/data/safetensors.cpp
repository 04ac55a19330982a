#include "ganbar/data/safetensors.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ganbar {

using Json = nlohmann::json;

namespace {

constexpr std::size_t max_header_bytes = 100'000'000;  // the limit of the reference reader
constexpr std::array<TensorType, 5> all_types{TensorType::f32, TensorType::f64, TensorType::i64, TensorType::i8, TensorType::u8};

/// Names in the order of their data: widest elements first, so that every array is aligned; then by name.
std::vector<std::string> data_order(const TensorFile& content) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : content.tensors()) names.push_back(name);
    std::stable_sort(names.begin(), names.end(),
                     [&](const auto& a, const auto& b) { return size_of(content.at(a).type) > size_of(content.at(b).type); });
    return names;
}

std::size_t to_size(const Json& value, const std::string& what, const Location& where) {
    if (!value.is_number_unsigned()) throw DataError(fmt::format("has a bad safetensors header: {} is not a whole number", what), where);
    return value.get<std::size_t>();
}

/// The header as JSON; a name said twice is a fault, since one of the two would be lost.
Json parse_header(std::string_view text, const Location& where) {
    std::vector<std::set<std::string>> seen;
    const auto watch = [&](int, Json::parse_event_t event, Json& value) {
        if (event == Json::parse_event_t::object_start) seen.emplace_back();
        if (event == Json::parse_event_t::object_end) seen.pop_back();
        if (event == Json::parse_event_t::key && !seen.back().insert(value.get<std::string>()).second) {
            throw DataError(fmt::format("has a bad safetensors header: the name \"{}\" appears twice", value.get<std::string>()), where);
        }
        return true;
    };
    try {
        Json header = Json::parse(text, watch);
        if (!header.is_object()) throw DataError("has a bad safetensors header: expected a JSON object", where);
        return header;
    } catch (const Json::exception& e) {
        throw DataError(fmt::format("has a bad safetensors header: {}", e.what()), where);
    }
}

struct Entry {
    std::string name;
    StoredTensor tensor;
    std::size_t begin = 0, end = 0;
};

Entry read_entry(const std::string& name, const Json& value, const Location& where) {
    const auto fail = [&](const std::string& what) {
        throw DataError(fmt::format("has a bad safetensors header: tensor \"{}\" {}", name, what), where);
    };
    if (!value.is_object() || value.size() != 3 || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets")) {
        fail("needs exactly dtype, shape and data_offsets");
    }
    const Json &dtype = value["dtype"], &shape = value["shape"], &offsets = value["data_offsets"];
    if (!dtype.is_string() || !shape.is_array() || !offsets.is_array() || offsets.size() != 2 || shape.size() > 32)
        fail("has a dtype, shape or data_offsets of the wrong form");
    Entry out{
        name, {}, to_size(offsets[0], "an offset of \"" + name + "\"", where), to_size(offsets[1], "an offset of \"" + name + "\"", where)};
    const auto type =
        std::find_if(all_types.begin(), all_types.end(), [&](TensorType t) { return dtype.get<std::string>() == to_string(t); });
    if (type == all_types.end()) fail("has dtype " + dtype.get<std::string>() + "; expected F32, F64, I64, I8 or U8");
    out.tensor.type = *type;
    for (const auto& side : shape) out.tensor.shape.push_back(to_size(side, "a size of \"" + name + "\"", where));
    const std::size_t need = checked_product(out.tensor.shape, max_file_bytes / 8, where.file) * size_of(*type);
    if (out.end < out.begin || out.end - out.begin != need)
        fail(fmt::format("has offsets {} to {}; its shape {} needs {} bytes", out.begin, out.end, shape_text(out.tensor.shape), need));
    return out;
}

std::map<std::string, std::string> read_metadata(const Json& value, const Location& where) {
    std::map<std::string, std::string> out;
    if (!value.is_object()) throw DataError("has a bad safetensors header: __metadata__ is not an object", where);
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) throw DataError(fmt::format("has a bad safetensors header: metadata \"{}\" is not text", key), where);
        out[key] = text.get<std::string>();
    }
    return out;
}

}  // namespace

const char* to_string(TensorType type) {
    static constexpr std::array<const char*, 5> names{"F32", "F64", "I64", "I8", "U8"};
    return names[static_cast<std::size_t>(type)];
}

std::size_t size_of(TensorType type) {
    static constexpr std::array<std::size_t, 5> sizes{4, 8, 8, 1, 1};
    return sizes[static_cast<std::size_t>(type)];
}

void TensorFile::add(const std::string& name, StoredTensor tensor) {
    std::size_t n = size_of(tensor.type);
    for (const std::size_t side : tensor.shape) n *= side;
    GANBAR_ASSERT(n == tensor.bytes.size() && name != "__metadata__");
    GANBAR_ASSERT(tensors_.emplace(name, std::move(tensor)).second);
}

const StoredTensor& TensorFile::at(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found != tensors_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [other, tensor] : tensors_) names.push_back(other);
    const std::string near = nearest_name(name, names);
    throw DataError(fmt::format("has no tensor \"{}\"{}; it belongs to another network or version", name,
                                near.empty() ? "" : " (the nearest is \"" + near + "\")"),
                    {file_});
}

const std::string& TensorFile::metadata_at(const std::string& key) const {
    const auto found = metadata.find(key);
    if (found == metadata.end())
        throw DataError(fmt::format("has no metadata \"{}\"; it was not written by this program or by another version", key), {file_});
    return found->second;
}

const StoredTensor& TensorFile::expect(const std::string& name, TensorType type, const std::vector<std::size_t>* shape) const {
    const StoredTensor& t = at(name);
    if (t.type != type) throw DataError(fmt::format("tensor \"{}\" is {}; expected {}", name, to_string(t.type), to_string(type)), {file_});
    if (shape != nullptr && t.shape != *shape) {
        throw DataError(fmt::format("tensor \"{}\" has shape [{}]; expected [{}], so it belongs to another network", name,
                                    shape_text(t.shape), shape_text(*shape)),
                        {file_});
    }
    return t;
}

Bytes safetensors_bytes(const TensorFile& content) {
    Json header = Json::object();
    if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
    const auto order = data_order(content);
    std::size_t at = 0;
    for (const auto& name : order) {
        const StoredTensor& t = content.at(name);
        header[name] = {{"dtype", to_string(t.type)}, {"shape", t.shape}, {"data_offsets", {at, at + t.bytes.size()}}};
        at += t.bytes.size();
    }
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);  // a path in the metadata may be no UTF-8
    text.append((8 - text.size() % 8) % 8, ' ');
    Bytes out;
    out.reserve(8 + text.size() + at);
    for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::uint8_t>(text.size() >> shift));
    out.insert(out.end(), text.begin(), text.end());
    for (const auto& name : order) out.insert(out.end(), content.at(name).bytes.begin(), content.at(name).bytes.end());
    return out;
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& content, Replace replace) {
    write_file(path, safetensors_bytes(content), replace);
}

TensorFile parse_safetensors(std::span<const std::uint8_t> bytes, const std::string& file) {
    const Location where{file};
    if (bytes.size() < 8) throw DataError(fmt::format("is not a safetensors file: it has {} bytes", bytes.size()), where);
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < 8; ++i) length |= std::uint64_t{bytes[i]} << (8 * i);
    if (length > max_header_bytes) throw DataError("is not a safetensors file: its first 8 bytes are not a plausible header length", where);
    if (length > bytes.size() - 8)
        throw DataError(fmt::format("is truncated inside its header of {} bytes; copy it again or use an earlier checkpoint", length),
                        where);
    const auto data = bytes.subspan(8 + length);
    const Json header = parse_header({reinterpret_cast<const char*>(bytes.data()) + 8, length}, where);

    TensorFile out;
    out.file_ = file;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name == "__metadata__") out.metadata = read_metadata(value, where);
        else entries.push_back(read_entry(name, value, where));
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
    std::size_t at = 0;
    for (auto& e : entries) {
        if (e.begin != at)
            throw DataError(fmt::format("has a bad safetensors header: tensor \"{}\" {} the data before it", e.name,
                                        e.begin < at ? "overlaps" : "leaves a gap after"),
                            where);
        if (e.end > data.size())
            throw DataError(fmt::format("is truncated: tensor \"{}\" ends at byte {} of {}; copy it again or use an earlier checkpoint",
                                        e.name, e.end, data.size()),
                            where);
        const auto part = data.subspan(e.begin, e.end - e.begin);
        e.tensor.bytes.assign(part.begin(), part.end());
        at = e.end;
        out.add(e.name, std::move(e.tensor));
    }
    if (at != data.size()) throw DataError(fmt::format("has {} bytes after its last tensor", data.size() - at), where);
    return out;
}

TensorFile read_safetensors(const std::filesystem::path& path) { return parse_safetensors(read_file(path), path.string()); }

}  // namespace ganbar
