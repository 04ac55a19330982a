#include "ganbar/tile/converter.h"

#include <algorithm>

#include "ganbar/tile/tile_params.h"

namespace ganbar {

const ConverterRegistries& builtin_converters() {
    static const ConverterRegistries all = [] {
        ConverterRegistries r;
        register_builtin_converters(r);
        return r;
    }();
    return all;
}

double interleaved(Second own, Second asked) { return asked.si > 0 ? std::max(1.0, own.si / asked.si) : 1; }

TileConverters converters_of(const TileParams& p) {
    const ConverterRegistries& registries = p.converters ? *p.converters : builtin_converters();
    const Converter &adc = registries.adcs.get(p.adc), &dac = registries.dacs.get(p.dac);
    TileConverters out;
    const auto stated = [](auto value, auto& cost) {
        if (value.si > 0) cost = value;
    };
    if (adc.quantises && p.adc_bits > 0) {
        out.adc_bits = p.adc_bits;
        out.adc = adc.cost({p.adc_bits, p.node_nm, p.adc_time});
        stated(p.adc_energy, out.adc.energy), stated(p.adc_area, out.adc.area), stated(p.adc_time, out.adc.time);
    }
    if (dac.quantises && p.dac_bits > 0) {
        out.dac_bits = p.dac_bits;
        out.dac = dac.cost({p.dac_bits, p.node_nm, {}});
        stated(p.dac_energy, out.dac.energy), stated(p.dac_area, out.dac.area);
    }
    return out;
}

}  // namespace ganbar
