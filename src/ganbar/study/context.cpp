#include "ganbar/study/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ganbar/data/atomic_file.h"
#include "ganbar/run/environment.h"

namespace ganbar::study {

void check_sets(const std::vector<std::string>& sets) {
    const std::map<std::string, std::string> own{
        {"train.rounds", "--rounds"}, {"train.epochs", "--rounds"}, {"experiment.seed", "--seeds"}};
    for (const auto& set : sets)
        if (const auto it = own.find(set.substr(0, set.find('='))); it != own.end())
            throw ConfigError(fmt::format("--set {}: a study gives it to its trainings itself; expected {}", it->first, it->second));
}

void check_sets(const std::vector<std::string>& sets, const std::vector<std::string>& own) {
    const auto key = [](const std::string& set) { return set.substr(0, set.find('=')); };
    for (const auto& set : sets)
        if (std::any_of(own.begin(), own.end(), [&](const auto& o) { return key(o) == key(set); }))
            throw ConfigError(
                fmt::format("--set {}: this study varies it itself; expected a setting that all its trainings share", key(set)));
}

void take_folder(const std::filesystem::path& folder, const std::string& what) {
    const std::filesystem::path file = folder / "study.txt";
    if (std::filesystem::exists(file)) {
        std::string held = read_text(file);
        held.erase(held.find_last_not_of('\n') + 1);
        if (held != what) throw DataError(fmt::format("{} holds \"{}\", not \"{}\"; expected another --out", folder.string(), held, what));
        return;
    }
    std::filesystem::create_directories(folder);
    write_file(file, what + "\n");
}

RunResult Context::train(const Experiment& experiment, const std::filesystem::path& folder, const std::string& label) const {
    RunOptions options;
    options.out = folder;
    options.resume = std::filesystem::exists(folder);  // a study that was interrupted goes on where it stopped
    options.report = false;
    std::filesystem::create_directories(folder.parent_path());
    say(label + " ...");
    RunResult result = run(experiment, places, options, observer);
    if (!result.finished)
        throw Interrupted(
            fmt::format("stopped after round {} of {} of {}; the same command goes on", result.round, result.n_rounds, folder.string()));
    say(fmt::format("  {} ({:.1f} s)", result.headline, result.wall_s));
    return result;
}

}  // namespace ganbar::study
