#include <charconv>
#include <sstream>

#include "ganbar/device/device_pulses.h"
#include "ganbar/fit/pulse_data.h"

namespace ganbar::fit {

std::vector<PlannedPulses> parse_plan(const std::string& text) {
    std::vector<PlannedPulses> out;
    std::stringstream parts(text);
    for (std::string part; std::getline(parts, part, ';');) {
        const auto x = part.find('x');
        PlannedPulses p;
        const std::string_view count = x == std::string::npos ? "1" : trimmed(std::string_view(part).substr(0, x));
        const auto [end, fault] = std::from_chars(count.data(), count.data() + count.size(), p.count);
        if (fault != std::errc{} || end != count.data() + count.size() || p.count < 1 || p.count > 100'000'000)
            throw ConfigError("\"" + part +
                              "\" is not a stretch of pulses; expected COUNT x VOLTAGE,WIDTH, for example 100 x 1.0 V,100 ns");
        const CellPulse pulse = parse_pulse(x == std::string::npos ? part : part.substr(x + 1));
        p.voltage = pulse.voltage, p.width = pulse.width;
        out.push_back(p);
    }
    return out;
}

}  // namespace ganbar::fit
