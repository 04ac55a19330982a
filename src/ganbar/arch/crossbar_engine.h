// Cost of a workload on accelerators that keep weights in crossbars: array counts, steps, pipeline, energy by component, area.
// A model file sets the numbers and says which of them the user may change. All equations are in docs/accelerators.md.
#pragma once
#include "ganbar/arch/accelerator.h"
#include "ganbar/arch/pipeline.h"

namespace ganbar::arch {

enum class ZeroPolicy : std::uint8_t {
    inserted,  ///< transposed passes run over the zero-inserted map
    phases,    ///< s^d sub-kernels on their own arrays, side by side
    pixels,    ///< one sub-array per tap (RED); s^d outputs per step
};
enum class WriteScope : std::uint8_t { row, cell };        ///< one write energy programs a whole word line, or one cell
enum class ReadScope : std::uint8_t { row, cell, array };  ///< one read spike's energy drives a word line, one cell, or the whole array
enum class GradientMode : std::uint8_t {
    rewrite,        ///< one operand is written into crossbars for every sample, the other applied as inputs
    outer_product,  ///< added in place, one outer product a window, in arrays of their own that hold the gradient (PANTHER)
    digital,        ///< multiply-accumulate lanes beside the arrays
};
enum class Schedule : std::uint8_t { lockstep, serial };   ///< all layers advance together in logical cycles, or one layer at a time
enum class Packing : std::uint8_t { blocks, dense };       ///< every layer tiled on its own, or cells packed without gaps
enum class BatchNorm : std::uint8_t { reference, exact };  ///< statistics of a reference batch (no wait), or of the batch itself (barriers)

struct CrossbarDesign {
    // geometry and precision
    std::int64_t rows = 128, cols = 128, cell_bits = 2, weight_bits = 16, input_bits = 16, dac_bits = 1, columns_per_weight = 1;
    // one input slice applied to an array; one row of cells programmed
    Second step{100e-9}, write_row{50e-9};
    double cycle_overhead = 1;  ///< of a logical cycle over its products and writes: what the model leaves out
    // energy per step: of a whole active array, per driven row, per converted column, per accumulated column
    Joule array_step{}, row_step{}, column_step{}, accumulate_step{};
    ReadScope read_scope = ReadScope::row;
    double input_density = 1;
    Joule write{};
    WriteScope write_scope = WriteScope::cell;
    Joule activation{}, alu{}, buffer_word{}, buffer_write_word{}, link_word{};
    Watt static_per_array{};
    SquareMetre array_area{}, buffer_word_area{}, fixed_area{};
    // what the periphery was published for (coupling.h): bits of its converters, node, and parts of array_area
    double converter_bits = 8;
    std::int64_t adc_bits = 0;  ///< bits of the converters as chosen; 0: as many as rows, cells and drivers need (coupling.h)
    std::int64_t node_nm = 32;
    SquareMetre converter_area{}, driver_area{}, accumulator_area{}, cells_area{};
    // choices
    ZeroPolicy zeros = ZeroPolicy::inserted;
    GradientMode gradient = GradientMode::rewrite;
    Schedule schedule = Schedule::lockstep;
    BatchNorm batch_norm = BatchNorm::reference;
    bool spatial_parallelism = false, computation_sharing = false;
    std::int64_t transposed_copies = 2;
    std::int64_t steps_per_cycle = 49, gradient_steps_per_cycle = 49;
    std::int64_t max_sub_arrays = 0;   ///< RED: more taps than this share sub-arrays and take turns (0 = no limit)
    bool groups_in_own_arrays = true;  ///< the cells of one weight lie in different arrays, not in neighbouring columns
    std::int64_t digital_lanes = 0;    ///< gradient lanes per layer, digital mode
    Hertz digital_clock{1e9};
    Joule digital_mac{};
    Second outer_product_time{256e-9};  ///< of a whole array
    Joule outer_product_array{290e-12};
    Joule loss_sample{};         ///< the block that turns D's output into the error, per sample
    bool bidirectional = false;  ///< errors go back through the same cells: no transposed arrays
    bool only_fully_connected = false;
    double endurance = 0;        ///< writes that a cell survives; 0: not given
    double update_fraction = 1;  ///< cells that an update pulses
    Packing packing = Packing::blocks;
    std::int64_t arrays_available = 0;  ///< 0 = as many as needed
    // a chip of fixed size (chip.h): what exceeds its arrays is reprogrammed, what exceeds its buffers goes to memory outside
    std::int64_t chip_arrays = 0;  ///< 0: as many as the network needs, no traffic outside
    double dram_B_per_s = 25.6e9;
    Joule dram_bit{20e-12};
    std::int64_t buffer_B_per_array = 0;  ///< 0: a memory of its own, never full
    std::int64_t arrays_per_router = 384;
    double link_B_per_s = 4e9;
    double bandwidth_share = 1;  ///< of memory and mesh: what transfers reach
    // 3D stacks (ZARA): crossbars per vector-matrix multiplier of which one works at a time
    std::int64_t stack_layers = 1, vmms_per_pe = 8, n_pes = 1;
    bool deal_by_load = true;  ///< false: plane after plane, as the layers follow
    Second clock{};            ///< of bus and mesh
    std::int64_t bus_bits = 0;
};

/// What one pass through one layer needs, for one copy of its arrays and one sample.
struct PassPlan {
    double arrays = 0;                       ///< crossbars that hold one copy
    double steps = 0;                        ///< matrix-vector products one after the other
    double copies = 1;                       ///< copies that bring the steps down to the target of a logical cycle
    double array_steps = 0;                  ///< crossbar activations, summed over arrays
    double row_steps = 0, column_steps = 0;  ///< driven rows with a non-zero operand and converted columns, summed over arrays
    double macs_executed = 0;
    double stored_cells = 0,
           stored_rows = 0;     ///< cells and rows of cells that hold one copy of the operand; gradients: programmed per sample
    double digital_macs = 0;    ///< of macs_executed, those beside the arrays
    bool rewritten = false;     ///< the operand is programmed for every sample, into twins that take turns
    double shared_samples = 1;  ///< samples that one product of a gradient serves
    double time_s = 0;          ///< with the copies
};
inline double cells_per_weight(const CrossbarDesign& d) {
    return double((d.weight_bits + d.cell_bits - 1) / d.cell_bits * d.columns_per_weight);
}
/// Input slices of one product.
inline double slices(const CrossbarDesign& d) { return double((d.input_bits + d.dac_bits - 1) / d.dac_bits); }
/// Crossbars of a rows x cols matrix.
double arrays_for(const CrossbarDesign& d, Int rows, Int cols);
PassPlan plan(const CrossbarDesign& d, const LayerWork& layer, Pass pass, Int batch);
/// Plans of the three passes of every layer, kept between calls so that a design point allocates nothing.
struct Plans {
    std::vector<std::array<PassPlan, 3>> generator, discriminator;
    const PassPlan& of(const Op& op) const { return (op.generator ? generator : discriminator)[op.layer][std::size_t(op.pass)]; }
};
/// Copies of the discriminator's arrays that the schedule asks for; one stream of samples alone, without a generator, has no use for any.
struct NetCopies {
    double forward = 1, error = 1, gradient = 1;
    double of(Pass pass) const { return pass == Pass::forward ? forward : pass == Pass::error ? error : gradient; }
};
/// Crossbars of a plan with its copies; dense packing counts the share of an array that the cells fill.
double arrays_of(const CrossbarDesign& d, const PassPlan& p);
/// Energy to program so many cells, in so many rows of cells.
double write_energy_J(const CrossbarDesign& d, double cells, double rows);
/// Whether the workload ever runs this pass of this layer: what never runs has no arrays. Only a discriminator that teaches a generator
/// sends an error down to its input.
bool runs(const Workload& w, bool generator, const LayerWork& layer, Pass pass);
/// Time to program the operand of one sample's gradient, all arrays at once, row by row.
double gradient_write_s(const CrossbarDesign& d, const LayerWork& layer);

/// The schedule of the workload in unit cycles; also used by the event-level check.
Pipeline pipeline_of(const CrossbarDesign& d, const Workload& w);

/// Power of `working_arrays` of `n_arrays` crossbars at full use.
double peak_power_W(const CrossbarDesign& d, double working_arrays, double n_arrays);

/// Crossbars of all copies of all passes.
double crossbar_arrays(const CrossbarDesign& d, const Workload& w);
void run_crossbar(const CrossbarDesign& d, const Workload& w, Estimate& out);

}  // namespace ganbar::arch
