#include "ganbar/study/context.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "ganbar/data/atomic_file.h"
#include "ganbar/experiment/training_images.h"
#include "ganbar/run/environment.h"

namespace ganbar::study {

void check_sets(const std::vector<std::string>& sets) {
    for (const auto& set : sets)
        if (const std::string key = set.substr(0, set.find('=')); key == "train.rounds" || key == "train.epochs")
            throw ConfigError(fmt::format("--set {}: a study gives it to its trainings itself; expected --rounds", key));
}

std::string StudyOptions::name(const std::string& name, std::int64_t rounds, const std::vector<std::string>& own) const {
    std::string out = "study " + name;
    for (const auto& option : own) out += " " + option;
    return rounds > 0 ? out + fmt::format(", {} rounds", rounds) : out;
}

std::string StudyOptions::command(const std::string& name, std::int64_t n_seeds, const std::vector<std::string>& own) const {
    std::string out = "ganbar study " + name;
    if (quick) out += " --quick";
    for (const auto& option : own) out += " " + option;
    if (rounds > 0) out += fmt::format(" --rounds {}", rounds);
    out += fmt::format(" --seeds {}", n_seeds);
    for (const auto& set : sets) out += fmt::format(" --set \"{}\"", set);
    return out;
}

std::string data_text(const Experiment& experiment) {
    const auto& d = experiment.data;
    return fmt::format("{}{}, batches of {}", d.dataset,
                       d.classes.empty() ? "" : fmt::format(", class{} {}", d.classes.size() == 1 ? "" : "es", fmt::join(d.classes, ", ")),
                       experiment.train.batch);
}

void check_sets(const std::vector<std::string>& sets, const std::vector<std::string>& own) {
    // Keys of a rule's table [train.RULE] may stand in [train].
    const auto key = [](const std::string& set) {
        const std::string name = set.substr(0, set.find('='));
        return name.starts_with("train.") ? "train" + name.substr(name.rfind('.')) : name;
    };
    for (const auto& set : sets) {
        if (key(set) == "experiment.seed") throw ConfigError("--set experiment.seed: trainings have seeds of their own; expected --seeds");
        if (std::any_of(own.begin(), own.end(), [&](const auto& o) { return key(o) == key(set); }))
            throw ConfigError(fmt::format("--set {}: this study varies it itself; expected a setting that all its trainings share",
                                          set.substr(0, set.find('='))));
    }
}

static const std::filesystem::path& made(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    return folder;
}

StudyFolder::StudyFolder(const std::filesystem::path& folder, const std::string& what) : lock_(made(folder), "study") {
    const std::filesystem::path file = folder / "study.txt";
    if (!std::filesystem::exists(file)) write_file(file, what + "\n");
    std::string held = read_text(file);
    held.erase(held.find_last_not_of('\n') + 1);
    const bool earlier = what.starts_with(held + ", ");  // earlier versions kept no rounds
    if (held != what && !earlier)
        throw DataError(fmt::format("{} holds \"{}\", not \"{}\"; expected another --out", folder.string(), held, what));
}

Experiment Context::load(const std::string& preset, const std::vector<std::string>& sets) const {
    return load_experiment(preset, experiments, sets, registries);
}

void Context::check_images(const Experiment& experiment) const { TrainingImages(experiment, places.data); }

RunResult Context::train(const Experiment& experiment, const std::filesystem::path& folder, const std::string& label) const {
    if (observer.stop()) throw Interrupted(fmt::format("stopped before {}; the same command goes on", label));
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
