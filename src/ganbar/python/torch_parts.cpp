// Hardware, placements, rules, windows and random bits of layers under PyTorch.
#include <mutex>

#include "ganbar/bits/noise_tables.h"
#include "ganbar/python/torch_parts.h"

namespace ganbar::python {
namespace {

/// Random bits of simulated arrays as the experiment describes them, one byte a bit.
class Bits {
public:
    Bits(const HardwarePtr& hw, std::uint64_t seed, std::int64_t per_vector)
        : hardware_(hw), stream_(make(*hw, seed, per_vector), hw->e.noise.noise) {}
    nb::ndarray<nb::numpy, std::uint8_t> take_bits(std::size_t n) {
        std::vector<std::uint8_t> bits(n);
        {
            const nb::gil_scoped_release free;
            const std::lock_guard lock(busy_);
            stream_.take(bits);
        }
        return give(std::move(bits));
    }
    double energy_J() const {
        double sum = 0;
        for (const auto& [name, charge] : stream_.generator().cost().accounts) sum += charge.energy_J;
        return sum;
    }

private:
    static std::unique_ptr<BitGenerator> make(const Hardware& hw, std::uint64_t seed, std::int64_t per_vector) {
        NoiseTables tables = hw.e.noise;
        tables.trng.vector_bits = per_vector;
        return tables.make(TrngStreams(Rng(seed).stream("trng")), hw.e.noise_device, &hw.e.wires);
    }
    HardwarePtr hardware_;
    BitStream stream_;
    std::mutex busy_;
};

}  // namespace

void bind_torch_parts(nb::module_& m) {
    nb::class_<Hardware>(m, "Hardware", "Cells, arrays, converters and wires of an experiment.")
        .def(nb::new_([](const LibraryPtr& library, const std::string& toml, const nb::object& model) {
                 return std::make_shared<const Hardware>(library, toml, model);
             }),
             nb::arg("library"), nb::arg("toml"), nb::arg("model") = nb::none())
        .def_prop_ro("toml", [](const Hardware& h) { return h.toml; })
        .def_prop_ro("w_max",
                     [](const Hardware& h) {
                         return std::pair{h.e.generator.w_max, h.e.discriminator.w_max};
                     })
        .def_prop_ro("rate", [](const Hardware& h) { return h.e.train.rate; })
        .def_prop_ro("rule", [](const Hardware& h) { return h.e.rule.name; })
        .def_prop_ro("device", [](const Hardware& h) { return h.e.device.model; })
        .def_prop_ro("crossbar",
                     [](const Hardware& h) {
                         return std::pair{h.e.tile.rows, h.e.tile.cols};
                     })
        .def_prop_ro("planes", [](const Hardware& h) { return h.e.tile.mapping == Mapping::differential ? 2 : 1; });
    nb::class_<Plan>(m, "Plan", "Where the matrices of a model lie, all placed together.")
        .def(nb::init<const HardwarePtr&, const std::vector<std::pair<std::size_t, std::size_t>>&>(), nb::arg("hardware"),
             nb::arg("shapes"))
        .def_prop_ro("n_crossbars", [](const Plan& p) { return p.placement.n_crossbars; });
    nb::class_<Rule>(m, "Rule", "A training rule with its settings.")
        .def(nb::init<const LibraryPtr&, const std::string&, const nb::dict&>(), nb::arg("library"), nb::arg("rule"), nb::arg("settings"))
        .def_ro("name", &Rule::name)
        .def_prop_ro("wants_pairs", &Rule::wants_pairs)
        .def_prop_ro("uses_rate", [](const Rule& r) { return r.spec.uses_rate; })
        .def_prop_ro("two_arrays", [](const Rule& r) { return static_cast<bool>(r.spec.join_arrays); });
    nb::class_<Windows>(m, "Windows", "Windows of a convolution over maps of one size.")
        .def(nb::new_([](bool transposed, const std::vector<std::size_t>& side, const std::vector<std::size_t>& kernel,
                         const std::vector<std::size_t>& stride, const std::vector<std::size_t>& padding,
                         const std::vector<std::size_t>& output_padding, bool zero_free) {
                 return std::make_shared<const Windows>(transposed, side, kernel, stride, padding, output_padding, zero_free);
             }),
             nb::arg("transposed"), nb::arg("side"), nb::arg("kernel"), nb::arg("stride"), nb::arg("padding"), nb::arg("output_padding"),
             nb::arg("zero_free"))
        .def_prop_ro("out_side", [](const Windows& w) { return w.out_side; })
        .def_prop_ro("taps",
                     [](const Windows& w) {
                         std::vector<std::vector<std::size_t>> out;
                         for (const auto& p : w.parts) out.push_back(p.taps);
                         return out;
                     })
        .def(
            "tables",
            [](const Windows& w) {
                nb::list out;
                for (const auto& part : w.parts)
                    out.append(nb::make_tuple(part.map.n_source, part.map.n_target, part.map.n_taps, part.map.source, part.map.target));
                return out;
            },
            "Of each part: positions of its input and output, taps, the source of each tap of each patch (-1: outside), the target of each "
            "patch.");
    nb::class_<Bits>(m, "ArrayBits", "Random bits of simulated arrays.")
        .def(nb::init<const HardwarePtr&, std::uint64_t, std::int64_t>(), nb::arg("hardware"), nb::arg("seed"), nb::arg("per_vector"))
        .def("take", &Bits::take_bits, nb::arg("n"))
        .def_prop_ro("energy_J", &Bits::energy_J);
}

}  // namespace ganbar::python
