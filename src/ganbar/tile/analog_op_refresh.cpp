// What crossbars show to a read: signed conductances, forward and transposed, conductance and noise of every line. Sums run in the order of
// rows and columns.
#include <algorithm>

#include "ganbar/core/parallel.h"
#include "ganbar/device/expected_reads.h"
#include "ganbar/tile/analog_op.h"

namespace ganbar {
namespace {

constexpr std::size_t rows_at_once = 8;  // of a block: sums along them overlap

/// sum[r] += values of row r, ascending, for a few rows.
template <class Sum>
void add_rows(const Matrix& values, std::size_t rows, Sum* sum) {
    Sum own[rows_at_once] = {};
    const float* row[rows_at_once];
    for (std::size_t r = 0; r < rows_at_once; ++r) row[r] = values.row(std::min(r, rows - 1)), own[r] = r < rows ? sum[r] : 0;
    for (std::size_t c = 0; c < values.cols(); ++c)
        for (std::size_t r = 0; r < rows_at_once; ++r) own[r] += row[r][c];
    std::copy_n(own, rows, sum);
}

/// sum[c] += values(r, c), row after row.
template <class Sum>
void add_columns(const Matrix& values, std::size_t rows, Sum* sum) {
    for (std::size_t r = 0; r < rows; ++r) {
        const float* row = values.row(r);
#pragma omp simd
        for (std::size_t c = 0; c < values.cols(); ++c) sum[c] += row[c];
    }
}

// Signed effective conductances of one row of cells.
void signed_row(Mapping mapping, double zero_S, bool first_plane, const std::int8_t* sign, const float* g_S, std::size_t n, float* out) {
    if (mapping == Mapping::signed_cell) {
#pragma omp simd
        for (std::size_t c = 0; c < n; ++c) out[c] = static_cast<float>(sign[c] * (g_S[c] - zero_S));
    } else if (mapping == Mapping::offset) {
#pragma omp simd
        for (std::size_t c = 0; c < n; ++c) out[c] = static_cast<float>(g_S[c] - zero_S);
    } else {
#pragma omp simd
        for (std::size_t c = 0; c < n; ++c) out[c] = first_plane ? g_S[c] : out[c] - g_S[c];
    }
}

// Variance of the currents of a row of cells: zero + slope v^2, from two voltages.
void noise_row(const DeviceArray& cells, double v, std::size_t first, std::span<float> zero, std::span<float> slope) {
    const auto v2 = static_cast<float>(v * v), apart = static_cast<float>(0.75 * v * v);
    cells.read_noise(v, first, zero);
    cells.read_noise(v / 2, first, slope);
    float *a = zero.data(), *b = slope.data();
#pragma omp simd
    for (std::size_t c = 0; c < zero.size(); ++c) {
        b[c] = std::max(0.0f, (a[c] - b[c]) / apart);
        a[c] = std::max(0.0f, a[c] - b[c] * v2);
    }
}

}  // namespace

void AnalogOp::refresh(bool training) {
    if (wired_) return refresh_through_wires(training);
    if (!dirty_) return;
    for (const auto& plane : cells_.planes) expect_reads(*plane, cells_.params.v_read.si);
    parallel_for(tiles_.size(), [&](std::size_t n) { refresh(tiles_[n]); });
    dirty_ = false;
}

// What one block shows to a read: chord conductances at the read voltage, signed, and the noise of every line.
void AnalogOp::refresh(Tile& tile) {
    const Block& b = tile.block;
    const double v = cells_.params.v_read.si;
    Side& fwd = tile.side[0];
    Side& back = tile.side[1];
    fwd.g.resize(b.rows, b.cols);
    back.g.resize(b.cols, b.rows);
    const std::size_t sizes[2] = {b.cols, b.rows};
    for (int s = 0; s < 2; ++s) {
        Side& side = tile.side[s];
        side.line_S.assign(sizes[1 - s], 0);
        side.variance_at_zero.assign((sizes[s] + 15) / 16 * 16, 0);
        side.variance_slope.assign(side.variance_at_zero.size(), 0);
        side.sigma.assign(side.variance_at_zero.size() + 16, 0);
    }
    Matrix g(rows_at_once, b.cols), zero(rows_at_once, b.cols), slope(rows_at_once, b.cols);  // zero: v1 first, slope: v2 first
    for (std::size_t p = 0; p < cells_.planes.size(); ++p)
        for (std::size_t r0 = 0; r0 < b.rows; r0 += rows_at_once) {
            const std::size_t rows = std::min(rows_at_once, b.rows - r0);
            for (std::size_t r = 0; r < rows; ++r) {
                const std::size_t first = (b.row0 + r0 + r) * cells_.n_out + b.col0;
                cells_.planes[p]->chord_conductance(v, first, g.row_span(r));
                signed_row(cells_.params.mapping, reference_S_, p == 0, &cells_.sign[first], g.row(r), b.cols, fwd.g.row(r0 + r));
                if (cells_.params.read_noise) noise_row(*cells_.planes[p], v, first, zero.row_span(r), slope.row_span(r));
            }
            for (std::size_t c = 0; c < b.cols; ++c)
                for (std::size_t r = 0; r < rows; ++r) back.g(c, r0 + r) = fwd.g(r0 + r, c);
            add_rows(g, rows, &fwd.line_S[r0]);
            add_columns(g, rows, back.line_S.data());
            if (!cells_.params.read_noise) continue;
            add_columns(zero, rows, fwd.variance_at_zero.data());
            add_columns(slope, rows, fwd.variance_slope.data());
            add_rows(zero, rows, &back.variance_at_zero[r0]);
            add_rows(slope, rows, &back.variance_slope[r0]);
        }
}

AnalogOp::ReadForm AnalogOp::read_form() {
    for (const auto& plane : cells_.planes)
        if (plane->rest(true)) dirty_ = copy_due_ = true;
    refresh(false);
    ReadForm form;
    form.v_read_V = cells_.params.v_read.si;
    form.weight_per_S = (cells_.params.mapping == Mapping::offset ? 2 : 1) * cells_.w_max / span_S_;
    form.adc_noise_lsb = cells_.params.adc_noise_lsb;
    form.dac_codes = static_cast<std::int64_t>(max_code(converters_.dac_bits)),
    form.adc_codes = static_cast<std::int64_t>(max_code(converters_.adc_bits));
    for (const auto& tile : tiles_) {
        const Side& side = tile.side[0];
        ReadForm::Part part{tile.block, side.g, side.variance_at_zero, side.variance_slope, side.range_A};
        part.variance_A2.resize(tile.block.cols), part.variance_per_V2.resize(tile.block.cols);
        form.parts.push_back(std::move(part));
    }
    return form;
}

Matrix AnalogOp::ReadForm::weights() const {
    std::size_t rows = 0, cols = 0;
    for (const auto& p : parts) rows = std::max(rows, p.block.row0 + p.block.rows), cols = std::max(cols, p.block.col0 + p.block.cols);
    Matrix w(rows, cols);
    for (const auto& p : parts)
        for (std::size_t r = 0; r < p.block.rows; ++r)
            for (std::size_t c = 0; c < p.block.cols; ++c)
                w(p.block.row0 + r, p.block.col0 + c) = static_cast<float>(weight_per_S * double{p.g_S(r, c)});
    return w;
}

}  // namespace ganbar
