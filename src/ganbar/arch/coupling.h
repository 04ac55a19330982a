// What a machine costs whose choices differ from the published ones. Parameters hold their value at the published geometry, precision and
// node; these functions carry energies, times and areas over to the chosen ones. At the published choices they change nothing.
// docs/accelerators.md has the rules as a table, `ganbar estimate --set` their outcome.
#pragma once
#include "ganbar/arch/crossbar_engine.h"
#include "ganbar/arch/digital_engine.h"

namespace ganbar::arch {

/// Bits that the converters need: the published ones, and as many more or fewer as a lossless one would need; at least one.
double needed_converter_bits(const CrossbarDesign& d, const CrossbarDesign& published);
/// Bits of the converters: adc_bits where it is set, else the needed ones.
double converter_bits(const CrossbarDesign& d, const CrossbarDesign& published);
/// Bits that they lack; never negative.
double converter_bits_lost(const CrossbarDesign& d, const CrossbarDesign& published);

/// Machines with drivers and converters (ISAAC and its kin): resolution after rows, cell and driver bits; converters enough for their
/// columns in the time that an array settles; word lines and bit lines as long as the array is wide and high.
CrossbarDesign couple_converters(const CrossbarDesign& d, const CrossbarDesign& published);
/// Machines with spikes and counters (PipeLayer and its kin): a column fires as often as its largest sum, so time, energy and counter grow
/// with rows and levels.
CrossbarDesign couple_spikes(const CrossbarDesign& d, const CrossbarDesign& published);
/// Digital machines: units cost area and leakage, words cost their bits, buffers their bytes.
DigitalDesign couple_units(const DigitalDesign& d, const DigitalDesign& published);

/// Choices that these functions do not follow.
std::vector<Uncoupled> uncoupled_crossbar_choices();
std::vector<Uncoupled> uncoupled_digital_choices();

}  // namespace ganbar::arch
