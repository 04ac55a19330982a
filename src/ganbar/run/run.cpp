#include "ganbar/run/run.h"

#include "ganbar/run/checkpoint.h"

namespace ganbar {
namespace fs = std::filesystem;

RunResult run(const Experiment& experiment, const Places& places, const RunOptions& options, RunObserver& observer) {
    FolderRun r(experiment, places, options, observer);
    while (r.advance()) {
        if (r.session().finished() || !observer.stop()) continue;
        r.checkpoint();
        return {r.folder(), {}, r.wall_s(), "", false, r.session().round(), r.session().n_rounds()};
    }
    const gan::Quality quality = r.finish();
    return {r.folder(), quality, r.wall_s(), gan::headline(quality), true, r.session().round(), r.session().n_rounds()};
}

Trained load_run(const fs::path& folder, const Registries& registries) {
    if (!fs::exists(folder / "run.toml")) throw DataError(folder.string() + " is no run folder: it has no run.toml");
    Trained t;
    t.experiment = load_experiment((folder / "run.toml").string(), config::Presets({}), {}, registries);
    t.model = build(t.experiment);
    const auto found = newest_checkpoint(folder / "checkpoints", &t.passed_over);
    if (!found)
        throw DataError(folder.string() + (t.passed_over.empty()
                                               ? " has no checkpoint; train it first"
                                               : " has no sound checkpoint; the newest is damaged: " + t.passed_over.front()));
    t.model.restore(found->state);
    t.round = found->round;
    return t;
}

}  // namespace ganbar
