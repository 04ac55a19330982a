// Cells of one weight matrix under PyTorch's training loop: what python/ganbar/torch stands on. Rows are samples (positions of feature
// maps), float32.
#include <mutex>
#include <optional>

#include "ganbar/core/patches.h"
#include "ganbar/python/torch_parts.h"
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

class Cells {
public:
    Cells(HardwarePtr hardware, std::string name, const In& initial, double w_max, std::uint64_t seed, const Plan& plan, std::size_t index)
        : hardware_(std::move(hardware)) {
        const nb::gil_scoped_release free;  // models in numpy take it for each of their calls, from threads of the pool too
        const Experiment& e = hardware_->e;
        Matrix w;
        take(initial, w);
        std::vector<Block> blocks;
        for (const auto& b : plan.placement.blocks)
            if (b.layer == index) blocks.push_back(b);
        name_ = name, w_max_ = w_max, rng_ = Rng(seed).stream(name), blocks_ = blocks;
        std::vector<std::unique_ptr<DeviceArray>> planes;
        for (int p = 0; p < (e.tile.mapping == Mapping::differential ? 2 : 1); ++p)
            planes.push_back(with_nonidealities(e.device.make(w.rows() * w.cols()), e.nonideal));
        auto op = std::make_unique<AnalogOp>(std::move(name), std::move(planes), std::move(blocks), w, w_max, e.tile, rng_);
        op->attach_wires(e.wires);
        cells_ = std::make_unique<WeightCells>(std::move(op), rng_.stream("calls"));
    }

    Out forward(const In& x, std::uint64_t call, bool training) {
        return pass(x, [&](const Matrix& in, Matrix& y) { cells_->forward(in, y, call, training); });
    }
    Out backward(const In& dy, std::uint64_t call, bool training) {
        return pass(dy, [&](const Matrix& in, Matrix& dx) { cells_->backward(in, dx, call, training); });
    }
    /// Adds this part's outputs to y, which holds every position of every sample.
    Out forward_windows(const WindowsPtr& w, std::size_t part, const In& x, std::size_t samples, std::uint64_t call, bool training) {
        return pass(x, [&](const Matrix& in, Matrix& y) {
            const PatchMap& map = w->parts.at(part).map;
            y.resize(samples * map.n_target, cells_->op().n_out()), y.fill(0);
            cells_->forward(map, in, samples, y, call, training);
        });
    }
    /// `sum`: what the parts before this one gave, which it is added to.
    Out backward_windows(const WindowsPtr& w, std::size_t part, const In& dy, std::size_t samples, std::uint64_t call, bool training,
                         const std::optional<In>& sum) {
        return pass(dy, [&](const Matrix& in, Matrix& dx) {
            const PatchMap& map = w->parts.at(part).map;
            if (sum) take(*sum, dx);
            else dx.resize(samples * map.n_source, cells_->op().n_in() / map.n_taps), dx.fill(0);
            cells_->backward(map, in, samples, dx, call, training, sum.has_value());
        });
    }

    nb::tuple apply(const In& gradient, const Rule& rule, std::int64_t update, double rate, bool book) {
        return updated(rule, update, rate, book, [&](const UpdateRule& r, std::uint64_t number) {
            Matrix g;
            take(gradient, g);
            return cells_->apply(g, r, number);
        });
    }
    nb::tuple apply_pairs(const In& x, const In& dy, const Rule& rule, std::int64_t update, double rate) {
        return updated(rule, update, rate, true, [&](const UpdateRule& r, std::uint64_t number) {
            Matrix a, b;
            take(x, a), take(dy, b);
            return cells_->apply(a, b, r, number);
        });
    }
    nb::tuple apply_pairs_windows(const WindowsPtr& w, std::size_t part, const In& x, const In& dy, std::size_t samples, const Rule& rule,
                                  std::int64_t update, double rate) {
        return updated(rule, update, rate, true, [&](const UpdateRule& r, std::uint64_t number) {
            Matrix a, b;
            take(x, a), take(dy, b);
            return cells_->apply(w->parts.at(part).map, a, b, samples, r, number);
        });
    }
    /// A second set of cells, one a weight around mid-window, as an experiment with this rule has it (experiment/build.cpp).
    void join(const Rule& rule) {
        const Experiment& e = hardware_->e;
        if (!rule.spec.join_arrays || cells_->joined()) return;
        const Alone alone(busy_);
        TileParams tile = e.tile;
        tile.mapping = Mapping::offset, tile.start = CellStart::weights;
        const Matrix zero(cells_->op().n_in(), cells_->op().n_out());
        std::vector<std::unique_ptr<DeviceArray>> planes;
        planes.push_back(with_nonidealities(e.device.make(zero.rows() * zero.cols()), e.nonideal));
        auto fast = std::make_unique<AnalogOp>(name_ + "_fast", std::move(planes), blocks_, zero, w_max_, tile, rng_.stream("fast"));
        fast->attach_wires(e.wires);
        cells_->join(std::move(fast), [&](std::unique_ptr<LinearOp> a, std::unique_ptr<LinearOp> c) {
            return rule.spec.join_arrays(name_, std::move(a), std::move(c));
        });
    }
    /// Number of cells, pulses, cells not reached; root mean square and largest error as parts of the window; energy in J.
    nb::tuple tune(const In& weights, double tolerance, std::int64_t max_pulses, std::int64_t number, bool book) {
        TuneReport r;
        {
            const Alone alone(busy_);
            Matrix w;
            take(weights, w);
            TuneSpec spec = writing_of(hardware_->e);
            if (tolerance > 0) spec.tolerance = tolerance;
            if (max_pulses > 0) spec.max_pulses = max_pulses;
            cells_->book_writes(book);
            r = cells_->tune(w, spec, static_cast<std::uint64_t>(number));
        }
        return nb::make_tuple(r.n_cells, r.n_pulses, r.n_unreached, r.sum_error2, r.largest_error, r.energy_J);
    }
    bool rest(double seconds) {
        const Alone alone(busy_);
        return cells_->op().rest({seconds});
    }
    std::vector<float> ranges() {
        const Alone alone(busy_);
        return cells_->op().ranges();
    }
    void set_ranges(const std::vector<float>& ranges_A) {
        const Alone alone(busy_);
        if (ranges_A.size() != cells_->op().ranges().size())
            throw ConfigError(name_ + ": expected " + std::to_string(cells_->op().ranges().size()) + " ranges of converters");
        cells_->op().set_ranges(ranges_A);
    }
    /// What a graph needs to repeat this part's reads: see AnalogOp::BlockRead.
    nb::dict read_graph() {
        AnalogOp& op = cells_->op();
        auto reads = [&] {
            const Alone alone(busy_);
            return op.block_reads();
        }();
        nb::list blocks;
        for (auto& b : reads) {
            std::vector<float> g;
            for (std::size_t r = 0; r < b.g_S.rows(); ++r) g.insert(g.end(), b.g_S.row(r), b.g_S.row(r) + b.g_S.cols());
            nb::dict one;
            one["row0"] = b.block.row0, one["col0"] = b.block.col0, one["range_A"] = b.range_A;
            one["g_S"] = give(std::move(g), {b.block.rows, b.block.cols});
            one["variance_zero_A2"] = give(std::move(b.variance_zero_A2)), one["variance_slope_S2"] = give(std::move(b.variance_slope_S2));
            blocks.append(one);
        }
        nb::dict out;
        out["blocks"] = blocks, out["n_in"] = op.n_in(), out["n_out"] = op.n_out(), out["weight_per_S"] = op.weight_per_siemens();
        out["v_read"] = op.params().v_read.si, out["adc_bits"] = op.converters().adc_bits, out["dac_bits"] = op.converters().dac_bits;
        out["adc_noise_lsb"] = op.params().adc_noise_lsb;
        return out;
    }
    void write(const In& weights) {
        const Alone alone(busy_);
        Matrix w;
        take(weights, w);
        cells_->write(w);
    }
    Out weights() {
        return hand_over([&] {
            const Alone alone(busy_);
            return cells_->weights();
        }());
    }
    nb::ndarray<nb::numpy, float> conductance() {
        const auto& op = cells_->op();
        std::vector<float> all;
        {
            const Alone alone(busy_);
            for (std::size_t p = 0; p < op.n_planes(); ++p)
                for (const float g : op.conductance(p)) all.push_back(g);
        }
        return give(std::move(all), {op.n_planes(), op.n_in(), op.n_out()});
    }
    nb::dict state() {
        auto tensors = [&] {
            const Alone alone(busy_);
            return cells_->state();
        }();
        nb::dict out;
        for (auto& t : tensors) out[t.name.c_str()] = give(std::move(t.values));
        return out;
    }
    void restore(const nb::dict& state) {
        State tensors;
        for (const auto& [name, values] : state) {
            const auto a = nb::cast<nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(values);
            tensors.push_back({nb::cast<std::string>(name), {a.data(), a.data() + a.size()}});
        }
        const Alone alone(busy_);
        cells_->restore(tensors);
    }
    nb::dict ledger() const {
        nb::dict out;
        for (const auto& [account, charge] : cells_->ledger().accounts())
            out[account.c_str()] = nb::make_tuple(charge.n, charge.energy_J, charge.busy_s);
        return out;
    }
    nb::list blocks() const {
        nb::list out;
        for (const auto& b : cells_->op().blocks())
            out.append(nb::make_tuple(b.crossbar, b.at_row, b.at_col, b.rows, b.cols, b.row0, b.col0));
        return out;
    }
    std::pair<double, double> window() const { return {cells_->op().window().g_min.si, cells_->op().window().g_max.si}; }

private:
    template <class F>
    nb::tuple updated(const Rule& rule, std::int64_t update, double rate, bool book, const F& f) {
        const WireParams& wires = hardware_->e.wires;
        if (wires.exact(wires.program) && !rule.spec.wires_fault.empty()) throw ConfigError(name_ + ": " + rule.spec.wires_fault);
        UpdateCost cost;
        {
            const Alone alone(busy_);
            cells_->book_writes(book);
            cost = f(rule.spec.at({update, false, rate}), static_cast<std::uint64_t>(update));
        }
        return tuple_of(cost);
    }
    template <class F>
    Out pass(const In& x, const F& f) {
        Matrix y;
        {
            const Alone alone(busy_);
            Matrix in;
            take(x, in);
            f(in, y);
        }
        return hand_over(std::move(y));
    }
    static nb::tuple tuple_of(const UpdateCost& c) { return nb::make_tuple(c.n_set, c.n_reset, c.n_idle, c.energy_J, c.busy_s); }
    HardwarePtr hardware_;
    std::string name_;
    double w_max_ = 0;
    Rng rng_{0};
    std::vector<Block> blocks_;
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

}  // namespace

void bind_torch_cells(nb::module_& m) {
    bind_torch_parts(m);
    nb::class_<Cells>(m, "WeightCells", "Cells of one weight matrix [n_in x n_out].")
        .def(nb::init<HardwarePtr, std::string, const In&, double, std::uint64_t, const Plan&, std::size_t>(), nb::arg("hardware"),
             nb::arg("name"), nb::arg("initial").noconvert(), nb::arg("w_max"), nb::arg("seed"), nb::arg("plan"), nb::arg("index"))
        .def("forward", &Cells::forward, nb::arg("x").noconvert(), nb::arg("call"), nb::arg("training"))
        .def("backward", &Cells::backward, nb::arg("dy").noconvert(), nb::arg("call"), nb::arg("training"))
        .def("forward_windows", &Cells::forward_windows, nb::arg("windows"), nb::arg("part"), nb::arg("x").noconvert(), nb::arg("samples"),
             nb::arg("call"), nb::arg("training"))
        .def("backward_windows", &Cells::backward_windows, nb::arg("windows"), nb::arg("part"), nb::arg("dy").noconvert(),
             nb::arg("samples"), nb::arg("call"), nb::arg("training"), nb::arg("sum") = nb::none())
        .def("apply", &Cells::apply, nb::arg("gradient").noconvert(), nb::arg("rule"), nb::arg("update"), nb::arg("rate"),
             nb::arg("book") = true)
        .def("apply_pairs", &Cells::apply_pairs, nb::arg("x").noconvert(), nb::arg("dy").noconvert(), nb::arg("rule"), nb::arg("update"),
             nb::arg("rate"))
        .def("apply_pairs_windows", &Cells::apply_pairs_windows, nb::arg("windows"), nb::arg("part"), nb::arg("x").noconvert(),
             nb::arg("dy").noconvert(), nb::arg("samples"), nb::arg("rule"), nb::arg("update"), nb::arg("rate"))
        .def("join", &Cells::join, nb::arg("rule"))
        .def("tune", &Cells::tune, nb::arg("weights").noconvert(), nb::arg("tolerance"), nb::arg("max_pulses"), nb::arg("number"),
             nb::arg("book") = true)
        .def("rest", &Cells::rest, nb::arg("seconds"))
        .def("ranges", &Cells::ranges)
        .def("set_ranges", &Cells::set_ranges, nb::arg("ranges_A"))
        .def("read_graph", &Cells::read_graph)
        .def("write", &Cells::write, nb::arg("weights").noconvert())
        .def("weights", &Cells::weights)
        .def("conductance", &Cells::conductance)
        .def("state", &Cells::state)
        .def("restore", &Cells::restore, nb::arg("state"))
        .def("ledger", &Cells::ledger)
        .def("blocks", &Cells::blocks)
        .def_prop_ro("window", &Cells::window);
    m.def("weight_gradient", &gradient, nb::arg("x").noconvert(), nb::arg("dy").noconvert());
    m.def("weight_gradient_windows", &gradient_windows, nb::arg("windows"), nb::arg("part"), nb::arg("x").noconvert(),
          nb::arg("dy").noconvert(), nb::arg("samples"));
}

}  // namespace ganbar::python
