// Random bits from a passive crossbar by comparing two groups of columns.
// Source: Satyam, Nikam, Sahay, TechRxiv 2022, sec. II and fig. 3. Per bit: pick n of N columns, halve them, write every cell of both
// halves with identical pulses, pick m of N rows, apply the read voltage to these rows, integrate the currents of both halves, and
//     bit = [ sum_A I - sum_B I + noise > offset ]
// The paper prints neither N, n, m, the pulses, the integration time nor the rewriting; every such number is a declared assumption.
// Noise: read noise of the cells (thermal as the device law has it, shot), 1/f noise, telegraph noise of traps, comparator noise, and what
// the device law draws per pulse (cycle-to-cycle); each can be switched.
// Wires in reads: attach_wires; without, unselected lines float and carry nothing. Not modelled: wires and half-selected cells in writes,
// settling. Chip, selection and noise have own streams.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ganbar/bits/bit_generator.h"
#include "ganbar/bits/trng_flicker.h"
#include "ganbar/bits/trng_select.h"
#include "ganbar/bits/trng_telegraph.h"
#include "ganbar/core/matrix.h"
#include "ganbar/device/device_array.h"
#include "ganbar/tile/wire_params.h"

namespace ganbar {

class TransferPlan;

/// When the selected cells are written again.
enum class RewritePolicy : std::uint8_t { every_bit, every_vector, never };
/// How writes of a device with cycle-to-cycle variation are simulated. moments: the sum over the cells read is drawn from the mean and
/// variance of each cell's written state (sampled at construction); pulses: every pulse of every cell. Without such variation both are
/// exact.
enum class WriteModel : std::uint8_t { moments, pulses };
/// Whose ignorance probability_of_one measures, besides the white noise and the outcome of random writes: states: nobody's, the observer
/// sees traps and 1/f noise as they are; chip: the observer knows where the traps are and how often they are filled, not whether they are
/// now.
enum class Observer : std::uint8_t { states, chip };

struct TrngParams {
    std::int64_t size = 64, n_columns = 32, n_rows = 32, vector_bits = 100;
    RewritePolicy rewrite = RewritePolicy::every_bit;
    WriteModel write_model = WriteModel::moments;
    bool fixed_selection = false;
    Volt v_set{1.15}, v_reset{-1.5}, v_read{0.1};
    Second t_pulse{100e-9}, t_int{100e-9};
    std::int64_t n_set = 8, n_reset = 40;
    double read_noise_scale = 1;
    bool shot = false;
    double fano = 1;
    Hertz bandwidth{1e8};
    bool flicker = false;
    FlickerField::Spectrum flicker_spectrum;
    Observer observer = Observer::states;
    Volt full_scale{1}, comparator_offset{1e-4}, comparator_noise{5e-5};
    Joule comparator_energy{1e-13};
    bool telegraph = false;
    double traps_per_cell = 0.1, trap_depth_lo = 0.005, trap_depth_hi = 0.01;
    Second trap_tau_lo{1e-6}, trap_tau_hi{1.0};
    EnergyRule energy_rule = EnergyRule::ohmic;
    SquareMetre cell_area{0.36e-12}, periphery_area{1100e-12};
    static Schema<TrngParams> schema();
    static const char* doc();
};

/// Independent sources: which chip, which cells are picked, what fluctuates. Equal chip and selection with another noise = re-reading.
struct TrngStreams {
    Rng chip, selection, noise;
    explicit TrngStreams(const Rng& rng)
        : chip(rng.stream("trng chip")), selection(rng.stream("trng selection")), noise(rng.stream("trng noise")) {}
    TrngStreams(Rng chip_rng, Rng selection_rng, Rng noise_rng) : chip(chip_rng), selection(selection_rng), noise(noise_rng) {}
};

/// Pulses of one kind: those that moved a cell (they cost energy, satyam2022 sec. III.B) and those that did not.
struct PulseCost {
    double n = 0, n_idle = 0, energy_J = 0, idle_energy_J = 0;
    void add(const PulseCost& c, double times) {
        n += times * c.n, n_idle += times * c.n_idle, energy_J += times * c.energy_J, idle_energy_J += times * c.idle_energy_J;
    }
};
struct WriteCost {
    PulseCost set, reset;
    void add(const WriteCost& c, double times) { set.add(c.set, times), reset.add(c.reset, times); }
};

/// What the bits made so far have cost. Counts are whole numbers, but for the expected pulses of WriteModel::moments.
struct TrngTally {
    std::int64_t n_bits = 0, n_cell_reads = 0;
    WriteCost writes;
    double read_energy_J = 0, comparator_energy_J = 0;
    double write_s = 0, read_s = 0;
    double energy_J() const { return writes.set.energy_J + writes.reset.energy_J + read_energy_J + comparator_energy_J; }
};

/// One generator: an array of size x size cells with its periphery. The same inputs give the same bits for any number of threads and
/// however the bits are asked for.
class ArrayTrng final : public BitGenerator {
public:
    /// `array` has size*size cells, cell (row, column) at index column*size + row; it is fabricated here from streams.chip, at the low
    /// end of its window, and written once. Throws ConfigError for a selection that does not fit.
    ArrayTrng(const TrngParams& params, std::unique_ptr<DeviceArray> array, const TrngStreams& streams);
    ArrayTrng(const TrngParams& params, std::unique_ptr<DeviceArray> array, const Rng& rng)
        : ArrayTrng(params, std::move(array), TrngStreams(rng)) {}

    /// From here on reads go through wires (trng_wires.cpp): all lines are driven, those not picked to 0 V. Call before the first bit.
    void attach_wires(const WireParams& wires);

    using BitGenerator::bits;
    /// Under WriteModel::moments the observer lacks the outcome of the write as well.
    void bits(std::span<std::uint8_t> out, std::span<double> probability_of_one) override;

    const TrngTally& tally() const { return tally_; }
    /// Accounts set_pulse, reset_pulse, read, compare.
    BitCost cost() const override;
    BitArea area() const override;
    void restart(const Rng& selection, const Rng& noise) override;
    /// Offset of this chip's comparator, referred to the difference of the two sums of currents.
    double offset_A() const { return offset_A_; }
    double seconds_per_bit() const;
    const TelegraphTraps& traps() const { return traps_; }
    /// Are the bits to come independent of the order in which they are made (and so made in parallel)? True once writing again
    /// leaves every cell as it is, or when writes are drawn by their moments.
    bool independent() const;

    std::vector<std::uint8_t> state() const override;
    void restore(std::span<const std::uint8_t> bytes) override;

private:
    /// The array between writes: what a read sees, [row][column], and what writing each column again would cost.
    struct Picture {
        Matrix current_A, variance_A2;
        std::vector<WriteCost> next_write;
        std::vector<double> row_A = {};  ///< through wires: what each row draws, columns that are not picked included
    };
    struct Sums {
        double difference_A, total_A;
    };
    struct Partial {
        TrngTally tally;
        std::vector<std::int64_t> writes_of_column;
    };

    // trng_write.cpp: the array under repeated writing
    WriteCost write_column(DeviceArray& array, std::size_t column, const Rng& rng, std::span<const std::uint8_t> rows = {}) const;
    void read_column(const DeviceArray& array, std::size_t column, Picture& picture) const;
    Picture picture_of(const DeviceArray& array) const;
    void prepare_writes();
    bool writes_are_random() const;
    void trace_sequence();
    void step_column(std::size_t column);
    std::vector<float> column_state(const DeviceArray& array, std::size_t column) const;
    void sample_moments();
    void widen_bound(const Picture& picture);
    void show_column(std::size_t column);
    void advance(const Selection& s);
    void advance_column(std::size_t column);
    bool resting(std::size_t column) const;
    bool has_moving_cells() const;
    void resume_drift();
    void draw_vector(std::uint64_t vector, Picture& picture) const;
    Picture through_wires(const Picture& bare) const;
    const Picture& shown();
    std::size_t next_picture(std::size_t column) const;

    Selection select(std::uint64_t bit) const;
    Sums sums(const Matrix& m, const Selection& s) const;
    /// States of the traps for the block that a bit lies in, made when first asked for.
    struct TrapStates {
        std::uint64_t block = ~std::uint64_t{0};
        std::vector<std::uint64_t> filled;
        std::vector<float> loss_A;  ///< current that each trap takes away while filled
    };
    FlickerField flicker_field(const Rng& noise) const;
    double shot_A() const { return 2 * constants::elementary_charge_C * p_.fano * p_.bandwidth.si; }  ///< variance over mean of a current
    /// What traps and 1/f noise do to one bit: the difference they make, the variance of what forgets within a bit, and for an observer who
    /// knows the chip alone the mean and variance of the rest.
    struct Slow {
        double difference_A = 0, white_A2 = 0, mean_A = 0, variance_A2 = 0;
    };
    Slow slow_noise(const Picture& picture, const Selection& s, std::uint64_t bit, TrapStates& states, bool probability);
    void weigh_traps(const Picture& p, TrapStates& states) const;
    double telegraph_difference(const Selection& s, std::uint64_t bit, TrapStates& states) const;
    std::uint8_t decide(const Picture& p, const Selection& s, std::uint64_t bit, const Slow& slow, Partial& partial,
                        double* probability) const;
    void run_independent(std::span<std::uint8_t> out, std::span<double> probability);
    void run_in_order(std::span<std::uint8_t> out, std::span<double> probability);
    void merge(const Partial& partial, std::int64_t n_writes);

    TrngParams p_;
    std::size_t n_, n_words_;  // lines each way; 64-bit words of a set of lines
    std::unique_ptr<DeviceArray> array_;
    std::uint64_t selection_key_, noise_key_;
    Rng write_rng_;
    double offset_A_ = 0, comparator_variance_A2_ = 0;
    bool random_writes_ = false;  // does the device law draw?
    bool stepped_ = false;        // random writes are simulated pulse by pulse while the bits are made
    /// A column whose deterministic sequence is long: written pulse by pulse, cells at rest left out, until all of them are.
    struct Drift {
        std::vector<std::uint8_t> moving;  // per row
        WriteCost rest;                    // of the cells that no write moves any more
        std::uint64_t n_writes = 0;
        bool open = false;
    };
    std::vector<Drift> drift_;
    std::vector<Picture> sequence_;                 // deterministic writes: the array after write 1, 2, ...
    std::vector<std::size_t> length_, loop_start_;  // per column: distinct pictures, and where the last one leads to
    std::vector<std::size_t> at_;                   // per column: picture shown
    Picture now_;
    Matrix written_variance_A2_;  // moments: variance over writes of a cell's read current
    TelegraphTraps traps_;
    FlickerField flicker_;
    double max_variance_A2_ = 0;  // no read of the selected cells has more
    std::optional<WireParams> wires_;
    std::shared_ptr<const TransferPlan> plan_;
    Picture shown_;  // now_ through the wires
    bool shown_is_old_ = true;
    std::uint64_t next_bit_ = 0;
    TrngTally tally_;
};

}  // namespace ganbar
