// Passive crossbars: operating points, reduced arrays for many inputs, SPICE decks.
#include <cmath>
#include <sstream>

#include "ganbar/circuit/nodal.h"
#include "ganbar/circuit/spice.h"
#include "ganbar/circuit/transfer.h"
#include "ganbar/core/parallel.h"
#include "ganbar/python/bind.h"

namespace ganbar::python {
namespace {

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

CrossbarProblem problem_of(const Reals<2>& g, const Reals<1>& word, const Reals<1>& bit, const std::vector<double>& wires, const std::string& ends, const std::string& law, double coefficient) {
    CrossbarProblem p;
    p.rows = g.shape(0), p.cols = g.shape(1);
    p.g_S.assign(g.data(), g.data() + g.size());
    p.curve = {law == "cubic" ? CellCurve::Kind::cubic : law == "sinh" ? CellCurve::Kind::sinh : CellCurve::Kind::linear, coefficient};
    p.wires = wires_of(wires.at(0), wires.at(1), wires.at(2), wires.at(3), ends);
    p.vw_V = terminals(word), p.vb_V = terminals(bit);
    return p;
}

nb::dict point_dict(OperatingPoint&& point, std::size_t rows, std::size_t cols) {
    nb::dict out;
    out["W"] = give(std::move(point.w_V), {rows, cols}), out["B"] = give(std::move(point.b_V), {rows, cols});
    out["i_word"] = give(std::move(point.i_word_A)), out["i_bit"] = give(std::move(point.i_bit_A));
    out["i_cell"] = give(std::move(point.i_cell_A), {rows, cols});
    out["power_W"] = point.power_W, out["power_cells_W"] = point.cells_W, out["power_wires_W"] = point.wires_W;
    out["iterations"] = point.iterations, out["residual_A"] = point.residual_A;
    return out;
}

nb::dict solve(const CrossbarProblem& p) {
    OperatingPoint point;
    {
        const nb::gil_scoped_release free;
        point = solve_operating_point(p);
    }
    return point_dict(std::move(point), p.rows, p.cols);
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
    std::vector<OperatingPoint> points;
    {
        const nb::gil_scoped_release free;
        points = solve_operating_points(p, biases);
    }
    nb::list out;
    for (auto& point : points) out.append(point_dict(std::move(point), p.rows, p.cols));
    return out;
}

std::string netlist(const CrossbarProblem& p, bool node_voltages) {
    std::ostringstream out;
    write_spice(p, out, {node_voltages});
    return out.str();
}

/// A crossbar with linear cells, reduced once: i_bit = V T.
class ReducedCrossbar {
public:
    ReducedCrossbar(const Reals<2>& g, const std::vector<double>& wires, const std::string& ends) : rows_(g.shape(0)), cols_(g.shape(1)), t_S_(rows_ * cols_) {
        const Wires w = wires_of(wires.at(0), wires.at(1), wires.at(2), wires.at(3), ends);
        const nb::gil_scoped_release free;
        transfer_matrix(TransferPlan(rows_, cols_, w.ends), std::span(g.data(), g.size()), w, t_S_);
    }
    /// [batch, rows] volts -> [batch, cols] amperes; every sum in the order of the rows, whatever the threads.
    nb::ndarray<nb::numpy, double> read(const Reals<2>& v) const {
        const std::size_t n = v.shape(0);
        std::vector<double> out(n * cols_, 0.0);
        {
            const nb::gil_scoped_release free;
            constexpr std::size_t together = 16;  // vectors that share a pass over T
            parallel_for((n + together - 1) / together, [&](std::size_t block) {
                for (std::size_t i = 0; i < rows_; ++i)
                    for (std::size_t k = block * together; k < std::min(n, (block + 1) * together); ++k) {
                        const double x = v.data()[k * rows_ + i];
                        double* sum = &out[k * cols_];
                        const double* t = &t_S_[i * cols_];
                        for (std::size_t j = 0; j < cols_; ++j) sum[j] += x * t[j];
                    }
            });
        }
        return give(std::move(out), {n, cols_});
    }
    nb::ndarray<nb::numpy, double> transfer() const { return give(t_S_, {rows_, cols_}); }

private:
    std::size_t rows_, cols_;
    std::vector<double> t_S_;
};

}  // namespace

void bind_circuit(nb::module_& m) {
    nb::class_<CrossbarProblem>(m, "CrossbarProblem", "A passive crossbar with one bias.");
    m.def("crossbar_problem", &problem_of, nb::arg("g"), nb::arg("word"), nb::arg("bit"), nb::arg("wires"), nb::arg("ends"), nb::arg("law"), nb::arg("coefficient"));
    m.def("solve", &solve, nb::arg("problem"));
    m.def("solve_many", &solve_many, nb::arg("problem"), nb::arg("words"), nb::arg("bits"));
    m.def("netlist", &netlist, nb::arg("problem"), nb::arg("node_voltages"), nb::call_guard<nb::gil_scoped_release>());
    nb::class_<ReducedCrossbar>(m, "Crossbar", "A crossbar with linear cells, reduced once.")
        .def(nb::init<const Reals<2>&, const std::vector<double>&, const std::string&>(), nb::arg("g"), nb::arg("wires"), nb::arg("ends"))
        .def("read", &ReducedCrossbar::read, nb::arg("v"))
        .def("transfer", &ReducedCrossbar::transfer);
}

}  // namespace ganbar::python
