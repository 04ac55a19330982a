#include "ganbar/data/idx.h"

#include <fmt/format.h>

namespace ganbar {

IdxArray parse_idx(std::span<const std::uint8_t> bytes, const std::string& file) {
    const Location where{file};
    if (bytes.size() < 4)
        throw DataError(fmt::format("is not an IDX file: it has {} bytes; expected at least a header", bytes.size()), where);
    if (bytes[0] != 0 || bytes[1] != 0) {
        throw DataError(fmt::format("is not an IDX file: it begins with {:02x} {:02x}; expected 00 00 (fetch it again, or check that it is "
                                    "not another file under this name)",
                                    bytes[0], bytes[1]),
                        where);
    }
    if (bytes[2] != 0x08) throw DataError(fmt::format("holds IDX type {:02x}; expected 08 (unsigned bytes)", bytes[2]), where);
    const std::size_t rank = bytes[3], header = 4 + 4 * rank;
    if (rank < 1 || rank > 4) throw DataError(fmt::format("holds an IDX array with {} dimensions; expected 1 to 4", rank), where);
    if (bytes.size() < header)
        throw DataError(fmt::format("ends inside its header: {} bytes, expected {}; fetch it again", bytes.size(), header), where);
    IdxArray out;
    for (std::size_t d = 0; d < rank; ++d) {
        const auto* p = bytes.data() + 4 + 4 * d;
        out.shape.push_back(std::size_t{p[0]} << 24 | std::size_t{p[1]} << 16 | std::size_t{p[2]} << 8 | p[3]);
    }
    const std::size_t n = checked_product(out.shape, max_file_bytes, file);
    const auto body = bytes.subspan(header);
    if (body.size() < n)
        throw DataError(fmt::format("is truncated: {} needs {} bytes after the header, found {}; fetch it again", shape_text(out.shape), n,
                                    body.size()),
                        where);
    if (body.size() > n)
        throw DataError(fmt::format("has {} bytes after the end of its data ({}); fetch it again", body.size() - n, shape_text(out.shape)),
                        where);
    out.values.assign(body.begin(), body.end());
    return out;
}

IdxArray read_idx(const std::filesystem::path& path) { return parse_idx(read_file_or_gzip(path), path.string()); }

Bytes idx_bytes(const IdxArray& array) {
    GANBAR_ASSERT(!array.shape.empty() && array.shape.size() <= 4);
    Bytes out{0, 0, 8, static_cast<std::uint8_t>(array.shape.size())};
    for (const std::size_t side : array.shape)
        for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(side >> shift));
    out.insert(out.end(), array.values.begin(), array.values.end());
    return out;
}

Dataset read_idx_images(const std::filesystem::path& images) {
    IdxArray pictures = read_idx(images);
    const auto& s = pictures.shape;
    if (s.size() < 3)
        throw DataError(fmt::format("holds {} ({} dimensions); expected images, n x height x width", shape_text(s), s.size()),
                        {images.string()});
    Dataset out;
    out.origin = images.string();
    out.n = s[0], out.channels = s.size() == 4 ? s[1] : 1, out.height = s[s.size() - 2], out.width = s.back();
    if (out.channels != 1 && out.channels != 3)
        throw DataError(fmt::format("has {} channels ({}); expected 1 or 3, n x channels x height x width", out.channels, shape_text(s)),
                        {images.string()});
    out.pixels = std::move(pictures.values);
    finish(out);
    return out;
}

Dataset read_idx_dataset(const std::filesystem::path& images, const std::filesystem::path& labels, std::vector<std::string> class_names) {
    Dataset out = read_idx_images(images);
    IdxArray classes = read_idx(labels);
    if (classes.shape.size() != 1)
        throw DataError(fmt::format("holds {}; expected labels, one number per image", shape_text(classes.shape)), {labels.string()});
    if (classes.shape[0] != out.n) {
        throw DataError(
            fmt::format("has {} labels, but {} has {} images; use the two files of one set", classes.shape[0], images.string(), out.n),
            {labels.string()});
    }
    out.labels = std::move(classes.values);
    if (class_names.empty()) name_classes_by_number(out);
    else out.class_names = std::move(class_names);
    finish(out);
    return out;
}

}  // namespace ganbar
