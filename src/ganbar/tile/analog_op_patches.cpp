// Reads of convolutions that follow the table of patches (core/patch_map.h): a feature map is converted once and a few patches at a time
// are laid out in the second-level cache, so that no matrix of patches is ever written to memory. Noise belongs to patches, counted over
// the whole batch, and currents are summed as for laid-out rows: outputs have the same bits. Only the sums of squared voltages behind the
// energy of reads and the voltage dependence of noise run in another order, position after position.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "ganbar/core/parallel.h"
#include "ganbar/core/patches.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar {
namespace {

constexpr std::size_t floats_per_item =
    1024;  // of one sample: long runs of memory, and their sums of squares stay in the first-level cache

/// Input positions that some patch meets.
std::vector<std::uint8_t> met(const PatchMap& map) {
    std::vector<std::uint8_t> out(map.n_source, 0);
    for (const auto s : map.source)
        if (s >= 0) out[static_cast<std::size_t>(s)] = 1;
    return out;
}

void add(const float* from, std::size_t n, float* to) {
    std::size_t k = 0;
    for (; k + 8 <= n; k += 8)
        for (std::size_t l = 0; l < 8; ++l) to[k + l] += from[k + l];
    for (; k < n; ++k) to[k] += from[k];
}

/// Rows that one thread works on.
Matrix& workspace(std::size_t rows, std::size_t cols) {
    thread_local Matrix rows_of_thread;
    rows_of_thread.resize(rows + 1, cols);  // one more for lines that end beyond the last
    return rows_of_thread;
}

/// Rows [first, first + rows) of the matrix of patches. piece: floats copied at a time, which c is a multiple of; or whole lines of 16,
/// since rows are padded to them and what is copied beyond a tap is written over by the next one.
template <std::size_t piece>
void lay_out_in(const PatchMap& map, const Matrix& volts, std::size_t first, std::size_t rows, Matrix& out) {
    static constexpr float outside[piece] = {};
    const std::size_t c = volts.cols(), n = map.n_patches();
    std::size_t s = first / n, i = first % n;
    for (std::size_t r = 0; r < rows; ++r) {
        float* to = out.row(r);
        const std::int32_t* taps = &map.source[i * map.n_taps];
        for (std::size_t t = 0; t < map.n_taps; ++t, to += c) {
            const float* from = taps[t] < 0 ? outside : volts.row(s * map.n_source + static_cast<std::size_t>(taps[t]));
            const std::size_t next = taps[t] < 0 ? 0 : piece;
            for (std::size_t k = 0; k < c; k += piece, from += next) std::memcpy(to + k, from, piece * sizeof(float));
        }
        if (++i == n) i = 0, ++s;
    }
}
void lay_out(const PatchMap& map, const Matrix& volts, std::size_t first, std::size_t rows, Matrix& out) {
    if (volts.cols() <= 2) lay_out_in<1>(map, volts, first, rows, out);
    else if (volts.cols() == 8) lay_out_in<8>(map, volts, first, rows, out);
    else lay_out_in<16>(map, volts, first, rows, out);
}

}  // namespace

// Groups of positions: a group's rows of one sample lie side by side, so they are converted as one long row, sample after sample.
void AnalogOp::convert_map(const PatchMap& map, const Matrix& x, std::size_t samples, Reading& reading) {
    const std::size_t c = x.cols(), stride = x.stride(), group = std::max<std::size_t>(1, floats_per_item / stride),
                      n = (map.n_source + group - 1) / group;
    const auto is_met = met(map);
    const bool all_met = std::count(is_met.begin(), is_met.end(), 1) == static_cast<std::ptrdiff_t>(map.n_source);
    std::vector<float> largest(samples, 0.0f);
    parallel_for(samples, [&](std::size_t s) {
        const float* first = x.row(s * map.n_source);
        if (all_met) largest[s] = kernels::max_abs_rows(first, stride, map.n_source, c);
        for (std::size_t p = 0; p < map.n_source && !all_met; ++p)
            if (is_met[p])
                largest[s] =
                    std::isnan(largest[s]) ? largest[s] : std::max(kernels::max_abs_rows(first + p * stride, stride, 1, c), largest[s]);
    });
    reading.rows = samples * map.n_patches();
    reading.x_max = full_scale(largest);
    volts_.resize(x.rows(), c);
    std::vector<double> squares(map.n_source * stride, 0.0);
    parallel_for(n, [&](std::size_t item) {
        const std::size_t p = item * group, count = std::min(group, map.n_source - p);
        kernels::dac_rows(x.row(p), map.n_source * stride, volts_.row(p), map.n_source * stride, samples, count * stride, reading.x_max,
                          static_cast<float>(cells_.params.v_read.si), static_cast<float>(max_code(converters_.dac_bits)),
                          &squares[p * stride]);
    });
    reading.sum_v2.assign(cells_.n_in, 0.0);
    parallel_for(map.n_taps, [&](std::size_t t) {
        double* sum = &reading.sum_v2[t * c];
        for (const auto& pair : map.by_tap[t]) {
            const double* square = &squares[static_cast<std::size_t>(pair.source) * stride];
#pragma omp simd
            for (std::size_t k = 0; k < c; ++k) sum[k] += square[k];
        }
    });
}

void AnalogOp::forward_patches(const PatchMap& map, const Matrix& x, std::size_t samples, Matrix& y, Step& step) {
    GANBAR_ASSERT(map.n_taps * x.cols() == cells_.n_in && x.rows() == samples * map.n_source && y.rows() == samples * map.n_target &&
                  y.cols() == cells_.n_out);
    before_read(step.training);
    Reading reading;
    convert_map(map, x, samples, reading);
    const std::size_t n_first = std::min(n_calibration, reading.rows);
    Matrix first_rows(n_first + 1, cells_.n_in);
    lay_out(map, volts_, 0, n_first, first_rows);
    first_rows.resize(n_first, cells_.n_in);
    start(reading, first_rows, step);
    const bool direct = map.in_order;
    const auto& blocks = reading.blocks;
    const std::size_t n = CellMatrix::n_items(reading.rows), per_sample = map.n_patches();
    std::vector<float> currents(n * blocks.size());
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * CellMatrix::rows_per_item, rows = std::min(CellMatrix::rows_per_item, reading.rows - r);
        Matrix& patches = workspace(CellMatrix::rows_per_item, cells_.n_in);
        lay_out(map, volts_, r, rows, patches);
        Matrix own(direct ? 0 : rows, cells_.n_out);
        float* out = direct ? y.row(r) : own.row(0);
        std::fill_n(out, rows * y.stride(), 0.0f);
        kernels::read_blocks(patches.row(0), patches.stride(), out, y.stride(), r, rows, blocks.data(), blocks.size(), reading.key, 0,
                             &currents[item * blocks.size()]);
        for (std::size_t k = 0; k < rows && !direct; ++k)
            std::copy_n(own.row(k), cells_.n_out,
                        y.row((r + k) / per_sample * map.n_target + static_cast<std::size_t>(map.target[(r + k) % per_sample])));
    });
    finish(reading, currents, step);
}

// Whole samples an item, since their patches overlap; an even number of rows, since noise is drawn for pairs.
void AnalogOp::backward_patches(const PatchMap& map, const Matrix& dy, std::size_t samples, Matrix& dx, bool accumulate, Step& step) {
    GANBAR_ASSERT(map.n_taps * dx.cols() == cells_.n_in && dx.rows() == samples * map.n_source && dy.rows() == samples * map.n_target &&
                  dy.cols() == cells_.n_out);
    if (cells_.params.errors == ErrorPass::digital) {
        multiply_patches_adjoint(map, dy, digital_copy(map.n_taps), samples, dx, accumulate);
        return book_digital(samples * map.n_patches(), step);
    }
    before_read(step.training);
    Reading reading;
    reading.transposed = true;
    const bool direct = map.in_order;
    if (!direct) rows_from_targets(map, dy, samples, errors_);
    convert_inputs(direct ? dy : errors_, reading);
    start(reading, volts_, step);
    const auto& blocks = reading.blocks;
    const std::size_t per_sample = map.n_patches(), c = dx.cols();
    std::size_t per_item = (CellMatrix::rows_per_item + per_sample - 1) / per_sample;
    if (per_sample % 2 == 1) per_item += per_item % 2;
    const std::size_t n = (samples + per_item - 1) / per_item;
    std::vector<float> currents(n * blocks.size(), 0.0f);
    parallel_for(n, [&](std::size_t item) {
        const std::size_t s0 = item * per_item, s1 = std::min(samples, s0 + per_item), end = s1 * per_sample;
        if (!accumulate) std::fill_n(dx.row(s0 * map.n_source), (s1 - s0) * map.n_source * dx.stride(), 0.0f);
        Matrix& d_patches = workspace(CellMatrix::rows_per_item, cells_.n_in);
        std::vector<float> largest(blocks.size());
        float* seen = &currents[item * blocks.size()];
        for (std::size_t r = s0 * per_sample; r < end; r += CellMatrix::rows_per_item) {
            const std::size_t rows = std::min(CellMatrix::rows_per_item, end - r);
            std::fill_n(d_patches.row(0), rows * d_patches.stride(), 0.0f);
            kernels::read_blocks(volts_.row(r), volts_.stride(), d_patches.row(0), d_patches.stride(), r, rows, blocks.data(),
                                 blocks.size(), reading.key, 0, largest.data());
            for (std::size_t b = 0; b < blocks.size(); ++b) seen[b] = std::max(seen[b], largest[b]);
            for (std::size_t k = 0; k < rows; ++k)
                for (std::size_t t = 0; t < map.n_taps; ++t) {
                    const std::int32_t to = map.source[(r + k) % per_sample * map.n_taps + t];
                    if (to >= 0)
                        add(d_patches.row(k) + t * c, c, dx.row((r + k) / per_sample * map.n_source + static_cast<std::size_t>(to)));
                }
        }
    });
    finish(reading, currents, step);
}

}  // namespace ganbar
