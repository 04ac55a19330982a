// Arrays of a model in numpy: what DeviceArrayOf is for a model in C++.
#include "ganbar/python/numpy_device.h"

#include <atomic>

#include "ganbar/device/expected_reads.h"

namespace ganbar::python {
namespace {

using Values = std::vector<float>;
using Fields = std::vector<Values>;  // the conductances first; one value a cell each

/// A ganbar.DeviceModel and what it says of itself; its methods over some cells. All take the GIL for themselves.
class Law {
public:
    explicit Law(const nb::object& model) : model_(model) {
        double lo = 0, hi = 0;
        std::tie(name, lo, hi, n_fields, n_draws, random, ohmic, noisy, sets) =
            nb::cast<std::tuple<std::string, double, double, std::size_t, std::size_t, bool, bool, bool, bool>>(model_.attr("_traits")());
        window = {{lo}, {hi}};
    }
    ~Law() {
        if (!nb::is_alive()) {  // the interpreter is gone, and the model with it
            model_.release();
            return;
        }
        const nb::gil_scoped_acquire gil;
        model_.reset();
    }
    Law(const Law&) = delete;
    Law& operator=(const Law&) = delete;

    void fabricate(Fields& cells, std::vector<double> draws) const {
        const nb::gil_scoped_acquire gil;
        const std::size_t n = cells[0].size();
        take(model_.attr("_fabricated")(give_all(cells), give(std::move(draws), {n, n_draws})), cells);
    }
    void pulse(Fields& cells, std::vector<double> v_V, double width_s, const std::optional<std::array<Values, 2>>& noise) const {
        const nb::gil_scoped_acquire gil;
        nb::object draws = nb::none();
        if (noise) draws = nb::make_tuple(give((*noise)[0]), give((*noise)[1]));
        take(model_.attr("_pulsed")(give_all(cells), give(std::move(v_V)), width_s, draws), cells);
    }
    void set_conductance(Fields& cells, Values g_S) const {
        if (!sets) {
            cells[0] = std::move(g_S);
            return;
        }
        const nb::gil_scoped_acquire gil;
        take(model_.attr("_set")(give_all(cells), give(std::move(g_S))), cells);
    }
    std::vector<double> current_A(const Fields& cells, std::vector<double> v_V) const {
        if (!ohmic) return numbers("_current", cells, std::move(v_V));
        for (std::size_t k = 0; k < v_V.size(); ++k) v_V[k] *= cells[0][k];
        return v_V;
    }
    std::vector<double> read_noise_A2(const Fields& cells, double v_V) const {
        const std::size_t n = cells[0].size();
        return noisy ? numbers("_read_noise", cells, std::vector<double>(n, v_V)) : std::vector<double>(n, 0.0);
    }

    std::string name;
    Window window{};
    std::size_t n_fields = 0;  ///< beside the conductance
    std::size_t n_draws = 0;   ///< of a new cell
    bool random = true, ohmic = true, noisy = false, sets = false;

private:
    static nb::list give_all(const Fields& cells) {
        nb::list out;
        for (const auto& field : cells) out.append(give(Values(field)));  // copies: no view of living cells leaves the module
        return out;
    }
    static void take(const nb::object& arrays, Fields& cells) {
        std::size_t f = 0;
        for (const nb::handle one : arrays) {
            const auto a = nb::cast<nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(one);
            std::copy_n(a.data(), cells.at(f).size(), cells[f].begin());
            ++f;
        }
    }
    std::vector<double> numbers(const char* method, const Fields& cells, std::vector<double> v_V) const {
        const nb::gil_scoped_acquire gil;
        const auto a = nb::cast<nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>>(
            model_.attr(method)(give_all(cells), give(std::move(v_V))));
        return {a.data(), a.data() + a.size()};
    }
    nb::object model_;
};

class NumpyArray final : public DeviceArray, public ExpectsReads {
public:
    NumpyArray(std::shared_ptr<const Law> law, std::size_t n)
        : law_(std::move(law)), cells_(1 + law_->n_fields, Values(n, 0.0f)), stuck_(n, 0) {}
    NumpyArray(const NumpyArray& o) : DeviceArray(o), ExpectsReads(o), law_(o.law_), cells_(o.cells_), stuck_(o.stuck_) {}

    std::size_t size() const override { return stuck_.size(); }
    Window window() const override { return law_->window; }

    void fabricate(std::span<const float> g_S, const Rng& rng) override {
        GANBAR_ASSERT(g_S.size() == size());
        for (auto& field : cells_) field.assign(size(), 0.0f);
        cells_[0].assign(g_S.begin(), g_S.end());
        std::vector<double> draws;
        draws.reserve(size() * law_->n_draws);
        for (std::size_t k = 0; k < size(); ++k) {
            Rng own = rng.stream("cell", k);
            for (std::size_t d = 0; d < law_->n_draws; ++d) draws.push_back(own.normal());
        }
        law_->fabricate(cells_, std::move(draws));
        changed();
    }
    void set_conductance(std::size_t first, std::span<const float> g_S) override {
        std::vector<std::size_t> at;
        Values g;
        for (std::size_t k = 0; k < g_S.size(); ++k)
            if (!stuck_[first + k]) at.push_back(first + k), g.push_back(g_S[k]);
        move_to(at, std::move(g));
    }
    void conductance(std::size_t first, std::span<float> g_S) const override { std::copy_n(&cells_[0][first], g_S.size(), g_S.begin()); }
    void chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const override {
        if (const Ready* r = ready(v_V)) {
            std::copy_n(&r->chord_S[first], g_S.size(), g_S.begin());
            return;
        }
        const auto g = chords(v_V, gather_range(first, g_S.size()));
        std::copy(g.begin(), g.end(), g_S.begin());
    }
    void current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const override {
        const auto i = law_->current_A(gather_range(first, v_V.size()), {v_V.begin(), v_V.end()});
        std::copy(i.begin(), i.end(), i_A.begin());
    }
    void read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const override {
        if (const Ready* r = ready(v_V)) {
            std::copy_n(&r->variance_A2[first], variance_A2.size(), variance_A2.begin());
            return;
        }
        const auto variance = law_->read_noise_A2(gather_range(first, variance_A2.size()), v_V);
        for (std::size_t k = 0; k < variance.size(); ++k) variance_A2[k] = static_cast<float>(variance[k]);
    }
    /// One call of the model in place of one for each row of each block.
    void expect_reads(double v_V) const override {
        if (law_->ohmic && !law_->noisy) return;
        std::array<Ready, 2> made{Ready{v_V}, Ready{v_V / 2}};
        for (Ready& r : made) {
            r.chord_S = chords(r.v_V, cells_);
            const auto variance = law_->read_noise_A2(cells_, r.v_V);
            r.variance_A2.assign(variance.begin(), variance.end());
        }
        ready_ = std::move(made);
        is_ready_ = true;
    }
    PulseBill program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                      const Rng& rng) override {
        Pulsed p;
        for (std::size_t k = 0; k < polarity.size(); ++k) {
            if (polarity[k] == 0) continue;
            p.at.push_back(first + k), p.v_V.push_back(polarity[k] > 0 ? pulses.set.si : pulses.reset.si);
        }
        return booked(p, pulses.width.si, rule, [&] {
            const auto plain = pick(p, [&](std::size_t k) { return std::abs(polarity[k - first]) == 1; });
            const auto mirrored = pick(p, [&](std::size_t k) { return std::abs(polarity[k - first]) != 1; });
            pulse(plain, pulses.width.si, first, polarity.size(), rng);
            mirror(mirrored, pulses, first, polarity.size(), rng);
        });
    }
    PulseBill program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) override {
        Pulsed p;
        for (std::size_t k = 0; k < v_V.size(); ++k)
            if (v_V[k] != 0) p.at.push_back(first + k), p.v_V.push_back(v_V[k]);
        return booked(p, width.si, rule, [&] { pulse(pick(p, [](std::size_t) { return true; }), width.si, first, v_V.size(), rng); });
    }
    void make_stuck(std::size_t cell, Siemens g) override {
        move_to({cell}, {static_cast<float>(g.si)});
        stuck_[cell] = 1;
    }
    std::vector<float> state() const override {
        std::vector<float> out;
        for (const auto& field : cells_) out.insert(out.end(), field.begin(), field.end());
        out.insert(out.end(), stuck_.begin(), stuck_.end());
        return out;
    }
    void restore(std::span<const float> state) override {
        if (state.size() != size() * (cells_.size() + 1)) throw DataError("device state does not fit this array");
        for (std::size_t f = 0; f < cells_.size(); ++f) std::copy_n(&state[f * size()], size(), cells_[f].begin());
        for (std::size_t k = 0; k < size(); ++k) stuck_[k] = state[cells_.size() * size() + k] != 0;
        changed();
    }
    std::unique_ptr<DeviceArray> clone() const override { return std::make_unique<NumpyArray>(*this); }
    std::unique_ptr<DeviceArray> cut(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols) const override {
        auto part = std::make_unique<NumpyArray>(law_, rows * cols);
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t f = 0; f < cells_.size(); ++f)
                std::copy_n(&cells_[f].at(first + r * stride), cols, &part->cells_[f][r * cols]);
            std::copy_n(&stuck_[first + r * stride], cols, &part->stuck_[r * cols]);
        }
        return part;
    }
    void paste(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols, const DeviceArray& part) override {
        const auto& from = dynamic_cast<const NumpyArray&>(part);
        GANBAR_ASSERT(from.size() == rows * cols && rows > 0 && first + (rows - 1) * stride + cols <= size());
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t f = 0; f < cells_.size(); ++f) std::copy_n(&from.cells_[f][r * cols], cols, &cells_[f][first + r * stride]);
        changed();
    }

private:
    /// Cells by number, and the voltage of each.
    struct Pulsed {
        std::vector<std::size_t> at;
        std::vector<double> v_V;
    };
    /// What reads at a voltage see, of all cells, until one changes.
    struct Ready {
        double v_V = 0;
        Values chord_S{}, variance_A2{};
    };

    void changed() { is_ready_ = false; }
    const Ready* ready(double v_V) const {
        if (!is_ready_) return nullptr;
        for (const Ready& r : ready_)
            if (r.v_V == v_V) return &r;
        return nullptr;
    }
    Fields gather(const std::vector<std::size_t>& at) const {
        Fields out(cells_.size());
        for (std::size_t f = 0; f < cells_.size(); ++f) {
            out[f].reserve(at.size());
            for (const std::size_t k : at) out[f].push_back(cells_[f][k]);
        }
        return out;
    }
    Fields gather_range(std::size_t first, std::size_t n) const {
        Fields out;
        for (const auto& field : cells_)
            out.emplace_back(field.begin() + static_cast<std::ptrdiff_t>(first), field.begin() + static_cast<std::ptrdiff_t>(first + n));
        return out;
    }
    void scatter(const std::vector<std::size_t>& at, const Fields& values) {
        for (std::size_t f = 0; f < cells_.size(); ++f)
            for (std::size_t i = 0; i < at.size(); ++i) cells_[f][at[i]] = values[f][i];
        changed();
    }
    Values chords(double v_V, const Fields& cells) const {
        const double v = v_V == 0 ? 1e-9 : v_V;  // the limit at 0 V: models are smooth there
        const auto i = law_->current_A(cells, std::vector<double>(cells[0].size(), v));
        Values out;
        for (const double one : i) out.push_back(static_cast<float>(one / v));
        return out;
    }
    /// The movable cells among the pulsed ones for which `wanted` holds.
    template <class Wanted>
    Pulsed pick(const Pulsed& p, const Wanted& wanted) const {
        Pulsed out;
        for (std::size_t i = 0; i < p.at.size(); ++i)
            if (!stuck_[p.at[i]] && wanted(p.at[i])) out.at.push_back(p.at[i]), out.v_V.push_back(p.v_V[i]);
        return out;
    }
    /// The draws of these cells, which depend on their numbers alone; nothing where the model draws none.
    std::optional<std::array<Values, 2>> draws_of(const std::vector<std::size_t>& at, std::size_t first, std::size_t n,
                                                  const Rng& rng) const {
        if (!law_->random) return {};
        std::vector<PulseDraw> all(n);
        pulse_draws(rng.key(), first, all);
        std::array<Values, 2> out;
        for (const std::size_t k : at) out[0].push_back(all[k - first].a), out[1].push_back(all[k - first].b);
        return out;
    }
    void pulse(const Pulsed& p, double width_s, std::size_t first, std::size_t n, const Rng& rng) {
        if (p.at.empty()) return;
        Fields cells = gather(p.at);
        law_->pulse(cells, p.v_V, width_s, draws_of(p.at, first, n, rng));
        scatter(p.at, cells);
    }
    /// Moves cells by the change that the other pulse would make, in the other direction (DeviceArrayOf::mirror).
    void mirror(Pulsed p, const PulsePair& pulses, std::size_t first, std::size_t n, const Rng& rng) {
        if (p.at.empty()) return;
        for (double& v : p.v_V) v = v == pulses.set.si ? pulses.reset.si : pulses.set.si;
        const auto [g_min, g_max] = law_->window;
        const Values before = gather(p.at)[0];
        Fields trial = gather(p.at);
        law_->pulse(trial, p.v_V, pulses.width.si, draws_of(p.at, first, n, rng));
        Values change(p.at.size());
        std::vector<std::size_t> clipped;  // there the law shows its size one step inside the window
        for (std::size_t i = 0; i < change.size(); ++i)
            if ((change[i] = trial[0][i] - before[i]) == 0) clipped.push_back(i);
        if (!clipped.empty()) {
            Pulsed q;
            Fields inner(cells_.size());
            Values inside;
            for (const std::size_t i : clipped) {
                q.at.push_back(p.at[i]), q.v_V.push_back(p.v_V[i]);
                for (std::size_t f = 0; f < inner.size(); ++f) inner[f].push_back(trial[f][i]);
                inside.push_back(static_cast<float>(before[i] >= g_max.si ? g_max.si - 0.05 * (g_max.si - g_min.si)
                                                                          : g_min.si + 0.05 * (g_max.si - g_min.si)));
            }
            law_->set_conductance(inner, inside);
            law_->pulse(inner, q.v_V, pulses.width.si, draws_of(q.at, first, n, rng));
            for (std::size_t j = 0; j < clipped.size(); ++j) change[clipped[j]] = inner[0][j] - inside[j];
        }
        Values target(p.at.size());
        for (std::size_t i = 0; i < target.size(); ++i)
            target[i] = std::clamp(before[i] - change[i], static_cast<float>(g_min.si), static_cast<float>(g_max.si));
        move_to(p.at, std::move(target));
    }
    void move_to(const std::vector<std::size_t>& at, Values g_S) {
        if (at.empty()) return;
        Fields cells = gather(at);
        law_->set_conductance(cells, std::move(g_S));
        scatter(at, cells);
    }
    template <class Pulse>
    PulseBill booked(const Pulsed& p, double width_s, EnergyRule rule, const Pulse& pulse) {
        if (p.at.empty()) return {};
        const Fields before = gather(p.at);
        std::vector<double> energy_J = rule == EnergyRule::ohmic ? p.v_V : law_->current_A(before, p.v_V);
        for (std::size_t i = 0; i < energy_J.size(); ++i)
            energy_J[i] = rule == EnergyRule::ohmic ? p.v_V[i] * p.v_V[i] * width_s * before[0][i] : p.v_V[i] * energy_J[i] * width_s;
        pulse();
        PulseBill bill;
        for (std::size_t i = 0; i < p.at.size(); ++i) {
            const float now = cells_[0][p.at[i]], was = before[0][i];
            bill.n_set += now > was, bill.n_reset += now < was, bill.n_idle += now == was;
            (now > was ? bill.set_energy_J : now < was ? bill.reset_energy_J : bill.idle_energy_J) += energy_J[i];
        }
        bill.energy_J = bill.set_energy_J + bill.reset_energy_J;
        return bill;
    }

    std::shared_ptr<const Law> law_;
    Fields cells_;
    std::vector<std::uint8_t> stuck_;
    mutable std::array<Ready, 2> ready_;
    mutable std::atomic<bool> is_ready_{false};
};

}  // namespace

DeviceSpec numpy_device(const nb::object& model) {
    auto law = std::make_shared<const Law>(model);
    std::string name = law->name;
    return {std::move(name), {}, std::nullopt, [law = std::move(law)](std::size_t n) { return std::make_unique<NumpyArray>(law, n); }};
}

}  // namespace ganbar::python
