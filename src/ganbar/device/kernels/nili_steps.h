// Steps of many cells of nili2020, each at its own voltage, in vectors: the arithmetic of Branch::at and fast_math.h, operation by
// operation, so the same bits.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ganbar::nili_steps {

/// The 8 bins of setting, then those of resetting.
struct Tables {
    float amplitude[16], slope[16], offset[16], r0[16], r_v[16], r_v2[16], r_v3[16], sign[16];
};
/// mean = D at v of entry bin[k], spread = what one unit of z_d adds. n a multiple of 16, pointers 64-byte aligned.
void steps(const Tables& tables, const float* v_V, const std::int32_t* bin, float* mean_S, float* spread_S, std::size_t n);

}  // namespace ganbar::nili_steps
