// The data sets ganbar knows by name: shape, classes, source, licence, checksums; where they lie, and reading them.
#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ganbar/core/error.h"
#include "ganbar/data/dataset.h"

namespace ganbar {

enum class DataFormat : std::uint8_t { idx, cifar, npm_json, drawn };

struct DatasetFile {
    std::vector<std::string> names;  ///< the name as distributed, then others it is known under
    std::string split;               ///< "train" or "test"; "" when both need it
    std::string sha256_file;         ///< of the file as distributed; "" when not known
    std::string sha256_content;      ///< after gunzip, so that it holds for any packing; "" when not known
};
/// One set of files that makes the data set up, whole or in part.
using DatasetLayout = std::vector<DatasetFile>;

struct DatasetInfo {
    std::string name, text;
    std::size_t n_train = 0, n_test = 0, channels = 1, height = 0, width = 0;
    std::vector<std::string> class_names;
    std::string source, licence;
    std::string how_to_get;  ///< the command or action, for messages
    DataFormat format = DataFormat::idx;
    std::vector<std::string> folders;    ///< below a root
    std::vector<DatasetLayout> layouts;  ///< the preferred one first
};

/// In alphabetical order.
const std::vector<DatasetInfo>& dataset_table();
/// ConfigError with the nearest name.
const DatasetInfo& dataset_info(const std::string& name, const Location& where = {});
/// What `describe dataset` prints: (what, text) pairs.
std::vector<std::pair<std::string, std::string>> dataset_facts(const DatasetInfo& info);

struct FoundDataset {
    std::filesystem::path folder;
    std::size_t layout = 0;
    std::vector<std::pair<const DatasetFile*, std::filesystem::path>> files;  ///< in the layout's order
};
using DataRoots = std::vector<std::filesystem::path>;

/// The first root and layout that have every file of `split` ("" = every file of the layout).
std::optional<FoundDataset> find_dataset(const DatasetInfo& info, const std::string& split, const DataRoots& roots);
/// Whether load_dataset(name, split, roots) would find its files; paths are looked at as well.
bool has_dataset(const std::string& name, const std::string& split, const DataRoots& roots);

/// `name` is one of the table, or a path (data/path_dataset.h). ConfigError: unknown name or split. DataError: not there (where it looked,
/// how to get it), or damaged.
Dataset load_dataset(const std::string& name, const std::string& split, const DataRoots& roots, const Location& where = {},
                     const ReadOptions& options = {});

/// "mnist:test" -> ("mnist", "test"); without ":train" or ":test" at the end the split is `split`.
std::pair<std::string, std::string> parse_reference(const std::string& text, const std::string& split);

struct FileCheck {
    std::filesystem::path file;
    bool good = false;
    std::string text;  ///< "checksum agrees", or what is wrong
};
/// Reads every file that was found and compares its checksum; files without a known one are checked by their structure.
std::vector<FileCheck> check_dataset(const DatasetInfo& info, const FoundDataset& found);

}  // namespace ganbar
