#include "ganbar/arch/equal_size.h"

namespace ganbar::arch {

namespace {
double iteration_s_of(const Accelerator& machine, const Workload& w) {
    Estimate e;
    machine.estimate(w, e);
    return e.iteration_latency_s;
}
}  // namespace

std::unique_ptr<Accelerator> filling(const Accelerator& machine, const Chip& chip, const Workload& w, const Budget& limits, double area_m2,
                                     const std::vector<std::string>& fixed) {
    std::unique_ptr<Accelerator> resident;
    try {
        resident = within_budget(machine, w, limits, fixed);
    } catch (const ConfigError&) {
        if (machine.arrays_needed(w) <= 0) throw;
    }
    if (resident && (!limits.area_m2 || machine.arrays_needed(w) <= 0)) return resident;
    Budget on_one_chip = limits;
    on_one_chip.area_m2 = area_m2;
    if (!resident) return on_chip(machine, chip, w, on_one_chip, fixed);
    try {  // more copies than the area holds may be worth their loading
        auto loaded = on_chip(machine, chip, w, on_one_chip, fixed, false);
        if (iteration_s_of(*loaded, w) < iteration_s_of(*resident, w) * (1 - 1e-9)) return loaded;
    } catch (const ConfigError&) {
    }
    return resident;
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
