// Cells that remember how many pulses each was given: what wears them out.
#pragma once
#include "ganbar/device/device_array.h"

namespace ganbar {

/// An inner array and a count for each cell. program(): every pulse given counts, also where the window lets it do nothing. program_at()
/// (wires, own amplitudes): pulses that moved their cell count, so that half-selected cells that rest do not. The law, the draws and the
/// state are the inner array's; counts are kept apart from the state.
class CountedArray final : public DeviceArray {
public:
    explicit CountedArray(std::unique_ptr<DeviceArray> inner) : inner_(std::move(inner)), counts_(inner_->size(), 0) {}
    const std::vector<std::uint32_t>& counts() const { return counts_; }
    /// As counts() gave them, one a cell.
    void set_counts(std::vector<std::uint32_t> counts);

    std::size_t size() const override { return inner_->size(); }
    Window window() const override { return inner_->window(); }
    void fabricate(std::span<const float> g_S, const Rng& rng) override { inner_->fabricate(g_S, rng); }
    void set_conductance(std::size_t first, std::span<const float> g_S) override { inner_->set_conductance(first, g_S); }
    void conductance(std::size_t first, std::span<float> g_S) const override { inner_->conductance(first, g_S); }
    void chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const override {
        inner_->chord_conductance(v_V, first, g_S);
    }
    void current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const override { inner_->current(first, v_V, i_A); }
    void read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const override {
        inner_->read_noise(v_V, first, variance_A2);
    }
    void read_listed(double v_V, std::size_t first, std::span<const std::uint32_t> listed, std::span<float> g_S,
                     std::span<float> variance_A2) const override {
        inner_->read_listed(v_V, first, listed, g_S, variance_A2);
    }
    PulseBill program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                      const Rng& rng) override;
    PulseBill program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) override;
    PulseBill program_listed(std::span<const std::uint32_t> cells, std::span<const float> v_V, Second width, EnergyRule rule,
                             const Rng& rng, std::span<std::uint8_t> moved) override;
    double least_pulse_V() const override { return inner_->least_pulse_V(); }
    void begin_update() override { inner_->begin_update(); }
    bool rest(bool on_shelf) override { return inner_->rest(on_shelf); }
    void suspend_wear() override { inner_->suspend_wear(); }
    void make_stuck(std::size_t cell, Siemens g) override { inner_->make_stuck(cell, g); }
    std::vector<float> state() const override { return inner_->state(); }
    void restore(std::span<const float> state) override { inner_->restore(state); }
    std::unique_ptr<DeviceArray> clone() const override;
    std::unique_ptr<DeviceArray> cut(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols) const override;
    void paste(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols, const DeviceArray& part) override;

private:
    std::unique_ptr<DeviceArray> inner_;
    std::vector<std::uint32_t> counts_;
};

}  // namespace ganbar
