#include "ganbar/arch/equal_size.h"

namespace ganbar::arch {

std::unique_ptr<Accelerator> filling(const Accelerator& machine, const Chip& chip, const Workload& w, const Budget& limits, double area_m2,
                                     const std::vector<std::string>& fixed) {
    try {
        return within_budget(machine, w, limits, fixed);
    } catch (const ConfigError&) {
        if (machine.arrays_needed(w) <= 0) throw;
    }
    Budget on_one_chip = limits;
    on_one_chip.area_m2 = area_m2;
    return on_chip(machine, chip, w, on_one_chip, fixed);
}

AtEqualPower at_equal_power(const Accelerator& machine, const Chip& chip, const Workload& w, const EqualSize& size,
                            const std::vector<std::string>& fixed) {
    AtEqualPower out;
    try {
        Estimate e;
        filling(machine, chip, w, {.area_m2 = {}, .power_W = size.power_W, .n_arrays = {}}, size.area_m2, fixed)->estimate(w, e);
        out.latency_s = e.iteration_latency_s, out.energy_J = e.energy_J(), out.area_m2 = e.area_total_m2();
    } catch (const ConfigError& e) {
        out.unfit = e.what();
    }
    return out;
}

}  // namespace ganbar::arch
