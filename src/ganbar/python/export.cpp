// A run written for other tools (exports/export.h).
#include <algorithm>

#include "ganbar/data/atomic_file.h"
#include "ganbar/exports/export.h"
#include "ganbar/python/bind.h"

namespace ganbar::python {
namespace {

void export_run(const LibraryPtr& library, const std::string& run, const std::string& path, const std::string& noise, bool converters,
                const std::optional<std::string>& figure, const std::optional<std::string>& column, std::optional<std::int64_t> n,
                std::optional<std::int64_t> seed, bool force) {
    const auto one_of = [](const char* name, const std::string& word, const std::vector<std::string>& words) {
        if (std::find(words.begin(), words.end(), word) == words.end())
            throw ConfigError(std::string(name) + " = \"" + word + "\"; expected " + join(words, " or "));
    };
    one_of("noise", noise, {"none", "reads"});
    exports::ExportOptions options{noise == "reads", converters, figure, {}, n, seed};
    if (column) {
        one_of("column", *column, {"single", "double"});
        options.column = *column == "double" ? exports::Column::twofold : exports::Column::single;
    }
    const nb::gil_scoped_release free;
    const Replace replace = force ? Replace::yes : Replace::no;
    check_target(path, replace);  // before the work
    write_file(path, exports::export_run(run, path, options, library->registries), replace);
}

}  // namespace

void bind_export(nb::module_& m) {
    m.def("export_run", &export_run, nb::arg("library"), nb::arg("run"), nb::arg("path"), nb::arg("noise"), nb::arg("converters"),
          nb::arg("figure").none(), nb::arg("column").none(), nb::arg("n").none(), nb::arg("seed").none(), nb::arg("force"));
    m.def(
        "figure_names", [](const std::string& run) { return exports::figure_names(run); }, nb::arg("run"));
}

}  // namespace ganbar::python
