// What real cells do beyond the law of their model, for any model: spread of R_ON and R_OFF, few levels, write and read noise, stuck
// cells, drift between writes, wear. Each is a switch of its own; all are off by default.
#pragma once
#include <algorithm>
#include <limits>

#include "ganbar/device/device_array.h"

namespace ganbar {

/// Where a worn-out cell stays.
enum class WornState : std::uint8_t { on, off, here };

struct NonidealParams {
    double r_on_sigma = 0, r_off_sigma = 0;
    std::int64_t levels = 0;
    double write_noise = 0, read_noise = 0, stuck_on = 0, stuck_off = 0;
    double drift = 0, drift_sigma = 0;
    Second drift_start{1}, t_update{0}, t_shelf{0};
    double endurance = 0, endurance_shape = 2;
    WornState worn = WornState::on;

    static Schema<NonidealParams> schema();
    /// Whether any switch is on.
    bool any() const;
    bool drifts() const { return drift > 0 || drift_sigma > 0; }
};

/// Cells of an inner array, shown through their own window, age and noise. With G the inner cell's conductance, [G_min, G_max] the model's
/// window and [L_k, H_k] the cell's own (log-normal R_OFF and R_ON), a read sees
///   (L_k + (H_k - L_k)(G - G_min)/(G_max - G_min)) (1 + age/t_0)^-nu_k
/// with Gaussian noise of read_noise (G_max - G_min) |V| on the current. A pulse that moved its cell leaves an error of
/// write_noise (G_max - G_min); with n levels the result goes to one of the two nearest, at odds that keep the mean. After its life
/// (Weibull) in pulses a cell is stuck.
class NonidealArray final : public DeviceArray {
public:
    NonidealArray(std::unique_ptr<DeviceArray> inner, const NonidealParams& params);
    std::size_t size() const override { return inner_->size(); }
    Window window() const override { return inner_->window(); }
    /// The inner cells get the draws they would get alone; the conductances asked for are met where a cell's own window holds them.
    void fabricate(std::span<const float> g_S, const Rng& rng) override;
    void set_conductance(std::size_t first, std::span<const float> g_S) override;
    void conductance(std::size_t first, std::span<float> g_S) const override;
    void chord_conductance(double v_V, std::size_t first, std::span<float> g_S) const override;
    void current(std::size_t first, std::span<const double> v_V, std::span<double> i_A) const override;
    void read_noise(double v_V, std::size_t first, std::span<float> variance_A2) const override;
    PulseBill program(std::size_t first, std::span<const std::int8_t> polarity, const PulsePair& pulses, EnergyRule rule,
                      const Rng& rng) override;
    PulseBill program_at(std::size_t first, std::span<const float> v_V, Second width, EnergyRule rule, const Rng& rng) override;
    void suspend_wear() override { std::fill(life_.begin(), life_.end(), std::numeric_limits<float>::infinity()); }
    void make_stuck(std::size_t cell, Siemens g) override;
    void begin_update() override { clock_ += 1; }
    bool rest(bool on_shelf) override;
    /// This much time passes without a pulse. False where cells do not drift.
    bool wait(Second time);
    std::vector<float> state() const override;
    void restore(std::span<const float> state) override;
    std::unique_ptr<DeviceArray> clone() const override;
    std::unique_ptr<DeviceArray> cut(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols) const override;
    void paste(std::size_t first, std::size_t stride, std::size_t rows, std::size_t cols, const DeviceArray& part) override;

    /// Cells that wear has stuck so far.
    std::size_t n_worn() const;

private:
    NonidealArray(const NonidealArray& other);
    double fade(std::size_t k) const;  ///< factor of drift at the cell's present age
    void written_now(std::size_t k);
    float shown(std::size_t k, float g_S) const;
    float inner_of(std::size_t k, double shown_S) const;
    float nearest_level(float g_S) const;
    void scale(std::size_t first, std::span<const float> g_S, std::span<float> factor) const;
    template <class Pulse, class Pulsed>
    PulseBill wrapped(std::size_t first, std::size_t n, const Rng& rng, const Pulsed& pulsed, const Pulse& pulse);
    void wear(std::size_t k, float g_S);
    void write_back(std::size_t k, double g_S, Rng& rng);

    std::unique_ptr<DeviceArray> inner_;
    NonidealParams p_;
    float g_min_, g_max_;
    std::vector<float> low_, high_;          // own windows, S
    std::vector<float> exponent_, written_;  // drift: nu, update of the last write
    std::vector<float> waited_;              // s waited since the last write; empty until the first wait
    std::vector<float> pulses_, life_;       // wear
    float clock_ = 0;                        // updates so far
    bool on_shelf_ = false;
};

/// The array itself when every switch is off.
std::unique_ptr<DeviceArray> with_nonidealities(std::unique_ptr<DeviceArray> inner, const NonidealParams& params);

}  // namespace ganbar
