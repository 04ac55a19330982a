#include "ganbar/experiment/pulse_warnings.h"

#include "ganbar/experiment/build.h"

#include <algorithm>
#include <cmath>

namespace ganbar {
namespace {

/// The weakest and the strongest amplitude of one polarity that the rule applies, as magnitudes.
struct Amplitudes {
    double lo_V, hi_V;
};
Amplitudes amplitudes(const RulePulses& p, Volt begin, Volt end) {
    const double from = std::abs(begin.si), to = end.si != 0 ? std::abs(end.si) : from;
    return {std::max(0.0, std::min(from, to) - p.span.si), std::max(from, to) + std::max(p.growth.si, p.span.si)};
}

/// Whether a pulse moves mid-window cells at all.
bool moves(const Experiment& e, double v_V, Second width) {
    constexpr std::size_t n = 16;
    const auto cells = e.device.make(n);
    const auto [lo, hi] = cells->window();
    const std::vector<float> middle(n, static_cast<float>(0.5 * (lo.si + hi.si)));
    std::vector<float> before(n), after(n);
    cells->fabricate(middle, Rng(1));
    cells->conductance(0, before);
    cells->program_at(0, std::vector<float>(n, static_cast<float>(v_V)), width, EnergyRule::ohmic, Rng(2));
    cells->conductance(0, after);
    return before != after;
}

void append(std::vector<std::string>& out, const std::vector<std::string>& more) {
    for (const auto& line : more)
        if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(line);
}

}  // namespace

std::vector<std::string> pulse_warnings(const Experiment& e) {
    const auto& coverage = e.device.coverage;
    if (e.hardware.kind == HardwareKind::software || !coverage) return {};
    std::vector<std::string> out;
    const PulseShape writing = writing_of(e).pulse;
    const RulePulses p = e.rule.pulses.value_or(RulePulses{writing.set, writing.reset, {}, {}, writing.width});
    const auto add = [&](double v_V) {
        if (v_V != 0 && moves(e, v_V, p.width)) append(out, beyond(*coverage, e.device.model, Volt{v_V}, p.width));
    };
    const Amplitudes set = amplitudes(p, p.set, p.set_end), reset = amplitudes(p, p.reset, p.reset_end);
    for (const double v : {set.lo_V, set.hi_V, -reset.lo_V, -reset.hi_V}) add(v);
    const Window window = e.device.make(1)->window();
    for (const Siemens g : {window.g_min, window.g_max}) append(out, beyond(*coverage, e.device.model, g));
    return out;
}

}  // namespace ganbar
