#include "ganbar/circuit/array_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/circuit/array_bench_driven.h"
#include "ganbar/circuit/array_cells.h"
#include "ganbar/circuit/settling.h"
#include "ganbar/circuit/transfer.h"

namespace ganbar {
namespace {

constexpr std::size_t n_probes = 64;     // cells that feel the half-selected voltage
constexpr std::size_t n_draws = 4;       // random sets of active rows, each an operating point
constexpr std::size_t phase_batch = 32;  // phases whose cell voltages are held at once

std::vector<std::int8_t> random_signs(std::size_t n, Rng rng) {
    std::vector<std::int8_t> signs(n);
    for (auto& s : signs) s = rng.uniform() < 0.5 ? std::int8_t{1} : std::int8_t{-1};
    return signs;
}

class Chip {
public:
    Chip(const ArrayQuestion& q, std::size_t k)
        : q_(q),
          rng_(chip_stream(q, k)),
          rows_(static_cast<std::size_t>(q.spec.rows)),
          cols_(static_cast<std::size_t>(q.spec.cols)),
          n_(rows_ * cols_),
          plan_(rows_, cols_, q.wires.ends),
          array_(array_cells(q, k)) {}

    /// Figures in a fixed order; maps into `first` where it is given.
    std::vector<ArrayFigure> measure(ArrayAnswer* first) {
        driven_.emplace(q_, *array_);
        read(first);
        margins();
        if (passive()) write(first);
        else write_driven(first);
        note("cell_area_m2", "m2", "of all cells: the passive footprint, or with their transistors",
             static_cast<double>(n_) * (q_.cell.selector.has_gate() ? q_.cell.active_area.si : q_.spec.cell_area.si));
        return std::move(figures_);
    }

private:
    void note(const char* key, const char* unit, const char* doc, double value) { figures_.push_back({key, unit, doc, {value}}); }

    bool passive() const { return q_.cell.selector.type == CellType::passive; }

    std::vector<double> transfer(const std::vector<float>& g, const Connected& connected = {}) const {
        std::vector<double> t(n_);
        transfer_matrix(plan_, std::span<const float>(g), q_.wires, t, connected);
        return t;
    }

    void note_read(const std::vector<double>& share, const ActiveRows& all, double power) {
        note("read_share_mean", "", "current of a cell with all rows on over what it passes without wires, mean over cells",
             std::accumulate(share.begin(), share.end(), 0.0) / static_cast<double>(n_));
        note("read_share_least", "", "the same of the cell that wires hide most", *std::min_element(share.begin(), share.end()));
        note("read_error_rms", "", "error of a column's current with all rows on, rms over columns, relative", all.rms);
        note("read_error_worst", "", "the same of the worst column", all.worst);
        note("read_power_W", "W", "delivered while all rows are on at v_read", power);
        note("read_energy_J", "J", "of one read with all rows on, t_read long; without converters", power * q_.spec.t_read.si);
        note("read_charge_J", "J", "of charging all word lines to v_read once, c_node at every cell; not in read_energy_J",
             static_cast<double>(n_) * q_.spec.c_node.si * q_.spec.v_read.si * q_.spec.v_read.si);
    }

    /// All rows step to v_read; cells stay at their chord conductances.
    void note_settling(std::vector<double> g_S) {
        if (!(q_.spec.c_node.si > 0) || !(q_.wires.rsense.si > 0) || n_ > most_settling_cells) return;
        CrossbarProblem p;
        p.rows = rows_, p.cols = cols_, p.g_S = std::move(g_S), p.wires = q_.wires;
        p.vw_V.assign(rows_, q_.spec.v_read.si), p.vb_V.assign(cols_, 0.0);
        const Settling s = read_settling(p, {q_.spec.c_node, q_.spec.c_node}, q_.spec.settle_error);
        note("read_settle_s", "s", "until every column is within settle_error of its current, all rows switched on at once", s.slowest_s);
        note("read_elmore_s", "s", "Elmore's delay of the slowest column", *std::max_element(s.elmore_s.begin(), s.elmore_s.end()));
    }

    /// From operating points. Errors are the wires' alone: against cells, selectors included, without wires.
    void read(ArrayAnswer* first) {
        const auto alone = driven_->alone(), bare = passive() ? alone : driven_->bare();
        std::vector<std::size_t> every(rows_);
        std::iota(every.begin(), every.end(), std::size_t{0});
        const DrivenPoint point = driven_->read(every);
        std::vector<double> share(n_);
        double least = 1, sum = 0;
        for (std::size_t k = 0; k < n_; ++k) {
            share[k] = alone[k] > 0 ? point.cells[k].i_A / alone[k] : 1;
            const double kept = bare[k] > 0 ? alone[k] / bare[k] : 1;
            least = std::min(least, kept), sum += kept;
        }
        const ActiveRows all = active(alone, rows_, first ? &first->column_error : nullptr, &point);
        note_read(share, all, point.delivered_W);
        if (!passive()) {
            note("selector_share_mean", "", "current of a cell at v_read without wires over its memristor's alone, mean",
                 sum / static_cast<double>(n_));
            note("selector_share_least", "", "the same of the cell whose selector takes most", least);
        }
        std::vector<double> chord(alone);
        for (double& x : chord) x /= q_.spec.v_read.si;
        note_settling(std::move(chord));
        if (!passive()) note("read_gate_J", "J", "of all gate lines, up and down once; not in read_energy_J", q_.cell.gate_swing_J(n_));
        if (!first) return;
        first->read_share = std::move(share);
        for (std::size_t n = 1; n < rows_; n *= 4) first->by_active.push_back(active(alone, n, nullptr));
        first->by_active.push_back(all);
    }

    /// `known`: the point of these rows, where it has been computed.
    ActiveRows active(const std::vector<double>& alone, std::size_t n, std::vector<double>* errors,
                      const DrivenPoint* known = nullptr) const {
        return active_rows(n, errors, [&](std::span<const std::size_t> on) {
            const auto got = known ? known->i_bit_A : driven_->read(on).i_bit_A;
            std::vector<std::pair<double, double>> columns(cols_);
            for (std::size_t c = 0; c < cols_; ++c) {
                columns[c].second = got[c];
                for (const std::size_t i : on) columns[c].first += alone[i * cols_ + c];
            }
            return columns;
        });
    }

    /// Random sets of n rows on; all rows need one draw. `read` gives what each column wants and gets.
    template <class Read>
    ActiveRows active_rows(std::size_t n, std::vector<double>* errors, const Read& read) const {
        ActiveRows out{n, 0, 0};
        std::vector<std::size_t> order(rows_);
        std::iota(order.begin(), order.end(), std::size_t{0});
        Rng rng = rng_.stream("active rows", n);
        const std::size_t draws = n == rows_ ? 1 : n_draws;
        for (std::size_t d = 0; d < draws; ++d) {
            for (std::size_t i = 0; i < n && n < rows_; ++i)
                std::swap(order[i], order[i + static_cast<std::size_t>(rng.uniform() * static_cast<double>(rows_ - i))]);
            for (const auto& [wanted, got] : read(std::span<const std::size_t>(order).first(n))) {
                const double error = wanted > 0 ? got / wanted - 1 : 0;
                out.rms += error * error, out.worst = std::max(out.worst, std::abs(error));
                if (errors) errors->push_back(error);
            }
        }
        out.rms = std::sqrt(out.rms / static_cast<double>(draws * cols_));
        return out;
    }

    /// Worst case of reading one cell: the one farthest from driver and sense amplifier, all others fully on.
    void margins() {
        const Window w = array_->window();
        const std::size_t cell = cols_ - 1;  // word lines start at column 0, bit lines end below the last row: row 0 is farthest
        std::vector<std::uint8_t> row(rows_, 0), col(cols_, 0);
        row[0] = 1, col[cols_ - 1] = 1;
        const auto chip_with = [&](double g_S) {
            auto chip = array_->clone();
            std::vector<float> g(n_, static_cast<float>(w.g_max.si));
            g[cell] = static_cast<float>(g_S);
            chip->set_conductance(0, g);
            return chip;
        };
        const auto floating = [&](double g_S) {
            std::vector<float> chord(n_);
            chip_with(g_S)->chord_conductance(q_.spec.v_read.si, 0, chord);
            return transfer(chord, {row, col})[cell];
        };
        if (passive())
            note_margin("read_margin_floating",
                        "(on - off)/on of the farthest cell, all others on, other lines floating: sneak paths decide; cells at their chord "
                        "conductance",
                        floating(w.g_max.si), floating(w.g_min.si));
        const auto one = [&](double g_S, bool half) { return DrivenArray(q_, *chip_with(g_S)).read_one(0, cols_ - 1, half); };
        note_margin("read_margin_grounded", "(on - off)/on of the farthest cell, all others on, other lines at 0 V",
                    one(w.g_max.si, false).bit_A, one(w.g_min.si, false).bit_A);
        const auto on = one(w.g_max.si, true), off = one(w.g_min.si, true);
        note_margin("read_margin_half", "the same with the other lines at v_read/2", on.bit_A, off.bit_A);
        note("sneak_share", "", "of that bit line's current what half-selected cells bring, over the selected cell's, which is on",
             on.cell_A > 0 ? (on.bit_A - on.cell_A) / on.cell_A : 0);
    }

    void note_margin(const char* key, const char* doc, double on_A, double off_A) {
        note(key, "", doc, on_A > 0 ? (on_A - off_A) / on_A : 0);
    }

    void write(ArrayAnswer* first) {
        const CellSolver solver(rows_, cols_, q_.wires);
        ArrayWriter writer(solver, q_.write, q_.spec.pulses());
        writer.calibrate(*array_, 0);
        const auto signs = random_signs(n_, rng_.stream("signs"));
        const auto phases = writer.phases(signs);
        std::vector<double> delivered(n_, 0);
        double lowest = 0, highest = 0;  // of cells that were not meant
        for (std::size_t begin = 0; begin < phases.size(); begin += phase_batch) {
            const std::span batch(phases.data() + begin, std::min(phase_batch, phases.size() - begin));
            const auto u = writer.cell_voltages(*array_, 0, batch);
            for (std::size_t k = 0; k < batch.size(); ++k) look(batch[k], std::span(u).subspan(k * n_, n_), delivered, lowest, highest);
        }
        const auto chip = array_->clone();
        const WriteReport r = writer.write(*chip, 0, signs, EnergyRule::nonlinear, rng_.stream("write"));
        note_delivered(delivered, signs, lowest, highest);
        note("write_energy_J", "J", "of one update of all cells with random signs: cells and wires, V I t of the static laws",
             r.selected_J + r.half_selected_J + r.wires_J);
        note("write_half_selected_J", "J", "the part of cells that were not meant",
             std::max(0.0, r.half_selected_J));  // a difference, rounded
        note("write_wires_J", "J", "the part of the wires", std::max(0.0, r.wires_J));
        note("write_time_s", "s", "of the update, all its phases", r.time_s);
        note_charge(writer, phases);
        note_write_settling(writer, phases, [&](const WritePhase& phase) {
            const auto u = writer.cell_voltages(*array_, 0, {&phase, 1});
            std::vector<double> i_A(n_);
            array_->current(0, u, i_A);
            return std::pair{u, i_A};
        });
        if (first) first->delivered = std::move(delivered);
    }

    /// Every driven line to its voltage, phase by phase, and back.
    void note_charge(const ArrayWriter& writer, std::span<const WritePhase> phases) {
        std::vector<double> vw(rows_), vb(cols_);
        double squares = 0;
        const auto add = [&squares](const std::vector<double>& volts, std::size_t nodes) {
            for (const double v : volts)
                if (!std::isnan(v)) squares += static_cast<double>(nodes) * v * v;
        };
        for (const WritePhase& phase : phases) writer.bias(phase, vw, vb), add(vw, cols_), add(vb, rows_);
        note("write_charge_J", "J", "of charging the driven lines in every phase, c_node at every cell; not in write_energy_J",
             q_.spec.c_node.si * squares);
    }

    /// Of the phase that writes the cell farthest from its drivers; `point`: voltages and currents of all cells in it.
    template <class Point>
    void note_write_settling(const ArrayWriter& writer, std::span<const WritePhase> phases, const Point& point) {
        if (!(q_.spec.c_node.si > 0) || n_ > most_settling_cells) return;
        const auto writes_farthest = [this](const WritePhase& phase) {
            return std::binary_search(phase.rows.begin(), phase.rows.end(), std::size_t{0}) &&
                   std::binary_search(phase.cols.begin(), phase.cols.end(), cols_ - 1);
        };
        const auto phase = std::find_if(phases.begin(), phases.end(), writes_farthest);
        GANBAR_ASSERT(phase != phases.end());  // every cell is written
        const auto [u_V, i_A] = point(*phase);
        CrossbarProblem p;
        p.rows = rows_, p.cols = cols_, p.wires = q_.wires, p.g_S.resize(n_);
        for (std::size_t k = 0; k < n_; ++k) p.g_S[k] = u_V[k] != 0 ? std::max(0.0, i_A[k] / u_V[k]) : 0;
        std::vector<double> vw(rows_), vb(cols_);
        writer.bias(*phase, vw, vb);
        const auto driven = [](double v) { return std::isnan(v) ? std::nullopt : std::optional(v); };
        for (const double v : vw) p.vw_V.push_back(driven(v));
        for (const double v : vb) p.vb_V.push_back(driven(v));
        std::vector<std::size_t> meant;
        for (const std::size_t r : phase->rows)
            for (const std::size_t c : phase->cols) meant.push_back(r * cols_ + c);
        note("write_settle_s", "s", "until the voltage of each cell that is written with the farthest is within settle_error of its end",
             write_settling(p, {q_.spec.c_node, q_.spec.c_node}, q_.spec.settle_error, meant));
    }

    void note_delivered(const std::vector<double>& delivered, std::span<const std::int8_t> signs, double lowest, double highest) {
        note("delivered_mean", "", "part of the amplitude on a memristor while it is selected, mean over cells",
             std::accumulate(delivered.begin(), delivered.end(), 0.0) / static_cast<double>(n_));
        note("delivered_least", "", "the same of the cell that gets least", *std::min_element(delivered.begin(), delivered.end()));
        double least[] = {1, 1};  // of set, of reset
        for (std::size_t k = 0; k < n_; ++k)
            if (signs[k] != 0) least[signs[k] > 0 ? 0 : 1] = std::min(least[signs[k] > 0 ? 0 : 1], delivered[k]);
        const auto has = [&](std::int8_t sign) { return std::find(signs.begin(), signs.end(), sign) != signs.end(); };
        if (has(1))  // a chip of few cells may write one polarity alone
            note("write_margin_set", "", "least set voltage on a selected memristor less the largest on one not meant, over v_set",
                 least[0] - highest / q_.spec.v_set.si);
        if (has(-1)) note("write_margin_reset", "", "the same of reset", least[1] - lowest / q_.spec.v_reset.si);
        note("half_selected_set_V", "V", "largest set voltage on a memristor that was not meant", highest);
        note("half_selected_reset_V", "V", "largest reset voltage on a memristor that was not meant, negative", lowest);
        note("disturb", "", "change of a mid-window cell after disturb_writes such pulses, part of the window, the worse polarity",
             std::max(disturb(lowest), disturb(highest)));
    }

    void write_driven(ArrayAnswer* first) {
        const CellSolver solver(rows_, cols_, q_.wires);  // its spectra are not used: the writer names phases and voltages
        const ArrayWriter writer(solver, q_.write, q_.spec.pulses());
        const auto signs = random_signs(n_, rng_.stream("signs"));
        auto w = driven_->write(writer, signs);
        note_delivered(w.delivered, signs, w.lowest_V, w.highest_V);
        note("write_energy_J", "J", "of one update of all cells with random signs: cells, wires and gate lines",
             w.selected_J + w.half_selected_J + w.wires_J + w.gate_J);
        note("write_half_selected_J", "J", "the part of cells that were not meant", std::max(0.0, w.half_selected_J));
        note("write_wires_J", "J", "the part of the wires", std::max(0.0, w.wires_J));
        note("write_gate_J", "J", "the part of the gate lines", w.gate_J);
        note("write_time_s", "s", "of the update, all its phases", w.time_s);
        const auto phases = writer.phases(signs);
        note_charge(writer, phases);
        note_write_settling(writer, phases, [&](const WritePhase& phase) { return driven_->write_point(writer, phase); });
        if (first) first->delivered = std::move(w.delivered);
    }

    void look(const WritePhase& phase, std::span<const double> u, std::vector<double>& delivered, double& lowest, double& highest) const {
        std::vector<std::uint8_t> meant(n_, 0);
        const double amplitude = phase.set ? q_.spec.v_set.si : q_.spec.v_reset.si;
        for (const std::size_t r : phase.rows)
            for (const std::size_t c : phase.cols) meant[r * cols_ + c] = 1, delivered[r * cols_ + c] = u[r * cols_ + c] / amplitude;
        for (std::size_t k = 0; k < n_; ++k)
            if (!meant[k]) lowest = std::min(lowest, u[k]), highest = std::max(highest, u[k]);
    }

    double disturb(double v_V) const {
        if (v_V == 0 || q_.spec.disturb_writes == 0) return 0;
        const auto probes = q_.device.make(n_probes);
        const Window w = probes->window();
        const auto middle = static_cast<float>(0.5 * (w.g_min.si + w.g_max.si));
        probes->fabricate(std::vector<float>(n_probes, middle), rng_.stream("probes"));
        const std::vector<float> v(n_probes, static_cast<float>(v_V));
        for (std::int64_t k = 0; k < q_.spec.disturb_writes; ++k)
            probes->program_at(0, v, q_.spec.t_pulse, EnergyRule::ohmic, rng_.stream("disturb", static_cast<std::uint64_t>(k)));
        std::vector<float> g(n_probes);
        probes->conductance(0, g);
        double moved = 0;
        for (const float x : g) moved += std::abs(static_cast<double>(x) - static_cast<double>(middle));
        return moved / static_cast<double>(n_probes) / (w.g_max.si - w.g_min.si);
    }

    const ArrayQuestion& q_;
    Rng rng_;
    std::size_t rows_, cols_, n_;
    TransferPlan plan_;
    std::unique_ptr<DeviceArray> array_;
    std::optional<DrivenArray> driven_;
    std::vector<ArrayFigure> figures_;
};

}  // namespace

Schema<ArraySpec> ArraySpec::schema() {
    using namespace literals;
    using A = ArraySpec;
    return {
        param("rows", &A::rows, std::int64_t{1}, std::int64_t{1024}, "word lines", published("satyam2022, sec. II: 64 x 64 arrays")),
        param("cols", &A::cols, std::int64_t{1}, std::int64_t{1024}, "bit lines", published("satyam2022, sec. II: 64 x 64 arrays")),
        param("chips", &A::chips, std::int64_t{1}, std::int64_t{10'000}, "arrays made, each with its own cells and signs", assumed("one")),
        param("seed", &A::seed, std::int64_t{0}, std::int64_t{1} << 53, "of all random draws", assumed("1")),
        param("disturb_writes", &A::disturb_writes, std::int64_t{0}, std::int64_t{100'000},
              "half-selected pulses whose effect `disturb` tells", assumed("1000")),
        param("v_read", &A::v_read, 1_mV, Volt{1}, "read voltage of an active row",
              assumed("as tile.v_read: this stack is read at 0.1 V (Prezioso 2015)")),
        param("t_read", &A::t_read, Second{1e-12}, 1_ms, "integration time of one read", assumed("as long as a programming pulse")),
        param("v_set", &A::v_set, Volt{0}, Volt{10}, "set amplitude", published("satyam2022, sec. II: 0.8 V")),
        param("v_reset", &A::v_reset, Volt{-10}, Volt{0}, "reset amplitude", published("satyam2022, sec. II: -0.8 V")),
        param("cell_area", &A::cell_area, SquareMetre{1e-18}, SquareMetre{1e-6}, "footprint of one passive cell",
              published("satyam2022, sec. III.C: 0.6 um x 0.6 um")),
        param("c_node", &A::c_node, Farad{0}, Farad{1e-9}, "capacitance to ground of a word or bit line at each cell; 0 = no settling time",
              assumed("0.2 fF/um of wire, a pitch of 0.6 um")),
        param("settle_error", &A::settle_error, 1e-9, 0.5,
              "a read has settled once every column's current is this near to its end, a write once its cells' voltages are",
              assumed("1%")),
        param("t_pulse", &A::t_pulse, Second{1e-12}, Second{1}, "pulse width", published("satyam2022, sec. II: 100 ns")),
    };
}

double ArrayFigure::mean() const {
    return std::clamp(std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()), least(), most());
}
double ArrayFigure::least() const { return *std::min_element(values.begin(), values.end()); }
double ArrayFigure::most() const { return *std::max_element(values.begin(), values.end()); }

const ArrayFigure& ArrayAnswer::figure(const std::string& key) const {
    std::vector<std::string> keys;
    for (const auto& f : figures) {
        if (f.key == key) return f;
        keys.push_back(f.key);
    }
    const std::string near = nearest_name(key, keys);
    throw ConfigError("unknown figure \"" + key + "\"" +
                      (near.empty() ? "; expected one of " + join(keys) : "; did you mean \"" + near + "\"?"));
}

ArrayAnswer measure_array(const ArrayQuestion& q) {
    check_question(q);
    ArrayAnswer out;
    for (std::int64_t k = 0; k < q.spec.chips; ++k) {
        for (auto& figure : Chip(q, static_cast<std::size_t>(k)).measure(k == 0 ? &out : nullptr)) {
            const auto there =
                std::find_if(out.figures.begin(), out.figures.end(), [&](const ArrayFigure& f) { return f.key == figure.key; });
            if (there != out.figures.end()) there->values.push_back(figure.values.front());
            else out.figures.push_back(std::move(figure));
        }
    }
    return out;
}

}  // namespace ganbar
