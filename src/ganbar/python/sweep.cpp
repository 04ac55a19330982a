// The studies of python/ganbar/study.py: sweeps, worked through in this process, and one array on the bench.
#include <nlohmann/json.hpp>

#include "ganbar/python/interrupt.h"
#include "ganbar/study/array_study.h"
#include "ganbar/study/sweep_run.h"

namespace ganbar::python {
namespace {

using namespace study;

nb::list rows_of(const std::vector<SweepRow>& rows, const Sweep& sweep) {
    nb::list out;
    for (const auto& row : rows) {
        nb::dict one;
        one["id"] = row.id, one["status"] = row.status, one["wall_s"] = row.wall_s, one["error"] = row.error;
        const auto put = [&](const std::string& key, const SweepValue& value) {
            one[key.c_str()] = std::visit([](const auto& v) { return nb::object(nb::cast(v)); }, value);
        };
        for (const auto& axis : sweep.axes)
            if (const auto found = row.values.find(axis.key); found != row.values.end()) put(axis.key, found->second);
        for (const auto& [key, value] : row.values)
            if (!one.contains(key.c_str())) put(key, value);
        out.append(one);
    }
    return out;
}

/// A sweep file's path, or the same as a dict. (folder, rows); `share`: (rank, number of ranks).
std::pair<std::string, nb::list> sweep(const LibraryPtr& library, const nb::object& given, const std::string& out,
                                       const std::pair<int, int>& share, int jobs, bool retry, const nb::object& hear) {
    const std::shared_ptr<const config::Node> tree = nb::isinstance<nb::dict>(given) ? node_of(nb::cast<nb::dict>(given)) : nullptr;
    const std::string path = tree ? "" : nb::cast<std::string>(given);
    struct Work {
        LibraryPtr library;
        config::Presets experiments, networks;
        Sweep sweep;
        SweepRun run;
        std::vector<SweepRow> rows{};
    };
    const auto work = std::make_shared<Work>(Work{library,
                                                  library->presets("experiments"),
                                                  library->presets("networks"),
                                                  {},
                                                  {.folder = out,
                                                   .rank = share.first,
                                                   .n_ranks = share.second,
                                                   .ranks_here = share.second,
                                                   .jobs = jobs,
                                                   .retry = retry,
                                                   .command = "",
                                                   .say = log_to(hear)}});
    work->sweep = interruptible([work, tree, path] {
        const SweepTargets targets{work->experiments, work->networks, work->library->registries};
        return tree ? read_sweep(*tree, {"dict"}, "sweep", ".", targets)
                    : load_sweep(path, work->experiments, work->networks, work->library->registries);
    });
    if (out.empty()) {
        const std::string& name = work->sweep.spec.name;
        if (name.front() == '.' || name.find_first_of("/\\") != std::string::npos)
            throw ConfigError("the sweep's name, \"" + name + "\", is none for a folder; expected out");
        work->run.folder = "sweeps/" + name;
    }
    work->run.command =
        tree ? "ganbar.sweep(..., \"" + work->run.folder.string() + "\")" : "ganbar sweep " + path + " --out " + work->run.folder.string();
    wait_for_folder(work->run.folder);
    run_interruptibly({[work](const std::atomic<bool>& stop) {
                           work->rows = run_sweep(work->sweep,
                                                  {work->experiments, work->networks, work->library->registries, "",
                                                   [&stop] { return stop.load(); }, &work->library->places},
                                                  work->run);
                       },
                       work->run.folder});
    if (n_of(work->rows, "done") + n_of(work->rows, "open") == 0)
        throw DataError("none of the " + std::to_string(work->rows.size()) +
                        " points could be run; the first: " + work->rows.front().error);
    return {work->run.folder.string(), rows_of(work->rows, work->sweep)};
}

/// JSON as `array --json` prints it, and warnings. `words`: the request by the names of its fields; "" = not said.
std::pair<std::string, std::vector<std::string>> array(const LibraryPtr& library,
                                                       const std::vector<std::pair<std::string, std::string>>& words, std::int64_t chips,
                                                       std::int64_t of_run, const std::vector<std::string>& settings) {
    study::ArrayRequest request;
    const std::map<std::string, std::string*> fields{{"file", &request.file},
                                                     {"size", &request.size},
                                                     {"device", &request.device},
                                                     {"cell", &request.cell},
                                                     {"wire", &request.wire},
                                                     {"driver", &request.driver},
                                                     {"sense", &request.sense},
                                                     {"scheme", &request.scheme},
                                                     {"compensation", &request.compensation},
                                                     {"ends", &request.ends},
                                                     {"conductances", &request.conductances},
                                                     {"run", &request.run},
                                                     {"against", &request.against}};
    for (const auto& [name, text] : words) *fields.at(name) = text;
    request.chips = chips, request.array = of_run, request.sets = settings;
    return interruptible([=] {
        const auto s = study::measure_arrays(request, library->presets("experiments"), library->registries);
        return std::pair{study::array_json(s).dump(), s.warnings};
    });
}

}  // namespace

void bind_sweep(nb::module_& m) {
    m.def("sweep", &sweep, nb::arg("library"), nb::arg("given"), nb::arg("out"), nb::arg("share"), nb::arg("jobs"), nb::arg("retry"),
          nb::arg("log").none());
    m.def("array", &array, nb::arg("library"), nb::arg("words"), nb::arg("chips"), nb::arg("of_run"), nb::arg("settings"));
}

}  // namespace ganbar::python
