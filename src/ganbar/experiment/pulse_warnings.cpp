#include "ganbar/experiment/pulse_warnings.h"

#include "ganbar/device/device_pulses.h"
#include "ganbar/experiment/build.h"

#include <fmt/format.h>

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

void append(std::vector<std::string>& out, const std::vector<std::string>& more) {
    for (const auto& line : more)
        if (std::find(out.begin(), out.end(), line) == out.end()) out.push_back(line);
}

}  // namespace

std::vector<std::string> pulse_warnings(const Experiment& e) {
    const auto& coverage = e.device.coverage;
    if (e.hardware.kind == HardwareKind::software) return {};
    std::vector<std::string> out;
    const PulseShape writing = writing_of(e).pulse;
    const RulePulses p = e.rule.pulses.value_or(RulePulses{writing.set, writing.reset, {}, {}, writing.width});
    const auto add = [&](double v_V) { append(out, beyond_fit(e.device, Volt{v_V}, p.width)); };
    const Amplitudes set = amplitudes(p, p.set, p.set_end), reset = amplitudes(p, p.reset, p.reset_end);
    if (e.rule.pulses)
        for (const double v : {set.hi_V, -reset.hi_V})
            if (v != 0 && p.width.si > 0 && !moves(e.device, Volt{v}, p.width))
                out.push_back(
                    fmt::format("a {} pulse of {:.6g} V moves no cell of {} in the middle of its window: {} weights cannot be trained",
                                v > 0 ? "set" : "reset", v, e.device.model, v > 0 ? "rising" : "falling"));
    if (!coverage) return out;
    for (const double v : {set.lo_V, set.hi_V, -reset.lo_V, -reset.hi_V}) add(v);
    const Window window = e.device.make(1)->window();
    for (const Siemens g : {window.g_min, window.g_max}) append(out, beyond(*coverage, e.device.model, g));
    return out;
}

}  // namespace ganbar
