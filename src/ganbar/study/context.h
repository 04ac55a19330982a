// What a study is handed, and its one way of training a run.
#pragma once
#include <filesystem>
#include <functional>

#include "ganbar/config/preset.h"
#include "ganbar/data/folder_lock.h"
#include "ganbar/run/run.h"

namespace ganbar::study {

struct Context {
    const config::Presets& experiments;
    const config::Presets& networks;
    const Registries& registries;
    const Places& places;
    RunObserver& observer;  ///< of every run; its stop() ends the study
    Log say;                ///< hears what is being worked on
    /// A preset with settings, key=value.
    Experiment load(const std::string& preset, const std::vector<std::string>& sets) const;
    /// DataError where the images that it trains on are not here or too few.
    void check_images(const Experiment& experiment) const;
    /// Trains into a folder, or takes up what is there; `label` is what the line about it begins with. Interrupted when the observer stops
    /// it.
    RunResult train(const Experiment& experiment, const std::filesystem::path& folder, const std::string& label) const;
};

/// What every study is asked for.
struct StudyOptions {
    bool quick = false;
    std::int64_t rounds = 0, seeds = 0;  ///< of the trainings; 0: the study's own
    int jobs = 1;                        ///< trainings at once, of studies that sweep
    std::filesystem::path out;
    std::vector<std::string> sets;  ///< applied to every training
    std::string program;            ///< trains: `PROGRAM train ...`
    std::function<bool()> stop{};   ///< asked while trainings run; true ends the study, which the same options take up again

    std::int64_t rounds_or(std::int64_t whole, std::int64_t of_quick) const { return rounds > 0 ? rounds : quick ? of_quick : whole; }
    std::int64_t seeds_or(std::int64_t whole, std::int64_t of_quick) const { return seeds > 0 ? seeds : quick ? of_quick : whole; }
    /// What a folder holds: "study NAME, 60 rounds", with options of the study's own; without rounds where the trainings differ in them.
    std::string name(const std::string& name, std::int64_t rounds = 0, const std::vector<std::string>& own = {}) const;
    /// What makes the page again: "ganbar study NAME ...", with options of the study's own such as "--networks dense".
    std::string command(const std::string& name, std::int64_t n_seeds, const std::vector<std::string>& own = {}) const;
};

/// "mnist, class 3, batches of 608": what an experiment trains on.
std::string data_text(const Experiment& experiment);

/// ConfigError for a setting of --set that a study's own options give: rounds and epochs.
void check_sets(const std::vector<std::string>& sets);
/// ConfigError for a setting of --set that a study varies itself, or that gives the seed: its rows would have the names of other values.
/// `own`: key=value texts.
void check_sets(const std::vector<std::string>& sets, const std::vector<std::string>& own);
/// The folder of one study, made where it is not there, and held against other processes. A study makes it when its input is checked.
class StudyFolder {
public:
    /// `what`: the study and what its trainings share ("study wires, 60 rounds"), as StudyOptions::name says it. DataError where the
    /// folder holds another one.
    StudyFolder(const std::filesystem::path& folder, const std::string& what);

private:
    FolderLock lock_;
};

}  // namespace ganbar::study
