#include "ganbar/arch/coupling.h"

#include <algorithm>
#include <cmath>

#include "ganbar/arch/components.h"

namespace ganbar::arch {
namespace {

double ratio(Int now, Int published) { return double(now) / double(published); }
void scale(double factor, std::initializer_list<Joule*> energies) {
    for (Joule* e : energies) e->si *= factor;
}

/// A word line or bit line settles in a time in proportion to its cells.
double settling(const CrossbarDesign& d, const CrossbarDesign& r) {
    return crossbar_step_time_s(double(std::max(d.rows, d.cols))) / crossbar_step_time_s(double(std::max(r.rows, r.cols)));
}
double edges(const CrossbarDesign& d, const CrossbarDesign& r) { return ratio(d.rows + d.cols, r.rows + r.cols); }
double cells(const CrossbarDesign& d, const CrossbarDesign& r) { return ratio(d.rows, r.rows) * ratio(d.cols, r.cols); }
/// Levels above zero of a cell; write and verify takes as many pulses.
double levels(const CrossbarDesign& d) { return std::exp2(double(d.cell_bits)) - 1; }

void couple_words_and_writes(CrossbarDesign& out, const CrossbarDesign& d, const CrossbarDesign& r) {
    const double word = ratio(d.input_bits, r.input_bits), pulses = levels(d) / levels(r);
    scale(word, {&out.buffer_word, &out.buffer_write_word, &out.link_word});
    out.buffer_word_area.si *= word;
    out.outer_product_array.si *= cells(d, r);
    out.write_row.si *= pulses, out.write.si *= pulses * (d.write_scope == WriteScope::row ? ratio(d.cols, r.cols) : 1);
}

/// Share of an area or energy, and how it changes.
struct Part {
    double share, factor;
};
/// Exactly one when no factor changes; what no part names stays.
double total(std::initializer_list<Part> parts) {
    double sum = 1;
    for (const Part& p : parts) sum += p.share * (p.factor - 1);
    return sum;
}

void couple_node(CrossbarDesign& out, const CrossbarDesign& d, const CrossbarDesign& r) {
    if (d.node_nm == r.node_nm) return;
    const double area = area_scale(int(r.node_nm), int(d.node_nm)), energy = energy_scale(int(r.node_nm), int(d.node_nm));
    scale(energy, {&out.row_step, &out.column_step, &out.accumulate_step, &out.activation, &out.alu, &out.buffer_word,
                   &out.buffer_write_word, &out.link_word});
    out.array_area.si *= area, out.buffer_word_area.si *= area, out.static_per_array.si *= energy;
}

}  // namespace

double needed_converter_bits(const CrossbarDesign& d, const CrossbarDesign& r) {
    const auto lossless = [](const CrossbarDesign& x) {
        return lossless_adc_bits(double(x.rows), double(x.dac_bits), double(x.cell_bits));
    };
    return std::max(1.0, r.converter_bits + lossless(d) - lossless(r));
}

double converter_bits(const CrossbarDesign& d, const CrossbarDesign& r) {
    return d.adc_bits > 0 ? double(d.adc_bits) : needed_converter_bits(d, r);
}
double converter_bits_lost(const CrossbarDesign& d, const CrossbarDesign& r) {  // whole bits: a part of one is a whole one in a converter
    return std::max(0.0, std::ceil(needed_converter_bits(d, r) - converter_bits(d, r) - 1e-9));
}

CrossbarDesign couple_converters(const CrossbarDesign& d, const CrossbarDesign& r) {
    CrossbarDesign out = d;
    const double bits = converter_bits(d, r), settle = settling(d, r), columns = ratio(d.cols, r.cols);
    const double driver = dac_energy_J(int(d.dac_bits)) / dac_energy_J(int(r.dac_bits));
    const double accumulator = (bits + double(d.input_bits)) / (r.converter_bits + double(r.input_bits));
    out.step.si *= settle;
    const double slower = out.step.si / r.step.si;
    out.array_step.si *= cells(d, r) * slower;  // the cells' power, as long as a step takes
    out.row_step.si *= driver * columns;
    out.column_step.si *= adc_energy_J(bits) / adc_energy_J(r.converter_bits);
    out.accumulate_step.si *= accumulator;
    out.static_per_array.si *= edges(d, r);
    // one comparison per bit: a column keeps a converter busy in proportion to its bits
    const double converters = columns * (bits / r.converter_bits) / slower;
    const double whole = r.array_area.si, named = r.converter_area.si + r.driver_area.si + r.accumulator_area.si + r.cells_area.si;
    out.array_area.si *= total({{r.converter_area.si / whole, converters * adc_area_m2(bits) / adc_area_m2(r.converter_bits)},
                                {r.driver_area.si / whole, driver * ratio(d.rows, r.rows)},
                                {r.accumulator_area.si / whole, accumulator * columns},
                                {r.cells_area.si / whole, cells(d, r)},
                                {1 - named / whole, edges(d, r)}});
    couple_words_and_writes(out, d, r);
    couple_node(out, d, r);
    return out;
}

CrossbarDesign couple_spikes(const CrossbarDesign& d, const CrossbarDesign& r) {
    CrossbarDesign out = d;
    const auto sum_bits = [](const CrossbarDesign& x) { return std::log2(double(x.rows) * levels(x)); };
    const double firings = ratio(d.rows, r.rows) * levels(d) / levels(r), columns = ratio(d.cols, r.cols);
    out.step.si *= std::max(settling(d, r), firings);
    out.array_step.si *= total({{0.5, edges(d, r)}, {0.5, columns * firings}});  // half for the lines, half for the firing: assumed
    out.row_step.si *= columns;
    out.static_per_array.si *= edges(d, r);
    const double cell_share = r.cells_area.si / r.array_area.si, half = (1 - cell_share) / 2;
    out.array_area.si *= total({{cell_share, cells(d, r)}, {half, ratio(d.rows, r.rows)}, {half, columns * sum_bits(d) / sum_bits(r)}});
    couple_words_and_writes(out, d, r);
    const auto cells_per_word = [](const CrossbarDesign& x) { return std::ceil(16.0 / double(x.cell_bits)); };
    out.buffer_word_area.si *= cells_per_word(d) / cells_per_word(r);
    return out;
}

DigitalDesign couple_units(const DigitalDesign& d, const DigitalDesign& r) {
    DigitalDesign out = d;
    const double units = ratio(d.units, r.units), word = ratio(d.word_bits, r.word_bits);
    const double bytes = ratio(d.buffer_bytes, std::max<Int>(1, r.buffer_bytes));
    out.mac.si *= word * word;  // an array of partial products
    scale(word, {&out.register_file, &out.inter_pe, &out.buffer_access, &out.dram_word, &out.alu});
    out.buffer_access.si *= std::sqrt(bytes);  // word and bit lines as long as the buffer's side
    out.static_power.si *= units * word;
    const double node = d.node_nm == r.node_nm ? 1 : area_scale(int(r.node_nm), int(d.node_nm));
    const double sram = double(r.buffer_bytes) * component("sram_2KB").area_m2 / 2048 * area_scale(32, int(r.node_nm));
    const double buffer_share = std::min(1.0, sram / r.area.si);
    out.area.si *= node * total({{buffer_share, bytes}, {1 - buffer_share, units * word}});
    if (d.node_nm != r.node_nm) {
        const double energy = energy_scale(int(r.node_nm), int(d.node_nm));
        scale(energy, {&out.mac, &out.register_file, &out.inter_pe, &out.buffer_access, &out.alu});
        out.static_power.si *= energy;
    }
    return out;
}

std::vector<Uncoupled> uncoupled_crossbar_choices() {
    return {{"bus_bits", {"link_energy"}, "area of bus and mesh stay as they are"},
            {"digital_lanes", {"digital_mac_energy"}, "the area counts cells alone, so lanes are free"},
            {"digital_clock", {"digital_mac_energy"}, "a faster clock needs a higher voltage"}};
}
std::vector<Uncoupled> uncoupled_digital_choices() {
    return {{"clock", {"mac_energy"}, "a faster clock needs a higher voltage, and with it more energy per operation"},
            {"bandwidth_B_per_s", {"dram_energy"}, "pins and memory interface have neither area nor static power here"}};
}

}  // namespace ganbar::arch
