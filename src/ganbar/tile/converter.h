// The seam of converters between crossbars and digital logic: what a kind does to values, and what one conversion costs by bits, rate and
// node. One kind is one file of converters/; CMake writes the list that registers them.
#pragma once
#include <functional>
#include <memory>

#include "ganbar/core/registry.h"
#include "ganbar/core/units.h"

namespace ganbar {

/// What one conversion takes, and the area of the converter that makes it.
struct ConversionCost {
    Joule energy{0};
    Second time{0};
    SquareMetre area{0};
};

/// What a converter is asked for.
struct ConverterChoice {
    std::int64_t bits = 8;     ///< sign included
    std::int64_t node_nm = 0;  ///< technology node; 0: the one its numbers were published for
    Second time{0};            ///< of one conversion; 0: as published for these bits
};

/// A kind of converter. Values are quantised uniformly between +- its range, or not at all.
struct Converter {
    std::string doc;
    bool quantises = true;  ///< false: values pass as they are, and there is nothing to bill
    std::function<ConversionCost(const ConverterChoice&)> cost;
};

struct ConverterRegistries {
    Registry<Converter> adcs{"ADC"};  ///< outputs of crossbars
    Registry<Converter> dacs{"DAC"};  ///< their inputs
};
/// All kinds of converters/*.cpp.
void register_builtin_converters(ConverterRegistries& registries);
/// The same, made once.
const ConverterRegistries& builtin_converters();

/// Converters side by side that give one conversion in `asked` where one of them takes `own`: interleaved in time, each with its own area
/// (as couple_converters of arch/coupling.h has converters enough for all columns of a step); 1 when one is fast enough.
double interleaved(Second own, Second asked);

struct TileParams;
/// A tile's converters with what they cost.
struct TileConverters {
    std::int64_t adc_bits = 0, dac_bits = 0;  ///< 0: none
    ConversionCost adc, dac;
};
/// The kinds that the parameters name; an energy, time or area that they state stands in place of the kind's own.
/// ConfigError for an unknown kind, or a node that the kind has no numbers for.
TileConverters converters_of(const TileParams& params);

}  // namespace ganbar
