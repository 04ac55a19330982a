// Reads that no read beside them supports: a contact lost, a range switched. They are set aside before anything is fitted.
#pragma once
#include "ganbar/fit/pulse_data.h"

namespace ganbar::fit {

/// Numbers of such rows, ascending; none where they would be more than a twentieth of all reads, for then the device does it.
/// One or two reads in a row that lie off what comes before and behind, where that agrees, by eight standard deviations of single reads and
/// three steps about them, and by more than nine of ten steps; three in a row are the device's. Where the pulses turn (set before, reset
/// behind, or other amplitudes) both steps must be thrice what nine of ten such pulses make. A cycle's first and last read: off all other
/// reads of the device by thrice its largest step.
std::vector<std::size_t> wild_reads(const PulseData& data);

/// "3 of 1288 reads (0.23%) have no read beside them that supports them and are set aside: device 4, line 57 (0.16 uS); ..."
std::string wild_reads_note(const PulseData& data, const std::vector<std::size_t>& wild);

}  // namespace ganbar::fit
