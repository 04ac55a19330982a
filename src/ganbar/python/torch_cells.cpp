// Cells of one weight matrix under PyTorch's training loop: what python/ganbar/torch stands on. Rows are samples (positions of feature maps), float32.
#include <mutex>

#include "ganbar/bits/noise_tables.h"
#include "ganbar/config/given.h"
#include "ganbar/core/patches.h"
#include "ganbar/experiment/build.h"
#include "ganbar/nn/map_shape.h"
#include "ganbar/python/bind.h"
#include "ganbar/tile/training_rule.h"
#include "ganbar/tile/weight_cells.h"

namespace ganbar::python {
namespace {

/// float32 [rows x cols] in any strides; other types are refused, not converted.
using In = nb::ndarray<const float, nb::ndim<2>, nb::device::cpu>;
using Out = nb::ndarray<nb::numpy, float, nb::ndim<2>>;

void take(const In& a, Matrix& m) {
    m.resize(a.shape(0), a.shape(1));
    for (std::size_t r = 0; r < m.rows(); ++r) {
        const float* p = a.data() + static_cast<std::ptrdiff_t>(r) * a.stride(0);
        if (a.stride(1) == 1) std::copy_n(p, m.cols(), m.row(r));
        else
            for (std::size_t c = 0; c < m.cols(); ++c) m(r, c) = p[static_cast<std::ptrdiff_t>(c) * a.stride(1)];
    }
}

/// Hands the matrix over with its padding as stride: no copy.
Out hand_over(Matrix&& m) {
    auto held = std::make_unique<Matrix>(std::move(m));
    Matrix* kept = held.get();
    nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<Matrix*>(p); });
    held.release();
    return Out(kept->row(0), {kept->rows(), kept->cols()}, owner, {static_cast<std::int64_t>(kept->stride()), 1});
}

/// What the layers live on: cells, arrays, converters, wires of an experiment; and its rule, unless the optimizer names another.
struct Hardware {
    LibraryPtr library;
    Experiment e;
    Hardware(const LibraryPtr& l, const std::string& toml) : library(l), e(read_experiment({.name = "hardware", .given = config::parse_toml(toml, "hardware").get(), .origin = config::said_in_python}, l->presets("experiments"), l->registries)) {
        if (e.hardware.kind != HardwareKind::crossbar) throw ConfigError("layers live on crossbars; expected hardware.kind = \"crossbar\"");
    }
};
using HardwarePtr = std::shared_ptr<const Hardware>;

/// Where the matrices of a model lie, all placed together.
struct Plan {
    Placement placement;
    Plan(const HardwarePtr& hw, const std::vector<std::pair<std::size_t, std::size_t>>& shapes) {
        std::vector<Shape2> list;
        for (const auto& [rows, cols] : shapes) list.push_back({rows, cols});
        placement = place(list, {static_cast<std::size_t>(hw->e.tile.rows), static_cast<std::size_t>(hw->e.tile.cols)}, hw->e.tile.placement);
    }
};

/// A training rule with settings in place of an experiment's [train.RULE].
struct Rule {
    RuleSpec spec;
    std::string name;
    Rule(const LibraryPtr& library, const std::string& rule, const nb::dict& settings) : name(rule) {
        const auto& entry = library->registries.rules.get(rule, {});
        if (!entry.in_cells) throw ConfigError("rule \"" + rule + "\" moves no cells; expected one that does (ganbar.list(\"rules\"))");
        const auto node = node_of(settings, "rule");
        spec = entry.bind(node.get());
        config::reject_unused(*node, {{"", [&] {
                                           std::vector<std::string> names;
                                           for (const auto& row : entry.defaults) names.push_back(row.info.name);
                                           return names;
                                       }()}});
        if (spec.join_arrays) throw ConfigError("rule \"" + rule + "\" needs a second array beside each matrix; expected a rule of one array here");
    }
};

/// The windows of a convolution over maps of one size; a transposed one without zeros has a part a phase.
struct Windows {
    struct Part {
        PatchMap map;
        std::vector<std::size_t> taps;
    };
    std::vector<Part> parts;
    std::vector<std::size_t> out_side;
    Windows(bool transposed, const std::vector<std::size_t>& side, const std::vector<std::size_t>& kernel, const std::vector<std::size_t>& stride, const std::vector<std::size_t>& padding,
            const std::vector<std::size_t>& output_padding, bool zero_free) {
        const nn::MapShape in{1, side};
        const nn::Window w{kernel, stride, padding, padding, output_padding};
        if (transposed) {
            const auto out = nn::conv_transpose_output(in, w, 1, {});
            for (auto& part : nn::conv_transpose_patches(in, out, w, zero_free)) parts.push_back({std::move(part.map), std::move(part.taps)});
            out_side = out.side;
        } else {
            const auto out = nn::conv_output(in, w, 1, {});
            std::size_t n = 1;
            for (const std::size_t k : kernel) n *= k;
            std::vector<std::size_t> all(n);
            for (std::size_t i = 0; i < n; ++i) all[i] = i;
            parts.push_back({nn::conv_patches(in, out, w), std::move(all)});
            out_side = out.side;
        }
    }
};
using WindowsPtr = std::shared_ptr<const Windows>;

class Cells {
public:
    Cells(HardwarePtr hardware, std::string name, const In& initial, double w_max, std::uint64_t seed, const Plan& plan, std::size_t index) : hardware_(std::move(hardware)) {
        const Experiment& e = hardware_->e;
        Matrix w;
        take(initial, w);
        std::vector<Block> blocks;
        for (const auto& b : plan.placement.blocks)
            if (b.layer == index) blocks.push_back(b);
        std::vector<std::unique_ptr<DeviceArray>> planes;
        for (int p = 0; p < (e.tile.mapping == Mapping::differential ? 2 : 1); ++p) planes.push_back(with_nonidealities(e.device.make(w.rows() * w.cols()), e.nonideal));
        const Rng rng = Rng(seed).stream(name);
        auto op = std::make_unique<AnalogOp>(std::move(name), std::move(planes), std::move(blocks), w, w_max, e.tile, rng);
        op->attach_wires(e.wires);
        cells_ = std::make_unique<WeightCells>(std::move(op), rng.stream("calls"));
    }

    Out forward(const In& x, std::uint64_t call, bool training) { return pass(x, [&](const Matrix& in, Matrix& y) { cells_->forward(in, y, call, training); }); }
    Out backward(const In& dy, std::uint64_t call, bool training) { return pass(dy, [&](const Matrix& in, Matrix& dx) { cells_->backward(in, dx, call, training); }); }
    /// Adds this part's outputs to y, which holds every position of every sample.
    Out forward_windows(const WindowsPtr& w, std::size_t part, const In& x, std::size_t samples, std::uint64_t call, bool training) {
        return pass(x, [&](const Matrix& in, Matrix& y) {
            const PatchMap& map = w->parts.at(part).map;
            y.resize(samples * map.n_target, cells_->op().n_out()), y.fill(0);
            cells_->forward(map, in, samples, y, call, training);
        });
    }
    Out backward_windows(const WindowsPtr& w, std::size_t part, const In& dy, std::size_t samples, std::uint64_t call, bool training) {
        return pass(dy, [&](const Matrix& in, Matrix& dx) {
            const PatchMap& map = w->parts.at(part).map;
            dx.resize(samples * map.n_source, cells_->op().n_in() / map.n_taps), dx.fill(0);
            cells_->backward(map, in, samples, dx, call, training);
        });
    }

    nb::tuple apply(const In& gradient, const Rule& rule, std::int64_t update, double rate) {
        UpdateCost cost;
        {
            const nb::gil_scoped_release free;
            const std::lock_guard lock(busy_);
            Matrix g;
            take(gradient, g);
            cost = cells_->apply(g, rule.spec.at({update, false, rate}), static_cast<std::uint64_t>(update));
        }
        return tuple_of(cost);
    }
    nb::tuple apply_pairs(const In& x, const In& dy, const Rule& rule, std::int64_t update, double rate) {
        UpdateCost cost;
        {
            const nb::gil_scoped_release free;
            const std::lock_guard lock(busy_);
            Matrix a, b;
            take(x, a), take(dy, b);
            cost = cells_->apply(a, b, rule.spec.at({update, false, rate}), static_cast<std::uint64_t>(update));
        }
        return tuple_of(cost);
    }
    void write(const In& weights) {
        const std::lock_guard lock(busy_);
        Matrix w;
        take(weights, w);
        cells_->write(w);
    }
    Out weights() {
        const std::lock_guard lock(busy_);
        return hand_over(cells_->weights());
    }
    nb::ndarray<nb::numpy, float> conductance() {
        const std::lock_guard lock(busy_);
        const auto& op = cells_->op();
        std::vector<float> all;
        for (std::size_t p = 0; p < op.n_planes(); ++p)
            for (const float g : op.conductance(p)) all.push_back(g);
        return give(std::move(all), {op.n_planes(), op.n_in(), op.n_out()});
    }
    nb::dict state() {
        const std::lock_guard lock(busy_);
        nb::dict out;
        for (auto& t : cells_->state()) out[t.name.c_str()] = give(std::move(t.values));
        return out;
    }
    void restore(const nb::dict& state) {
        const std::lock_guard lock(busy_);
        State tensors;
        for (const auto& [name, values] : state) {
            const auto a = nb::cast<nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(values);
            tensors.push_back({nb::cast<std::string>(name), {a.data(), a.data() + a.size()}});
        }
        cells_->restore(tensors);
    }
    nb::dict ledger() const {
        nb::dict out;
        for (const auto& [account, charge] : cells_->ledger().accounts()) out[account.c_str()] = nb::make_tuple(charge.n, charge.energy_J, charge.busy_s);
        return out;
    }
    nb::list blocks() const {
        nb::list out;
        for (const auto& b : cells_->op().blocks()) out.append(nb::make_tuple(b.crossbar, b.at_row, b.at_col, b.rows, b.cols, b.row0, b.col0));
        return out;
    }
    std::pair<double, double> window() const { return {cells_->op().window().g_min.si, cells_->op().window().g_max.si}; }

private:
    template <class F>
    Out pass(const In& x, const F& f) {
        Matrix y;
        {
            const nb::gil_scoped_release free;
            const std::lock_guard lock(busy_);
            Matrix in;
            take(x, in);
            f(in, y);
        }
        return hand_over(std::move(y));
    }
    static nb::tuple tuple_of(const UpdateCost& c) { return nb::make_tuple(c.n_set, c.n_reset, c.n_idle, c.energy_J, c.busy_s); }
    HardwarePtr hardware_;
    std::unique_ptr<WeightCells> cells_;
    std::mutex busy_;
};

/// x^T dy by ganbar's own kernels: the same bits whatever library torch multiplies with.
Out gradient(const In& x, const In& dy) {
    Matrix g;
    {
        const nb::gil_scoped_release free;
        Matrix a, b;
        take(x, a), take(dy, b);
        AnalogOp::gradient(a, b, g);
    }
    return hand_over(std::move(g));
}
Out gradient_windows(const WindowsPtr& w, std::size_t part, const In& x, const In& dy, std::size_t samples) {
    Matrix g;
    {
        const nb::gil_scoped_release free;
        Matrix a, b;
        take(x, a), take(dy, b);
        AnalogOp::gradient(w->parts.at(part).map, a, b, samples, g);
    }
    return hand_over(std::move(g));
}

/// Random bits of simulated arrays as the experiment describes them, one byte a bit.
class Bits {
public:
    Bits(const HardwarePtr& hw, std::uint64_t seed, std::int64_t per_vector) : hardware_(hw), stream_(make(*hw, seed, per_vector), hw->e.noise.noise) {}
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

void bind_torch_cells(nb::module_& m) {
    nb::class_<Hardware>(m, "Hardware", "Cells, arrays, converters and wires of an experiment.")
        .def(nb::new_([](const LibraryPtr& library, const std::string& toml) { return std::make_shared<const Hardware>(library, toml); }), nb::arg("library"), nb::arg("toml"))
        .def_prop_ro("toml", [](const Hardware& h) { return run_toml(h.e); })
        .def_prop_ro("w_max", [](const Hardware& h) { return std::pair{h.e.generator.w_max, h.e.discriminator.w_max}; })
        .def_prop_ro("rate", [](const Hardware& h) { return h.e.train.rate; })
        .def_prop_ro("rule", [](const Hardware& h) { return h.e.rule.name; })
        .def_prop_ro("device", [](const Hardware& h) { return h.e.device.model; })
        .def_prop_ro("crossbar", [](const Hardware& h) { return std::pair{h.e.tile.rows, h.e.tile.cols}; })
        .def_prop_ro("planes", [](const Hardware& h) { return h.e.tile.mapping == Mapping::differential ? 2 : 1; });
    nb::class_<Plan>(m, "Plan", "Where the matrices of a model lie, all placed together.")
        .def(nb::init<const HardwarePtr&, const std::vector<std::pair<std::size_t, std::size_t>>&>(), nb::arg("hardware"), nb::arg("shapes"))
        .def_prop_ro("n_crossbars", [](const Plan& p) { return p.placement.n_crossbars; });
    nb::class_<Rule>(m, "Rule", "A training rule with its settings.").def(nb::init<const LibraryPtr&, const std::string&, const nb::dict&>(), nb::arg("library"), nb::arg("rule"), nb::arg("settings")).def_ro("name", &Rule::name);
    nb::class_<Windows>(m, "Windows", "Windows of a convolution over maps of one size.")
        .def(nb::new_([](bool transposed, const std::vector<std::size_t>& side, const std::vector<std::size_t>& kernel, const std::vector<std::size_t>& stride, const std::vector<std::size_t>& padding,
                         const std::vector<std::size_t>& output_padding, bool zero_free) { return std::make_shared<const Windows>(transposed, side, kernel, stride, padding, output_padding, zero_free); }),
             nb::arg("transposed"), nb::arg("side"), nb::arg("kernel"), nb::arg("stride"), nb::arg("padding"), nb::arg("output_padding"), nb::arg("zero_free"))
        .def_prop_ro("out_side", [](const Windows& w) { return w.out_side; })
        .def_prop_ro("taps", [](const Windows& w) {
            std::vector<std::vector<std::size_t>> out;
            for (const auto& p : w.parts) out.push_back(p.taps);
            return out;
        });
    nb::class_<Cells>(m, "WeightCells", "Cells of one weight matrix [n_in x n_out].")
        .def(nb::init<HardwarePtr, std::string, const In&, double, std::uint64_t, const Plan&, std::size_t>(), nb::arg("hardware"), nb::arg("name"), nb::arg("initial").noconvert(), nb::arg("w_max"),
             nb::arg("seed"), nb::arg("plan"), nb::arg("index"))
        .def("forward", &Cells::forward, nb::arg("x").noconvert(), nb::arg("call"), nb::arg("training"))
        .def("backward", &Cells::backward, nb::arg("dy").noconvert(), nb::arg("call"), nb::arg("training"))
        .def("forward_windows", &Cells::forward_windows, nb::arg("windows"), nb::arg("part"), nb::arg("x").noconvert(), nb::arg("samples"), nb::arg("call"), nb::arg("training"))
        .def("backward_windows", &Cells::backward_windows, nb::arg("windows"), nb::arg("part"), nb::arg("dy").noconvert(), nb::arg("samples"), nb::arg("call"), nb::arg("training"))
        .def("apply", &Cells::apply, nb::arg("gradient").noconvert(), nb::arg("rule"), nb::arg("update"), nb::arg("rate"))
        .def("apply_pairs", &Cells::apply_pairs, nb::arg("x").noconvert(), nb::arg("dy").noconvert(), nb::arg("rule"), nb::arg("update"), nb::arg("rate"))
        .def("write", &Cells::write, nb::arg("weights").noconvert())
        .def("weights", &Cells::weights)
        .def("conductance", &Cells::conductance)
        .def("state", &Cells::state)
        .def("restore", &Cells::restore, nb::arg("state"))
        .def("ledger", &Cells::ledger)
        .def("blocks", &Cells::blocks)
        .def_prop_ro("window", &Cells::window);
    m.def("weight_gradient", &gradient, nb::arg("x").noconvert(), nb::arg("dy").noconvert());
    m.def("weight_gradient_windows", &gradient_windows, nb::arg("windows"), nb::arg("part"), nb::arg("x").noconvert(), nb::arg("dy").noconvert(), nb::arg("samples"));
    nb::class_<Bits>(m, "ArrayBits", "Random bits of simulated arrays.")
        .def(nb::init<const HardwarePtr&, std::uint64_t, std::int64_t>(), nb::arg("hardware"), nb::arg("seed"), nb::arg("per_vector"))
        .def("take", &Bits::take_bits, nb::arg("n"))
        .def_prop_ro("energy_J", &Bits::energy_J);
}

}  // namespace ganbar::python
