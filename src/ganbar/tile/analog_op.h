// A weight matrix on crossbars: reads forward and transposed through the same cells, updates by pulses, books what it costs.
#pragma once
#include <memory>
#include <span>

#include "ganbar/core/kernels/array_read.h"
#include "ganbar/core/linear_op.h"
#include "ganbar/tile/cell_matrix.h"
#include "ganbar/tile/converter.h"
#include "ganbar/tile/pulse_rules.h"
#include "ganbar/tile/tile_params.h"
#include "ganbar/tile/tune_spec.h"
#include "ganbar/tile/wire_params.h"

namespace ganbar {

class AnalogOp final : public LinearOp, public PatchOperator {
public:
    /// `planes`: one array of n_in x n_out cells, two for differential mapping (G+, G-). `blocks`: this layer's part of the placement.
    /// `initial`: weights to start from, [n_in x n_out]; |w| beyond w_max clips. Cells are drawn from rng.stream("device").
    AnalogOp(std::string name, std::vector<std::unique_ptr<DeviceArray>> planes, std::vector<Block> blocks, const Matrix& initial,
             double w_max, const TileParams& params, const Rng& rng);

    /// From here on reads and pulses go through wires, each block as an array of its own whose lines end where the block ends. Call before
    /// the first use.
    void attach_wires(const WireParams& wires);

    std::size_t n_in() const override { return cells_.n_in; }
    std::size_t n_out() const override { return cells_.n_out; }
    void forward(const Matrix& x, Matrix& y, Step& step) override { read(false, x, y, step); }
    void backward(const Matrix& dy, Matrix& dx, Step& step) override {
        cells_.params.errors == ErrorPass::digital ? backward_digital(dy, dx, step) : read(true, dy, dx, step);
    }
    void update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) override;
    PatchOperator* patches() override { return this; }
    void forward_patches(const PatchMap& map, const Matrix& x, std::size_t samples, Matrix& y, Step& step) override;
    void backward_patches(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, bool accumulate, Step& step) override;
    void update_patches(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, const UpdateRule& rule,
                        Step& step) override;
    Matrix weights() const override;
    /// The gradient that update() forms: x^T dy, [n_in x n_out]; of a convolution summed over patches. Moves nothing.
    static void gradient(const Matrix& x, const Matrix& dy, Matrix& out);
    static void gradient(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, Matrix& out);
    /// One update of a rule that needs the gradient alone, [n_in x n_out], however it was made (multiply_at_b, patch_gradient, averaged
    /// over machines): pulses the cells against it and books them under update/. ConfigError for a rule that pulses sample by sample, or
    /// moves no cells of one array.
    void apply(const Matrix& gradient, const UpdateRule& rule, Step& step);
    /// Sets the cells to weights [n_in x n_out] at once, without pulses, noise or a bill; |w| beyond w_max clips. Signs go with them.
    void write(const Matrix& weights);
    State state() const override;
    void restore(const State& state) override;

    const std::vector<Block>& blocks() const { return cells_.blocks; }
    /// Conductances of plane 0 (G+) or 1 (G-), row-major [n_in x n_out].
    std::vector<float> conductance(std::size_t plane = 0) const;
    /// The same as a read at this voltage sees them, I(v)/v.
    std::vector<float> chord_conductance(Volt v, std::size_t plane = 0) const;
    /// What a forward read outside training computes, block by block, for those who write it down in another form. With q = round(x / x_max
    /// d) / d (d = dac_codes; 0: unrounded), x_max the largest |x| of the batch: currents I = q v_read g plus Gaussian noise of variance_A2
    /// + variance_per_V2 (mean v^2) + (adc_noise_lsb lsb)^2 a column, lsb = range_A / adc_codes; y += x_max weight_per_S / v_read lsb
    /// clip(round(I / lsb)), or of I itself where adc_codes is 0.
    struct ReadForm {
        struct Part {
            Block block;
            Matrix g_S;  ///< [rows x cols] signed effective conductance, wires and curved cells included
            std::vector<float> variance_A2, variance_per_V2;  ///< per column; zeros without read noise
            float range_A = 0;                                ///< 0: not settled yet, the first read does it
        };
        std::vector<Part> parts;
        double v_read_V = 0, weight_per_S = 0, adc_noise_lsb = 0;
        std::int64_t dac_codes = 0, adc_codes = 0;
        Matrix weights() const;  ///< [n_in x n_out] that q and I stand for: weight_per_S times the conductances
    };
    ReadForm read_form();
    std::size_t n_planes() const { return cells_.planes.size(); }
    /// Sign of each weight under signed mapping, else all +1.
    const std::vector<std::int8_t>& signs() const { return cells_.sign; }
    Window window() const { return cells_.planes[0]->window(); }
    double w_max() const { return cells_.w_max; }

    /// Change of a weight that one pulse on each of its cells is counted on to make (PulseShape::step, measured when 0).
    double pulse_weight(const PulseShape& pulse) { return cells_.pulse_weight(pulse); }
    /// |counts| pulses on every cell of these rows, up where positive; counts: [rows.size() x n_out], in weights' direction.
    void pulse_rows(std::span<const std::size_t> rows, std::span<const std::int8_t> counts, const PulseShape& pulse, Step& step);
    /// Set and reset in turn on every cell, n_pairs times: brings each cell to the point where both move it equally far.
    void alternate(std::int64_t n_pairs, const PulseShape& pulse, Step& step);
    /// Writes weights [n_in x n_out] cell by cell with verification; signs of single cells are set with them. Booked under programming/.
    TuneReport tune(const Matrix& weights, const TuneSpec& spec, Step& step);

    /// One block as a read outside training sees it: y += weight_per_siemens x_max / v_read ADC(v g + noise), v the converted inputs in
    /// volts, the noise's variance of output j zero[j] + slope[j] mean(v^2). For programs that repeat a read elsewhere.
    struct BlockRead {
        Block block;
        Matrix g_S;                                              ///< [rows x cols], signed
        std::vector<float> variance_zero_A2, variance_slope_S2;  ///< of each output; zeros without read noise
        float range_A = 0;                                       ///< of the block's ADC, 0: none, or not read yet
    };
    std::vector<BlockRead> block_reads();
    double weight_per_siemens() const { return (cells_.params.mapping == Mapping::offset ? 2 : 1) * cells_.w_max / span_S_; }
    const TileConverters& converters() const { return converters_; }
    const TileParams& params() const { return cells_.params; }
    /// Full scales of the ADCs, block after block: forward, transposed. Setting them is for replicas of one chip that read different
    /// samples.
    std::vector<float> ranges() const;
    void set_ranges(std::span<const float> ranges_A);
    /// Time passes without a pulse: cells drift (NonidealParams). False where they do not.
    bool rest(Second time);

private:
    static constexpr std::size_t n_calibration = 4 * CellMatrix::rows_per_item;
    struct Side {                                                    // one direction of one block
        Matrix g;                                                    // [inputs x outputs] signed effective conductance, S
        std::vector<float> sigma, variance_at_zero, variance_slope;  // of the output currents: variance = zero + slope v_rms^2
        std::vector<double> line_S;                                  // total conductance on each input line
        float range_A = 0;
    };
    struct Tile {
        Block block;
        Side side[2];  // forward, transposed
        std::uint32_t stream = 0;
    };
    void read(bool transposed, const Matrix& x, Matrix& y, Step& step);
    /// One read of all blocks: what its inputs were converted with, and what the kernel needs.
    struct Reading {
        bool transposed = false;
        std::size_t rows = 0;
        float x_max = 1;
        std::vector<double> sum_v2;  // per input line, over all rows
        std::uint64_t key = 0;
        std::vector<kernels::ReadBlock> blocks;
    };
    void before_read(bool training);
    float full_scale(const std::vector<float>& largest) const;
    void convert_inputs(const Matrix& x, Reading& reading);
    void convert_map(const PatchMap& map, const Matrix& x, std::size_t samples, Reading& reading);
    void start(Reading& reading, const Matrix& first_rows, const Step& step);
    void finish(const Reading& reading, const std::vector<float>& currents, Step& step);
    void calibrate(bool transposed, const Matrix& first_rows, std::uint64_t key);
    const Matrix& digital_copy(std::size_t n_taps);
    std::vector<kernels::ReadBlock> prepare(bool transposed, double v_rms2, double gain, bool convert);
    void book_read(bool transposed, std::size_t batch, const std::vector<double>& sum_v2, Step& step) const;
    void calibrate_mapping();
    struct Wired;  // analog_op_wires.cpp
    struct WiredGroup;
    UpdateBill tune_range(std::size_t plane, std::size_t first, std::span<const float> wanted, const TuneSpec& spec, const Rng& rng,
                          TuneReport& report);
    void backward_digital(const Matrix& dy, Matrix& dx, Step& step);
    void book_digital(std::size_t rows, Step& step) const;
    void refresh(bool training);
    void cells_moved();
    void wired_due();
    void refresh(Tile& tile);
    void refresh_through_wires(bool training);
    void refresh_wired(std::size_t tile);
    std::vector<float> wires_state() const;
    void restore_wires(const std::vector<float>& state);
    std::size_t max_code(std::int64_t bits) const { return bits == 0 ? 0 : (std::size_t{1} << (bits - 1)) - 1; }

    CellMatrix cells_;
    double reference_S_ = 0, span_S_ = 0;  // what cells at the ends of the window show to a read, on average
    TileConverters converters_;
    std::vector<Tile> tiles_;
    Matrix gradient_, volts_, errors_,
        copy_;  // errors_: of a part's outputs, in its order; copy_: weights in digital logic, transposed tap by tap
    bool dirty_ = true, copy_due_ = true;
    std::shared_ptr<Wired> wired_;  // null: ideal wires
};

}  // namespace ganbar
