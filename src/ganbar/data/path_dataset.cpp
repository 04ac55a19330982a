#include "ganbar/data/path_dataset.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "ganbar/core/file_ending.h"
#include "ganbar/data/folder.h"
#include "ganbar/data/idx.h"
#include "ganbar/data/npy.h"

namespace ganbar {

namespace fs = std::filesystem;

namespace {

bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}
bool is_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool is_idx_name(const std::string& name) {
    return has_ending(name, "-ubyte") || has_ending(name, "-ubyte.gz") || has_ending(name, ".idx") || has_ending(name, ".idx.gz");
}

/// The images of one split among the four files of MNIST's kind, in the folder or in its raw/.
std::optional<fs::path> idx_images(const fs::path& folder, const std::string& split) {
    const auto parts = split == "train" ? std::vector<std::string>{"train"} : std::vector<std::string>{"t10k", "test"};
    for (const auto& at : {folder, folder / "raw"})
        for (const auto& part : parts)
            for (const char* rest : {"-images-idx3-ubyte", "-images.idx3-ubyte", "-images-idx4-ubyte", "-images.idx4-ubyte"})
                for (const char* packing : {"", ".gz"})
                    if (const fs::path file = at / (part + rest + packing); is_there(file)) return file;
    return std::nullopt;
}

/// The labels that belong to a file of images, plain or packed; nothing where its name does not say "images" or there are none.
std::optional<fs::path> idx_labels(const fs::path& images) {
    std::string name = images.filename().string();
    const auto swap = [&name](const std::string& from, const std::string& to) {
        const auto at = name.rfind(from);
        if (at != std::string::npos) name.replace(at, from.size(), to);
        return at != std::string::npos;
    };
    if (!swap("images", "labels")) return std::nullopt;
    swap("idx3", "idx1") || swap("idx4", "idx1");
    if (has_ending(name, ".gz")) name.resize(name.size() - 3);
    for (const char* packing : {"", ".gz"})
        if (const fs::path file = images.parent_path() / (name + packing); is_there(file)) return file;
    return std::nullopt;
}

Dataset read_idx_files(const fs::path& images) {
    const auto labels = idx_labels(images);
    return labels ? read_idx_dataset(images, *labels) : read_idx_images(images);
}

Dataset read_npy_files(const fs::path& path) {
    Dataset out = dataset_from_npy(read_npy(path), path.string());
    const fs::path beside = path.parent_path() / (path.stem().string() + ".labels.npy");
    if (!is_there(beside)) return out;
    out.labels = labels_from_npy(read_npy(beside), beside.string());
    if (out.labels.size() != out.n)
        throw DataError(fmt::format("has {} labels, but {} has {} images", out.labels.size(), path.string(), out.n), {beside.string()});
    name_classes_by_number(out);
    finish(out);
    return out;
}

/// torchvision's root holds NAME/raw with the IDX files: the one set below `root`.
std::optional<fs::path> torchvision_set(const fs::path& root) {
    std::vector<fs::path> found;
    std::error_code fault;
    for (fs::directory_iterator it(root, fault), end; !fault && it != end; it.increment(fault))
        if (is_folder(it->path() / "raw") && (idx_images(it->path(), "train") || idx_images(it->path(), "test")))
            found.push_back(it->path());
    if (found.size() > 1) {
        std::vector<std::string> names;
        for (const auto& folder : found) names.push_back(folder.string());
        std::sort(names.begin(), names.end());
        throw DataError("holds several data sets; expected one of " + join(names), {root.string()});
    }
    return found.empty() ? std::nullopt : std::optional(found.front());
}

/// The folder or file of a split; nothing when there is no such split.
std::optional<fs::path> path_of_split(const fs::path& path, const std::string& split) {
    const bool whole = split == "train";
    if (!is_folder(path)) return whole ? std::optional(path) : std::nullopt;
    if (is_folder(path / "train")) return is_folder(path / split) ? std::optional(path / split) : std::nullopt;
    if (idx_images(path, "train") || idx_images(path, "test")) return idx_images(path, split);
    if (const auto set = torchvision_set(path)) return idx_images(*set, split);
    return whole ? std::optional(path) : std::nullopt;
}

Dataset read_part(const fs::path& path, const fs::path& part, const std::string& split, const ReadOptions& options) {
    if (is_folder(part))
        return split == "test" ? read_image_folder(part, options, class_folders(path / "train")) : read_image_folder(part, options);
    if (part.extension() == ".npy") return read_npy_files(part);
    if (is_idx_name(part.filename().string())) return read_idx_files(part);
    throw DataError(
        "is no data set; expected a file ending in .npy, an IDX file (its name ends in -ubyte or .idx, or those and .gz), or a folder of "
        "PNG or JPEG files",
        {path.string()});
}

}  // namespace

bool is_dataset_path(const std::string& name) { return names_file(name, {".npy"}); }

bool has_path_split(const std::string& path, const std::string& split) { return is_there(path) && path_of_split(path, split).has_value(); }

Dataset load_path_dataset(const std::string& path, const std::string& split, const ReadOptions& options) {
    if (!is_there(path))
        throw DataError("does not exist; expected an NPY or IDX file, a folder of PNG or JPEG files, or the name of a data set", {path});
    const auto part = path_of_split(path, split);
    if (!part) throw DataError(fmt::format("has no split \"{}\"; divide the folder into train and test, or use :train", split), {path});
    Dataset out = read_part(path, *part, split, options);
    out.name = path;
    return out;
}

}  // namespace ganbar
