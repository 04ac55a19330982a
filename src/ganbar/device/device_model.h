// A device model is the law of one memristor: parameters, state of one cell, I-V, and what one pulse does.
// One file in models/ per law; DeviceArrayOf<M> (device_array.h) lifts it to arrays. Nothing else may depend on a model.
#pragma once
#include <concepts>

#include "ganbar/core/param.h"
#include "ganbar/core/rng.h"
#include "ganbar/core/units.h"

namespace ganbar {

/// What all cells share about their use: conductances between which weights are mapped.
struct Window {
    Siemens g_min, g_max;
};

/// Two-valued settings of models, written "off" and "on".
enum class OnOff : std::uint8_t { off, on };

/// Is a pulse strong enough? 1 ppm of slack, so that a voltage that went through single precision passes its own threshold.
inline bool reaches(double v_V, double threshold_V) { return v_V != 0 && (v_V < 0 ? -v_V : v_V) >= threshold_V * (1 - 1e-6); }

/// Cycle-to-cycle randomness of one pulse on one cell: two independent N(0,1).
struct PulseDraw {
    float a = 0, b = 0;
};

/// Model M has nested Params (with static Schema<Params> schema()), static doc(), Cell (plain struct of floats, first member
/// `float g_S`, the small-signal conductance the weight mapping sees), and PulseLaw, the law of one fixed pulse with everything
/// that does not depend on the cell precomputed.
template <class M>
concept DeviceModel = requires(const M model, typename M::Cell cell, Rng rng, Volt v, Second t, Siemens g, typename M::PulseLaw law,
                               PulseDraw d) {
    { M::Params::schema() } -> std::same_as<Schema<typename M::Params>>;
    { M::doc() } -> std::convertible_to<const char*>;  // prose, equations, source, valid range
    M{typename M::Params{}};
    { model.window() } -> std::same_as<Window>;
    { model.fresh_cell(g, rng) } -> std::same_as<typename M::Cell>;   // device-to-device draws, then the conductance asked for
    { model.current_A(cell, 0.1) } -> std::same_as<double>;           // static I-V without noise, at volts
    { model.read_noise_A2(cell, 0.1) } -> std::same_as<double>;       // variance of one read of the current, at volts
    { model.pulse_law(v, t) } -> std::same_as<typename M::PulseLaw>;  // v > 0 set, v < 0 reset
    { law.random } -> std::convertible_to<bool>;                      // does apply() use its draw? The same for every pulse
    { law.apply(cell, d) } -> std::same_as<void>;                     // one pulse
};

/// Optional: the law of a pulse of fixed width whose voltage differs from cell to cell (wires, half-select), for speed.
/// Must give the same bits as pulse_law(v, t).apply.
template <class M>
concept HasWidthLaw = requires(const M model, typename M::Cell cell, Second t, PulseDraw d) {
    { model.width_law(t).random } -> std::convertible_to<bool>;
    { model.width_law(t).apply(cell, 0.1f, d) } -> std::same_as<void>;
};

/// Optional: brings a cell with further state than g_S to a conductance, keeping what makes it this device.
template <class M>
concept HasSetConductance = requires(const M model, typename M::Cell cell, Siemens g) {
    { model.set_conductance(cell, g) } -> std::same_as<void>;
};

/// Optional: the smallest magnitude of a pulse that may move a cell.
template <class M>
concept HasLeastPulse = requires(const M model) {
    { model.least_pulse_V() } -> std::convertible_to<double>;
};

}  // namespace ganbar
