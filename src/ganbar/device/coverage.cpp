#include "ganbar/device/coverage.h"

#include <fmt/format.h>

#include <cmath>

namespace ganbar {

namespace {

constexpr double slack = 1e-6;  // voltages pass through single precision on their way

/// "100 ns", with the prefix that leaves 1 to 999.
std::string text(double si, const char* unit) {
    static constexpr const char* prefixes[] = {"f", "p", "n", "u", "m", "", "k", "M"};
    int at = 5;
    for (; at > 0 && std::abs(si) < 1 - slack; --at) si *= 1e3;
    for (; at < 7 && std::abs(si) >= 1e3; ++at) si /= 1e3;
    return fmt::format("{:.6g} {}{}", si, prefixes[at], unit);
}

/// "0.8 V to 1.15 V", or "1.5 V alone".
std::string range(double lo, double hi, const char* unit) {
    return lo == hi ? text(lo, unit) + " alone" : text(lo, unit) + " to " + text(hi, unit);
}

std::string sentence(const std::string& what, const std::string& model, const std::string& bounds, const std::string& source) {
    return fmt::format("{} lies beyond the fit of {} ({}; {}): the result is an extrapolation", what, model, bounds, source);
}

}  // namespace

std::vector<std::string> beyond(const Coverage& c, const std::string& model, Volt v, Second width) {
    std::vector<std::string> out;
    const bool set = v.si > 0;
    const double sign = set ? 1 : -1, lo = (set ? c.set_lo : c.reset_lo).si, hi = (set ? c.set_hi : c.reset_hi).si;
    if (std::abs(v.si) > hi * (1 + slack) || std::abs(v.si) < lo * (1 - slack)) {
        const std::string pulse = fmt::format("a {} pulse of {}", set ? "set" : "reset", text(v.si, "V"));
        const std::string bounds = lo == 0 ? "up to " + text(sign * hi, "V") : range(sign * lo, sign * hi, "V");
        out.push_back(sentence(pulse, model, bounds, c.source));
    }
    if (width.si < c.width_lo.si * (1 - slack) || width.si > c.width_hi.si * (1 + slack)) {
        const std::string bounds =
            std::isinf(c.width_hi.si) ? text(c.width_lo.si, "s") + " and more" : range(c.width_lo.si, c.width_hi.si, "s");
        out.push_back(sentence("a pulse of " + text(width.si, "s"), model, bounds, c.source));
    }
    return out;
}

std::vector<std::string> beyond(const Coverage& c, const std::string& model, Siemens g) {
    if (g.si >= c.g_lo.si * (1 - slack) && g.si <= c.g_hi.si * (1 + slack)) return {};
    return {sentence("a conductance of " + text(g.si, "S"), model, text(c.g_lo.si, "S") + " to " + text(c.g_hi.si, "S"), c.source)};
}

}  // namespace ganbar
