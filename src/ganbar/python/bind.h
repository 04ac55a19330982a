// What every topic of the Python module shares: arrays in and out, dicts to trees, the library's places. Nothing else in ganbar sees
// nanobind.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <mutex>

#include "ganbar/arch/network.h"
#include "ganbar/experiment/evaluator.h"
#include "ganbar/experiment/experiment.h"
#include "ganbar/experiment/places.h"
#include "ganbar/study/kinds.h"

namespace ganbar::python {

namespace nb = nanobind;

/// Numbers handed in: double, in C order, as python/ganbar/_arrays.py makes them of whatever the user has. Valid during the call.
template <int n_dims>
using Reals = nb::ndarray<const double, nb::ndim<n_dims>, nb::c_contig, nb::device::cpu>;
using Bytes2 = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

template <class T>
std::span<const T> all_of(const nb::ndarray<const T, nb::ndim<2>, nb::c_contig, nb::device::cpu>& a) {
    return {a.data(), a.size()};
}
inline std::vector<double> vector_of(const Reals<1>& a) { return {a.data(), a.data() + a.size()}; }

/// A numpy array that owns what it shows: no view into a living object ever leaves the module.
template <class T>
nb::ndarray<nb::numpy, T> give(std::vector<T> values, std::vector<std::size_t> shape) {
    auto held = std::make_unique<std::vector<T>>(std::move(values));
    T* data = held->data();
    nb::capsule owner(held.get(), [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
    held.release();
    return nb::ndarray<nb::numpy, T>(data, shape.size(), shape.data(), owner);
}
template <class T>
nb::ndarray<nb::numpy, T> give(std::vector<T> values) {
    const std::size_t n = values.size();
    return give(std::move(values), {n});
}

/// A dict as the tree that TOML would give; its places read "dict key train.v_set". ConfigError where a value is none that TOML holds.
std::unique_ptr<config::Node> node_of(const nb::dict& dict, const std::string& path = "");
nb::dict dict_of(const config::Node& node);

/// The registries and where things lie, as the package says; every object of the module keeps it alive.
struct Library {
    explicit Library(Places p) : places(std::move(p)) {
        study::KindContext context{kinds, registries, places};
        study::register_builtin_kinds(context);
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    config::Presets presets(const std::string& kind) const { return config::Presets(places.preset_folders(kind)); }
    const Places places;
    const Registries registries = builtin_registries();
    study::Kinds kinds;
};
using LibraryPtr = std::shared_ptr<const Library>;

/// The network that a name, a file, or an experiment's text (`toml`, in place of the name) means.
arch::Gan workload_of(const Library& library, const std::string& network, const std::string& discriminator, const std::string& toml);

/// One line of the library's, for the logger that the package hands in; callable from any thread, and without the GIL.
Log log_to(const nb::object& hear);
/// A message for people. It may quote bytes of a damaged file or of a path that are no UTF-8; those become U+FFFD.
inline nb::object text_of(std::string_view line) {
    return nb::steal(PyUnicode_DecodeUTF8(line.data(), static_cast<Py_ssize_t>(line.size()), "replace"));
}

/// A thing for oneself, without the GIL while it lasts: nobody waits for the thing with the GIL in hand.
struct Alone {
    explicit Alone(std::mutex& busy) : lock(busy) {}
    const nb::gil_scoped_release free{};
    const std::lock_guard<std::mutex> lock;
};

using Bind = void(nb::module_&);
Bind bind_errors, bind_library, bind_experiment, bind_trained, bind_circuit, bind_device, bind_noise, bind_data, bind_estimate,
    bind_explore, bind_export, bind_sweep, bind_fit, bind_interrupt, bind_torch_cells;

}  // namespace ganbar::python
