// Cycles, latency, energy and area of a GAN on accelerators.
#include "ganbar/config/given.h"
#include "ganbar/config/node.h"
#include "ganbar/experiment/workload_network.h"
#include "ganbar/python/interrupt.h"
#include "ganbar/report/estimate_json.h"

namespace ganbar::python {

arch::Gan workload_of(const Library& library, const std::string& network, const std::string& discriminator, const std::string& toml) {
    const auto experiments = library.presets("experiments");
    if (toml.empty()) return load_workload(network, library.presets("networks"), experiments, library.registries, discriminator);
    return workload_network(
        read_experiment({.name = "experiment", .given = config::parse_toml(toml, "experiment").get(), .origin = config::said_in_python},
                        experiments, library.registries));
}

namespace {

/// (JSON as `estimate --json` prints it, machines that do not run the network with the reason, warnings).
std::tuple<std::string, std::vector<std::pair<std::string, std::string>>, std::vector<std::string>> estimate(
    const LibraryPtr& library, const std::string& network, const std::string& discriminator, const std::vector<std::string>& on,
    const std::optional<arch::Int>& batch, const std::optional<arch::Int>& steps_d, const std::string& task,
    const std::vector<std::string>& settings, const std::string& toml, const std::optional<double>& area_m2,
    const std::optional<double>& power_W, const std::optional<double>& n_arrays, bool chip, bool as_published) {
    arch::EstimateRequest request;
    request.accelerators = on, request.overrides = settings, request.batch = batch, request.steps_d = steps_d;
    request.budget = {.area_m2 = area_m2, .power_W = power_W, .n_arrays = n_arrays};
    request.fixed_chip = chip, request.as_published = as_published;
    if (task == "generation") request.task = arch::Task::generation;
    else if (task == "training") request.task = arch::Task::training;
    else if (!task.empty()) throw ConfigError("task = \"" + task + "\" is not known; expected training or generation");
    const auto result = interruptible([=] {
        return arch::run_estimates(library->registries.accelerators, workload_of(*library, network, discriminator, toml), request);
    });
    std::vector<std::string> warnings;
    for (const auto& n : result.estimates)
        for (const auto& warning : n.warnings) warnings.push_back(n.name + "." + warning);
    return {report::estimates_json(result).dump(), result.unfit, warnings};
}

}  // namespace

void bind_estimate(nb::module_& m) {
    m.def("estimate", &estimate, nb::arg("library"), nb::arg("network"), nb::arg("discriminator"), nb::arg("on"), nb::arg("batch").none(),
          nb::arg("steps_d").none(), nb::arg("task"), nb::arg("settings"), nb::arg("toml"), nb::arg("area_m2").none(),
          nb::arg("power_W").none(), nb::arg("n_arrays").none(), nb::arg("chip"), nb::arg("as_published"));
}

}  // namespace ganbar::python
