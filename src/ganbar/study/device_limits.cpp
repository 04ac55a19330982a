#include "ganbar/study/device_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ganbar::study {
namespace {

constexpr std::size_t n_cells = 2000;

struct Steps {
    double mean = 0, noise_S = 0, spread_S = 0;
};
/// Two pulses on the same cells, each from the same conductance: what differs between them is noise, what they share is the device's.
Steps steps_at(const DeviceSpec& device, const PulsePair& pulses, int sign, double share) {
    const auto cells = device.make(n_cells);
    const auto [lo, hi] = cells->window();
    const std::vector<float> start(n_cells, static_cast<float>(lo.si + share * (hi.si - lo.si)));
    cells->fabricate(start, Rng(1));
    std::vector<float> before(n_cells), after(n_cells);
    std::vector<double> first(n_cells), second(n_cells);
    for (auto* step : {&first, &second}) {
        cells->set_conductance(0, start);
        cells->conductance(0, before);
        cells->program(0, std::vector<std::int8_t>(n_cells, static_cast<std::int8_t>(sign)), pulses, EnergyRule::ohmic,
                       Rng(step == &first ? 2 : 3));
        cells->conductance(0, after);
        for (std::size_t k = 0; k < n_cells; ++k) (*step)[k] = double{after[k]} - before[k];
    }
    Steps out;
    double all = 0, noise = 0;
    for (std::size_t k = 0; k < n_cells; ++k) out.mean += (first[k] + second[k]) / (2 * n_cells);
    for (std::size_t k = 0; k < n_cells; ++k)
        all += ((first[k] - out.mean) * (first[k] - out.mean) + (second[k] - out.mean) * (second[k] - out.mean)) / (2 * n_cells),
            noise += (first[k] - second[k]) * (first[k] - second[k]) / (2 * n_cells);
    out.noise_S = std::sqrt(noise), out.spread_S = std::sqrt(std::max(0.0, all - noise));
    return out;
}

}  // namespace

StepCharacter step_character(const DeviceSpec& device, const PulsePair& pulses) {
    StepCharacter out;
    const auto [lo, hi] = device.make(1)->window();
    double largest_step = 0;
    for (const int sign : {1, -1}) {
        const Steps middle = steps_at(device, pulses, sign, 0.5);
        (sign > 0 ? out.set_S : out.reset_S) = middle.mean;
        double least = std::abs(middle.mean), most = least;
        for (const double share : {0.15, 0.85}) {
            const double step = std::abs(steps_at(device, pulses, sign, share).mean);
            least = std::min(least, step), most = std::max(most, step);
        }
        const double mean = std::max(std::abs(middle.mean), 1e-30);
        out.noise = std::max(out.noise, middle.noise_S / mean), out.spread = std::max(out.spread, middle.spread_S / mean);
        out.unevenness = std::max(out.unevenness, most / std::max(least, 1e-30));
        largest_step = std::max(largest_step, std::abs(middle.mean));
    }
    out.pulses_across = largest_step > 0 ? (hi.si - lo.si) / largest_step : std::numeric_limits<double>::infinity();
    return out;
}

std::string limits_of(const StepCharacter& c) {
    std::vector<std::string> found;
    const double balance = c.reset_S != 0 ? c.set_S / -c.reset_S : 0;
    if (!(c.set_S > 0) || !(c.reset_S < 0)) found.emplace_back("a pulse moves hardly any cell at mid-window");
    else if (std::max(balance, 1 / balance) > 1.5)
        found.push_back(fmt::format("{} moves {:.1f} times as far as {}", balance > 1 ? "set" : "reset", std::max(balance, 1 / balance),
                                    balance > 1 ? "reset" : "set"));
    if (c.noise > 1) found.push_back(fmt::format("the noise of a pulse is {:.1f} times its step", c.noise));
    if (c.pulses_across < 30) found.push_back(fmt::format("{:.0f} pulses cross the window", c.pulses_across));
    if (c.spread > 0.3) found.push_back(fmt::format("steps differ by {:.0f}% between devices", 100 * c.spread));
    if (c.unevenness > 4) found.push_back(fmt::format("steps change {:.0f}-fold in the window", c.unevenness));
    std::string out;
    for (const auto& text : found) out += (out.empty() ? "" : "; ") + text;
    return out.empty() ? "nothing stands out" : out;
}

}  // namespace ganbar::study
