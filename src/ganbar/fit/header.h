// What the columns of a file of measured pulses are, from its header. Internal to fit/.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ganbar/core/error.h"

namespace ganbar::fit {

enum class Quantity : std::uint8_t { none, device, cycle, pulse, voltage, width, conductance, resistance, current, read_voltage };

struct Column {
    Quantity what = Quantity::none;
    double scale = 1;  ///< to SI
    bool has_unit = false;
    bool unit_in_name = false;  ///< the header says it, not an option
    const char* si = "";        ///< unit of the quantity in SI, "" for a number
    std::string name;           ///< as the header has it
    std::string repetition;     ///< not empty: one of several columns of the same quantity, and which
    std::string device;         ///< not empty: the column is this device's ("dev2_g_uS")
};

/// The columns. `unit` is that of the measured quantity where its name has none. DataError with the place of names and units that are not
/// understood.
std::vector<Column> read_header(const std::vector<std::string>& names, const std::string& unit, const Location& where);

}  // namespace ganbar::fit
