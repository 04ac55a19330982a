// uses: config
// The text of a quantity, read as each unit there is. Allowed outcomes: a ConfigError, or a number that its own text reads back to.
#include <cmath>

#include "expect.h"
#include "ganbar/config/node.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ganbar;
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const char* unit : {"V", "A", "S", "ohm", "s", "Hz", "m", "m2", "F", "J", "W", "K", "bit"}) {
        ParamInfo info;
        info.name = "x", info.unit = unit;
        double value = 0;
        try {
            value = config::parse_quantity(text, unit, "x", {"input", 1, 1});
        } catch (const ConfigError&) {
            continue;
        }
        config::Node::Leaf leaf;
        const std::string again = value_text(info, Value{value});
        leaf.value = again.substr(1, again.size() - 2);
        fuzz::expect(!std::isnan(value) && std::get<double>(config::read_value(info, leaf)) == value,
                     text + " does not read back from " + again);
    }
    return 0;
}
