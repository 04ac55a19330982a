// Measured pulses as laboratories export them: conductance after each pulse, by device and cycle.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ganbar/core/units.h"

namespace ganbar::fit {

/// One pulse, and the conductance read after it.
struct PulseRow {
    std::int32_t device = 0, cycle = 0;  ///< position among the names of the file; number of the repetition
    double v_V = 0, t_s = 0;             ///< 0 V: a read without a pulse
    double g_S = 0;                      ///< NaN where the file has a gap: the pulse was given, its read is missing
    std::int32_t line = 0;               ///< of the file
};
struct PulseData {
    std::string file;
    std::vector<std::string> devices;  ///< names, in order of appearance
    std::vector<PulseRow> rows;        ///< device by device, each in the order of its pulses
    std::vector<std::string> notes;    ///< how the file was read: separator, units, gaps
    std::size_t n_gaps = 0;
    int v_column = 0, t_column = 0;  ///< of the file, from 1; 0 where it has none
};

/// A stretch of equal pulses of a sequence that the file itself does not hold.
struct PlannedPulses {
    std::int64_t count = 1;
    Volt voltage;
    Second width;
};
/// "100 x 1.0 V,100 ns; 100 x -1.2 V,100 ns": volts and seconds where no unit stands. ConfigError for anything else.
std::vector<PlannedPulses> parse_plan(const std::string& text);

struct ReadOptions {
    std::optional<double> read_V;     ///< at which currents were read, where the file does not say
    std::vector<PlannedPulses> plan;  ///< amplitude and width of the rows of a cycle where the file has none; begins anew with each cycle
    std::optional<double> width_s;    ///< of every pulse, where the file has no width
    std::string unit;                 ///< of the conductance, resistance or current, where the header has none
    bool sweep = false;               ///< the rows are points of I-V sweeps: g_S then holds the current, in amperes
};

/// Reads measured pulses. A header names the columns, in any order: device, cycle, pulse, v, t, and one of g, r, i (or longer names:
/// conductance, resistance, current, voltage, width), with the unit behind the name (`g_uS`, `R (kohm)`, `t [ns]`) or SI; v_read beside
/// i. Or one column a repetition: `cycle1 (uS);cycle2 (uS)`, `g_uS_1,g_uS_2`. Separators , ; tab; decimal commas where the separator is
/// another; quoted cells; lines that begin with # before the header. Empty cells, NaN, NA and - are gaps.
/// Conductances in siemens whatever the file has. DataError with row and column of what cannot be read.
PulseData parse_pulses(std::string_view text, const std::string& file, const ReadOptions& options = {});
PulseData read_pulses(const std::filesystem::path& path, const ReadOptions& options = {});
/// Of one cell of a file: without blanks around it and without its quotes.
std::string_view trimmed(std::string_view s);

}  // namespace ganbar::fit
