// The module ganbar._core. Each topic is one file; the package python/ganbar puts names and manners on it.
#include "ganbar/core/parallel.h"
#include "ganbar/python/bind.h"
#include "ganbar/run/build_info.h"

NB_MODULE(_core, m) {
    using namespace ganbar;
    namespace py = ganbar::python;
    nanobind::set_leak_warnings(false);  // what a script still holds when it ends is the script's
    m.doc() = "What the package ganbar stands on; its own names may change.";
    m.attr("version") = version();
    m.def("set_threads", &set_threads, nanobind::arg("n"), "Threads that long work uses; results do not depend on them.");
    m.def("threads", &max_threads, "Threads that long work uses.");
    for (py::Bind* bind : {py::bind_errors, py::bind_library, py::bind_experiment, py::bind_trained, py::bind_circuit, py::bind_device,
                           py::bind_noise, py::bind_data, py::bind_estimate, py::bind_explore, py::bind_export, py::bind_sweep,
                           py::bind_fit, py::bind_interrupt, py::bind_torch_cells})
        bind(m);
}
