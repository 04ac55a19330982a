// For tests: pulses on simulated devices, as a laboratory would write them down.
#pragma once
#include "ganbar/device/test_devices.h"
#include "ganbar/fit/pulse_data.h"

namespace ganbar::fit::test {

/// `n_devices` cells start at the window's lower end and get `n_each` set then `n_each` reset pulses, `n_cycles` times.
struct Bench {
    std::size_t n_devices = 20, n_each = 100, n_cycles = 1;
    PulsePair pulses{{1.0}, {-1.0}, {100e-9}};
    std::uint64_t seed = 5;
};
inline PulseData measure(const std::string& model, const ganbar::test::Settings& settings, const Bench& bench) {
    auto array = ganbar::test::make_array(model, settings, bench.n_devices);
    array->fabricate(std::vector<float>(bench.n_devices, static_cast<float>(array->window().g_min.si)), Rng(bench.seed));
    std::vector<std::vector<float>> seen{ganbar::test::conductances(*array)};
    std::vector<int> signs{0};
    const Rng draws = Rng(bench.seed).stream("measure");
    for (std::size_t k = 0; k < 2 * bench.n_each * bench.n_cycles; ++k) {
        const int sign = (k / bench.n_each) % 2 == 0 ? 1 : -1;
        array->program(0, std::vector<std::int8_t>(bench.n_devices, static_cast<std::int8_t>(sign)), bench.pulses, EnergyRule::ohmic,
                       draws.stream("pulse", k));
        seen.push_back(ganbar::test::conductances(*array));
        signs.push_back(sign);
    }
    PulseData out;
    out.file = model;
    for (std::size_t d = 0; d < bench.n_devices; ++d) {
        out.devices.push_back(std::to_string(d));
        for (std::size_t k = 0; k < seen.size(); ++k) {
            const double v = signs[k] == 0 ? 0 : signs[k] > 0 ? bench.pulses.set.si : bench.pulses.reset.si;
            out.rows.push_back({static_cast<std::int32_t>(d), k == 0 ? 0 : static_cast<std::int32_t>((k - 1) / (2 * bench.n_each)), v,
                                bench.pulses.width.si, seen[k][d]});
        }
    }
    return out;
}

}  // namespace ganbar::fit::test
