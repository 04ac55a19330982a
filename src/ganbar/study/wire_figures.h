// What wires do to one array of an experiment's device: figures for the study of wires. No training.
#pragma once
#include "ganbar/experiment/experiment.h"
#include "ganbar/report/figure.h"

namespace ganbar::study {

/// An n x n array with cells spread evenly over the window and random signs to write, behind wires of r_ohm a segment and terminals of
/// terminal_ohm.
struct ArrayCase {
    std::size_t n = 64;
    double r_ohm = 1, terminal_ohm = 10;
    Scheme scheme = Scheme::half;
    WriteCompensation compensation = WriteCompensation::none;
};

class WireFigures {
public:
    explicit WireFigures(const Experiment& e) : e_(e) {}

    /// Part of the pulse voltage that reaches selected cells: mean and least, in the row phases of some rows.
    struct Delivered {
        double mean = 0, least = 0;
    };
    Delivered delivered(const ArrayCase& c) const;
    /// Mean of transfer over conductance.
    double read_share(const ArrayCase& c) const;

    report::HeatTable voltage_map(const ArrayCase& c) const;
    report::HeatTable read_map(const ArrayCase& c) const;
    report::Chart delivered_by_resistance(const std::vector<double>& r_ohm, const std::vector<double>& terminals_ohm) const;
    report::Chart delivered_by_size(const std::vector<double>& sizes, const std::vector<double>& r_ohm) const;
    report::Chart read_by_resistance(const std::vector<double>& r_ohm, const std::vector<double>& sizes) const;
    /// Distribution over cells of the change obtained over the change wanted, half-selected exposures included.
    report::Chart obtained_updates(const std::vector<double>& r_ohm) const;
    /// One update of the array by scheme: phases, time, energies, and what unselected exposures move.
    report::TextTable schemes(const std::vector<ArrayCase>& cases) const;

private:
    std::unique_ptr<DeviceArray> cells(std::size_t n) const;
    PulsePair pulses() const { return {e_.rule.pulses->set, e_.rule.pulses->reset, e_.rule.pulses->width}; }
    Wires wires(const ArrayCase& c) const;
    std::vector<double> seen_by_reads(const ArrayCase& c) const;  ///< transfer over conductance, cell by cell
    struct WrittenArray;
    const Experiment& e_;
};

}  // namespace ganbar::study
