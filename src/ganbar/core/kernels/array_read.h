// The inner loop of an analog read: voltages times conductances, read noise, analog-to-digital conversion, digital sum over blocks.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ganbar::kernels {

/// One block of cells read at once by its own converters. Columns beyond `cols` up to `stride` hold zeros.
struct ReadBlock {
    const float* g_S = nullptr;                  ///< [rows x stride], 64-byte aligned: signed effective conductance
    const float* sigma_A = nullptr;              ///< [stride] standard deviation of each column's current, or nullptr for none
    std::size_t rows = 0, cols = 0, stride = 0;  ///< stride: cols rounded up to 16
    std::size_t in0 = 0, out0 = 0;               ///< where its rows and columns lie in input and output
    float inv_lsb = 0;                           ///< 1 / A; 0 = no converter, the current passes
    float max_code = 0;                          ///< codes clamp to [-max_code, max_code]
    float scale = 1;                             ///< output units per code, or per ampere without converter
    std::uint32_t stream = 0;                    ///< tells the noise of this block from that of others
};

/// y[rows x .] += scale * ADC(v[rows x .] g + noise) block after block; returns each block's largest |current| in max_A.
/// first_row counts rows in the whole batch (even), so that noise belongs to a sample, not to a thread. Noise draws are
/// normal_block(key, ...) of (row pair, panel of 64 columns, block stream, serial).
void read_blocks(const float* v_V, std::size_t v_stride, float* y, std::size_t y_stride, std::size_t first_row, std::size_t rows,
                 const ReadBlock* blocks, std::size_t n_blocks, std::uint64_t key, std::uint32_t serial, float* max_A);

/// 128 draws of N(0, 1): Box-Muller on Philox4x32-7 words (7 rounds are the fewest that pass BigCrush: Salmon et al., SC 2011, table 2);
/// each word gives 20 bits of radius (|n| < 5.4) and 12 of angle. out[32 w + l] and out[32 w + 16 + l] come from word w of counter
/// (l, c1, c2, c3). out is 64-byte aligned.
void normal_block(std::uint64_t key, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3, float* out);

/// Digital-to-analog conversion of rows of x: v = v_max * round(clamp(x / x_max) * max_code) / max_code (max_code 0: no quantisation).
/// sum_v2[c] += v^2 over the rows, in double, ascending rows.
void dac_rows(const float* x, std::size_t x_stride, float* v, std::size_t v_stride, std::size_t rows, std::size_t cols, float x_max,
              float v_max, float max_code, double* sum_v2);

/// Largest |x| of the rows, which are padded as those of a Matrix; NaN where one is.
float max_abs_rows(const float* x, std::size_t stride, std::size_t rows, std::size_t cols);

}  // namespace ganbar::kernels
