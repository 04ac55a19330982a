#include "ganbar/circuit/kernels/line_pass.h"

#include <bit>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ganbar/circuit/kernels/line_pass.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ganbar::line_pass::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using F = hn::CappedTag<float, 16>;
using V = hn::Vec<F>;

/// `block` lines at a time, so that one line's divisions wait while others work.
template <std::size_t block>
float relax_block(const Lines& lines, const float* HWY_RESTRICT a, const float* HWY_RESTRICT c, float* HWY_RESTRICT own,
                  const float* HWY_RESTRICT other, const float* HWY_RESTRICT source, const Walk& walk, std::size_t first) {
    const F d;
    const std::size_t lanes = hn::Lanes(d), n = lines.n, length = lines.length;
    const auto r = hn::Set(d, lines.segment_ohm), one = hn::Set(d, 1.0f), three = hn::Set(d, 3.0f);
    V y[block], j[block];  // what lies beyond: its current is y times the potential minus j
#pragma GCC unroll 8
    for (std::size_t q = 0; q * lanes < block; ++q) {
        y[q] = hn::Set(d, lines.far_S);
        j[q] = hn::Mul(y[q], hn::Load(d, source + first + q * lanes));
    }
    const auto place = [&](std::size_t step) { return (lines.terminal_last ? length - 1 - step : step) * n + first; };
    for (std::size_t step = length; step-- > 0;) {
        const auto segment = step + 1 == length ? hn::Zero(d) : r;  // no segment lies between the last cell and a far terminal
        const std::size_t row = place(step), kept = step * n + first;
#pragma GCC unroll 8
        for (std::size_t q = 0; q * lanes < block; ++q) {
            const std::size_t at = row + q * lanes, to = kept + q * lanes;
            const auto x = hn::Load(d, own + at), u = hn::Sub(x, hn::Load(d, other + at)),
                       half = hn::Mul(hn::Load(d, c + at), hn::Mul(u, u));
            const auto current = hn::Mul(u, hn::Add(hn::Load(d, a + at), half));
            const auto tangent = hn::MulAdd(three, half, hn::Load(d, a + at));
            const auto share = hn::Div(one, hn::MulAdd(segment, y[q], one)), admittance = hn::Mul(y[q], share),
                       beyond = hn::Mul(j[q], share);
            hn::Store(admittance, d, walk.admittance + to);
            hn::Store(beyond, d, walk.current + to);
            y[q] = hn::Add(tangent, admittance);
            j[q] = hn::Add(hn::MulSub(tangent, x, current), beyond);
        }
    }
    auto most = hn::Zero(d);
    V potential[block];
    const auto over = hn::Set(d, walk.over);
    const auto move = [&](float* at, V to) {
        const auto by = hn::Sub(to, hn::Load(d, at));
        most = hn::Max(most, hn::Abs(by));
        hn::Store(hn::MulAdd(over, by, to), d, at);
    };
    const auto terminal = hn::Set(d, lines.terminal_ohm);
#pragma GCC unroll 8
    for (std::size_t q = 0; q * lanes < block; ++q) {
        const auto drive = hn::Load(d, source + first + q * lanes);
        const auto flows = hn::Div(hn::MulSub(y[q], drive, j[q]), hn::MulAdd(terminal, y[q], one));
        potential[q] = hn::NegMulAdd(terminal, flows, drive);
        move(own + place(0) + q * lanes, potential[q]);
    }
    for (std::size_t step = 1; step < length; ++step) {
        const std::size_t row = place(step), kept = (step - 1) * n + first;
#pragma GCC unroll 8
        for (std::size_t q = 0; q * lanes < block; ++q) {
            const auto flows =
                hn::MulSub(hn::Load(d, walk.admittance + kept + q * lanes), potential[q], hn::Load(d, walk.current + kept + q * lanes));
            potential[q] = hn::NegMulAdd(r, flows, potential[q]);
            move(own + row + q * lanes, potential[q]);
        }
    }
    return hn::GetLane(hn::MaxOfLanes(d, most));
}

float relax_here(const Lines& lines, const float* a, const float* c, float* own, const float* other, const float* source,
                 const Walk& walk) {
    float most = 0;
    std::size_t first = 0;
    for (; first + 32 <= lines.n; first += 32) most = std::fmax(most, relax_block<32>(lines, a, c, own, other, source, walk, first));
    if (first < lines.n) most = std::fmax(most, relax_block<16>(lines, a, c, own, other, source, walk, first));
    return most;
}

Power finish_here(const Array& array, const float* HWY_RESTRICT a, const float* HWY_RESTRICT c, const float* HWY_RESTRICT w,
                  const float* HWY_RESTRICT b, float* HWY_RESTRICT u) {
    const F d;
    const hn::CappedTag<double, 8> wide;
    const hn::Rebind<float, decltype(wide)> narrow;
    const std::size_t lanes = hn::Lanes(d), n = array.stride;
    HWY_ALIGN float part[2][16];
    HWY_ALIGN double total[2][16];
    hn::Vec<decltype(wide)> all[2][16];  // 16 partial sums whatever the vector length: of a row in single precision, of the rows in double
    for (std::size_t q = 0; q * hn::Lanes(wide) < 16; ++q) all[0][q] = all[1][q] = hn::Zero(wide);
    for (std::size_t r = 0; r < array.rows; ++r) {
        const auto drive = hn::Set(d, array.word_V[r]);
        V sum[2][16];
        for (std::size_t q = 0; q * lanes < 16; ++q) sum[0][q] = sum[1][q] = hn::Zero(d);
        for (std::size_t k = 0; k < n; k += 16)
#pragma GCC unroll 4
            for (std::size_t q = 0; q * lanes < 16; ++q) {
                const std::size_t at = r * n + k + q * lanes;
                const auto x = hn::Sub(hn::Load(d, w + at), hn::Load(d, b + at));
                const auto i = hn::Mul(x, hn::MulAdd(hn::Load(d, c + at), hn::Mul(x, x), hn::Load(d, a + at)));
                hn::Store(x, d, u + at);
                sum[0][q] = hn::MulAdd(x, i, sum[0][q]);
                sum[1][q] = hn::MulAdd(hn::Sub(drive, hn::Load(d, array.bit_V + k + q * lanes)), i, sum[1][q]);
            }
        for (int s = 0; s < 2; ++s) {
            for (std::size_t q = 0; q * lanes < 16; ++q) hn::Store(sum[s][q], d, part[s] + q * lanes);
            for (std::size_t q = 0; q * hn::Lanes(wide) < 16; ++q)
                all[s][q] = hn::Add(all[s][q], hn::PromoteTo(wide, hn::Load(narrow, part[s] + q * hn::Lanes(wide))));
        }
    }
    for (int s = 0; s < 2; ++s) {
        for (std::size_t q = 0; q * hn::Lanes(wide) < 16; ++q) hn::Store(all[s][q], wide, total[s] + q * hn::Lanes(wide));
        for (std::size_t step = 8; step > 0; step /= 2)
            for (std::size_t q = 0; q < step; ++q) total[s][q] += total[s][q + step];
    }
    return {total[0][0], total[1][0]};
}

std::size_t strong_here(const float* HWY_RESTRICT u, std::size_t n, float least, std::uint32_t first, std::uint32_t* HWY_RESTRICT cells,
                        float* HWY_RESTRICT volts) {
    const F d;
    const auto limit = hn::Set(d, least), nothing = hn::Zero(d);
    std::size_t count = 0;
    for (std::size_t k = 0; k < n; k += hn::Lanes(d)) {
        const auto x = hn::Load(d, u + k);
        const auto mask = hn::And(hn::Ge(hn::Abs(x), limit), hn::Ne(x, nothing));
        if (hn::AllFalse(d, mask)) continue;
        HWY_ALIGN std::uint8_t bits[8] = {};
        hn::StoreMaskBits(d, mask, bits);
        for (std::uint32_t left = bits[0] | static_cast<std::uint32_t>(bits[1]) << 8; left != 0; left &= left - 1) {
            const std::size_t at = k + static_cast<std::size_t>(std::countr_zero(left));
            cells[count] = first + static_cast<std::uint32_t>(at), volts[count] = u[at];
            ++count;
        }
    }
    return count;
}

/// Four rows at a time: interleaving twice turns them into four columns.
void transpose_here(const float* HWY_RESTRICT in, std::size_t rows, std::size_t cols, float* HWY_RESTRICT out) {
#if HWY_TARGET == HWY_SCALAR
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t k = 0; k < cols; ++k) out[k * rows + r] = in[r * cols + k];
#else
    const hn::Full128<float> d;
    for (std::size_t r = 0; r < rows; r += 4)
        for (std::size_t k = 0; k < cols; k += 4) {
            const float* from = in + r * cols + k;
            float* to = out + k * rows + r;
            const auto v0 = hn::Load(d, from), v1 = hn::Load(d, from + cols), v2 = hn::Load(d, from + 2 * cols),
                       v3 = hn::Load(d, from + 3 * cols);
            const auto a0 = hn::InterleaveLower(d, v0, v2), a1 = hn::InterleaveUpper(d, v0, v2), b0 = hn::InterleaveLower(d, v1, v3),
                       b1 = hn::InterleaveUpper(d, v1, v3);
            hn::Store(hn::InterleaveLower(d, a0, b0), d, to);
            hn::Store(hn::InterleaveUpper(d, a0, b0), d, to + rows);
            hn::Store(hn::InterleaveLower(d, a1, b1), d, to + 2 * rows);
            hn::Store(hn::InterleaveUpper(d, a1, b1), d, to + 3 * rows);
        }
#endif
}

}  // namespace ganbar::line_pass::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ganbar::line_pass {
HWY_EXPORT(relax_here);
HWY_EXPORT(finish_here);
HWY_EXPORT(transpose_here);
HWY_EXPORT(strong_here);

float relax(const Lines& lines, const float* a, const float* c, float* own, const float* other, const float* source, const Walk& walk) {
    return HWY_DYNAMIC_DISPATCH(relax_here)(lines, a, c, own, other, source, walk);
}
void transpose(const float* in, std::size_t rows, std::size_t cols, float* out) {
    HWY_DYNAMIC_DISPATCH(transpose_here)(in, rows, cols, out);
}
Power finish(const Array& array, const float* a, const float* c, const float* w, const float* b, float* u) {
    return HWY_DYNAMIC_DISPATCH(finish_here)(array, a, c, w, b, u);
}
std::size_t strong(const float* u, std::size_t n, float least, std::uint32_t first, std::uint32_t* cells, float* volts) {
    return HWY_DYNAMIC_DISPATCH(strong_here)(u, n, least, first, cells, volts);
}
}  // namespace ganbar::line_pass
#endif
