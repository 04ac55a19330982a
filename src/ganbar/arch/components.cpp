#include "ganbar/arch/components.h"

#include <algorithm>
#include <cmath>

namespace ganbar::arch {
namespace {

constexpr double um2 = 1e-12, mm2 = 1e-6, pJ = 1e-12, ns = 1e-9;

constexpr ComponentValue library[] = {
    {"crossbar_128", 30 * pJ, 100 * ns, 25 * um2, 32,
     "PUMA constants (puma-simulator @a206f75): 0.3 mW x 100 ns, 1-bit inputs, 2-bit cells"},
    {"pipelayer_read_spike", 1.08 * pJ, 29.31 * ns, 0, 0, "PipeLayer, HPCA 2017"},
    {"pipelayer_write_spike", 3.91e-9, 50.88 * ns, 0, 0, "PipeLayer, HPCA 2017"},
    {"serial_read_128", 6.5e-9, 10.25e-6, 0, 32, "derived from PUMA constants: a whole 128x128 array with periphery"},
    {"serial_write_128", 22.6e-9, 10.97e-6, 0, 32, "derived from PUMA constants: a whole 128x128 array with periphery"},
    {"outer_product_update_128", 89 * pJ, 20 * ns, 0, 32, "PANTHER constants: 4.44 mW x 20 ns"},
    {"rram_set_reset", 0.6 * pJ, 10 * ns, 0, 0, "NVSim sample_RRAM.cell @6334d00"},
    {"adc_8bit", 1.67 * pJ, 0.8 * ns, 1200 * um2, 32, "ISAAC's SAR converter as in hwcomponents-library @8b56f7e and MNSIM 2.0"},
    {"dac_1bit", 0.39 * pJ, 100 * ns, 0.166 * um2, 32, "ISAAC word line driver: 3.9 uW x 100 ns"},
    {"sample_hold", 0.98e-15, 100 * ns, 0.039 * um2, 32, "PUMA constants: 9.8 nW x 100 ns"},
    {"shift_add_16bit", 0.021 * pJ, 0.83 * ns, 60 * um2, 32, "hwcomponents-library @8b56f7e"},
    {"lut_sigmoid", 0.26 * pJ, 1 * ns, 300 * um2, 32, "PUMA constants"},
    {"salu_any", 1.71 * pJ, 1 * ns, 4032 * um2, 32, "PUMA constants"},
    {"salu_multiply", 0.57 * pJ, 1 * ns, 4032 * um2, 32, "PUMA constants"},
    {"salu_add", 0.27 * pJ, 1 * ns, 4032 * um2, 32, "PUMA constants"},
    {"int32_add", 0.21 * pJ, 1 * ns, 278 * um2, 40, "hwcomponents-library @8b56f7e"},
    {"int32_multiply", 12.68 * pJ, 1 * ns, 6350 * um2, 40, "hwcomponents-library @8b56f7e"},
    {"sram_2KB", 0.57 * pJ, 1 * ns, 3920 * um2, 32, "PUMA constants"},
    {"edram_64KB_256bit", 20.5 * pJ, 2 * ns, 0.083 * mm2, 32, "derived from ISAAC: 20.7 mW"},
    {"router_256bit", 20.7 * pJ, 29 * ns, 0.047 * mm2, 32, "derived from ISAAC: 42 mW, 32-bit flits"},
    {"chip_link_128bit", 26 * pJ, 5 * ns, 22.88 * mm2, 32, "ISAAC: 10.4 W HyperTransport"},
    {"integrate_fire_neuron", 9.3 * pJ, 0, 0.01 * mm2, 180, "arXiv 1505.07814: silicon neuron, per spike"},
};

IsaacPart total(const char* name, const std::vector<IsaacPart>& parts) {
    IsaacPart sum{name, 0, 0};
    for (const IsaacPart& p : parts) sum.power_W += p.power_W, sum.area_m2 += p.area_m2;
    return sum;
}

}  // namespace

std::span<const ComponentValue> component_library() { return library; }

const ComponentValue& component(const std::string& name) {
    std::vector<std::string> names;
    for (const ComponentValue& c : library) {
        if (name == c.name) return c;
        names.emplace_back(c.name);
    }
    const std::string near = nearest_name(name, names);
    throw ConfigError("unknown component \"" + name + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

double dac_energy_J(int bits) {
    if (bits < 1 || bits > 8) throw ConfigError("a driver of " + std::to_string(bits) + " bits is not in the table; expected 1 to 8");
    return driver_ratio(bits) * 0.39 * pJ;
}

double crossbar_step_energy_J(double side) { return 30 * pJ * (side / 128) * (side / 128) * (side / 128); }  // power by cells, time by side
double crossbar_step_time_s(double side) { return side * 100 * ns / 128; }

double lossless_adc_bits(double rows, double dac_bits, double cell_bits) {
    return std::log2(rows) + dac_bits + cell_bits - (dac_bits == 1 || cell_bits == 1 ? 1 : 0);
}

IsaacPart IsaacTable::ima_total() const { return total("IMA", ima); }
IsaacPart IsaacTable::tile_total() const {
    IsaacPart t = total("tile", tile);
    const IsaacPart i = ima_total();
    t.power_W += imas_per_tile * i.power_W + router_W / tiles_per_router;
    t.area_m2 += imas_per_tile * i.area_m2 + router_area_m2 / tiles_per_router;
    return t;
}
IsaacPart IsaacTable::chip_total() const {
    const IsaacPart t = tile_total();
    return {"chip", tiles_per_chip * t.power_W + link_W, tiles_per_chip * t.area_m2 + link_area_m2};
}
double IsaacTable::peak_op_per_s() const {  // 128 x 16 weights per array, 16 steps of 100 ns
    return 2.0 * tiles_per_chip * imas_per_tile * arrays_per_ima * 128 * 16 / (16 * 100 * ns);
}

const IsaacTable& isaac_table() {
    static const IsaacTable table = [] {
        IsaacTable t;
        const double mW = 1e-3;
        t.ima = {{"adc", 16 * mW, .0096 * mm2},
                 {"dac", 4 * mW, .00017 * mm2},
                 {"sample_hold", .01 * mW, .00004 * mm2},
                 {"crossbar", 2.4 * mW, .0002 * mm2},
                 {"shift_add", .2 * mW, .00024 * mm2},
                 {"input_register", 1.24 * mW, .0021 * mm2},
                 {"output_register", .23 * mW, .00077 * mm2}};
        t.tile = {{"edram", 20.7 * mW, .083 * mm2},      {"bus", 7 * mW, .090 * mm2},         {"sigmoid", .52 * mW, .0006 * mm2},
                  {"shift_add", .05 * mW, .00006 * mm2}, {"max_pool", .4 * mW, .00024 * mm2}, {"output_register", 1.68 * mW, .0032 * mm2}};
        return t;
    }();
    return table;
}

}  // namespace ganbar::arch
