// Numbers for readers: engineering prefixes and sane digits. Files and JSON keep bare SI; only pages and terminals use these.
#pragma once
#include <string>
#include <vector>

namespace ganbar::report {

/// 3 significant digits unless told; "0.987", "12.3", "213 632" (narrow no-break spaces), "1.20×10⁻⁷" outside 1e-4 .. 1e7, "–" for NaN.
std::string format_number(double value, int digits = 3);
/// All digits of a count below ten millions, three of a larger one.
std::string count_text(double n);
/// "48.3 µJ" for (48.34e-6, "J"); areas by squared prefixes ("0.0796 mm²"); without a unit as format_number.
/// Unit symbols as in files (J, S, s, V, A, ohm, W, Hz, m, m2, F, K); others are appended unscaled ("5.2 pJ/bit" for "pJ/bit").
std::string format_quantity(double value, const std::string& unit, int digits = 3);

/// "1 240 mm²", whatever the size: areas of chips in one unit, so that a column can be compared.
std::string chip_area_text(double area_m2);

/// "3.20×".
inline std::string times_text(double ratio) { return format_number(ratio) + "×"; }

/// A tick of a logarithmic axis with all the digits that it has: "1.2" beside "1.4", "2 mJ".
std::string tick_text(double value, const std::string& unit);
/// About how wide a text of ticks stands in a figure of pages, in its user units.
double tick_width(const std::string& text);

/// Texts of the ticks of a linear axis: as many decimals as the step between neighbours needs.
std::vector<std::string> format_ticks(const std::vector<double>& values);

struct Prefix {
    double factor = 1;   ///< value / factor is what is shown
    std::string symbol;  ///< "µJ", "mm²", "" for a pure number
};
/// The prefix under which `magnitude` reads as 1 .. 999 (areas: mm² up to a square metre, what chips and wafers are told in).
Prefix prefix_for(double magnitude, const std::string& unit);
/// Unit by the ending of a column or key: "update_energy_J" -> "J", "area_m2" -> "m2", "loss_d" -> "".
std::string unit_of_key(const std::string& key);
/// "update_energy_J" -> "update energy".
std::string label_of_key(const std::string& key);

}  // namespace ganbar::report
