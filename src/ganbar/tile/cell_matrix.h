// The cells of one weight matrix with what their controller remembers: what training rules program.
#pragma once
#include <functional>
#include <memory>
#include <span>

#include "ganbar/circuit/programming.h"
#include "ganbar/core/linear_op.h"
#include "ganbar/core/optimizer.h"
#include "ganbar/device/device_array.h"
#include "ganbar/tile/cell_group.h"
#include "ganbar/tile/tile_params.h"

namespace ganbar {

/// What programming some cells took.
struct UpdateBill {
    PulseBill pulses;
    std::int64_t n_verify = 0, n_passes = 0;  ///< reads of single cells; pulses of the slowest cell
    double verify_J = 0;
};

/// Digital memory beside the cells, kept in checkpoints. Empty until a rule needs it.
struct RuleMemory {
    Matrix average;                    ///< one number per weight: an averaged gradient, or what is due
    Moments moments;                   ///< of the gradient
    std::vector<std::int8_t> owed[2];  ///< per plane, one number per cell
    double pulse_step_S = 0;           ///< measured change of one pulse at mid-window; 0 before it is needed
};

/// Total conductance on each line of a block, in the order of lines; first: index of the first line in the matrix.
struct LineLoads {
    std::size_t first = 0;
    bool columns = false;
    std::span<const double> line_S;
};

struct CellMatrix {
    static constexpr std::size_t rows_per_item = 24;  // of a parallel loop; even: noise is drawn for pairs of samples
    static std::size_t n_items(std::size_t n) { return (n + rows_per_item - 1) / rows_per_item; }

    std::string name;
    std::size_t n_in = 0, n_out = 0;
    double w_max = 0;
    TileParams params;
    std::vector<std::unique_ptr<DeviceArray>> planes;  ///< one of n_in x n_out cells, row-major; two under differential mapping (G+, G-)
    std::vector<Block> blocks;
    std::vector<std::int8_t> sign;  ///< of each weight under signed mapping, else +1
    RuleMemory memory;
    std::vector<LineLoads> lines;  ///< before the pulses; for rules that want pairs

    /// Hands a block of a plane to `program` as a group behind its wires. Empty: pulses see ideal wires.
    using ProgramGroup = std::function<void(CellGroup&)>;
    std::function<WriteReport(CellMatrix& cells, std::size_t block, std::size_t plane, const ProgramGroup& program)> through_wires;

    Window window() const { return planes[0]->window(); }
    std::string account(const Step& step) const { return step.account + "/" + name; }
    /// Change of a weight that one pulse on each of its cells is counted on to make (PulseShape::step, measured when 0).
    double pulse_weight(const PulseShape& pulse);
    /// |counts| pulses on each cell of one row, in the weights' direction; [n_out].
    UpdateBill program_row(std::size_t row, std::span<const std::int8_t> counts, const PulseShape& pulse, const Rng& rng);
    /// The cells of a group read at v_read one after the other, noise included, into g_S; booked for those asked.
    void verify_read(CellGroup& cells, std::span<const std::int8_t> asked, const Rng& rng, std::vector<float>& g_S, UpdateBill& bill) const;
    /// Signed mapping with sign flips: a cell that shows zero weight, or less, and is asked for less still: its sign bit flips and the same
    /// pulse becomes a set. Weights are asked to move by `direction` times `demand`; what stays within the threshold asks for nothing.
    void flip_signs(const Matrix& demand, float direction, float threshold, Step& step);
    bool flips_signs() const { return params.sign_flips && params.mapping == Mapping::signed_cell; }
    void book_pulses(const std::vector<UpdateBill>& bills, double time_s, Step& step) const;

private:
    UpdateBill program_counts(std::size_t plane, std::size_t first, std::span<const std::int8_t> counts, const PulseShape& pulse,
                              const Rng& rng);
};

}  // namespace ganbar
