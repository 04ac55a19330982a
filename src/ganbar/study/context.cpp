#include "ganbar/study/context.h"

#include <fmt/format.h>

namespace ganbar::study {

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
