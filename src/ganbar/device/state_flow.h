// Motion of one state variable x in [0, 1] under a fixed pulse: dx/ds = rate(x), s from 0 to `dose`. Where time and voltage enter only
// through a factor, as in VTEAM and Yakopcic's model, the dose is that factor times the pulse width.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "ganbar/device/device_model.h"

namespace ganbar {

/// A dose that stays finite under any factor drawn per cell or pulse: exponentials and powers of a voltage overflow, and infinity times a
/// draw of zero is no number. 1e25 times the whole range is as good as for ever.
inline float bounded_dose(double dose) { return dose > 0 ? static_cast<float>(std::min(dose, 1e25)) : 0.0f; }

/// Classical Runge-Kutta (order 4) in equal steps of at most max_step; returns x after the dose, kept in [0, 1].
/// rate must keep one sign; integration ends early where x no longer moves. The dose must be finite.
template <class Rate>
float flow(float x, float dose, float max_step, const Rate& rate) {
    if (!(dose > 0)) return x;
    const float n = std::ceil(dose / max_step), h = dose / n;
    const auto inside = [](float y) { return std::clamp(y, 0.0f, 1.0f); };
    for (float i = 0; i < n && i < 0x1p24f; ++i) {  // the state rests long before; beyond 2^24 a float no longer counts
        const float k1 = rate(x), k2 = rate(inside(x + h / 2 * k1)), k3 = rate(inside(x + h / 2 * k2)), k4 = rate(inside(x + h * k3));
        const float next = inside(x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4));
        if (next == x) return x;
        x = next;
    }
    return x;
}

/// PulseLaw of models whose WidthLaw has dose(v) and move(cell, dose, draw): the dose of a fixed pulse is known once for all cells.
template <class WidthLaw>
struct DosedPulse {
    WidthLaw law;
    float dose = 0;
    bool random = false;
    DosedPulse(const WidthLaw& width_law, Volt v) : law(width_law), dose(law.dose(static_cast<float>(v.si))), random(law.random) {}
    template <class Cell>
    void apply(Cell& c, PulseDraw draw) const {
        law.move(c, dose, draw);
    }
};

inline float power(float x, std::int64_t n) {
    float y = 1;
    for (; n > 0; n >>= 1, x *= x)
        if (n & 1) y *= x;
    return y;
}

}  // namespace ganbar
