#include "ganbar/data/cifar.h"

#include <fmt/format.h>

namespace ganbar {

const std::vector<std::string>& cifar_class_names() {
    static const std::vector<std::string> names{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
    return names;
}

Dataset parse_cifar(std::span<const std::uint8_t> bytes, const std::string& file) {
    if (bytes.empty() || bytes.size() % cifar_record_bytes != 0) {
        throw DataError(
            fmt::format("has {} bytes; expected a whole number of CIFAR-10 records of {} bytes (fetch it again, in the binary version)",
                        bytes.size(), cifar_record_bytes),
            {file});
    }
    Dataset out;
    out.name = "cifar10", out.origin = file, out.class_names = cifar_class_names();
    out.n = bytes.size() / cifar_record_bytes, out.height = 32, out.width = 32, out.channels = 3;
    out.pixels.reserve(out.n * out.image_size());
    for (std::size_t i = 0; i < out.n; ++i) {
        const auto record = bytes.subspan(i * cifar_record_bytes, cifar_record_bytes);
        out.labels.push_back(record[0]);
        out.pixels.insert(out.pixels.end(), record.begin() + 1, record.end());
    }
    finish(out);
    return out;
}

Dataset read_cifar(std::span<const std::filesystem::path> files) {
    GANBAR_ASSERT(!files.empty());
    Dataset out;
    for (const auto& file : files) {
        Dataset part = parse_cifar(read_file_or_gzip(file), file.string());
        if (out.n == 0) {
            out = std::move(part);
            continue;
        }
        out.n += part.n;
        out.pixels.insert(out.pixels.end(), part.pixels.begin(), part.pixels.end());
        out.labels.insert(out.labels.end(), part.labels.begin(), part.labels.end());
    }
    if (files.size() > 1) out.origin = files.front().parent_path().string();
    finish(out);
    return out;
}

}  // namespace ganbar
