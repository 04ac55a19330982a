// Passive crossbars: operating points, reduced arrays for many inputs, SPICE decks.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <sstream>

#include "ganbar/circuit/array_read.h"
#include "ganbar/circuit/nodal.h"
#include "ganbar/circuit/selector.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/circuit/transfer.h"
#include "ganbar/python/interrupt.h"

namespace ganbar::python {
namespace {

constexpr std::size_t brief_cells = 4096, brief_products = std::size_t{1} << 24;  // some milliseconds

Wires wires_of(double rw, double rb, double rdrv, double rsense, const std::string& ends) {
    if (ends != "single" && ends != "both") throw ConfigError("ends = \"" + ends + "\" is not known; expected \"single\" or \"both\"");
    return {{rw}, {rb}, {rdrv}, {rsense}, ends == "both" ? Ends::both : Ends::single};
}

/// NaN marks a floating terminal.
std::vector<std::optional<double>> terminals(const Reals<1>& v) {
    std::vector<std::optional<double>> out(v.size());
    for (std::size_t k = 0; k < v.size(); ++k)
        if (!std::isnan(v.data()[k])) out[k] = v.data()[k];
    return out;
}

/// What is in series with the memristors, by the declared keys of its type.
Selector selector_of(const nb::dict& keys) {
    Selector out;
    const auto node = node_of(keys, "device");
    const auto known = config::bind(node.get(), Selector::schema(), out);
    config::reject_unused(*node, {{"", known}});
    const auto own = out.keys();
    for (const auto& [key, leaf] : node->leaves)
        if (key != "type" && std::find(own.begin(), own.end(), key) == own.end())
            throw ConfigError("a " + cell_type_names().at(static_cast<std::size_t>(out.type)) + " device has no \"" + key +
                              "\"; expected one of " + join(own));
    validate(out);
    return out;
}

CrossbarProblem problem_of(const Reals<2>& g, const Reals<1>& word, const Reals<1>& bit, const std::vector<double>& wires,
                           const std::string& ends, const std::string& law, double coefficient, const nb::dict& selector,
                           const std::vector<double>& gate_V) {
    CrossbarProblem p;
    p.rows = g.shape(0), p.cols = g.shape(1);
    p.g_S.assign(g.data(), g.data() + g.size());
    p.curve = {law == "cubic" ? CellCurve::Kind::cubic : law == "sinh" ? CellCurve::Kind::sinh : CellCurve::Kind::linear, coefficient};
    p.wires = wires_of(wires.at(0), wires.at(1), wires.at(2), wires.at(3), ends);
    p.vw_V = terminals(word), p.vb_V = terminals(bit);
    if (selector.size() > 0) p.selector = selector_of(selector);
    if (!p.selector.has_gate() && !gate_V.empty())
        throw ConfigError("these cells have no gate; expected gate with {\"type\": \"1t1r\"} only");
    if (p.selector.has_gate() && gate_V.size() != p.rows)
        throw ConfigError("gate has " + std::to_string(gate_V.size()) + " voltages; expected " + std::to_string(p.rows) +
                          ", one for the gate line of each row");
    p.gate_V = gate_V;
    return p;
}

nb::dict point_dict(OperatingPoint&& point, std::size_t rows, std::size_t cols) {
    nb::dict out;
    out["W"] = give(std::move(point.w_V), {rows, cols}), out["B"] = give(std::move(point.b_V), {rows, cols});
    out["i_word"] = give(std::move(point.i_word_A)), out["i_bit"] = give(std::move(point.i_bit_A));
    out["i_cell"] = give(std::move(point.i_cell_A), {rows, cols});
    if (!point.internal_V.empty()) out["X"] = give(std::move(point.internal_V), {rows, cols});
    out["power_W"] = point.power_W, out["power_cells_W"] = point.cells_W, out["power_wires_W"] = point.wires_W;
    out["iterations"] = point.iterations, out["residual_A"] = point.residual_A;
    return out;
}

nb::dict solve(const CrossbarProblem& p) {
    return point_dict(interruptible([=] { return solve_operating_point(p); }, p.rows * p.cols <= brief_cells), p.rows, p.cols);
}

nb::list solve_many(const CrossbarProblem& p, const Reals<2>& words, const Reals<2>& bits) {
    std::vector<Bias> biases(words.shape(0));
    const auto row = [](const Reals<2>& v, std::size_t k) {
        std::vector<std::optional<double>> out(v.shape(1));
        for (std::size_t i = 0; i < out.size(); ++i)
            if (const double x = v.data()[k * out.size() + i]; !std::isnan(x)) out[i] = x;
        return out;
    };
    for (std::size_t k = 0; k < biases.size(); ++k) biases[k] = {row(words, k), row(bits, k)};
    auto points = interruptible([=] { return solve_operating_points(p, biases); }, biases.size() * p.rows * p.cols <= brief_cells);
    nb::list out;
    for (auto& point : points) out.append(point_dict(std::move(point), p.rows, p.cols));
    return out;
}

std::string netlist(const CrossbarProblem& p, bool node_voltages) {
    return interruptible(
        [=] {
            std::ostringstream out;
            write_spice(p, out, {node_voltages});
            return out.str();
        },
        p.rows * p.cols <= brief_cells);
}

/// A crossbar with linear cells, reduced once: i_bit = V T.
class ReducedCrossbar {
public:
    ReducedCrossbar(const Reals<2>& g, const std::vector<double>& wires, const std::string& ends) : rows_(g.shape(0)), cols_(g.shape(1)) {
        const Wires w = wires_of(wires.at(0), wires.at(1), wires.at(2), wires.at(3), ends);
        t_S_ = interruptible(
            [rows = rows_, cols = cols_, w, g_S = held(g)] {
                const auto t_S = std::make_shared<std::vector<double>>(rows * cols);
                transfer_matrix(TransferPlan(rows, cols, w.ends), std::span(g_S->data(), g_S->size()), w, *t_S);
                return std::shared_ptr<const std::vector<double>>(t_S);
            },
            rows_ * cols_ <= brief_cells);
    }
    /// [batch, rows] volts -> [batch, cols] amperes; every sum in the order of the rows, whatever the threads.
    nb::ndarray<nb::numpy, double> read(const Reals<2>& v) const {
        const std::size_t n = v.shape(0);
        return give(interruptible(
                        [rows = rows_, cols = cols_, t_S = t_S_, v = held(v), n] {
                            return array_currents(*t_S, rows, cols, {v->data(), v->size()}, n);
                        },
                        n * rows_ * cols_ <= brief_products),
                    {n, cols_});
    }
    /// Seconds that the library takes for a read, the least of n_times: what bench/python_overhead.py holds a call against.
    double read_seconds(const Reals<2>& v, int n_times) const {
        const nb::gil_scoped_release free;
        double least = std::numeric_limits<double>::infinity();
        for (int k = 0; k < n_times; ++k) {
            const auto start = std::chrono::steady_clock::now();
            const auto currents = array_currents(*t_S_, rows_, cols_, {v.data(), v.size()}, v.shape(0));
            least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return least;
    }
    nb::ndarray<nb::numpy, double> transfer() const { return give(std::vector<double>(*t_S_), {rows_, cols_}); }

private:
    std::size_t rows_, cols_;
    std::shared_ptr<const std::vector<double>> t_S_;
};

}  // namespace

void bind_circuit(nb::module_& m) {
    nb::class_<CrossbarProblem>(m, "CrossbarProblem", "A passive crossbar with one bias.");
    m.def("crossbar_problem", &problem_of, nb::arg("g"), nb::arg("word"), nb::arg("bit"), nb::arg("wires"), nb::arg("ends"), nb::arg("law"),
          nb::arg("coefficient"), nb::arg("selector"), nb::arg("gate"));
    m.def("solve", &solve, nb::arg("problem"));
    m.def("solve_many", &solve_many, nb::arg("problem"), nb::arg("words"), nb::arg("bits"));
    m.def("netlist", &netlist, nb::arg("problem"), nb::arg("node_voltages"));
    nb::class_<ReducedCrossbar>(m, "Crossbar", "A crossbar with linear cells, reduced once.")
        .def(nb::init<const Reals<2>&, const std::vector<double>&, const std::string&>(), nb::arg("g"), nb::arg("wires"), nb::arg("ends"))
        .def("read", &ReducedCrossbar::read, nb::arg("v"))
        .def("read_seconds", &ReducedCrossbar::read_seconds, nb::arg("v"), nb::arg("n_times"))
        .def("transfer", &ReducedCrossbar::transfer);
}

}  // namespace ganbar::python
