#include "ganbar/report/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ganbar::report {
namespace {

constexpr std::array<const char*, 9> prefixes = {"a", "f", "p", "n", "µ", "m", "", "k", "M"};  // 10^-18 ... 10^6
constexpr std::array<const char*, 11> scaled_units = {"J", "S", "s", "V", "A", "ohm", "W", "Hz", "m", "F", "m2"};
const std::string narrow_space = "\u202f";

bool is_scaled(const std::string& unit) { return std::find(scaled_units.begin(), scaled_units.end(), unit) != scaled_units.end(); }

std::string group_thousands(std::string digits) {
    const std::size_t point = std::min(digits.find('.'), digits.size());
    const std::size_t first = digits[0] == '-' ? 1 : 0;
    if (point - first < 5) return digits;
    for (std::size_t i = point - 3; i > first; i = i > 3 ? i - 3 : 0) digits.insert(i, narrow_space);
    return digits;
}

std::string with_minus(std::string text) {
    for (std::size_t at = text.find('-'); at != std::string::npos; at = text.find('-', at + 3)) text.replace(at, 1, "−");
    return text;
}

/// "1.50×10⁻⁷"
std::string power_of_ten(double value, int digits) {
    static constexpr std::array<const char*, 10> raised = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    const std::string text = fmt::format("{:.{}e}", value, digits - 1);
    const std::size_t e = text.find('e');
    const int power = std::stoi(text.substr(e + 1));
    std::string out = with_minus(text.substr(0, e)) + "×10" + (power < 0 ? "⁻" : "");
    for (const char digit : std::to_string(std::abs(power))) out += raised[static_cast<std::size_t>(digit - '0')];
    return out;
}

}  // namespace

std::string format_number(double value, int digits) {
    if (std::isnan(value)) return "–";
    if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
    if (value == 0) return "0";
    const double magnitude = std::abs(value);
    if (magnitude < 1e-4 || magnitude >= 1e7) return power_of_ten(value, digits);
    // Rounding first decides the decade: 0.9996 with three digits is 1.00.
    const double rounded = std::stod(fmt::format("{:.{}e}", magnitude, digits - 1));
    const int decade = static_cast<int>(std::floor(std::log10(rounded) + 1e-12));
    const int decimals = std::max(0, digits - 1 - decade);
    const bool whole = std::abs(value - std::round(value)) <= 1e-9 * magnitude;  // 50e-6 / 1e-6 is 50.00000000000001
    return with_minus(group_thousands(fmt::format("{:.{}f}", value, whole ? 0 : decimals)));
}

std::vector<std::string> format_ticks(const std::vector<double>& values) {
    double step = values.size() > 1 ? std::abs(values[1] - values[0]) : values.empty() ? 1 : std::abs(values[0]);
    double largest = 0;
    for (const double v : values) largest = std::max(largest, std::abs(v));
    const bool plain = step > 0 && largest < 1e7 && largest >= 1e-4;
    const int decimals = plain ? std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9))) : 0;
    std::vector<std::string> texts;
    for (const double v : values)
        texts.push_back(v == 0 ? "0" : plain ? with_minus(group_thousands(fmt::format("{:.{}f}", v, decimals))) : format_number(v));
    return texts;
}

Prefix prefix_for(double magnitude, const std::string& unit) {
    const std::string shown = unit == "ohm" ? "Ω" : unit;
    magnitude = std::abs(magnitude);
    if (unit == "m2") {
        if (magnitude >= 1 || magnitude == 0) return {1, "m²"};
        if (magnitude >= 1e-8) return {1e-6, "mm²"};
        return magnitude >= 1e-14 ? Prefix{1e-12, "µm²"} : Prefix{1e-18, "nm²"};
    }
    if (!is_scaled(unit) || magnitude == 0 || !std::isfinite(magnitude)) return {1, shown};
    const int thousands = static_cast<int>(std::floor(std::log10(magnitude) / 3 + 1e-12));
    const int power = std::clamp(thousands, -6, unit == "s" || unit == "m" ? 0 : 2);
    return {std::pow(10.0, 3 * power), prefixes[static_cast<std::size_t>(power + 6)] + shown};
}

std::string format_quantity(double value, const std::string& unit, int digits) {
    if (unit.empty() || !std::isfinite(value)) return format_number(value, digits);
    // Rounding first: 999.96 nJ reads 1.00 µJ.
    const double rounded = value == 0 ? 0 : std::stod(fmt::format("{:.{}e}", value, digits - 1));
    const Prefix prefix = prefix_for(rounded, unit);
    return format_number(value / prefix.factor, digits) + "\u202f" + prefix.symbol;
}

std::string count_text(double n) { return format_number(n, n < 1e7 ? 7 : 3); }

std::string tick_text(double value, const std::string& unit) {
    constexpr int most_digits = 4;
    int digits = 1;
    while (digits < most_digits && std::abs(std::stod(fmt::format("{:.{}e}", value, digits - 1)) - value) > 1e-6 * std::abs(value))
        ++digits;
    return format_quantity(value, unit, digits);
}

double tick_width(const std::string& text) {
    constexpr double per_letter = 8.9;                                                             // on a phone; less on other screens
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };  // UTF-8
    return per_letter * double(text.size() - std::size_t(std::count_if(text.begin(), text.end(), continues)));
}

std::string chip_area_text(double area_m2) { return format_number(1e6 * area_m2) + "\u202fmm²"; }

std::string unit_of_key(const std::string& key) {
    const std::size_t at = key.rfind('_');
    if (at == std::string::npos) return "";
    const std::string ending = key.substr(at + 1);
    return is_scaled(ending) || ending == "K" ? ending : "";
}

std::string label_of_key(const std::string& key) {
    const std::string unit = unit_of_key(key);
    std::string label = unit.empty() ? key : key.substr(0, key.size() - unit.size() - 1);
    std::replace(label.begin(), label.end(), '_', ' ');
    return label;
}

}  // namespace ganbar::report
