#include "ganbar/study/wire_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/circuit/transfer.h"

namespace ganbar::study {
namespace {

std::vector<std::int8_t> random_signs(std::size_t n) {
    std::vector<std::int8_t> signs(n);
    Rng rng = Rng(4).stream("signs");
    for (auto& s : signs) s = rng.uniform() < 0.5 ? std::int8_t{1} : std::int8_t{-1};
    return signs;
}

std::string name_of(Scheme s) {
    return s == Scheme::half ? "V/2" : s == Scheme::third ? "V/3" : s == Scheme::grounded ? "grounded" : "floating";
}

/// Means over squares of an n x n map, at most 16 a side.
report::HeatTable coarse(const std::vector<double>& values, std::size_t n) {
    report::HeatTable t;
    const std::size_t side = std::min<std::size_t>(16, n), step = n / side;
    for (std::size_t k = 0; k < side; ++k) t.rows.push_back(fmt::format("{}", k * step)), t.columns.push_back(fmt::format("{}", k * step));
    for (std::size_t r = 0; r < side; ++r)
        for (std::size_t c = 0; c < side; ++c) {
            double sum = 0;
            for (std::size_t i = 0; i < step; ++i)
                for (std::size_t j = 0; j < step; ++j) sum += values[(r * step + i) * n + c * step + j];
            t.values.push_back(sum / static_cast<double>(step * step));
        }
    t.row_title = "word line", t.column_title = "bit line";
    return t;
}

}  // namespace

Wires WireFigures::wires(const ArrayCase& c) const {
    return {{c.r_ohm}, {c.r_ohm}, {c.terminal_ohm}, {c.terminal_ohm}, e_.wires.lines.ends};
}

std::unique_ptr<DeviceArray> WireFigures::cells(std::size_t n) const {
    auto array = e_.device.make(n * n);
    const auto [lo, hi] = array->window();
    std::vector<float> g(n * n);
    Rng rng = Rng(1).stream("conductances");
    for (float& x : g) x = static_cast<float>(lo.si + (hi.si - lo.si) * rng.uniform());
    array->fabricate(g, Rng(3));
    return array;
}

/// An array with the circuit that writes it, its compensation set.
struct WireFigures::WrittenArray {
    std::unique_ptr<DeviceArray> array;
    CellSolver solver;
    ArrayWriter writer;
    WrittenArray(const WireFigures& f, const ArrayCase& c)
        : array(f.cells(c.n)), solver(c.n, c.n, f.wires(c)), writer(solver, params(f, c), f.pulses()) {
        writer.calibrate(*array, 0);
    }
    WrittenArray(const WrittenArray&) = delete;  // the writer points to the solver
    static WriteParams params(const WireFigures& f, const ArrayCase& c) {
        WriteParams p = f.e_.wires.write;
        p.scheme = c.scheme, p.compensation = c.compensation;
        return p;
    }
};

WireFigures::Delivered WireFigures::delivered(const ArrayCase& c) const {
    const WrittenArray a(*this, c);
    const auto signs = random_signs(c.n * c.n);
    std::vector<WritePhase> phases;
    const std::size_t n_rows = std::min<std::size_t>(c.n, 9);
    for (std::size_t k = 0; k < n_rows; ++k) {
        const std::size_t row = k * (c.n - 1) / std::max<std::size_t>(1, n_rows - 1);
        WritePhase phase{{row}, {}, true};
        for (std::size_t j = 0; j < c.n; ++j)
            if (signs[row * c.n + j] > 0) phase.cols.push_back(j);
        phases.push_back(std::move(phase));
    }
    const auto u = a.writer.cell_voltages(*a.array, 0, phases);
    Delivered out{0, 1};
    double n = 0;
    for (std::size_t k = 0; k < phases.size(); ++k)
        for (const std::size_t j : phases[k].cols) {
            const double part = std::abs(u[(k * c.n + phases[k].rows[0]) * c.n + j]) / e_.rule.pulses->set.si;
            out.mean += part, n += 1, out.least = std::min(out.least, part);
        }
    out.mean /= n;
    return out;
}

std::vector<double> WireFigures::seen_by_reads(const ArrayCase& c) const {
    const auto array = cells(c.n);
    std::vector<float> g(c.n * c.n);
    array->chord_conductance(e_.tile.v_read.si, 0, g);
    std::vector<double> t(g.size());
    transfer_matrix(TransferPlan(c.n, c.n, e_.wires.lines.ends), std::span<const float>(g), wires(c), t);
    for (std::size_t k = 0; k < g.size(); ++k) t[k] /= static_cast<double>(g[k]);
    return t;
}

double WireFigures::read_share(const ArrayCase& c) const {
    const auto seen = seen_by_reads(c);
    return std::accumulate(seen.begin(), seen.end(), 0.0) / static_cast<double>(seen.size());
}

report::HeatTable WireFigures::voltage_map(const ArrayCase& c) const {
    const WrittenArray a(*this, c);
    const auto phases = a.writer.phases(random_signs(c.n * c.n));
    const auto u = a.writer.cell_voltages(*a.array, 0, phases);
    std::vector<double> seen(c.n * c.n);
    for (std::size_t k = 0; k < phases.size(); ++k)
        for (const std::size_t j : phases[k].cols) {
            const std::size_t cell = phases[k].rows[0] * c.n + j;
            seen[cell] = std::abs(u[k * c.n * c.n + cell]) / (phases[k].set ? e_.rule.pulses->set.si : -e_.rule.pulses->reset.si);
        }
    auto t = coarse(seen, c.n);
    t.title = fmt::format("Pulse voltage that arrives, {:g} ohm a segment", c.r_ohm);
    t.caption = fmt::format(
        "Part of the amplitude on selected cells while random signs are written row by row ({}); {} x {} cells, {:g} ohm drivers, squares "
        "of {} cells. Word lines start at bit line 0, bit lines end below the last word line.",
        name_of(c.scheme), c.n, c.n, c.terminal_ohm, c.n / t.rows.size());
    t.lo = 0, t.hi = 1;
    return t;
}

report::HeatTable WireFigures::read_map(const ArrayCase& c) const {
    auto map = coarse(seen_by_reads(c), c.n);
    map.title = fmt::format("Conductance that a read sees, {:g} ohm a segment", c.r_ohm);
    map.caption = fmt::format("Transfer over the cell's own conductance, {:g} ohm drivers and sense amplifiers.", c.terminal_ohm);
    map.lo = 0, map.hi = 1;
    return map;
}

namespace {

void add(report::Series& s, const WireFigures::Delivered& d) { s.y.push_back(d.mean), s.lo.push_back(d.least), s.hi.push_back(d.mean); }

/// Shares between 0 and 1 over a logarithmic axis.
struct ShareChart {
    ShareChart(const char* title, const char* caption, const char* x, const char* x_unit, const char* y) {
        chart.title = title, chart.caption = caption;
        chart.views = {{"", x, x_unit, y, "", {}, true}};
        chart.y_lo = 0, chart.y_hi = 1;
    }
    /// One line: of(x) over all x.
    template <class Of>
    void line(std::string label, const std::vector<double>& xs, const Of& of) {
        report::Series s{std::move(label), xs, {}, {}, {}};
        for (const double x : xs) of(x, s);
        chart.views[0].series.push_back(std::move(s));
    }
    report::Chart chart;
};

}  // namespace

report::Chart WireFigures::delivered_by_resistance(const std::vector<double>& r_ohm, const std::vector<double>& terminals_ohm) const {
    ShareChart c("Pulse voltage that arrives against segment resistance",
                 "Part of the set amplitude on selected cells of a 64 x 64 array, V/2: mean, and band down to the least.",
                 "segment resistance", "ohm", "arriving voltage / amplitude");
    for (const double terminal : terminals_ohm)
        c.line(fmt::format("drivers {:g} ohm", terminal), r_ohm, [&](double r, report::Series& s) {
            add(s, delivered({64, r, terminal}));
        });
    return c.chart;
}

report::Chart WireFigures::delivered_by_size(const std::vector<double>& sizes, const std::vector<double>& r_ohm) const {
    ShareChart c("Pulse voltage that arrives against the size of the array", "As above, drivers of 1 ohm.", "rows and columns", "",
                 "arriving voltage / amplitude");
    for (const double r : r_ohm)
        c.line(fmt::format("{:g} ohm a segment", r), sizes, [&](double n, report::Series& s) {
            add(s, delivered({static_cast<std::size_t>(n), r, 1}));
        });
    return c.chart;
}

report::Chart WireFigures::read_by_resistance(const std::vector<double>& r_ohm, const std::vector<double>& sizes) const {
    ShareChart c("Conductance that a read sees against segment resistance",
                 "Mean over cells of transfer over conductance, drivers and sense amplifiers of 1 ohm.", "segment resistance", "ohm",
                 "transfer / conductance");
    for (const double n : sizes)
        c.line(fmt::format("{0:g} x {0:g}", n), r_ohm, [&](double r, report::Series& s) {
            s.y.push_back(read_share({static_cast<std::size_t>(n), r, 1}));
        });
    return c.chart;
}

report::Chart WireFigures::obtained_updates(const std::vector<double>& r_ohm) const {
    report::Chart chart;
    chart.title = "Update obtained over update wanted";
    chart.caption =
        "Over the cells of a 64 x 64 array, one update with random signs, V/2, drivers of 1 ohm: change of conductance through the wires, "
        "half-selected exposures included, over the change that the full pulse alone would make. 1 = as wanted; below 0 = the wrong way.";
    chart.steps = true;
    constexpr std::size_t n = 64, n_bins = 50;
    constexpr double lo = -2, hi = 3;
    report::ChartView view{"", "obtained / wanted", "", "share of cells", "", {}};
    const auto signs = random_signs(n * n);
    const auto wanted = cells(n);
    std::vector<float> before(n * n), ideal(n * n), after(n * n);
    wanted->conductance(0, before);
    wanted->program(0, signs, pulses(), EnergyRule::ohmic, Rng(6));
    wanted->conductance(0, ideal);
    for (const double r : r_ohm) {
        const auto array = cells(n);
        const CellSolver solver(n, n, wires({n, r, 1}));
        ArrayWriter(solver, e_.wires.write, pulses()).write(*array, 0, signs, EnergyRule::ohmic, Rng(6));
        array->conductance(0, after);
        report::Series s{fmt::format("{:g} ohm a segment", r), std::vector<double>(n_bins), std::vector<double>(n_bins, 0.0), {}, {}};
        double counted = 0;
        for (std::size_t k = 0; k < n * n; ++k) {
            const double asked = static_cast<double>(ideal[k]) - static_cast<double>(before[k]);
            if (asked == 0) continue;  // at an end of the window
            const double ratio = (static_cast<double>(after[k]) - static_cast<double>(before[k])) / asked;
            counted += 1;
            s.y[static_cast<std::size_t>(std::clamp((ratio - lo) / (hi - lo) * n_bins, 0.0, n_bins - 1.0))] += 1;
        }
        for (std::size_t b = 0; b < n_bins; ++b)
            s.x[b] = lo + (hi - lo) * static_cast<double>(b) / n_bins, s.y[b] /= std::max(counted, 1.0);
        view.series.push_back(std::move(s));
    }
    chart.views.push_back(std::move(view));
    chart.from_zero = true;
    return chart;
}

report::TextTable WireFigures::schemes(const std::vector<ArrayCase>& cases) const {
    report::TextTable t;
    t.title = "One update of an array by scheme";
    t.caption =
        "Random signs, all cells written once. Disturb: mean change of a cell that is asked for nothing while all others are written, over "
        "a whole set step.";
    t.columns = {"array",        "ohm / segment", "drivers, ohm", "scheme",          "compensation", "phases", "time, us",
                 "mean voltage", "least voltage", "selected, nJ", "other cells, nJ", "wires, nJ",    "disturb"};
    for (const ArrayCase& c : cases) {
        const auto array = cells(c.n);
        const CellSolver solver(c.n, c.n, wires(c));
        WriteParams params = e_.wires.write;
        params.scheme = c.scheme, params.compensation = c.compensation;
        ArrayWriter writer(solver, params, pulses());
        writer.calibrate(*array, 0);
        auto signs = random_signs(c.n * c.n);
        for (std::size_t k = 0; k < c.n; ++k) signs[k * c.n + (k * 7) % c.n] = 0;  // one cell a row is asked for nothing
        std::vector<float> before(c.n * c.n), after(c.n * c.n);
        array->conductance(0, before);
        const WriteReport r = writer.write(*array, 0, signs, EnergyRule::ohmic, Rng(6));
        array->conductance(0, after);
        double disturbed = 0;
        for (std::size_t k = 0; k < c.n; ++k) {
            const std::size_t cell = k * c.n + (k * 7) % c.n;
            disturbed += std::abs(static_cast<double>(after[cell]) - static_cast<double>(before[cell])) / static_cast<double>(c.n);
        }
        const auto probe = cells(c.n);
        probe->program(0, std::vector<std::int8_t>(c.n * c.n, 1), pulses(), EnergyRule::ohmic, Rng(6));
        std::vector<float> g0(c.n * c.n), g1(c.n * c.n);
        cells(c.n)->conductance(0, g0), probe->conductance(0, g1);
        double step = 0;
        for (std::size_t k = 0; k < g0.size(); ++k)
            step += (static_cast<double>(g1[k]) - static_cast<double>(g0[k])) / static_cast<double>(g0.size());
        const char* compensation = c.compensation == WriteCompensation::none   ? "none"
                                   : c.compensation == WriteCompensation::rows ? "rows"
                                                                               : "cells";
        t.rows.push_back({fmt::format("{0} x {0}", c.n), fmt::format("{:g}", c.r_ohm), fmt::format("{:g}", c.terminal_ohm),
                          name_of(c.scheme), compensation, fmt::format("{}", r.n_phases), fmt::format("{:.1f}", r.time_s * 1e6),
                          fmt::format("{:.3f}", r.mean_ratio()), fmt::format("{:.3f}", r.least_ratio),
                          fmt::format("{:.3g}", r.selected_J * 1e9), fmt::format("{:.3g}", r.half_selected_J * 1e9),
                          fmt::format("{:.3g}", r.wires_J * 1e9), fmt::format("{:.2f}", disturbed / step)});
    }
    return t;
}

}  // namespace ganbar::study
