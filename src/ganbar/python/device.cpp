// Device models outside any network: one expected cell under pulses, and arrays of cells.
#include <algorithm>
#include <cmath>
#include <mutex>

#include "ganbar/config/device_file.h"
#include "ganbar/core/rng.h"
#include "ganbar/device/device_pulses.h"
#include "ganbar/python/interrupt.h"
#include "ganbar/python/numpy_device.h"

namespace ganbar::python {
namespace {

EnergyRule energy_rule(const std::string& name) {
    if (name != "ohmic" && name != "nonlinear")
        throw ConfigError("energy = \"" + name + "\" is not known; expected \"ohmic\" or \"nonlinear\"");
    return name == "ohmic" ? EnergyRule::ohmic : EnergyRule::nonlinear;
}

nb::dict pulse_expected(const LibraryPtr& library, const std::string& model, const std::vector<std::string>& settings,
                        const std::optional<double>& from_S, const std::vector<std::pair<double, double>>& pulses, std::int64_t count,
                        std::uint64_t seed, const std::string& energy) {
    const std::shared_ptr<const config::Node> table = config::device_table(model, library->presets("experiments"));
    CellQuestion question{
        std::get<std::string>(table->leaves.at("model").value), settings, from_S, {}, count, seed, energy_rule(energy), table.get()};
    for (const auto& [v, t] : pulses) question.pulses.push_back({{v}, {t}});
    constexpr std::int64_t brief_pulses = 1000;
    CellAnswer answer = interruptible(
        [=] {
            static_cast<void>(table);  // the question points to it
            return pulse_cell(library->registries.devices, question);
        },
        count * static_cast<std::int64_t>(pulses.size()) <= brief_pulses);
    nb::dict out;
    std::vector<double> v, t;
    for (const auto& p : answer.pulses) v.push_back(p.voltage.si), t.push_back(p.width.si);
    out["v_V"] = give(std::move(v)), out["t_s"] = give(std::move(t));
    out["g_S"] = give(std::move(answer.g_S)), out["delta_g_S"] = give(std::move(answer.delta_g_S)),
    out["energy_J"] = give(std::move(answer.energy_J));
    out["start_S"] = answer.start_S, out["g_min_S"] = answer.window.g_min.si, out["g_max_S"] = answer.window.g_max.si;
    out["warnings"] = answer.warnings;
    return out;
}

/// n cells of one model with their own draws, outside any network.
class CellArray {
public:
    using Start = std::optional<Reals<1>>;  ///< one for all, or one each; the lowest conductance without
    CellArray(const Library& library, const std::string& model, const nb::dict& settings, std::size_t n, const Start& start_S,
              std::uint64_t seed)
        : CellArray(named(library, model, settings), model, n, start_S, seed) {}
    CellArray(const nb::object& model, std::size_t n, const Start& start_S, std::uint64_t seed)
        : CellArray(numpy_device(model), {}, n, start_S, seed) {}
    CellArray(const CellArray& o) : held_(std::make_shared<Held>(o.held_->rng)) {
        const Alone alone(o.held_->busy);
        held_->spec = o.held_->spec, held_->cells = o.held_->cells->clone(), held_->n_pulses = o.held_->n_pulses;
    }
    /// One pulse a cell of its own voltage; 0 V = none. Cells moved up and down, cells not moved, energy.
    nb::dict pulse(const Reals<1>& v_V, double width_s, const std::string& energy) {
        if (v_V.size() != held_->cells->size())
            throw ConfigError("v has " + std::to_string(v_V.size()) + " voltages for " + std::to_string(held_->cells->size()) +
                              " cells; expected one each, or one for all");
        const auto bill = std::make_shared<PulseBill>();
        // Never cut by Ctrl-C, but ended behind it: every cell has its pulse.
        run_interruptibly({[bill, held = held_, width_s, rule = energy_rule(energy),
                            v = std::vector<float>(v_V.data(), v_V.data() + v_V.size())](const std::atomic<bool>&) {
            const std::lock_guard lock(held->busy);
            *bill = held->cells->program_at(0, v, {width_s}, rule, held->rng.stream("pulse", held->n_pulses++));
        }});
        nb::dict out;
        out["n_set"] = bill->n_set, out["n_reset"] = bill->n_reset, out["n_idle"] = bill->n_idle, out["energy_J"] = bill->energy_J;
        return out;
    }
    /// What of these pulses lies beyond what the model was fitted on: the weakest and the strongest of each polarity.
    std::vector<std::string> beyond(const Reals<1>& v_V, double width_s) const {
        std::vector<std::string> out;
        if (!held_->spec.coverage) return out;
        double set[2] = {0, 0}, reset[2] = {0, 0};
        for (std::size_t k = 0; k < v_V.size(); ++k) {
            auto& side = v_V.data()[k] > 0 ? set : reset;
            const double v = v_V.data()[k], least = std::abs(side[0]), most = std::abs(side[1]);
            if (v != 0 && (least == 0 || std::abs(v) < least)) side[0] = v;
            if (std::abs(v) > most) side[1] = v;
        }
        for (const double v : {set[0], set[1], reset[0], reset[1]})
            for (const auto& line : beyond_fit(held_->spec, Volt{v}, Second{width_s}))
                if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(line);
        return out;
    }
    /// Set and reset amplitudes and widths of the model's fit, lowest and highest; none where it has none.
    std::optional<std::vector<double>> covered() const {
        const auto& c = held_->spec.coverage;
        if (!c) return std::nullopt;
        return std::vector<double>{c->set_lo.si, c->set_hi.si, c->reset_lo.si, c->reset_hi.si, c->width_lo.si, c->width_hi.si};
    }
    nb::ndarray<nb::numpy, float> conductance() {
        std::vector<float> g(held_->cells->size());
        {
            const Alone alone(held_->busy);
            held_->cells->conductance(0, g);
        }
        return give(std::move(g));
    }
    nb::ndarray<nb::numpy, double> current(double v_V) {
        const std::vector<double> v(held_->cells->size(), v_V);
        std::vector<double> i(v.size());
        {
            const Alone alone(held_->busy);
            held_->cells->current(0, v, i);
        }
        return give(std::move(i));
    }
    nb::ndarray<nb::numpy, float> read_noise(double v_V) {
        std::vector<float> variance(held_->cells->size());
        {
            const Alone alone(held_->busy);
            held_->cells->read_noise(v_V, 0, variance);
        }
        return give(std::move(variance));
    }
    nb::ndarray<nb::numpy, float> state() {
        std::vector<float> all;
        {
            const Alone alone(held_->busy);
            all = held_->cells->state();
        }
        return give(std::move(all));
    }
    std::size_t size() const { return held_->cells->size(); }
    std::pair<double, double> window() const { return {held_->cells->window().g_min.si, held_->cells->window().g_max.si}; }

private:
    CellArray(const DeviceSpec& spec, const std::string& name, std::size_t n, const Start& start_S, std::uint64_t seed)
        : held_(std::make_shared<Held>(Rng(seed))) {
        if (spec.coverage) held_->spec = spec;  // a model in numpy has none, and its objects belong to Python
        held_->cells = spec.make(n);
        const auto [g_min, g_max] = held_->cells->window();
        const float low = static_cast<float>(g_min.si), high = static_cast<float>(g_max.si);
        std::vector<float> start(n, low);
        if (start_S && start_S->size() != 1 && start_S->size() != n)
            throw ConfigError("start has " + std::to_string(start_S->size()) + " conductances for " + std::to_string(n) +
                              " cells; expected one each, or one for all");
        for (std::size_t k = 0; k < n && start_S; ++k) {
            start[k] = static_cast<float>(start_S->data()[start_S->size() == 1 ? 0 : k]);
            if (!(start[k] >= low && start[k] <= high))
                throw ConfigError("start is outside the window of " + (name.empty() ? spec.model : name) + "; expected " +
                                  std::to_string(g_min.si * 1e6) + " to " + std::to_string(g_max.si * 1e6) + " uS");
        }
        const nb::gil_scoped_release free;
        held_->cells->fabricate(start, held_->rng.stream("cells"));
    }
    static DeviceSpec named(const Library& library, const std::string& model, const nb::dict& settings) {
        config::Node root;
        root.tables["device"] = config::device_table(model, library.presets("experiments"));
        config::merge(*root.tables["device"], *node_of(settings, "device"));
        std::vector<std::string> known;
        DeviceSpec spec = bind_device(root.table("device"), "device", model, library.registries.devices, &known);
        config::reject_unused(root, {{"", {"device"}}, {"device", known}});
        return spec;
    }
    struct Held {  // pulses that Ctrl-C left behind hold it too
        explicit Held(const Rng& draws) : rng(draws) {}
        Rng rng;
        DeviceSpec spec;
        std::unique_ptr<DeviceArray> cells;
        std::uint64_t n_pulses = 0;
        std::mutex busy;
    };
    std::shared_ptr<Held> held_;
};

}  // namespace

void bind_device(nb::module_& m) {
    m.def("pulse_expected", &pulse_expected, nb::arg("library"), nb::arg("model"), nb::arg("settings"), nb::arg("start").none(),
          nb::arg("pulses"), nb::arg("count"), nb::arg("seed"), nb::arg("energy"));
    nb::class_<CellArray>(m, "Cells", "Cells of one device model.")
        .def(nb::init<const Library&, const std::string&, const nb::dict&, std::size_t, const CellArray::Start&, std::uint64_t>(),
             nb::arg("library"), nb::arg("model"), nb::arg("settings"), nb::arg("n"), nb::arg("start").none(), nb::arg("seed"))
        .def(nb::init<const nb::object&, std::size_t, const CellArray::Start&, std::uint64_t>(), nb::arg("model"), nb::arg("n"),
             nb::arg("start").none(), nb::arg("seed"))
        .def("copy", [](const CellArray& cells) { return new CellArray(cells); })
        .def("pulse", &CellArray::pulse, nb::arg("v"), nb::arg("width"), nb::arg("energy"))
        .def_prop_ro("covered", &CellArray::covered)
        .def("beyond", &CellArray::beyond, nb::arg("v"), nb::arg("width"))
        .def("conductance", &CellArray::conductance)
        .def("current", &CellArray::current, nb::arg("v"))
        .def("read_noise", &CellArray::read_noise, nb::arg("v"))
        .def("state", &CellArray::state)
        .def_prop_ro("size", &CellArray::size)
        .def_prop_ro("window", &CellArray::window);
}

}  // namespace ganbar::python
