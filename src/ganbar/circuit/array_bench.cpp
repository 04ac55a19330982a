#include "ganbar/circuit/array_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/circuit/transfer.h"

namespace ganbar {
namespace {

constexpr std::size_t n_probes = 64;   // cells that feel the half-selected voltage
constexpr std::size_t n_draws = 16;    // random sets of active rows
constexpr std::size_t phase_batch = 32;  // phases whose cell voltages are held at once

std::vector<std::int8_t> random_signs(std::size_t n, Rng rng) {
    std::vector<std::int8_t> signs(n);
    for (auto& s : signs) s = rng.uniform() < 0.5 ? std::int8_t{1} : std::int8_t{-1};
    return signs;
}

class Chip {
public:
    Chip(const ArrayQuestion& q, std::size_t k) : q_(q), rng_(Rng(static_cast<std::uint64_t>(q.spec.seed)).stream("chip", k)), rows_(static_cast<std::size_t>(q.spec.rows)), cols_(static_cast<std::size_t>(q.spec.cols)), n_(rows_ * cols_), plan_(rows_, cols_, q.wires.ends) {
        array_ = q.device.make(n_);
        array_->fabricate(q.g_S.empty() ? spread() : q.g_S, rng_.stream("cells"));
    }

    /// Figures in a fixed order; maps into `first` where it is given.
    std::vector<ArrayFigure> measure(ArrayAnswer* first) {
        read(first);
        margins();
        write(first);
        return std::move(figures_);
    }

private:
    void note(const char* key, const char* unit, const char* doc, double value) { figures_.push_back({key, unit, doc, {value}}); }

    std::vector<float> spread() {
        const Window w = array_->window();
        std::vector<float> g(n_);
        Rng rng = rng_.stream("conductances");
        for (float& x : g) x = static_cast<float>(w.g_min.si + (w.g_max.si - w.g_min.si) * rng.uniform());
        return g;
    }

    std::vector<double> transfer(const std::vector<float>& g, const Connected& connected = {}) const {
        std::vector<double> t(n_);
        transfer_matrix(plan_, std::span<const float>(g), q_.wires, t, connected);
        return t;
    }

    void read(ArrayAnswer* first) {
        std::vector<float> g(n_);
        array_->chord_conductance(q_.spec.v_read.si, 0, g);
        const auto t = transfer(g);
        std::vector<double> share(n_);
        for (std::size_t k = 0; k < n_; ++k) share[k] = g[k] > 0 ? t[k] / static_cast<double>(g[k]) : 1;
        const ActiveRows all = active(g, t, rows_, first ? &first->column_error : nullptr);
        double total_S = 0;
        for (const double x : t) total_S += x;
        const double power = q_.spec.v_read.si * q_.spec.v_read.si * total_S;  // what bit lines take at 0 V the word sources gave
        note("read_share_mean", "", "transfer over conductance, mean over cells: 1 without wires", std::accumulate(share.begin(), share.end(), 0.0) / static_cast<double>(n_));
        note("read_share_least", "", "the same of the cell that wires hide most", *std::min_element(share.begin(), share.end()));
        note("read_error_rms", "", "error of a column's current with all rows on, rms over columns, relative", all.rms);
        note("read_error_worst", "", "the same of the worst column", all.worst);
        note("read_power_W", "W", "delivered while all rows are on at v_read", power);
        note("read_energy_J", "J", "of one read with all rows on, t_read long; without converters", power * q_.spec.t_read.si);
        if (!first) return;
        first->read_share = std::move(share);
        for (std::size_t n = 1; n < rows_; n *= 4) first->by_active.push_back(active(g, t, n, nullptr));
        first->by_active.push_back(all);
    }

    /// Random sets of n rows on; all rows need one draw.
    ActiveRows active(const std::vector<float>& g, const std::vector<double>& t, std::size_t n, std::vector<double>* errors) const {
        ActiveRows out{n, 0, 0};
        std::vector<std::size_t> order(rows_);
        std::iota(order.begin(), order.end(), std::size_t{0});
        Rng rng = rng_.stream("active rows", n);
        const std::size_t draws = n == rows_ ? 1 : n_draws;
        for (std::size_t d = 0; d < draws; ++d) {
            for (std::size_t i = 0; i < n && n < rows_; ++i) std::swap(order[i], order[i + static_cast<std::size_t>(rng.uniform() * static_cast<double>(rows_ - i))]);
            for (std::size_t c = 0; c < cols_; ++c) {
                double wanted = 0, got = 0;
                for (std::size_t i = 0; i < n; ++i) wanted += static_cast<double>(g[order[i] * cols_ + c]), got += t[order[i] * cols_ + c];
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
        const auto current = [&](double g_S, const Connected& connected) {
            std::vector<float> g(n_, static_cast<float>(w.g_max.si));
            g[cell] = static_cast<float>(g_S);
            return transfer(g, connected)[cell];
        };
        for (const bool floating : {true, false}) {
            const Connected connected = floating ? Connected{row, col} : Connected{};
            const double on = current(w.g_max.si, connected), off = current(w.g_min.si, connected);
            note(floating ? "read_margin_floating" : "read_margin_grounded", "",
                 floating ? "(on - off)/on of the farthest cell, all others on, other lines floating: sneak paths decide" : "the same with the other lines at 0 V", on > 0 ? (on - off) / on : 0);
        }
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
        note("delivered_mean", "", "part of the amplitude on a cell while it is selected, mean over cells", std::accumulate(delivered.begin(), delivered.end(), 0.0) / static_cast<double>(n_));
        note("delivered_least", "", "the same of the cell that gets least", *std::min_element(delivered.begin(), delivered.end()));
        note("half_selected_set_V", "V", "largest set voltage on a cell that was not meant", highest);
        note("half_selected_reset_V", "V", "largest reset voltage on a cell that was not meant, negative", lowest);
        note("disturb", "", "change of a mid-window cell after disturb_writes such pulses, part of the window, the worse polarity", std::max(disturb(lowest), disturb(highest)));
        note("write_energy_J", "J", "of one update of all cells with random signs: cells and wires, V I t of the static laws", r.selected_J + r.half_selected_J + r.wires_J);
        note("write_half_selected_J", "J", "the part of cells that were not meant", r.half_selected_J);
        note("write_wires_J", "J", "the part of the wires", r.wires_J);
        note("write_time_s", "s", "of the update, all its phases", r.time_s);
        if (first) first->delivered = std::move(delivered);
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
        for (std::int64_t k = 0; k < q_.spec.disturb_writes; ++k) probes->program_at(0, v, q_.spec.t_pulse, EnergyRule::ohmic, rng_.stream("disturb", static_cast<std::uint64_t>(k)));
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
        param("disturb_writes", &A::disturb_writes, std::int64_t{0}, std::int64_t{100'000}, "half-selected pulses whose effect `disturb` tells", assumed("1000")),
        param("v_read", &A::v_read, 1_mV, Volt{1}, "read voltage of an active row", assumed("as tile.v_read: this stack is read at 0.1 V (Prezioso 2015)")),
        param("t_read", &A::t_read, Second{1e-12}, 1_ms, "integration time of one read", assumed("as long as a programming pulse")),
        param("v_set", &A::v_set, Volt{0}, Volt{10}, "set amplitude", published("satyam2022, sec. II: 0.8 V")),
        param("v_reset", &A::v_reset, Volt{-10}, Volt{0}, "reset amplitude", published("satyam2022, sec. II: -0.8 V")),
        param("t_pulse", &A::t_pulse, Second{1e-12}, Second{1}, "pulse width", published("satyam2022, sec. II: 100 ns")),
    };
}

double ArrayFigure::mean() const { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }
double ArrayFigure::least() const { return *std::min_element(values.begin(), values.end()); }
double ArrayFigure::most() const { return *std::max_element(values.begin(), values.end()); }

const ArrayFigure& ArrayAnswer::figure(const std::string& key) const {
    std::vector<std::string> keys;
    for (const auto& f : figures) {
        if (f.key == key) return f;
        keys.push_back(f.key);
    }
    const std::string near = nearest_name(key, keys);
    throw ConfigError("unknown figure \"" + key + "\"" + (near.empty() ? "; expected one of " + join(keys) : "; did you mean \"" + near + "\"?"));
}

ArrayAnswer measure_array(const ArrayQuestion& q) {
    const std::size_t n = static_cast<std::size_t>(q.spec.rows * q.spec.cols);
    if (!q.g_S.empty() && q.g_S.size() != n) throw ConfigError(fmt::format("{} conductances do not fill {} x {} cells", q.g_S.size(), q.spec.rows, q.spec.cols));
    if (q.spec.v_set.si <= 0 || q.spec.v_reset.si >= 0) throw ConfigError("a write needs v_set > 0 V and v_reset < 0 V");
    const Window w = q.device.make(1)->window();
    for (std::size_t k = 0; k < q.g_S.size(); ++k)
        if (!(q.g_S[k] >= static_cast<float>(w.g_min.si) * (1 - 1e-6f) && q.g_S[k] <= static_cast<float>(w.g_max.si) * (1 + 1e-6f)))
            throw ConfigError(fmt::format("row {}, column {}: {:g} S lies outside the window of {}, {:g} to {:g} S", k / static_cast<std::size_t>(q.spec.cols) + 1, k % static_cast<std::size_t>(q.spec.cols) + 1, q.g_S[k], q.device.model, w.g_min.si, w.g_max.si));
    ArrayAnswer out;
    for (std::int64_t k = 0; k < q.spec.chips; ++k) {
        auto figures = Chip(q, static_cast<std::size_t>(k)).measure(k == 0 ? &out : nullptr);
        if (k == 0) out.figures = std::move(figures);
        else
            for (std::size_t f = 0; f < figures.size(); ++f) out.figures[f].values.push_back(figures[f].values.front());
    }
    return out;
}

}  // namespace ganbar
