// Data sets as arrays, and the quality of images against one.
#include "ganbar/experiment/evaluator.h"
#include "ganbar/python/interrupt.h"

namespace ganbar::python {
namespace {

std::pair<std::string, std::string> name_and_split(const Library& library, const std::string& dataset, const std::string& split) {
    auto [name, said] = parse_reference(dataset, split);
    if (said.empty()) said = reference_split(name, library.places.data);
    return {name, said};
}

nb::dict images(const LibraryPtr& library, const std::string& dataset, const std::vector<std::int64_t>& classes, const std::string& split,
                std::size_t side) {
    Dataset data = interruptible([=] {
        const auto [name, said] = name_and_split(*library, dataset, split);
        ReadOptions read;
        read.side = side;
        return select_classes(load_dataset(name, said, library->places.data, {}, read), classes);
    });
    nb::dict out;
    out["name"] = data.name, out["split"] = data.split, out["shape"] = std::vector<std::size_t>{data.channels, data.height, data.width};
    out["class_names"] = data.class_names, out["sha256"] = data.sha256;
    out["labels"] = give(std::move(data.labels));
    out["pixels"] = give(std::move(data.pixels), {data.n, data.channels * data.height * data.width});
    return out;
}

nb::dict quality(const LibraryPtr& library, const Bytes2& pixels, const std::vector<std::size_t>& shape, const std::string& dataset,
                 const std::vector<std::int64_t>& classes, const std::string& features, const nb::object& hear) {
    const Log log = log_to(hear);
    const gan::Quality q = interruptible([library, pixels = held(pixels), shape, dataset, classes, features, log] {
        Dataset samples;
        samples.name = "images", samples.n = pixels->shape(0), samples.channels = shape.at(0), samples.height = shape.at(1),
        samples.width = shape.at(2);
        samples.pixels.assign(pixels->data(), pixels->data() + pixels->size());
        finish(samples);
        ReferenceSpec spec;
        std::tie(spec.dataset, spec.split) = name_and_split(*library, dataset, "");
        spec.classes = classes, spec.features = features;
        return Evaluator(spec, library->places, log).evaluate(samples);
    });
    nb::dict out;
    for (const auto& [key, value] : gan::fields(q))
        out[key.c_str()] = std::visit([](const auto& v) { return nb::object(nb::cast(v)); }, value);
    return out;
}

}  // namespace

void bind_data(nb::module_& m) {
    m.def("images", &images, nb::arg("library"), nb::arg("dataset"), nb::arg("classes"), nb::arg("split"), nb::arg("side"));
    m.def("quality", &quality, nb::arg("library"), nb::arg("pixels"), nb::arg("shape"), nb::arg("dataset"), nb::arg("classes"),
          nb::arg("features"), nb::arg("log").none());
}

}  // namespace ganbar::python
