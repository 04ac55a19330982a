// Many cells of one device model. One virtual call per range of cells, never per cell.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ganbar/core/registry.h"
#include "ganbar/device/device_model.h"

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
    double idle_energy_J = 0;             ///< what the idle pulses would dissipate; the paper books none of it
    void operator+=(const PulseBill& b) {
        n_set += b.n_set, n_reset += b.n_reset, n_idle += b.n_idle;
        energy_J += b.energy_J, idle_energy_J += b.idle_energy_J;
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
    virtual void chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const = 0;  ///< I(v)/v
    virtual void current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const = 0;
    virtual void read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const = 0;
    /// One pulse a cell where polarity is +1 (set) or -1 (reset), none where 0.
    virtual PulseBill program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                              const Rng& rng) = 0;
    /// Every cell gets a pulse of its own voltage (wires, half-select); 0 V = none.
    virtual PulseBill program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) = 0;
    /// A cell that no pulse moves any more.
    virtual void make_stuck(std::size_t cell, Siemens g) = 0;
    /// All state as floats (every field of every cell, then the stuck flags), for checkpoints.
    virtual std::vector<float> state() const = 0;
    virtual void restore(std::span<const float> state) = 0;
    virtual std::unique_ptr<DeviceArray> clone() const = 0;
};

template <DeviceModel M>
class DeviceArrayOf final : public DeviceArray {
public:
    using Cell = typename M::Cell;
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
            if (!stuck_[first + k]) cells_[first + k].g_S = g_S[k];
    }
    void conductance(std::size_t first, std::span<float> g_S) const override {
        for (std::size_t k = 0; k < g_S.size(); ++k) g_S[k] = cells_[first + k].g_S;
    }
    void chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const override {
        for (std::size_t k = 0; k < g_S.size(); ++k) g_S[k] = static_cast<float>(model_.current_A(cells_[first + k], v_V) / v_V);
    }
    void current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const override {
        for (std::size_t k = 0; k < v_V.size(); ++k) i_A[k] = model_.current_A(cells_[first + k], v_V[k]);
    }
    void read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const override {
        for (std::size_t k = 0; k < variance_A2.size(); ++k)
            variance_A2[k] = static_cast<float>(model_.read_noise_A2(cells_[first + k], v_V));
    }
    PulseBill program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                      const Rng& rng) override {
        const auto set = model_.pulse_law(pulses.set, pulses.width);
        const auto reset = model_.pulse_law(pulses.reset, pulses.width);
        Rng draws = rng;
        PulseBill bill;
        for (std::size_t k = 0; k < polarity.size(); ++k) {
            if (polarity[k] == 0) continue;
            const bool up = polarity[k] > 0;
            one_pulse(first + k, up ? set : reset, up ? pulses.set : pulses.reset, pulses.width, rule, draws, bill);
        }
        return bill;
    }
    PulseBill program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) override {
        Rng draws = rng;
        PulseBill bill;
        for (std::size_t k = 0; k < v_V.size(); ++k) {
            if (v_V[k] == 0) continue;
            const Volt v{v_V[k]};
            one_pulse(first + k, model_.pulse_law(v, width), v, width, rule, draws, bill);
        }
        return bill;
    }
    void make_stuck(std::size_t cell, Siemens g) override {
        cells_[cell].g_S = static_cast<float>(g.si);
        stuck_[cell] = 1;
    }
    std::vector<float> state() const override {
        static_assert(sizeof(Cell) % sizeof(float) == 0 && std::is_trivially_copyable_v<Cell>);
        constexpr std::size_t n_fields = sizeof(Cell) / sizeof(float);
        std::vector<float> out(cells_.size() * (n_fields + 1));
        std::memcpy(out.data(), cells_.data(), cells_.size() * sizeof(Cell));
        for (std::size_t k = 0; k < cells_.size(); ++k) out[cells_.size() * n_fields + k] = stuck_[k];
        return out;
    }
    void restore(std::span<const float> state) override {
        constexpr std::size_t n_fields = sizeof(Cell) / sizeof(float);
        if (state.size() != cells_.size() * (n_fields + 1)) throw DataError("device state does not fit this array");
        std::memcpy(static_cast<void*>(cells_.data()), state.data(), cells_.size() * sizeof(Cell));
        for (std::size_t k = 0; k < cells_.size(); ++k) stuck_[k] = state[cells_.size() * n_fields + k] != 0;
    }
    std::unique_ptr<DeviceArray> clone() const override { return std::make_unique<DeviceArrayOf>(*this); }

private:
    void one_pulse(std::size_t k, const typename M::PulseLaw& law, Volt v, Second t, EnergyRule rule, Rng& draws, PulseBill& bill) {
        Cell& cell = cells_[k];
        const float before = cell.g_S;
        const double energy = rule == EnergyRule::ohmic ? v.si * v.si * before * t.si : v.si * model_.current_A(cell, v.si) * t.si;
        if (!stuck_[k]) law.apply(cell, M::PulseLaw::random ? static_cast<float>(draws.normal()) : 0.0f);
        if (cell.g_S > before) ++bill.n_set;
        else if (cell.g_S < before) ++bill.n_reset;
        else {
            ++bill.n_idle;
            bill.idle_energy_J += energy;
            return;
        }
        bill.energy_J += energy;
    }
    M model_;
    std::vector<Cell> cells_;
    std::vector<std::uint8_t> stuck_;
};

}  // namespace ganbar
