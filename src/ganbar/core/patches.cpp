#include "ganbar/core/patches.h"

#include <algorithm>

#include "ganbar/core/kernels/gemm.h"
#include "ganbar/core/kernels/patch_gemm.h"
#include "ganbar/core/parallel.h"

namespace ganbar {
namespace {

constexpr std::size_t patch_rows_per_item = 48;  // eight register tiles share the weights in the first-level cache
constexpr std::size_t pairs_per_block = 128;     // as many rows of both factors stay in the caches while their outer products are summed
constexpr std::size_t columns_per_item = 48;

/// One piece of a group's rows, counted over all samples.
struct Item {
    const PatchMap::Group* group;
    std::size_t first, count;
};

void multiply_groups(const std::vector<PatchMap::Group>& groups, const Matrix& from, std::size_t from_positions, const Matrix& weights,
                     Matrix& to, std::size_t to_positions, std::size_t samples, bool accumulate) {
    GANBAR_ASSERT(from.rows() == samples * from_positions && to.rows() == samples * to_positions && weights.cols() == to.cols());
    std::vector<Item> items;
    for (const auto& group : groups)
        for (std::size_t r = 0; r < samples * group.row.size(); r += patch_rows_per_item)
            items.push_back({&group, r, std::min(patch_rows_per_item, samples * group.row.size() - r)});
    const std::size_t n_k = from.cols();
    parallel_for(items.size(), [&](std::size_t n) {
        const auto& [group, first, count] = items[n];
        const std::size_t n_taps = group->tap.size(), n_rows = group->row.size();
        std::vector<const float*> a(count * n_taps), b(n_taps);
        std::vector<float*> c(count);
        for (std::size_t i = 0, s = first / n_rows, r = first % n_rows; i < count;
             ++i, s += r + 1 == n_rows, r = r + 1 == n_rows ? 0 : r + 1) {
            c[i] = to.row(s * to_positions + static_cast<std::size_t>(group->row[r]));
            for (std::size_t t = 0; t < n_taps; ++t)
                a[i * n_taps + t] = from.row(s * from_positions + static_cast<std::size_t>(group->other[r * n_taps + t]));
        }
        if (n_taps == 0) {
            for (std::size_t i = 0; !accumulate && i < count; ++i) std::fill_n(c[i], to.stride(), 0.0f);
            return;
        }
        for (std::size_t t = 0; t < n_taps; ++t) b[t] = weights.row(static_cast<std::size_t>(group->tap[t]) * n_k);
        kernels::gemm_patches(a.data(), count, n_taps, n_k, b.data(), weights.stride(), c.data(), to.cols(), accumulate);
    });
}

}  // namespace

void multiply_patches(const PatchMap& map, const Matrix& x, const Matrix& weights, std::size_t samples, Matrix& y) {
    GANBAR_ASSERT(weights.rows() == map.n_taps * x.cols());
    multiply_groups(map.forward, x, map.n_source, weights, y, map.n_target, samples, false);
}

void multiply_patches_adjoint(const PatchMap& map, const Matrix& dy, const Matrix& transposed, std::size_t samples, Matrix& dx,
                              bool accumulate) {
    GANBAR_ASSERT(transposed.rows() == map.n_taps * dy.cols());
    multiply_groups(map.adjoint, dy, map.n_target, transposed, dx, map.n_source, samples, accumulate);
}

namespace {

// A single input channel makes one sum a tap; with all taps side by side they overlap. Same bits: a tap outside the map adds nothing.
void gradient_of_one_channel(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, Matrix& gradient) {
    const std::size_t n = samples * map.n_patches();
    Matrix patches(pairs_per_block, map.n_taps);
    for (std::size_t p = 0, s = 0, i = 0; p < n; p += pairs_per_block) {
        const std::size_t block = std::min(pairs_per_block, n - p);
        for (std::size_t b = 0; b < block; ++b) {
            float* out = patches.row(b);
            const std::int32_t* from = &map.source[i * map.n_taps];
            for (std::size_t t = 0; t < map.n_taps; ++t)
                out[t] = from[t] < 0 ? 0.0f : x(s * map.n_source + static_cast<std::size_t>(from[t]), 0);
            if (++i == map.n_patches()) i = 0, ++s;
        }
        kernels::gemm_at_b(patches.row(0), patches.stride(), dy.row(p), dy.stride(), gradient.row(0), gradient.stride(), block, map.n_taps,
                           dy.cols(), p > 0);
    }
}

}  // namespace

void patch_gradient(const PatchMap& map, const Matrix& x, const Matrix& dy, std::size_t samples, Matrix& gradient) {
    if (x.cols() == 1 && samples > 0 && map.in_order) {
        gradient.resize(map.n_taps, dy.cols());
        return gradient_of_one_channel(map, x, dy, samples, gradient);
    }
    const std::size_t c_in = x.cols(), per_tap = (c_in + columns_per_item - 1) / columns_per_item;
    gradient.resize(map.n_taps * c_in, dy.cols());
    parallel_for(map.n_taps * per_tap, [&](std::size_t item) {
        const auto& pairs = map.by_tap[item / per_tap];
        const std::size_t first = item % per_tap * columns_per_item, count = std::min(columns_per_item, c_in - first);
        float* out = gradient.row(item / per_tap * c_in + first);
        const std::size_t n = samples * pairs.size();
        if (n == 0) {
            for (std::size_t i = 0; i < count; ++i) std::fill_n(out + i * gradient.stride(), gradient.stride(), 0.0f);
            return;
        }
        const float *from[pairs_per_block], *with[pairs_per_block];
        for (std::size_t p = 0, s = 0, k = 0; p < n; p += pairs_per_block) {
            const std::size_t block = std::min(pairs_per_block, n - p);
            for (std::size_t i = 0; i < block; ++i) {
                from[i] = x.row(s * map.n_source + static_cast<std::size_t>(pairs[k].source)) + first;
                with[i] = dy.row(s * map.n_target + static_cast<std::size_t>(pairs[k].target));
                if (++k == pairs.size()) k = 0, ++s;
            }
            kernels::gemm_pairs(from, with, block, count, out, gradient.stride(), dy.cols(), p > 0);
        }
    });
}

void transpose_taps(const Matrix& weights, std::size_t n_taps, Matrix& out) {
    const std::size_t c_in = weights.rows() / n_taps, c_out = weights.cols();
    out.resize(n_taps * c_out, c_in);
    constexpr std::size_t side = 16;  // one cache line each way
    parallel_for(n_taps, [&](std::size_t t) {
        for (std::size_t i0 = 0; i0 < c_in; i0 += side)
            for (std::size_t o0 = 0; o0 < c_out; o0 += side)
                for (std::size_t i = i0; i < std::min(i0 + side, c_in); ++i)
                    for (std::size_t o = o0; o < std::min(o0 + side, c_out); ++o) out(t * c_out + o, i) = weights(t * c_in + i, o);
    });
}

void gather_patches(const PatchMap& map, const Matrix& x, std::size_t samples, bool constant_one, Matrix& patches) {
    const std::size_t c = x.cols(), n = map.n_patches();
    GANBAR_ASSERT(x.rows() == samples * map.n_source);
    patches.resize(samples * n, map.n_taps * c + (constant_one ? 1 : 0));
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < n; ++i) {
            float* out = patches.row(s * n + i);
            const std::int32_t* from = &map.source[i * map.n_taps];
            for (std::size_t t = 0; t < map.n_taps; ++t, out += c) {
                if (from[t] < 0) std::fill_n(out, c, 0.0f);
                else std::copy_n(x.row(s * map.n_source + static_cast<std::size_t>(from[t])), c, out);
            }
            if (constant_one) *out = 1;
        }
    });
}

void scatter_patches(const PatchMap& map, const Matrix& d_patches, std::size_t samples, Matrix& dx) {
    const std::size_t c = dx.cols(), n = map.n_patches();
    GANBAR_ASSERT(d_patches.rows() == samples * n && dx.rows() == samples * map.n_source && d_patches.cols() >= map.n_taps * c);
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t t = 0; t < map.n_taps; ++t) {
                const std::int32_t to = map.source[i * map.n_taps + t];
                if (to < 0) continue;
                const float* in = d_patches.row(s * n + i) + t * c;
                float* out = dx.row(s * map.n_source + static_cast<std::size_t>(to));
                for (std::size_t k = 0; k < c; ++k) out[k] += in[k];
            }
    });
}

void rows_to_targets(const PatchMap& map, const Matrix& rows, std::size_t samples, Matrix& y) {
    GANBAR_ASSERT(rows.cols() == y.cols() && y.rows() == samples * map.n_target);
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < map.n_patches(); ++i)
            std::copy_n(rows.row(s * map.n_patches() + i), rows.cols(), y.row(s * map.n_target + static_cast<std::size_t>(map.target[i])));
    });
}

void rows_from_targets(const PatchMap& map, const Matrix& y, std::size_t samples, Matrix& rows) {
    rows.resize(samples * map.n_patches(), y.cols());
    parallel_for(samples, [&](std::size_t s) {
        for (std::size_t i = 0; i < map.n_patches(); ++i)
            std::copy_n(y.row(s * map.n_target + static_cast<std::size_t>(map.target[i])), y.cols(), rows.row(s * map.n_patches() + i));
    });
}

}  // namespace ganbar
