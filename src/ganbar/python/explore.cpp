// Design-space exploration: every design as columns, the front as JSON.
#include <nanobind/stl/array.h>

#include <cmath>
#include <limits>

#include "ganbar/arch/explore.h"
#include "ganbar/config/given.h"
#include "ganbar/config/node.h"
#include "ganbar/experiment/workload_network.h"
#include "ganbar/python/interrupt.h"
#include "ganbar/report/explore_json.h"

namespace ganbar::python {
namespace {

using Columns = std::vector<std::pair<std::string, std::vector<double>>>;

/// The figures of all designs; NaN where a design does not run the network.
Columns columns_of(const arch::Exploration& e) {
    Columns out;
    for (const auto& [key, v] : report::design_figures(e, {}))
        out.push_back({key, std::vector<double>(e.points.size(), std::numeric_limits<double>::quiet_NaN())});
    for (std::size_t i = 0; i < e.points.size(); ++i) {
        if (!e.points[i].runs) continue;
        const auto figures = report::design_figures(e, e.points[i]);
        for (std::size_t c = 0; c < figures.size(); ++c) out[c].second[i] = figures[c].second;
    }
    out.push_back({"fits", {}}), out.push_back({"on_front", std::vector<double>(e.points.size(), 0)});
    for (const arch::DesignPoint& p : e.points) out[out.size() - 2].second.push_back(p.fits);
    for (const std::size_t i : e.front) out.back().second[i] = 1;
    return out;
}

/// (JSON as `explore --json` prints it, index into the values of its axes per axis and design, figures by name).
std::tuple<std::string, std::vector<std::vector<std::uint32_t>>, Columns> explore(
    const LibraryPtr& library, const std::string& network, const std::string& discriminator, const std::string& toml, const std::string& on,
    const std::vector<std::string>& axes, const std::vector<std::string>& settings, const std::optional<arch::Int>& batch,
    const std::optional<arch::Int>& steps_d, const std::string& task, const std::array<std::optional<double>, 3>& limits,
    std::int64_t points, std::int64_t seed) {
    arch::ExploreRequest request;
    request.machine = on, request.axes = axes, request.overrides = settings, request.batch = batch, request.steps_d = steps_d;
    request.limits = {.latency_s = limits[0], .area_m2 = limits[1], .power_W = limits[2]};
    request.most_points = std::size_t(points), request.seed = std::uint64_t(seed);
    if (task == "generation") request.task = arch::Task::generation;
    else if (task == "training") request.task = arch::Task::training;
    else if (!task.empty()) throw ConfigError("task = \"" + task + "\" is not known; expected training or generation");
    const arch::Exploration e = interruptible(
        [=] { return arch::explore(library->registries.accelerators, workload_of(*library, network, discriminator, toml), request); });
    std::vector<std::vector<std::uint32_t>> levels(e.axes.size(), std::vector<std::uint32_t>(e.points.size()));
    for (std::size_t i = 0; i < e.points.size(); ++i)
        for (std::size_t a = 0; a < e.axes.size(); ++a) levels[a][i] = e.designs.row(i)[a];
    return {report::explore_json(e).dump(), std::move(levels), columns_of(e)};
}

}  // namespace

void bind_explore(nb::module_& m) {
    m.def("explore", &explore, nb::arg("library"), nb::arg("network"), nb::arg("discriminator"), nb::arg("toml"), nb::arg("on"),
          nb::arg("axes"), nb::arg("settings"), nb::arg("batch").none(), nb::arg("steps_d").none(), nb::arg("task"), nb::arg("limits"),
          nb::arg("points"), nb::arg("seed"));
}

}  // namespace ganbar::python
