// Run folders read back: images and conductances of the trained model, the report.
#include <mutex>

#include "ganbar/experiment/sampling.h"
#include "ganbar/python/interrupt.h"
#include "ganbar/report/report_input.h"
#include "ganbar/run/run.h"

namespace ganbar::python {
namespace {

/// The model of a run's newest checkpoint. Sampling uses its buffers, so calls wait for each other.
class TrainedModel {
public:
    TrainedModel(LibraryPtr library, const std::string& folder) : library_(std::move(library)) {
        held_ = interruptible([library = library_, folder] { return std::make_shared<Held>(load_run(folder, library->registries)); });
    }
    nb::ndarray<nb::numpy, std::uint8_t> sample(std::size_t n, std::uint64_t seed) {
        return images([n, seed](Model& model) { return sample_images(model, n, seed); });
    }
    nb::ndarray<nb::numpy, std::uint8_t> interpolate(std::size_t n_rows, std::size_t n_steps, std::uint64_t seed) {
        return images([=](Model& model) { return interpolate_images(model, n_rows, n_steps, seed); });
    }
    std::vector<std::string> matrices() const {
        std::vector<std::string> names;
        for (const auto& m : held_->trained.model.analog) names.push_back(m.name);
        return names;
    }
    /// Siemens [inputs, outputs] of one plane.
    nb::ndarray<nb::numpy, float> conductance(const std::string& name, std::size_t plane) {
        const auto names = matrices();
        const auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end()) {
            const std::string near = nearest_name(name, names);
            throw ConfigError("no weight matrix is called \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?") +
                              (names.empty() ? "; this run has none on crossbars" : " (known: " + join(names) + ")"));
        }
        const AnalogOp& op = *held_->trained.model.analog[static_cast<std::size_t>(at - names.begin())].op;
        if (plane >= op.n_planes())
            throw ConfigError("plane = " + std::to_string(plane) + " of \"" + name + "\", which has " + std::to_string(op.n_planes()) +
                              "; expected 0" + (op.n_planes() > 1 ? " (G+) or 1 (G-)" : ""));
        std::vector<float> g;
        {
            const nb::gil_scoped_release free;
            const std::lock_guard lock(held_->busy);
            g = op.conductance(plane);
        }
        return give(std::move(g), {op.n_in(), op.n_out()});
    }
    std::vector<std::size_t> shape() const {  // channels, height, width where the generator ends in a map
        const auto& end = held_->trained.experiment.generator_plan.shapes.back();
        return end.side.size() == 2 ? std::vector<std::size_t>{end.channels, end.side[0], end.side[1]} : std::vector<std::size_t>{};
    }
    std::int64_t round() const { return held_->trained.round; }

private:
    template <class Make>
    nb::ndarray<nb::numpy, std::uint8_t> images(const Make& make) {
        auto [pixels, n] = interruptible([make, held = held_] {
            const std::lock_guard lock(held->busy);
            const Matrix m = make(held->trained.model);
            return std::pair{to_pixels(m), m.rows()};
        });
        const std::size_t size = n > 0 ? pixels.size() / n : 0;
        return give(std::move(pixels), {n, size});
    }
    const LibraryPtr library_;
    struct Held {  // sampling that Ctrl-C left behind holds it too
        explicit Held(Trained t) : trained(std::move(t)) {}
        Trained trained;
        std::mutex busy;
    };
    std::shared_ptr<Held> held_;
};

std::string report_html(const std::vector<std::string>& folders, const std::string& title) {
    return interruptible([=] {
        std::vector<report::RunData> runs;
        for (const auto& folder : folders) runs.push_back(report::read_run(folder));
        auto input = report::describe_runs(std::move(runs));
        if (!title.empty()) input.title = title;
        return report::render_html(input);
    });
}

}  // namespace

void bind_trained(nb::module_& m) {
    nb::class_<TrainedModel>(m, "Trained", "The model of a run's newest checkpoint.")
        .def(nb::init<LibraryPtr, const std::string&>(), nb::arg("library"), nb::arg("folder"))
        .def("sample", &TrainedModel::sample, nb::arg("n"), nb::arg("seed"))
        .def("interpolate", &TrainedModel::interpolate, nb::arg("n_rows"), nb::arg("n_steps"), nb::arg("seed"))
        .def("conductance", &TrainedModel::conductance, nb::arg("name"), nb::arg("plane"))
        .def_prop_ro("matrices", &TrainedModel::matrices)
        .def_prop_ro("shape", &TrainedModel::shape)
        .def_prop_ro("round", &TrainedModel::round);
    m.def("report_html", &report_html, nb::arg("folders"), nb::arg("title"));
}

}  // namespace ganbar::python
