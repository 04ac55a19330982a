// No converter: values pass between crossbars and digital logic as they are, and nothing is billed.
#include "ganbar/tile/converter.h"

namespace ganbar {

void ganbar_register_ideal(ConverterRegistries& r) {
    const Converter none{
        "No converter: values pass exactly, at no cost, whatever the bits. The reference against which the others are judged.", false,
        [](const ConverterChoice&) { return ConversionCost{}; }};
    r.adcs.add("ideal", none);
    r.dacs.add("ideal", none);
}

}  // namespace ganbar
