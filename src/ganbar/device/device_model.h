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

/// Model M has nested Params (with static Schema<Params> schema(), static const char* doc()), Cell (plain struct of floats, first
/// member `float g_S`, the small-signal conductance the weight mapping sees), and PulseLaw, the law of one fixed pulse with
/// everything that does not depend on the cell precomputed.
template <class M>
concept DeviceModel = requires(const M model, typename M::Cell cell, Rng rng, Volt v, Second t, Siemens g, typename M::PulseLaw law, float n) {
    { M::Params::schema() } -> std::same_as<Schema<typename M::Params>>;
    { M::doc() } -> std::convertible_to<const char*>;            // prose, equations, source, valid range
    M{typename M::Params{}};
    { model.window() } -> std::same_as<Window>;
    { model.fresh_cell(g, rng) } -> std::same_as<typename M::Cell>;   // device-to-device draws, then the conductance asked for
    { model.current_A(cell, 0.1) } -> std::same_as<double>;           // static I-V without noise, at volts
    { model.read_noise_A2(cell, 0.1) } -> std::same_as<double>;       // variance of one read of the current, at volts
    { model.pulse_law(v, t) } -> std::same_as<typename M::PulseLaw>;  // v > 0 set, v < 0 reset
    { M::PulseLaw::random } -> std::convertible_to<bool>;             // does apply() use its normal draw n?
    { law.apply(cell, n) } -> std::same_as<void>;                     // one pulse; n ~ N(0,1), cycle-to-cycle
};

}  // namespace ganbar
