// The library with its places; what there is (list, describe); quantities as texts.
#include "ganbar/python/bind.h"

namespace ganbar::python {
namespace {

LibraryPtr make_library(const std::vector<std::string>& data, const std::optional<std::string>& cache,
                        const std::vector<std::string>& presets) {
    Places places;
    for (const auto& folder : data) places.data.emplace_back(folder);
    if (cache) places.cache = Cache(*cache);
    places.presets = presets;
    return std::make_shared<const Library>(std::move(places));
}

std::vector<std::pair<std::string, std::string>> list_kind(const Library& library, const std::string& kind) {
    std::vector<std::pair<std::string, std::string>> out;
    if (kind.empty())
        for (const auto& [plural, k] : library.kinds) out.emplace_back(plural, k.singular);
    else
        for (const auto& one : find_kind(library.kinds, kind).second->list()) out.emplace_back(one.name, one.text);
    return out;
}

std::string describe(const Library& library, const std::string& kind, const std::string& name) {
    const auto* found = find_kind(library.kinds, kind).second;
    return describe_json(found->singular, name, found->describe(name));
}

}  // namespace

Log log_to(const nb::object& hear) {
    if (hear.is_none()) return {};
    // The last copy may die in a thread without the GIL.
    const std::shared_ptr<nb::object> held(new nb::object(hear), [](nb::object* o) {
        const nb::gil_scoped_acquire gil;
        delete o;
    });
    return [held](const std::string& line) {
        const nb::gil_scoped_acquire gil;
        (*held)(text_of(line));
    };
}

void bind_library(nb::module_& m) {
    nb::class_<Library>(m, "Library", "Registries, and where data sets, cache and presets lie.")
        .def_static("make", &make_library, nb::arg("data"), nb::arg("cache").none(), nb::arg("presets"))
        .def("list", &list_kind, nb::arg("kind"), nb::call_guard<nb::gil_scoped_release>())
        .def("describe", &describe, nb::arg("kind"), nb::arg("name"), nb::call_guard<nb::gil_scoped_release>());
    m.def(
        "quantity",
        [](const std::string& text, const std::string& unit, const std::string& name) {
            return config::parse_quantity(text, unit, name, {});
        },
        nb::arg("text"), nb::arg("unit"), nb::arg("name"), "\"100 ns\" -> 1e-7 for unit \"s\".");
    m.def("nearest", &nearest_name, nb::arg("word"), nb::arg("candidates"), "The candidate nearest in spelling, or \"\".");
}

}  // namespace ganbar::python
