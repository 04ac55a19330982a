// Writing a passive crossbar: which terminals get which voltage in which phase, what every cell then sees, and what it costs.
// A phase selects rows R and columns C and asks for V across their crossings. Voltages on the terminals (word lines in R, other word lines
// | bit lines in C, other bit lines):
//   half      V/2, 0 | -V/2, 0        half-selected cells see V/2                (V/2 scheme)
//   third     V, V/3 | 0, 2V/3        every other cell sees +-V/3               (V/3 scheme)
//   grounded  V, 0   | 0, V/2         one polarity of supply; V/2 in the row and, reversed, in unselected columns
//   floating  V/2, - | -V/2, -        unselected lines are left open: sneak paths decide
//   inhibit   V, 0   | 0, V           unselected bit lines follow the row: for cells whose gates keep the other rows closed (1t1r)
// Through wires a cell sees less; every cell, selected or not, gets a pulse of the voltage computed for it (DeviceArray::program_at), the
// cells being as the phases before left them. Whether a small voltage disturbs a cell is the device model's law.
#pragma once
#include "ganbar/circuit/cell_solver.h"
#include "ganbar/circuit/selector.h"

namespace ganbar {

enum class Scheme : std::uint8_t { half, third, grounded, floating, inhibit };
/// cells: one crossing a phase; rows: the set cells of a row, then its reset cells; rank_one: set (x+,d+), (x-,d-), reset (x+,d-), (x-,d+)
/// of a sign matrix x d^T in four phases (Zamanidoost et al., "Manhattan rule training for memristive crossbar circuit pattern
/// classifiers", 2015).
enum class WriteOrder : std::uint8_t { cells, rows, rank_one };
/// rows: one amplitude a row, so that its selected cells see V on average; cells: one bit-line amplitude for every cell.
enum class WriteCompensation : std::uint8_t { none, rows, cells };

/// sequential: the voltages of every phase on cells as the phases before left them. batched: of all phases of an update on the cells at its
/// start, but for the cells that a phase selects, which it leaves as its pulses moved them, and rows where others have moved by a percent;
/// pulses follow one another as ever.
enum class Programming : std::uint8_t { sequential, batched };

struct WriteParams {
    Scheme scheme = Scheme::half;
    WriteOrder order = WriteOrder::rows;
    WriteCompensation compensation = WriteCompensation::none;
    Programming programming = Programming::sequential;
    double most_gain = 1.5;           ///< compensation never asks a driver for more than this multiple of V
    Second gap{0};                    ///< pause after each phase
    double voltage_tolerance = 1e-5;  ///< of V: to which cell voltages are computed
    static Schema<WriteParams> schema();
};

struct WritePhase {
    std::vector<std::size_t> rows, cols;  ///< ascending
    bool set = true;
};

/// Totals over phases; add reports of several arrays with +=.
struct WriteReport {
    PulseBill bill;  ///< the device model's account, rule as asked
    std::int64_t n_phases = 0, n_set_phases = 0, n_selected = 0, sweeps = 0;
    double time_s = 0;
    double selected_J = 0, half_selected_J = 0, wires_J = 0;  ///< u i t of the wanted cells, of all others, of the wires, by static curves
    double gate_J = 0;                                        ///< of gate lines, up and down once a phase
    double selected_set_J = 0;                                ///< the part of selected_J that set phases took
    double mismatch_V = 0;  ///< batched: the most that cells as they are at the end and wires disagree by, at the last phase's voltages
    double sum_ratio = 0, least_ratio = 1;  ///< delivered over wanted voltage of selected cells: sum, smallest
    double mean_ratio() const { return n_selected > 0 ? sum_ratio / static_cast<double>(n_selected) : 1; }
    void operator+=(const WriteReport& r);
};

/// Why these lines, or cells [first, first + n) at up to v_max_V, are written in sequence whatever `programming` says; "" where they need
/// not.
std::string not_batched(const WriteParams& params, const Wires& wires);
std::string not_batched(const DeviceArray& array, std::size_t first, std::size_t n, double v_max_V);

class ArrayWriter {
public:
    /// The solver must outlive the writer. Throws ConfigError for compensation with an order other than rows.
    ArrayWriter(const CellSolver& solver, const WriteParams& params, const PulsePair& pulses);

    /// From here on cells lie behind transistors that are switches, their gate lines open in the row of a phase. Closed rows are taken for
    /// open circuits (their leakage, g_off of each, is left out) and get no pulse, so that a phase is a row by itself, on its cells as they
    /// are. Throws ConfigError for other cells, several rows a phase, floating lines, compensation.
    void put_behind_transistors(const CellParams& cell);
    /// Phases of a sign matrix (rows x cols; +1 set, -1 reset, 0 nothing). Throws ConfigError when rank_one is asked of one that is not.
    std::vector<WritePhase> phases(std::span<const std::int8_t> signs) const;
    /// Terminal voltages of a phase, NaN = floating.
    void bias(const WritePhase& phase, std::span<double> vw_V, std::span<double> vb_V) const;
    /// Finds the amplitudes of the compensation on cells as they are, with every second column selected at a time, as a table kept since.
    void calibrate(const DeviceArray& array, std::size_t first);
    /// Takes over the drivers' gains that another writer of this shape found at its own amplitude.
    void adopt(const ArrayWriter& calibrated);
    /// Applies a sign matrix to cells [first, first + rows * cols).
    WriteReport write(DeviceArray& array, std::size_t first, std::span<const std::int8_t> signs, EnergyRule rule, const Rng& rng) const;
    /// Voltages of every cell in every phase with the cells as they are (phases x rows x cols), in parallel.
    std::vector<double> cell_voltages(const DeviceArray& array, std::size_t first, std::span<const WritePhase> phases) const;

private:
    class Phases;
    class Batch;
    void calibrate_polarity(const StaticCells& cells, bool set);
    WriteReport write_row(DeviceArray& array, std::size_t first, const WritePhase& phase, std::span<const double> vw_V,
                          std::span<const double> vb_V, EnergyRule rule, const Rng& rng) const;
    /// Plays phases from the first on as one batch; returns how many, fewer than all where cells or terminals ask for the general solver.
    std::size_t write_batched(DeviceArray& array, std::size_t first, std::span<const WritePhase> plan, EnergyRule rule, const Rng& rng,
                              WriteReport& report) const;
    double amplitude_V(bool set) const { return set ? pulses_.set.si : pulses_.reset.si; }
    double most_V() const;

    const CellSolver& solver_;
    WriteParams params_;
    PulsePair pulses_;
    CellParams cell_;
    std::vector<double> gain_[2];     ///< rows: of set and reset, 1 without compensation
    std::vector<double> extra_V_[2];  ///< rows x cols: added magnitude on the bit line, empty without compensation
};

struct VerifyParams {
    double tolerance = 0.01;  ///< of the window: a cell this near to its target is done
    std::int64_t most_rounds = 100;
    static Schema<VerifyParams> schema();
};
struct VerifyReport {
    WriteReport writes;
    std::int64_t n_rounds = 0, n_left = 0;  ///< writes of the whole array; cells not within tolerance at the end
    double worst_S = 0;                     ///< largest distance from the target
};
/// Write and verify: one pulse towards its target for every cell that is off, until all are within tolerance or the rounds are spent.
/// Verification reads each cell's own small-signal conductance.
VerifyReport write_verify(const ArrayWriter& writer, DeviceArray& array, std::size_t first, std::span<const float> target_S,
                          const VerifyParams& params, EnergyRule rule, const Rng& rng);

}  // namespace ganbar
