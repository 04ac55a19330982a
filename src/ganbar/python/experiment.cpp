// Experiments and their runs: load, plan, train round by round.
#include <mutex>

#include "ganbar/config/given.h"
#include "ganbar/python/interrupt.h"
#include "ganbar/run/results.h"
#include "ganbar/run/run.h"

namespace ganbar::python {
namespace {

/// An experiment with what it was loaded from. Never changes.
struct LoadedExperiment {
    LibraryPtr library;
    Experiment experiment;
};
using ExperimentPtr = std::shared_ptr<const LoadedExperiment>;

/// `base`: a name or path, or a dict. `over`: sections that override it, as --set does.
ExperimentPtr load(const LibraryPtr& library, const nb::object& base, const nb::dict& over) {
    const auto given = nb::isinstance<nb::dict>(base) ? node_of(nb::cast<nb::dict>(base)) : nullptr;
    const auto name = given ? std::string("experiment") : nb::cast<std::string>(base);
    const auto overrides = node_of(over);
    const nb::gil_scoped_release free;
    return std::make_shared<const LoadedExperiment>(
        library, read_experiment({.name = name, .given = given.get(), .over = overrides.get(), .origin = config::said_in_python},
                                 library->presets("experiments"), library->registries));
}

nb::dict to_dict(const LoadedExperiment& e) { return dict_of(*config::parse_toml(run_toml(e.experiment), "run.toml")); }

/// Who said the value of a key: "default" where nobody did. ConfigError for a key that no section has.
std::string origin(const LoadedExperiment& e, const std::string& key) {
    std::vector<std::string> names;
    for (const auto& section : resolved(e.experiment))
        for (const auto& row : section.rows) {
            if (section.is_item) continue;
            names.push_back(section.path + "." + row.info.name);
            if (names.back() == key) return row.said_by.empty() ? "default" : row.said_by;
        }
    const std::string near = nearest_name(key, names);
    throw ConfigError("unknown key \"" + key + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                      "; expected SECTION.KEY as in run.toml");
}

/// The parameter declarations behind run.toml: by section, each with what may stand there and where it is from.
nb::list sections(const LoadedExperiment& e) {
    nb::list out;
    for (const auto& section : resolved(e.experiment)) {
        nb::list rows;
        for (const auto& row : section.rows) {
            const ParamInfo& info = row.info;
            nb::dict one;
            one["name"] = info.name, one["type"] = static_cast<int>(info.type), one["unit"] = info.unit, one["lo"] = info.lo,
            one["hi"] = info.hi;
            one["choices"] = info.choices, one["doc"] = info.doc, one["source"] = info.source.text,
            one["kind"] = to_string(info.source.kind);
            rows.append(one);
        }
        out.append(nb::make_tuple(section.path, section.is_item, rows));
    }
    return out;
}

nb::dict plan(const LoadedExperiment& loaded) {
    const Experiment& e = loaded.experiment;
    const Placement placement = placement_of(e);
    const auto planes = static_cast<std::size_t>(e.cells_per_weight());
    nb::dict out;
    out["n_crossbars"] = n_crossbars(e, placement);
    out["cells_used"] = placement.cells_used() * planes;
    out["crossbar_area_m2"] = crossbar_area_m2(e, placement);
    nb::list matrices, blocks;
    const auto infos = weight_matrices(e);
    for (const auto& m : infos) {
        nb::dict row;
        row["name"] = m.network + "/" + m.name, row["rows"] = m.shape.rows, row["cols"] = m.shape.cols,
        row["weights"] = m.shape.rows * m.shape.cols;
        matrices.append(row);
    }
    for (std::size_t plane = 0; plane < planes; ++plane)
        for (const auto& b : placement.blocks) {
            nb::dict row;
            row["layer"] = b.layer, row["row0"] = b.row0, row["col0"] = b.col0, row["rows"] = b.rows, row["cols"] = b.cols;
            row["crossbar"] = b.crossbar + plane * placement.n_crossbars, row["at_row"] = b.at_row, row["at_col"] = b.at_col;
            blocks.append(row);
        }
    out["matrices"] = matrices, out["blocks"] = blocks;
    return out;
}

nb::dict quality_dict(const gan::Quality& quality) {
    nb::dict out;
    for (const auto& [key, value] : gan::fields(quality))
        out[key.c_str()] = std::visit([](const auto& v) { return nb::object(nb::cast(v)); }, value);
    return out;
}

class Messages final : public RunObserver {
public:
    explicit Messages(const nb::object& hear) : log_(log_to(hear)) {}
    void on_message(const std::string& line) override {
        if (log_) log_(line);
    }

private:
    Log log_;
};

/// A run and who may touch it; shared by the script and by a round that Ctrl-C left behind.
struct Game {
    Game(ExperimentPtr e, const nb::object& hear) : experiment(std::move(e)), messages(hear) {}
    FolderRun& playing() {
        if (!run) throw ConfigError("this run was let go; expected Experiment.start(folder, resume=True) to go on with its folder");
        return *run;
    }
    /// Ends with a checkpoint, unless numbers or files are broken: then the one before stays the newest.
    void leave(const std::exception_ptr& fault) {
        const std::lock_guard lock(busy);
        if (run && !fault && run->session().round() > 0) run->checkpoint();
        run.reset();
        if (!fault) return;
        try {
            std::rethrow_exception(fault);
        } catch (const Stopped&) {
        } catch (const std::exception& e) {
            messages.on_message(std::string("warning: after Ctrl-C: ") + e.what());
        }
    }
    const ExperimentPtr experiment;
    Messages messages;
    std::mutex busy;
    std::unique_ptr<FolderRun> run;
};

/// A run being played. Two threads may hold it: each call waits for the one before.
class Playing {
public:
    Playing(ExperimentPtr e, const std::string& folder, bool resume, bool report, const nb::object& hear)
        : folder_(folder), game_(std::make_shared<Game>(std::move(e), hear)) {
        wait_for_folder(folder);
        run_interruptibly({[game = game_, folder, resume, report](const std::atomic<bool>& stop) {
                               const StopScope scope(stop);
                               const std::lock_guard lock(game->busy);
                               game->run = std::make_unique<FolderRun>(game->experiment->experiment, game->experiment->library->places,
                                                                       RunOptions{folder, resume, report}, game->messages);
                           },
                           folder, leave()});
    }
    /// The round just played, or None when there was none left. After Ctrl-C a round is ended, by this call or behind it, and never cut:
    /// what has been played stays, and the folder's bytes are those of an unbroken run.
    nb::object advance() {
        struct Played {
            Round round;
            std::optional<gan::Quality> quality;
        };
        const auto played = std::make_shared<std::optional<Played>>();
        run_interruptibly({[game = game_, played](const std::atomic<bool>&) {
                               const std::lock_guard lock(game->busy);
                               FolderRun& run = game->playing();
                               if (run.advance()) *played = Played{run.last(), run.last_quality()};
                           },
                           folder_, leave()});
        return *played ? nb::object(record((*played)->round, (*played)->quality)) : nb::none();
    }
    nb::dict finish() {
        const auto quality = std::make_shared<gan::Quality>();
        run_interruptibly({[game = game_, quality](const std::atomic<bool>& stop) {
                               const StopScope scope(stop);
                               const std::lock_guard lock(game->busy);
                               *quality = game->playing().finish();
                           },
                           folder_, leave()});
        return quality_dict(*quality);
    }
    /// A checkpoint, unless `fault`, and lets the folder go: nothing can be played afterwards. At once where a round was left behind, which
    /// does that.
    void close(bool fault) {
        const nb::gil_scoped_release free;
        const std::unique_lock lock(game_->busy, std::try_to_lock);
        if (!lock.owns_lock() || !game_->run) return;
        if (!fault && game_->run->session().round() > 0) game_->run->checkpoint();
        game_->run.reset();
    }
    std::int64_t round() { return game_->playing().session().round(); }
    std::int64_t n_rounds() { return game_->playing().session().n_rounds(); }

private:
    std::function<void(const std::exception_ptr&)> leave() const {
        return [game = game_](const std::exception_ptr& fault) { game->leave(fault); };
    }
    static nb::dict record(const Round& r, const std::optional<gan::Quality>& quality) {
        nb::dict out;
        out["round"] = r.round, out["epoch"] = r.epoch;
        out["loss_d"] = r.record.loss_d, out["loss_g"] = r.record.loss_g, out["p_real"] = r.record.p_real, out["p_fake"] = r.record.p_fake;
        out["pulses_set"] = r.after.n_set - r.before.n_set, out["pulses_reset"] = r.after.n_reset - r.before.n_reset;
        for (std::size_t k = 0; k < n_parts; ++k) {
            const auto part = static_cast<Part>(k);
            out[(std::string(to_string(part)) + "_energy_J").c_str()] = r.after.of(part) - r.before.of(part);
        }
        out["energy_J"] = r.after.training_J() - r.before.training_J();
        out["cumulative_update_energy_J"] = r.after.of(Part::update), out["training_energy_J"] = r.after.training_J();
        out["quality"] = quality ? nb::object(quality_dict(*quality)) : nb::none();
        return out;
    }
    const std::string folder_;
    const std::shared_ptr<Game> game_;
};

}  // namespace

void bind_experiment(nb::module_& m) {
    nb::class_<LoadedExperiment>(m, "Experiment", "A resolved experiment.")
        .def_prop_ro("name", [](const LoadedExperiment& e) { return e.experiment.experiment.name; })
        .def_prop_ro("seed", [](const LoadedExperiment& e) { return e.experiment.experiment.seed; })
        .def("to_toml", [](const LoadedExperiment& e) { return run_toml(e.experiment); })
        .def("to_dict", &to_dict)
        .def("origin", &origin, nb::arg("key"))
        .def("sections", &sections)
        .def("plan", &plan);
    m.def("load", &load, nb::arg("library"), nb::arg("base"), nb::arg("over"));
    nb::class_<Playing>(m, "Playing", "A run, round by round.")
        .def(nb::init<ExperimentPtr, const std::string&, bool, bool, const nb::object&>(), nb::arg("experiment"), nb::arg("folder"),
             nb::arg("resume"), nb::arg("report"), nb::arg("log").none())
        .def("advance", &Playing::advance)
        .def("finish", &Playing::finish)
        .def("close", &Playing::close, nb::arg("fault"))
        .def_prop_ro("round", &Playing::round)
        .def_prop_ro("n_rounds", &Playing::n_rounds);
}

}  // namespace ganbar::python
