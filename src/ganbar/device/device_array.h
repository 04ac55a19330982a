// Many cells of one device model. One virtual call per range of cells, never per cell.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ganbar/core/registry.h"
#include "ganbar/device/device_model.h"
#include "ganbar/device/fast_math.h"

namespace ganbar {

/// The two pulses of fixed-amplitude programming. set.si > 0, reset.si < 0.
struct PulsePair {
    Volt set, reset;
    Second width;
};

/// What a pulse costs. ohmic: V^2 G t with G before the pulse (satyam2022, sec. III.B); nonlinear: V I(V) t with the static I-V.
enum class EnergyRule : std::uint8_t { ohmic, nonlinear };

/// Account of programming. Only pulses that changed a cell cost energy (satyam2022, sec. III.B); pulses at a bound are counted apart.
struct PulseBill {
    std::int64_t n_set = 0, n_reset = 0;  ///< pulses that moved a cell up, down
    std::int64_t n_idle = 0;              ///< pulses that did not move their cell (window, gate, stuck)
    double energy_J = 0;
    double set_energy_J = 0, reset_energy_J = 0;  ///< energy_J by direction of the move
    double idle_energy_J = 0;                     ///< what the idle pulses would dissipate; the paper books none of it
    void operator+=(const PulseBill& b) {
        n_set += b.n_set, n_reset += b.n_reset, n_idle += b.n_idle;
        energy_J += b.energy_J, idle_energy_J += b.idle_energy_J;
        set_energy_J += b.set_energy_J, reset_energy_J += b.reset_energy_J;
    }
};

/// Cells [0, size). Ranges start at `first`; spans hold one value per cell of the range.
class DeviceArray {
public:
    virtual ~DeviceArray() = default;
    virtual std::size_t size() const = 0;
    virtual Window window() const = 0;
    /// New cells with device-to-device draws from rng.stream("cell", k), set to the conductances given.
    virtual void fabricate(std::span<const float> g_S, const Rng& rng) = 0;
    /// Moves cells to these conductances as an ideal write would (ex-situ start); stuck cells stay.
    virtual void set_conductance(std::size_t first, std::span<const float> g_S) = 0;
    virtual void conductance(std::size_t first, std::span<float> g_S) const = 0;                    ///< small-signal
    virtual void chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const = 0;  ///< I(v)/v, its limit at 0 V
    virtual void current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const = 0;
    virtual void read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const = 0;
    /// Both of some cells: cell first + k for each k listed, into g_S[k] and, unless it is empty, variance_A2[k]; other values are
    /// unspecified.
    virtual void read_listed(double v_V, std::size_t first, std::span<const std::uint32_t> /*listed*/, std::span<float> g_S,
                             std::span<float> variance_A2) const {
        chord_conductance(v_V, first, g_S);
        if (!variance_A2.empty()) read_noise(v_V, first, variance_A2);
    }
    /// One pulse a cell where polarity is +1 (set) or -1 (reset), none where 0. +2 and -2 move the cell up or down by what the other
    /// pulse would have changed: +2 by |dG| of a reset, -2 by |dG| of a set (the printed table of satyam2022 for negative weights).
    /// The random draw of a cell depends on rng and the cell's index alone, so any cut into ranges gives the same result.
    virtual PulseBill program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                              const Rng& rng) = 0;
    /// Every cell gets a pulse of its own voltage (wires, half-select); 0 V = none.
    virtual PulseBill program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) = 0;
    /// The same where only these cells (ascending numbers) get a pulse, each of its voltage. moved (one a pulse, or empty): 1 where the
    /// conductance is another after.
    virtual PulseBill program_listed(std::span<const std::uint32_t> cells, std::span<const float> v_V, Second width, EnergyRule rule,
                                     const Rng& rng, std::span<std::uint8_t> moved) {
        if (cells.empty()) return {};
        const std::size_t first = cells.front(), n = cells.back() - first + 1;
        std::vector<float> all(n, 0.0f), before(moved.empty() ? 0 : n), after(before.size());
        for (std::size_t k = 0; k < cells.size(); ++k) all[cells[k] - first] = v_V[k];
        conductance(first, before);
        const PulseBill bill = program_at(first, all, width, rule, rng);
        conductance(first, after);
        for (std::size_t k = 0; k < moved.size(); ++k) moved[k] = before[cells[k] - first] != after[cells[k] - first];
        return bill;
    }
    /// Pulses of a smaller magnitude leave every cell as it is, its wear included; 0 = no such voltage.
    virtual double least_pulse_V() const { return 0; }
    /// An update of the weights begins: time passes for cells that age.
    virtual void begin_update() {}
    /// Reads from now on belong to training (false) or come after the shelf time (true). True when the cells now show other conductances.
    virtual bool rest(bool /*on_shelf*/) { return false; }
    /// No pulse wears a cell out from here on, as on a copy that is only asked how pulses move.
    virtual void suspend_wear() {}
    /// A cell that no pulse moves any more.
    virtual void make_stuck(std::size_t cell, Siemens g) = 0;
    /// All state as floats (every field of every cell, then the stuck flags), for checkpoints.
    virtual std::vector<float> state() const = 0;
    virtual void restore(std::span<const float> state) = 0;
    virtual std::unique_ptr<DeviceArray> clone() const = 0;
    /// A rectangle of cells as an array of its own (row-major), with all their state: row r begins at cell first + r * stride here.
    virtual std::unique_ptr<DeviceArray> cut(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols) const = 0;
    /// Puts such a rectangle back. `part` must come from cut() of an array of this kind.
    virtual void paste(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols, const DeviceArray& part) = 0;
};

/// The cycle-to-cycle draws of cells first, first + 1, ... under a stream's key. Two cells share a Philox block.
inline void pulse_draws(std::uint64_t key, std::uint64_t first, std::span<PulseDraw> out) {
    std::array<std::uint32_t, 4> block{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint64_t k = first + i;
        const std::size_t half = 2 * (k & 1);
        if (half == 0 || i == 0) block = philox(key, k >> 1);
        const auto [a, b] = fast::normal_pair(block[half], block[half + 1]);
        out[i] = {a, b};
    }
}

template <DeviceModel M>
class DeviceArrayOf final : public DeviceArray {
public:
    using Cell = typename M::Cell;
    static_assert(sizeof(Cell) % sizeof(float) == 0 && std::is_trivially_copyable_v<Cell>);
    DeviceArrayOf(M model, std::size_t n) : model_(std::move(model)), cells_(n), stuck_(n, 0) {}

    std::size_t size() const override { return cells_.size(); }
    Window window() const override { return model_.window(); }

    void fabricate(std::span<const float> g_S, const Rng& rng) override {
        GANBAR_ASSERT(g_S.size() == cells_.size());
        for (std::size_t k = 0; k < cells_.size(); ++k) {
            Rng own = rng.stream("cell", k);
            cells_[k] = model_.fresh_cell({g_S[k]}, own);
        }
    }
    void set_conductance(std::size_t first, std::span<const float> g_S) override {
        for (std::size_t k = 0; k < g_S.size(); ++k)
            if (!stuck_[first + k]) move_to(cells_[first + k], g_S[k]);
    }
    void conductance(std::size_t first, std::span<float> g_S) const override {
        for (std::size_t k = 0; k < g_S.size(); ++k) g_S[k] = cells_[first + k].g_S;
    }
    void chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const override {
        const double v = v_V == 0 ? 1e-9 : v_V;  // the limit at 0 V: models are smooth there
        for (std::size_t k = 0; k < g_S.size(); ++k) g_S[k] = static_cast<float>(model_.current_A(cells_[first + k], v) / v);
    }
    void current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const override {
        for (std::size_t k = 0; k < v_V.size(); ++k) i_A[k] = model_.current_A(cells_[first + k], v_V[k]);
    }
    void read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const override {
        for (std::size_t k = 0; k < variance_A2.size(); ++k)
            variance_A2[k] = static_cast<float>(model_.read_noise_A2(cells_[first + k], v_V));
    }
    void read_listed(double v_V, std::size_t first, std::span<const std::uint32_t> listed, std::span<float> g_S,
                     std::span<float> variance_A2) const override {
        const double v = v_V == 0 ? 1e-9 : v_V;
        for (const std::uint32_t k : listed) {
            const Cell& cell = cells_[first + k];
            g_S[k] = static_cast<float>(model_.current_A(cell, v) / v);
            if (!variance_A2.empty()) variance_A2[k] = static_cast<float>(model_.read_noise_A2(cell, v_V));
        }
    }
    PulseBill program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                      const Rng& rng) override {
        using Law = typename M::PulseLaw;
        const std::array<Law, 2> laws{model_.pulse_law(pulses.reset, pulses.width), model_.pulse_law(pulses.set, pulses.width)};
        const std::array<Dissipation, 2> heat{Dissipation(model_, pulses.reset.si, pulses.width, rule),
                                              Dissipation(model_, pulses.set.si, pulses.width, rule)};
        const bool random = laws[0].random;
        return in_chunks(first, polarity.size(), random ? &rng : nullptr, [&](Chunk& chunk, std::size_t k0, std::size_t n) {
            for (std::size_t i = 0; i < n; ++i) {
                const int p = polarity[k0 - first + i];
                chunk.pulsed[i] = p != 0;
                if (p == 0) continue;
                Cell& cell = cells_[k0 + i];
                const std::size_t up = p > 0;  // an index, not a branch: signs are random
                chunk.energy_J[i] = heat[up].energy_J(cell);
                if (stuck_[k0 + i]) continue;
                if (p == 1 || p == -1) laws[up].apply(cell, chunk.draws[i]);
                else mirror(cell, laws[1 - up], chunk.draws[i]);
            }
        });
    }
    PulseBill program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) override {
        const auto pulse_each = [&](bool random, const auto& apply) {
            return in_chunks(first, v_V.size(), random ? &rng : nullptr, [&](Chunk& chunk, std::size_t k0, std::size_t n) {
                for (std::size_t i = 0; i < n; ++i) {
                    const float v = v_V[k0 - first + i];
                    chunk.pulsed[i] = v != 0;
                    if (v == 0) continue;
                    chunk.energy_J[i] = Dissipation(model_, v, width, rule).energy_J(cells_[k0 + i]);
                    if (!stuck_[k0 + i]) apply(cells_[k0 + i], v, chunk.draws[i]);
                }
            });
        };
        return with_width(width, pulse_each);
    }
    PulseBill program_listed(std::span<const std::uint32_t> cells, std::span<const float> v_V, Second width, EnergyRule rule,
                             const Rng& rng, std::span<std::uint8_t> moved) override {
        const auto pulse_each = [&](bool random, const auto& apply) {
            PulseBill bill;
            Chunk chunk;
            for (std::size_t done = 0; done < cells.size(); done += chunk_size) {
                const std::size_t n = std::min(chunk_size, cells.size() - done);
                for (std::size_t i = 0; i < n; ++i) {
                    const std::size_t k = cells[done + i];
                    const float v = v_V[done + i];
                    if (random) pulse_draws(rng.key(), k, std::span(chunk.draws).subspan(i, 1));
                    chunk.before[i] = cells_[k].g_S;
                    chunk.energy_J[i] = Dissipation(model_, v, width, rule).energy_J(cells_[k]);
                    chunk.pulsed[i] = v != 0;
                    if (v != 0 && !stuck_[k]) apply(cells_[k], v, chunk.draws[i]);
                }
                for (std::size_t i = 0; i < n && !moved.empty(); ++i) moved[done + i] = cells_[cells[done + i]].g_S != chunk.before[i];
                bill += booked(chunk, n, [&](std::size_t i) { return cells_[cells[done + i]].g_S; });
            }
            return bill;
        };
        return with_width(width, pulse_each);
    }
    double least_pulse_V() const override {
        if constexpr (HasLeastPulse<M>) return model_.least_pulse_V();
        else return 0;
    }
    void make_stuck(std::size_t cell, Siemens g) override {
        move_to(cells_[cell], static_cast<float>(g.si));
        stuck_[cell] = 1;
    }
    std::vector<float> state() const override {
        std::vector<float> out(cells_.size() * (n_fields + 1));
        if (!cells_.empty()) std::memcpy(out.data(), cells_.data(), cells_.size() * sizeof(Cell));
        for (std::size_t k = 0; k < cells_.size(); ++k) out[cells_.size() * n_fields + k] = stuck_[k];
        return out;
    }
    void restore(std::span<const float> state) override {
        if (state.size() != cells_.size() * (n_fields + 1)) throw DataError("device state does not fit this array");
        if (!cells_.empty()) std::memcpy(static_cast<void*>(cells_.data()), state.data(), cells_.size() * sizeof(Cell));
        for (std::size_t k = 0; k < cells_.size(); ++k) stuck_[k] = state[cells_.size() * n_fields + k] != 0;
    }
    std::unique_ptr<DeviceArray> clone() const override { return std::make_unique<DeviceArrayOf>(*this); }
    std::unique_ptr<DeviceArray> cut(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols) const override {
        auto part = std::make_unique<DeviceArrayOf>(model_, rows * cols);
        for (std::size_t r = 0; r < rows; ++r) {
            std::copy_n(&cells_.at(first + r * stride), cols, &part->cells_[r * cols]);
            std::copy_n(&stuck_[first + r * stride], cols, &part->stuck_[r * cols]);
        }
        return part;
    }
    void paste(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols, const DeviceArray& part) override {
        const auto& from = dynamic_cast<const DeviceArrayOf&>(part);
        GANBAR_ASSERT(from.size() == rows * cols && rows > 0 && first + (rows - 1) * stride + cols <= cells_.size());
        for (std::size_t r = 0; r < rows; ++r) std::copy_n(&from.cells_[r * cols], cols, &cells_[first + r * stride]);
    }

private:
    static constexpr std::size_t n_fields = sizeof(Cell) / sizeof(float);

    /// Heat of one pulse on a cell as it is before the pulse.
    class Dissipation {
    public:
        Dissipation(const M& model, double v_V, Second width, EnergyRule rule)
            : model_(model), v_V_(v_V), width_s_(width.si), v2t_(v_V * v_V * width.si), ohmic_(rule == EnergyRule::ohmic) {}
        double energy_J(const Cell& c) const { return ohmic_ ? v2t_ * c.g_S : v_V_ * model_.get().current_A(c, v_V_) * width_s_; }

    private:
        std::reference_wrapper<const M> model_;
        double v_V_, width_s_, v2t_;
        bool ohmic_;
    };
    /// pulse_each(random, apply) with apply(cell, voltage, draw) one pulse of this width.
    template <class PulseEach>
    PulseBill with_width(Second width, const PulseEach& pulse_each) const {
        if constexpr (HasWidthLaw<M>) {
            const auto law = model_.width_law(width);
            return pulse_each(law.random, [&law](Cell& c, float v, PulseDraw d) { law.apply(c, v, d); });
        } else {
            return pulse_each(model_.pulse_law({1.0}, width).random,
                              [this, width](Cell& c, float v, PulseDraw d) { model_.pulse_law({v}, width).apply(c, d); });
        }
    }
    /// Cells are pulsed a chunk at a time and the chunk is booked afterwards: the signs are random, so counting must not branch.
    static constexpr std::size_t chunk_size = 256;
    struct Chunk {
        std::array<float, chunk_size> before;
        std::array<double, chunk_size> energy_J{};
        std::array<std::int32_t, chunk_size> pulsed;
        std::array<PulseDraw, chunk_size> draws{};
    };
    /// What the pulses of a chunk came to; g_S(i): the conductance of its cell i after them.
    template <class After>
    static PulseBill booked(const Chunk& chunk, std::size_t n, const After& g_S) {
        std::int32_t n_set = 0, n_reset = 0, n_pulsed = 0;
        double set_J = 0, reset_J = 0, idle_J = 0;
#pragma omp simd reduction(+ : n_set, n_reset, n_pulsed, set_J, reset_J, idle_J)
        for (std::size_t i = 0; i < n; ++i) {
            const float after = g_S(i);
            const std::int32_t up = after > chunk.before[i], down = after < chunk.before[i], idle = chunk.pulsed[i] & ~(up | down);
            n_set += up, n_reset += down, n_pulsed += chunk.pulsed[i];
            set_J += up * chunk.energy_J[i], reset_J += down * chunk.energy_J[i], idle_J += idle * chunk.energy_J[i];
        }
        return {n_set, n_reset, n_pulsed - n_set - n_reset, set_J + reset_J, set_J, reset_J, idle_J};
    }
    /// `rng` null: the pulses draw nothing.
    template <class Pulse>
    PulseBill in_chunks(std::size_t first, std::size_t n_cells, const Rng* rng, const Pulse& pulse) {
        GANBAR_ASSERT(first + n_cells <= cells_.size());
        PulseBill bill;
        Chunk chunk;
        for (std::size_t k0 = first; k0 < first + n_cells; k0 += chunk_size) {
            const std::size_t n = std::min(chunk_size, first + n_cells - k0);
            for (std::size_t i = 0; i < n; ++i) chunk.before[i] = cells_[k0 + i].g_S;
            if (rng) pulse_draws(rng->key(), k0, std::span(chunk.draws).first(n));
            pulse(chunk, k0, n);
            bill += booked(chunk, n, [&](std::size_t i) { return cells_[k0 + i].g_S; });
        }
        return bill;
    }
    /// Moves the cell by the change that `law` would make, in the other direction.
    void mirror(Cell& cell, const typename M::PulseLaw& law, PulseDraw draw) const {
        Cell trial = cell;
        law.apply(trial, draw);
        const auto [g_min, g_max] = model_.window();
        float change = trial.g_S - cell.g_S;
        if (change == 0) {  // the law is clipped here: ask it one step inside the window, where it shows its size
            const auto inside = static_cast<float>(cell.g_S >= g_max.si ? g_max.si - 0.05 * (g_max.si - g_min.si)
                                                                        : g_min.si + 0.05 * (g_max.si - g_min.si));
            move_to(trial, inside);
            law.apply(trial, draw);
            change = trial.g_S - inside;
        }
        move_to(cell, std::clamp(cell.g_S - change, static_cast<float>(g_min.si), static_cast<float>(g_max.si)));
    }
    void move_to(Cell& cell, float g_S) const {
        if constexpr (HasSetConductance<M>) model_.set_conductance(cell, {g_S});
        else cell.g_S = g_S;
    }
    M model_;
    std::vector<Cell> cells_;
    std::vector<std::uint8_t> stuck_;
};

}  // namespace ganbar
